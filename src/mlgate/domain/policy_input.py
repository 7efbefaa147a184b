"""The document OPA sees, field by field (`policies/schema/input.json` is exported from it)."""

from __future__ import annotations

from typing import Any, Literal

from mlgate.domain.base import Credential, Frozen
from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.evidence import Card, SignOff, Unavailable, Waiver
from mlgate.domain.request import GroupVersionKind, Origin, UserInfo
from mlgate.domain.verified import VerifiedEvidence
from mlgate.domain.workload import Change, Workload

SCHEMA_VERSION = "mlgate.dev/input/v1alpha1"


class InputRequest(Frozen):
    """The request as policy sees it."""

    uid: str | None
    operation: Literal["CREATE", "UPDATE"]
    dry_run: bool
    kind: GroupVersionKind
    namespace: str | None
    name: str | None
    sub_resource: str | None
    user_info: UserInfo | None


class PolicyInput(Frozen):
    """The whole question. Every key is always there; null means no value, or not known."""

    schema_version: str = SCHEMA_VERSION
    evaluated_at: str
    origin: Origin
    request: InputRequest
    object: dict[str, Any]
    old_object: dict[str, Any] | None
    credentials: tuple[Credential, ...]
    workload: Workload | None
    old_workload: Workload | None
    change: Change
    cards: tuple[Card, ...]
    sign_offs: tuple[SignOff, ...]
    waivers: tuple[Waiver, ...]
    cluster: ClusterFacts
    evidence: VerifiedEvidence
    unavailable: tuple[Unavailable, ...]
