"""The gate: one request through the arrows, and nothing else.

    Request -extract-> Workload -gather-> Evidence -complete-> Subject -document-> PolicyInput
        -decide-> Decision -> Verdict, and a record of it

What is denied with copies of the cluster is gathered and decided once more, with live reads.
The webhook, the command line and the scanner all call `Gate.judge`, so they cannot disagree.
The gate decides nothing: an allow is OPA's, or the object is of no concern to any rule.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mlgate.audit.log import AuditSink
from mlgate.audit.record import record_decision
from mlgate.domain.audit_record import AuditRecord
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision, Failure, Verdict
from mlgate.domain.evidence import Evidence
from mlgate.domain.lookups import LookUps
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import Request
from mlgate.errors import EngineError
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.gather import EvidenceOptions, gather
from mlgate.logs import fault_places, get_logger, request_fields
from mlgate.policy.document import build_input
from mlgate.policy.engine import PolicyEngine
from mlgate.workloads.complete import Subject, complete, wider_lookups
from mlgate.workloads.credentials.masking import masked
from mlgate.workloads.extract import Extraction, ExtractOptions, extract
from mlgate.workloads.kinds.table import is_record
from mlgate.workloads.rehearsals import is_rehearsal

_CONFIRMING = 0.9
"""Share of the time left that a denial is confirmed in; the rest is for telling it as it is."""


def now_utc() -> str:
    """The current moment as RFC 3339 in UTC; the only reading of the wall clock in a judgement."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class _Trail:
    """What one judgement has come to so far; whatever happens, it is recorded."""

    evaluated_at: str
    subject: Subject | None = None
    evidence: Evidence = field(default_factory=Evidence)
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one arrow, also when it fails."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + time.perf_counter() - started


@dataclass(frozen=True)
class _Asked:
    """A question to policy, and what it was made from."""

    extraction: Extraction
    lookups: LookUps
    """All that was looked up, in the end."""
    owners: tuple[dict[str, Any], ...]
    document: PolicyInput


@dataclass(frozen=True)
class Judgement:
    """A verdict and its record."""

    verdict: Verdict
    record: AuditRecord


