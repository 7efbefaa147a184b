"""A model on its way into a cluster: what becomes of its deployment after each thing somebody does."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from casebook.cases import Case
from casebook.documents import Object
from cluster.kubectl import Answer
from records import waiver
from refusals import refusal, refused_by_gate
from staging import Stage, judged, only, signed

from mlgate.evidence.digest import card_digest

PATIENCE_SECONDS = 20
SOON_SECONDS = 5
"""Enough to create a record and ask once, on a busy machine."""


@dataclass
class Journey:
    """One workload in a namespace of its own, with its card and without records of decisions."""

    stage: Stage
    case: Case

    @property
    def namespace(self) -> str:
        """Where everything lies."""
        return self.case.name

    @property
    def workload(self) -> Object:
        """A copy of what is deployed."""
        return copy.deepcopy(judged(self.case, only(self.case)))

    @property
    def card(self) -> Object:
        """A copy of its card."""
        return copy.deepcopy(next(entry for entry in self.case.evidence if entry["kind"] == "ModelCard"))

    def deploy(self, person: str = "engineer", entry: Object | None = None, *flags: str) -> Answer:
        """What a person is told who creates it; nothing is stored."""
        sent = [entry or self.workload]
        return self.stage.cluster.kubectl.send(person, "create", sent, "--dry-run=server", *flags)

    def codes(self, person: str = "engineer", entry: Object | None = None) -> list[str]:
        """Why it is refused by the gate, each reason once; none when it is allowed."""
        answer = self.deploy(person, entry)
        assert answer.ok or refused_by_gate(answer), answer.errors
        return [] if answer.ok else sorted({*refusal(answer.errors).codes})

    def approval(self, name: str, **spec: Any) -> Object:
        """The approval it needs, under a name of its own and with some fields changed."""
        record = copy.deepcopy(signed(self.case)[0])
        record["metadata"]["name"] = name
        record["spec"] |= spec
        return record

    def create(self, person: str, *records: Object) -> Answer:
        """A person creates records."""
        return self.stage.cluster.kubectl.send(person, "create", records)

    def waiver(self, name: str, **spec: Any) -> Object:
        """An exception for the workload, with some fields changed."""
        workload = {"kind": self.workload["kind"], "name": self.workload["metadata"]["name"]}
        record = waiver(name, subject={"workload": workload})
        record["metadata"]["namespace"] = self.namespace
        record["spec"] |= spec
        return record

    def forget(self, kinds: str) -> None:
        """Every record of these kinds is deleted, and the gate has noticed."""
        self.stage.cluster.kubectl.must("administrator", "delete", kinds, "--all", "-n", self.namespace)
        limit = time.monotonic() + PATIENCE_SECONDS
        while self.deploy().ok:
            assert time.monotonic() < limit, "the gate does not notice"

    def refused_after(self, end: datetime, *codes: str) -> None:
        """From a moment that is near it is refused, for these reasons alone."""
        limit = end + timedelta(seconds=PATIENCE_SECONDS)
        while not (found := self.codes()):
            assert datetime.now(UTC) < limit, "the end is not noticed"
            time.sleep(0.2)
        assert datetime.now(UTC) >= end, "it ended too early"
        assert found == sorted(codes)


def another_version(journey: Journey, version: str) -> tuple[Object, Object]:
    """The card of another version, and a workload that names it."""
    card, workload = journey.card, journey.workload
    card["metadata"]["name"] = f"ticket-router-{version}"
    card["spec"]["model"]["version"] = version
    for entry in (*card["spec"]["fairness"]["evaluations"], *card["spec"]["tests"]):
        entry["modelVersion"] = version
    return card, pinned(workload, card)


def pinned(workload: Object, card: Object) -> Object:
    """The workload with a reference to this card by its digest."""
    reference = f"modelcard/{card['metadata']['name']}@{card_digest(card['spec'])}"
    workload["metadata"]["annotations"]["mlgate.dev/model-card"] = reference
    return workload


def soon(seconds: float = SOON_SECONDS) -> datetime:
    """A moment that is near, to the second."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)


def written(moment: datetime) -> str:
    """A moment as records write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
