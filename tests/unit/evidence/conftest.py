"""A cluster that answers from memory, and fails where a test says so."""

from __future__ import annotations

import asyncio
import copy
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from registry import Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference, CardSource
from mlgate.domain.request import GroupVersionKind, Request, UserInfo
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.options import EvidenceOptions
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

NOW = "2026-11-22T06:15:00Z"
DIGEST = "sha256:" + "7d" * 32

Recognising = Callable[..., AbstractAsyncContextManager[EvidenceOptions]]


@pytest.fixture
def recognising(tmp_path: Path) -> Recognising:
    """Makes the options of an installation that asks one registry, and recognises one key."""

    @asynccontextmanager
    async def made(
        registry: Registry, key: Ed25519PrivateKey, sources: Sequence[str], **signatures: bool
    ) -> AsyncIterator[EvidenceOptions]:
        authority, public = tmp_path / "ca.pem", tmp_path / "office.pem"
        registry.authority.cert_pem.write_to_path(str(authority))
        public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        oci = {"registries": [registry.host], "private": [registry.host], "ca": authority}
        evidence = {"card_sources": [*sources], "oci": oci}
        settings = load_settings({"evidence": evidence, "signatures": {"keys": [public], **signatures}})
        _, options = options_for(settings)
        async with closing_registries(options):
            yield options

    return made


@dataclass
class FakeCluster:
    """Holds objects; `faults` maps a kind to what its reads do instead of answering."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, Any] = field(default_factory=dict)
    late: list[dict[str, Any]] = field(default_factory=list)
    """Objects only a fresh read sees."""
    calls: list[tuple[str, str, bool]] = field(default_factory=list)
    source: str = "cluster"
    assume_authenticated: bool = False

    async def _fault(self, kind: str) -> None:
        fault = self.faults.get(kind)
        if fault == "hang":
            await asyncio.Event().wait()
        if isinstance(fault, BaseException):
            raise fault

    async def get(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> dict[str, Any] | None:
        self.calls.append(("get", f"{kind}/{name}", fresh))
        await self._fault(kind)
        for entry in self.objects + self.late:
            about = entry["metadata"]
            same = (entry["kind"], about.get("namespace"), about["name"]) == (kind, namespace, name)
            if same and entry["apiVersion"] == api_version:
                return entry
        return None

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        self.calls.append(("list", kind, fresh))
        await self._fault(kind)
        known = self.objects + (self.late if fresh else [])
        return [
            entry
            for entry in known
            if entry["kind"] == kind and namespace in (None, entry["metadata"].get("namespace"))
        ]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def fake_cluster() -> type[FakeCluster]:
    return FakeCluster


@pytest.fixture
def now() -> str:
    return NOW


@pytest.fixture
def deadline() -> Deadline:
    return Deadline.after(5)


@pytest.fixture
def unavailable() -> EvidenceUnavailable:
    return EvidenceUnavailable("the API server answered 500")


@pytest.fixture
def spec() -> dict[str, Any]:
    """A card with a bit of everything, without a fault."""
    return {
        "model": {
            "name": "credit",
            "version": "2.3.1",
            "authors": ["lena@example.com"],
            "artifacts": [{"uri": "s3://models/credit", "digest": DIGEST}],
        },
        "risk": {"tier": "high"},
        "datasets": [{"name": "loans", "retentionDays": 30, "classBalance": {"minorityShare": 0.2}}],
        "training": {"completedAt": "2026-10-28T19:42:00+02:00", "hyperparameters": {"depth": "6"}},
        "fairness": {
            "evaluations": [
                {
                    "attribute": "sex",
                    "date": "2026-11-02",
                    "groups": [{"group": "a", "count": 10}, {"group": "b", "count": 12}],
                }
            ]
        },
    }


Make = Callable[..., dict[str, Any]]


@pytest.fixture
def model_card(spec: dict[str, Any]) -> Make:
    def make(name: str = "credit", namespace: str | None = "prod", **fields: Any) -> dict[str, Any]:
        return {
            "apiVersion": "mlgate.dev/v1alpha1",
            "kind": "ModelCard",
            "metadata": {"name": name, "namespace": namespace},
            "spec": copy.deepcopy(spec),
            **fields,
        }

    return make


@pytest.fixture
def sign_off() -> Make:
    def make(
        name: str = "s1", namespace: str = "prod", created: str | None = NOW, **spec: Any
    ) -> dict[str, Any]:
        about: dict[str, Any] = {"name": name, "namespace": namespace}
        if created:
            about["creationTimestamp"] = created
        body = {
            "model": "credit",
            "version": "2.3.1",
            "digest": DIGEST,
            "role": "businessOwner",
            "approver": f"{name}@example.com",
            "decision": "approved",
        }
        return {
            "apiVersion": "mlgate.dev/v1alpha1",
            "kind": "SignOff",
            "metadata": about,
            "spec": {**body, **spec},
        }

    return make


@pytest.fixture
def waiver() -> Make:
    def make(
        name: str = "w1", namespace: str = "prod", created: str | None = NOW, **spec: Any
    ) -> dict[str, Any]:
        about: dict[str, Any] = {"name": name, "namespace": namespace}
        if created:
            about["creationTimestamp"] = created
        body = {
            "codes": ["fairness.limit_exceeded"],
            "subject": {"workload": {"kind": "InferenceService", "name": "credit"}},
            "reason": "the nodes arrive in January",
            "ticket": "RISK-1",
            "requestedBy": "erin@example.com",
            "approvedBy": "rita@example.com",
            "expiresAt": "2027-01-31",
        }
        return {
            "apiVersion": "mlgate.dev/v1alpha1",
            "kind": "Waiver",
            "metadata": about,
            "spec": {**body, **spec},
        }

    return make


@pytest.fixture
def reference() -> Callable[..., CardReference]:
    def make(
        text: str = "modelcard/credit",
        pinned: str | None = None,
        problem: str | None = None,
        component: str | None = None,
    ) -> CardReference:
        kind: Any = text.split("/", 1)[0].removesuffix(":")
        return CardReference(
            model=None,
            source=CardSource(type=kind, reference=text),
            pinned_digest=pinned,
            component=component,
            problem=problem,
        )

    return make


@pytest.fixture
def request_of() -> Callable[..., Request]:
    def make(user: str | None = "erin@example.com") -> Request:
        return Request(
            origin="admission",
            uid="u",
            operation="CREATE",
            dry_run=False,
            kind=GroupVersionKind(group="serving.kserve.io", version="v1beta1", kind="InferenceService"),
            namespace="prod",
            name="credit",
            sub_resource=None,
            user_info=UserInfo(username=user) if user else None,
            object={},
            old_object=None,
        )

    return make