@dataclass(frozen=True)
class Gate:
    """The pipeline with its two ports: the policy engine and the cluster."""

    engine: PolicyEngine
    cluster: Cluster | None
    sink: AuditSink
    extract_options: ExtractOptions
    evidence_options: EvidenceOptions
    clock: Callable[[], str] = now_utc
    allow_on_error: bool = False

    async def judge(self, request: Request, deadline: Deadline) -> Judgement:
        """Judge one request before the deadline. Never raises for anything the request holds."""
        trail = _Trail(self.clock())
        with request_fields(uid=request.uid):
            return self._recorded(request, await self._verdict(request, deadline, trail), trail)

    async def question(self, request: Request, deadline: Deadline) -> PolicyInput | None:
        """What policy is asked about a request, for those who look at it; null where no rule is.

        Raises:
            TimeoutError: the evidence was not there before the deadline.
        """
        async with asyncio.timeout(deadline.remaining):
            asked = await self._question(request, deadline, _Trail(self.clock()), copied=False)
            return None if asked is None else asked.document

    def shed(self, request: Request) -> Judgement:
        """Refuse at once, without judging, a request that would only wait for the deadline.

        Also where errors allow: anybody can make a flood, so that a flood must open nothing.
        """
        message = "more reviews are under way than this replica can answer in time; try again"
        verdict = self._failed(request, "gate", "overloaded", message).model_copy(update={"allowed": False})
        return self._recorded(request, verdict, _Trail(self.clock()))

    def _recorded(self, request: Request, verdict: Verdict, trail: _Trail) -> Judgement:
        """The verdict with its record, written; what cannot be recorded is not answered as if it were."""
        judgement = Judgement(verdict, self._record(request, verdict, trail))
        try:
            self.sink.write(judgement.record)
        except Exception:  # noqa: BLE001 - whatever it is, the answer is a refusal in time
            failed = self._failed(request, "gate", "internal", "the decision could not be recorded")
            return Judgement(failed, self._record(request, failed, trail))
        return judgement

    def _record(self, request: Request, verdict: Verdict, trail: _Trail) -> AuditRecord:
        return record_decision(
            request,
            verdict,
            decision_id=str(uuid.uuid4()),
            evaluated_at=trail.evaluated_at,
            workload=trail.subject.workload if trail.subject else None,
            cards=trail.subject.cards if trail.subject else (),
            unavailable=trail.evidence.unavailable,
            evidence_source=self.cluster.source if self.cluster else "none",
            stage_seconds=trail.stages,
        )

    async def _verdict(self, request: Request, deadline: Deadline, trail: _Trail) -> Verdict:
        """The verdict; every failure inside becomes a failed one, in time."""
        if request.operation in ("DELETE", "CONNECT"):
            return Verdict(outcome="skipped", allowed=True, reason=f"operation {request.operation}")
        if is_rehearsal(request):
            return Verdict(outcome="skipped", allowed=True, reason="dry run of an operator")
        try:
            async with asyncio.timeout(deadline.remaining):
                return await self._ask(request, deadline, trail)
        except TimeoutError:
            return self._failed(request, "gate", "timeout", "no decision before the deadline")
        except EngineError as problem:
            return self._failed(request, "engine", problem.reason, str(problem))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the answer is a refusal in time
            get_logger().error("judgement_failed", kind=request.kind.kind, faults=fault_places(fault))
            return self._failed(request, "gate", "internal", "an internal error stopped the judgement")

    async def _ask(self, request: Request, deadline: Deadline, trail: _Trail) -> Verdict:
        """The arrows, and some of them again for a denial."""
        asked = await self._question(request, deadline, trail, copied=self._has_copies)
        if asked is None:
            return Verdict(outcome="skipped", allowed=True, reason="serves no model")
        decision = await self._decide(asked.document, deadline, trail)
        if not decision.allow and self._has_copies:
            decision = await self._confirmed(request, asked, decision, deadline, trail)
        return Verdict(outcome="judged", allowed=decision.allow, reason=_reason(decision), decision=decision)

    @property
    def _has_copies(self) -> bool:
        """Whether reads may be answered by copies that lag behind the API server."""
        return self.cluster is not None and self.cluster.source == "cluster"

    async def _decide(self, document: PolicyInput, deadline: Deadline, trail: _Trail) -> Decision:
        with trail.stage("decide"):
            return masked(await self.engine.decide(document, deadline))

    async def _confirmed(
        self, request: Request, asked: _Asked, denied: Decision, deadline: Deadline, trail: _Trail
    ) -> Decision:
        """The decision on what the API server says now; a denial must not rest on a copy.

        Whatever goes wrong on the way, the denial stands: nothing may come of it that a fault could allow.
        """
        subject, evidence = trail.subject, trail.evidence
        try:
            async with asyncio.timeout(deadline.remaining * _CONFIRMING):
                with trail.stage("gather"):
                    trail.evidence = await self._look(request, asked, deadline, trail.evaluated_at)
                with trail.stage("document"):
                    trail.subject = complete(asked.extraction, trail.evidence)
                    document = self._document(request, trail)
                if document == asked.document:
                    return denied
                return await self._decide(document, deadline, trail)
        except Exception as fault:  # noqa: BLE001 - see above
            get_logger().warning("denial_not_confirmed", kind=request.kind.kind, faults=fault_places(fault))
            trail.subject, trail.evidence = subject, evidence
            return denied

    async def _look(self, request: Request, asked: _Asked, deadline: Deadline, evaluated_at: str) -> Evidence:
        """What was looked up before, read live; owners are never in a copy."""
        lookups = asked.lookups.model_copy(update={"owner": None})
        again = await gather(request, lookups, self.cluster, self.evidence_options, deadline, evaluated_at)
        return again.model_copy(update={"owners": asked.owners})

    async def _question(
        self, request: Request, deadline: Deadline, trail: _Trail, *, copied: bool
    ) -> _Asked | None:
        """The arrows up to the question; null for an object that no rule is about."""
        with trail.stage("extract"):
            extraction = extract(request, self.extract_options)
        if not extraction.concerned:
            return None
        if not deadline.remaining:
            raise TimeoutError  # reading took it all: no look-up is begun that could not end
        with trail.stage("gather"):
            lookups, trail.evidence = await self._gather(
                request, extraction, deadline, trail.evaluated_at, copied=copied
            )
        with trail.stage("document"):
            trail.subject = complete(extraction, trail.evidence)
            if not trail.subject.concerned:
                return None
            return _Asked(extraction, lookups, trail.evidence.owners, self._document(request, trail))

    async def _gather(
        self, request: Request, extraction: Extraction, deadline: Deadline, evaluated_at: str, *, copied: bool
    ) -> tuple[LookUps, Evidence]:
        """What other objects say; once more where some of them name others. And what was looked up."""
        source = (self.cluster, self.evidence_options, deadline, evaluated_at)
        found = await gather(request, extraction.lookups, *source, confirmed=not copied)
        wider = wider_lookups(extraction, found)
        if wider == extraction.lookups:
            return wider, found
        wider = wider.model_copy(update={"owner": None})  # the chain is known; it is not read twice
        again = await gather(request, wider, *source, confirmed=not copied)
        return wider, again.model_copy(update={"owners": found.owners})

    def _document(self, request: Request, trail: _Trail) -> PolicyInput:
        """The document for OPA."""
        subject = trail.subject
        assert subject is not None  # noqa: S101 - set by the arrow before
        return build_input(
            request,
            workload=subject.workload,
            old_workload=subject.old_workload,
            change=subject.change,
            cards=subject.cards,
            credentials=subject.credentials,
            evidence=trail.evidence,
            evaluated_at=trail.evaluated_at,
        )

    def _failed(self, request: Request, part: str, reason: str, message: str) -> Verdict:
        """A verdict without decision: refused, unless the operator chose otherwise.

        A record is refused all the same: later decisions would rest on what was let in while nobody looked.
        """
        allowed = self.allow_on_error and not is_record(request.kind.group, request.kind.kind)
        failure = Failure.model_validate({"part": part, "reason": reason, "message": message})
        return Verdict(outcome="failed", allowed=allowed, reason=f"{part} {reason}", failure=failure)


def _reason(decision: Decision) -> str:
    """One word on a decision for logs and metrics."""
    if not decision.allow:
        return "refused"
    return "allowed with warnings" if decision.warnings or decision.waived else "allowed"
