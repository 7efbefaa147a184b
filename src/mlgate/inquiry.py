"""What policy is asked about a request: the arrows from the request to the document.

Request -extract-> Workload -gather-> Evidence -complete-> Subject -document-> PolicyInput
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Evidence
from mlgate.domain.lookups import LookUps
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import Request
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.gather import gather
from mlgate.evidence.options import EvidenceOptions
from mlgate.policy.document import build_input
from mlgate.workloads.complete import Subject, complete, wider_lookups
from mlgate.workloads.extract import Extraction, ExtractOptions, extract


@dataclass
class Trail:
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
class Asked:
    """A question to policy, and what it was made from."""

    request: Request
    extraction: Extraction
    lookups: LookUps
    """All that was looked up, in the end."""
    owners: tuple[dict[str, Any], ...]
    document: PolicyInput


@dataclass(frozen=True)
class Inquiry:
    """Makes questions from requests, with the cluster as the source of evidence."""

    cluster: Cluster | None
    extract_options: ExtractOptions
    evidence_options: EvidenceOptions

    @property
    def has_copies(self) -> bool:
        """Whether reads may be answered by copies that lag behind the API server."""
        return self.cluster is not None and self.cluster.source == "cluster"

    async def ask(self, request: Request, deadline: Deadline, trail: Trail, *, copied: bool) -> Asked | None:
        """The question; None for an object that no rule is about. With `copied`, copies are believed.

        Raises:
            TimeoutError: reading the request took all the time.
        """
        with trail.stage("extract"):
            extraction = extract(request, self.extract_options)
        if not extraction.concerned:
            return None
        if not deadline.remaining:
            raise TimeoutError  # no look-up is begun that could not end
        with trail.stage("gather"):
            lookups, trail.evidence = await self._gather(request, extraction, deadline, trail, copied=copied)
        with trail.stage("document"):
            trail.subject = complete(extraction, trail.evidence)
            if not trail.subject.concerned:
                return None
            document = _document(request, trail.subject, trail)
        return Asked(request, extraction, lookups, trail.evidence.owners, document)

    async def ask_again(self, asked: Asked, deadline: Deadline, trail: Trail) -> PolicyInput:
        """The question as it is once all that was looked up is read live; owners are never in a copy."""
        lookups = asked.lookups.model_copy(update={"owner": None})
        source = (self.cluster, self.evidence_options, deadline, trail.evaluated_at)
        with trail.stage("gather"):
            again = await gather(asked.request, lookups, *source)
            trail.evidence = again.model_copy(update={"owners": asked.owners})
        with trail.stage("document"):
            trail.subject = complete(asked.extraction, trail.evidence)
            return _document(asked.request, trail.subject, trail)

    async def _gather(
        self, request: Request, extraction: Extraction, deadline: Deadline, trail: Trail, *, copied: bool
    ) -> tuple[LookUps, Evidence]:
        """What was looked up and what other objects say; once more where some of them name others."""
        source = (self.cluster, self.evidence_options, deadline, trail.evaluated_at)
        found = await gather(request, extraction.lookups, *source, confirmed=not copied)
        wider = wider_lookups(extraction, found)
        if wider == extraction.lookups:
            return wider, found
        wider = wider.model_copy(update={"owner": None})  # the chain is known; it is not read twice
        again = await gather(request, wider, *source, confirmed=not copied)
        return wider, again.model_copy(update={"owners": found.owners})


def _document(request: Request, subject: Subject, trail: Trail) -> PolicyInput:
    """The document for OPA."""
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
