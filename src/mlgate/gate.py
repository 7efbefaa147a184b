"""The gate: one request through the arrows, and nothing else.

    Request -extract-> Workload -gather-> Evidence -complete-> Subject -document-> PolicyInput
        -decide-> Decision -> Verdict, and a record of it

What is denied with copies of the cluster is gathered and decided once more, with live reads.
The webhook, the command line and the scanner all call `Gate.judge`, so they cannot disagree.
The gate decides nothing: an allow is OPA's, or the object is of no concern to any rule.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from mlgate.audit.log import AuditSink
from mlgate.audit.record import record_decision
from mlgate.domain.audit_record import AuditRecord
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision, Failure, Verdict
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import Request
from mlgate.errors import AnswerTooLarge, EngineError, EngineOverloaded
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.inquiry import Asked, Inquiry, Trail
from mlgate.logs import fault_places, get_logger, request_fields
from mlgate.policy.engine import PolicyEngine
from mlgate.workloads.credentials.masking import masked
from mlgate.workloads.extract import ExtractOptions
from mlgate.workloads.kinds.table import is_record
from mlgate.workloads.rehearsals import is_rehearsal

_CONFIRMING = 0.9
"""Share of the time left that a denial is confirmed in; the rest is for telling it as it is."""


def now_utc() -> str:
    """The current moment as RFC 3339 in UTC; the only reading of the wall clock in a judgement."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
        trail = Trail(self.clock())
        with request_fields(uid=request.uid):
            return self._recorded(request, await self._verdict(request, deadline, trail), trail)

    async def question(self, request: Request, deadline: Deadline) -> PolicyInput | None:
        """What policy is asked about a request, for those who look at it; null where no rule is.

        Raises:
            TimeoutError: the evidence was not there before the deadline.
        """
        async with asyncio.timeout(deadline.remaining):
            asked = await self._inquiry.ask(request, deadline, Trail(self.clock()), copied=False)
            return None if asked is None else asked.document

    def shed(self, request: Request) -> Judgement:
        """Refuse at once, without judging, a request that would only wait for the deadline."""
        message = "more reviews are under way than this replica can answer in time; try again"
        verdict = self._provoked(request, "gate", "overloaded", message)
        return self._recorded(request, verdict, Trail(self.clock()))

    def _recorded(self, request: Request, verdict: Verdict, trail: Trail) -> Judgement:
        """The verdict with its record, written; what cannot be recorded is not answered as if it were."""
        judgement = Judgement(verdict, self._record(request, verdict, trail))
        try:
            self.sink.write(judgement.record)
        except Exception:  # noqa: BLE001 - whatever it is, the answer is a refusal in time
            failed = self._failed(request, "gate", "internal", "the decision could not be recorded")
            return Judgement(failed, self._record(request, failed, trail))
        return judgement

    def _record(self, request: Request, verdict: Verdict, trail: Trail) -> AuditRecord:
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

    async def _verdict(self, request: Request, deadline: Deadline, trail: Trail) -> Verdict:
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
            provoked = isinstance(problem, EngineOverloaded | AnswerTooLarge)
            failed = self._provoked if provoked else self._failed
            return failed(request, "engine", problem.reason, str(problem))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the answer is a refusal in time
            get_logger().error("judgement_failed", kind=request.kind.kind, faults=fault_places(fault))
            return self._failed(request, "gate", "internal", "an internal error stopped the judgement")

    async def _ask(self, request: Request, deadline: Deadline, trail: Trail) -> Verdict:
        """The arrows, and some of them again for a denial."""
        inquiry = self._inquiry
        asked = await inquiry.ask(request, deadline, trail, copied=inquiry.has_copies)
        if asked is None:
            return Verdict(outcome="skipped", allowed=True, reason="serves no model")
        decision = await self._decide(asked.document, deadline, trail)
        if not decision.allow and inquiry.has_copies:
            decision = await self._confirmed(asked, decision, deadline, trail)
        return Verdict(outcome="judged", allowed=decision.allow, reason=_reason(decision), decision=decision)

    @property
    def _inquiry(self) -> Inquiry:
        return Inquiry(self.cluster, self.extract_options, self.evidence_options)

    async def _decide(self, document: PolicyInput, deadline: Deadline, trail: Trail) -> Decision:
        with trail.stage("decide"):
            return masked(await self.engine.decide(document, deadline))

    async def _confirmed(self, asked: Asked, denied: Decision, deadline: Deadline, trail: Trail) -> Decision:
        """The decision on what the API server says now; a denial must not rest on a copy.

        Whatever goes wrong on the way, the denial stands: nothing may come of it that a fault could allow.
        """
        subject, evidence = trail.subject, trail.evidence
        try:
            async with asyncio.timeout(deadline.remaining * _CONFIRMING):
                document = await self._inquiry.ask_again(asked, deadline, trail)
                if document == asked.document:
                    return denied
                return await self._decide(document, deadline, trail)
        except Exception as fault:  # noqa: BLE001 - see above
            kind = asked.request.kind.kind
            get_logger().warning("denial_not_confirmed", kind=kind, faults=fault_places(fault))
            trail.subject, trail.evidence = subject, evidence
            return denied

    def _provoked(self, request: Request, part: str, reason: str, message: str) -> Verdict:
        """Refused also where errors allow: anybody can make a flood, or an object in which all is wrong."""
        return self._failed(request, part, reason, message).model_copy(update={"allowed": False})

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
