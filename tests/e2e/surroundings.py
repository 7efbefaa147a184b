"""What the gate finds around a model in a real cluster, with the rights it is given there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from casebook.documents import Object

from mlgate.audit.log import NoSink
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import GroupVersionKind, Request
from mlgate.errors import EngineUnavailable
from mlgate.evidence.api_server import Connection
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.gate import Gate
from mlgate.workloads.credentials.scan import scan_entries
from mlgate.workloads.extract import ExtractOptions

PATIENCE_SECONDS = 40
"""A watch reports a change within milliseconds; a kind that is new is looked for every few seconds."""
_SECONDS = 20.0


class Listening:
    """An engine that keeps the question and knows no answer."""

    def __init__(self) -> None:
        self.questions: list[PolicyInput] = []

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.questions.append(question)
        raise EngineUnavailable("it only listens")

    async def ready(self) -> str | None:
        return None

    async def aclose(self) -> None:
        """Nothing is open."""


class Counting:
    """A connection that counts its calls; watches are none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def read(self, path: str, *what: Any) -> Any:
        self.calls.append(path)
        return self._connection.read(path, *what)


@dataclass
class Looking:
    """A gate up to the question it would ask, with the live cluster behind it."""

    cluster: KubernetesCluster
    transport: Counting
    options: EvidenceOptions = field(default_factory=lambda: EvidenceOptions(scan_entries=scan_entries))

    def settled(self) -> bool:
        """Whether every kind is watched or known not to be there."""
        return all(copy.alive or copy.absent for copy in self.cluster._copies.values())

    async def document(self, service: Object) -> Object:
        """The document OPA would be asked about."""
        engine = Listening()
        gate = Gate(engine, self.cluster, NoSink(), ExtractOptions(), self.options)
        await gate.judge(_request(service), Deadline.after(_SECONDS))
        (question,) = engine.questions
        return question.wire()

    async def until(self, service: Object, holds: Callable[[Object], bool]) -> Object:
        """The `cluster` of the document as soon as something holds for it."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while not holds(found := (await self.document(service))["cluster"]):
            assert time.monotonic() < limit, found
        return found  # type: ignore[no-any-return]


def unavailable(document: Object) -> dict[str, str]:
    """Reasons by look-up, of those about the cluster."""
    return {
        entry["lookup"]: entry["reason"]
        for entry in document["unavailable"]
        if entry["lookup"].startswith("cluster.")
    }


def service(namespace: str, **predictor: Any) -> Object:
    """An InferenceService of its own account that nobody has to store."""
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://models/credit"}
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "credit", "namespace": namespace},
        "spec": {"predictor": {"serviceAccountName": "credit", "model": model, **predictor}},
    }


def _request(obj: Object) -> Request:
    group, _, version = obj["apiVersion"].rpartition("/")
    return Request(
        origin="admission",
        uid="u",
        operation="CREATE",
        dry_run=True,
        kind=GroupVersionKind(group=group, version=version, kind=obj["kind"]),
        namespace=obj["metadata"]["namespace"],
        name=obj["metadata"]["name"],
        sub_resource=None,
        user_info=None,
        object=obj,
        old_object=None,
    )
