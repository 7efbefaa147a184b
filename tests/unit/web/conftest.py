"""A server around a gate whose engine and cluster the test holds."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog

from mlgate.audit.log import NoSink
from mlgate.domain.deadline import Deadline
from mlgate.domain.decision import Decision
from mlgate.domain.policy_input import PolicyInput
from mlgate.errors import PolicyError
from mlgate.evidence.files import FileCluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.gate import Gate
from mlgate.live_policy import LivePolicy
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.reload import PolicyReload
from mlgate.settings import Settings
from mlgate.web.app import create_app
from mlgate.web.routes import Server
from mlgate.workloads.extract import ExtractOptions

DECISION = {
    "allow": True, "profile": "production", "tier": "high", "classification": "restricted", "mode": "enforce",
    "unchanged": False, "violations": [], "warnings": [], "audited": [], "waived": [], "suppressed": 0,
    "skipped": [], "evaluated": ["model_card.missing"], "revision": "v1",
}  # fmt: skip
FINDING = {
    "code": "model_card.missing", "severity": "critical", "enforcement": "deny", "message": "no card",
    "path": "metadata", "observed": "nothing", "required": "a card", "fix": "Write one.", "docs": "d",
    "term": None, "model": "predictor",
}  # fmt: skip


class ScriptedEngine:
    """An engine that does what the test says: the real one is another test's subject."""

    def __init__(self) -> None:
        self.answer: Callable[[PolicyInput], Decision] = lambda _: Decision.model_validate(DECISION)
        self.problem: str | None = None
        self.questions: list[PolicyInput] = []

    async def decide(self, question: PolicyInput, deadline: Deadline) -> Decision:
        self.questions.append(question)
        return self.answer(question)

    async def ready(self) -> str | None:
        return self.problem

    async def aclose(self) -> None:
        """Nothing to close."""


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


class Source:
    """The source of a policy that a test changes; a revision that ends in `!` is refused."""

    def __init__(self) -> None:
        self.revision = "v1"
        self.now = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)

    def load(self, judging: BundleManifest) -> BundleManifest:
        if self.revision.endswith("!"):
            raise PolicyError(f"ours.rego:3: {self.revision} is no policy; write one")
        return replace(judging, revision=self.revision)

    async def use(self, _: BundleManifest) -> None:
        """The engine of these tests knows no policy."""


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def policy(engine: ScriptedEngine, source: Source) -> LivePolicy:
    """A policy that follows that source."""
    manifest = BundleManifest(
        revision="v1",
        codes=frozenset({"model_card.missing"}),
        path=None,
        sequence=7,
        modes=(("production", "enforce"), ("sandbox", "audit")),
    )
    return LivePolicy(
        engine,
        PolicyReload(
            lambda: source.revision,
            source.load,
            source.use,
            seen="v1",
            manifest=manifest,
            clock=lambda: source.now,
        ),
    )


@pytest.fixture
def server(engine: ScriptedEngine) -> Server:
    gate = Gate(engine, FileCluster([]), NoSink(), ExtractOptions(), EvidenceOptions())
    return Server(gate=gate, engine=engine, settings=Settings(), versions=lambda: {"mlgate": "0"})


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(server), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://mlgate") as found:
        yield found


def review(**changes: Any) -> dict[str, Any]:
    """An AdmissionReview of an InferenceService, as the API server sends it."""
    service = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "credit", "namespace": "bank"},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://m/1/"}}},
    }
    request = {
        "uid": "u-1",
        "kind": {"group": "serving.kserve.io", "version": "v1beta1", "kind": "InferenceService"},
        "resource": {"group": "serving.kserve.io", "version": "v1beta1", "resource": "inferenceservices"},
        "name": "credit",
        "namespace": "bank",
        "operation": "CREATE",
        "userInfo": {"username": "erin", "groups": ["ml"]},
        "object": service,
        "oldObject": None,
        "dryRun": False,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request | changes}


@pytest.fixture(name="review")
def review_fixture() -> Callable[..., dict[str, Any]]:
    return review


@pytest.fixture
def denial() -> Decision:
    """A denial for one reason."""
    return Decision.model_validate(DECISION | {"allow": False, "violations": [FINDING]})


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Logs as they were, after a test that configures them."""
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)
