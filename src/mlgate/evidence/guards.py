"""Whether the API server itself guards who may create sign-offs and waivers.

A SignOff is only as good as the check that its approver created it. That check is a
ValidatingAdmissionPolicy with its binding; both are known by the digest of their spec, from a list of
this and earlier releases, and an object counts only if they stood before it did.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Assurance
from mlgate.errors import CardInvalid
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.digest import canonical_digest
from mlgate.evidence.times import created_at, metadata, seconds_between

API_VERSION = "admissionregistration.k8s.io/v1"
POLICY = "ValidatingAdmissionPolicy"
BINDING = "ValidatingAdmissionPolicyBinding"
HEAD_START_SECONDS = 60
"""A new policy takes a moment to reach every API server; an object of that moment is not vouched for."""
RecordKind = Literal["SignOff", "Waiver"]


@dataclass(frozen=True)
class Guard:
    """What vouches for the objects of one kind."""

    assumed: bool = False
    """The caller said that the guarded cluster had returned them."""
    since: str | None = None
    """When the younger of policy and binding was created; None when they do not stand unchanged."""

    def assurance(self, created: str | None) -> Assurance:
        """What an object created then is worth."""
        if self.assumed:
            return "authenticated"
        if self.since is None or created is None:
            return "claimed"
        stood = seconds_between(self.since, created) >= HEAD_START_SECONDS
        return "authenticated" if stood else "claimed"


@dataclass(frozen=True)
class Shipped:
    """The guard of one kind, in every release that shipped it."""

    name: str
    policies: frozenset[str]
    bindings: frozenset[str]


@cache
def shipped() -> dict[str, Shipped]:
    """The guards by the kind they guard, from guards.yaml."""
    text = files("mlgate.evidence").joinpath("guards.yaml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {
        kind: Shipped(entry["name"], frozenset(entry["policies"]), frozenset(entry["bindings"]))
        for kind, entry in entries.items()
    }


async def read_guard(cluster: Cluster, kind: RecordKind, deadline: Deadline) -> Guard:
    """The guard of a kind as it stands. Raises EvidenceUnavailable when that cannot be told."""
    if cluster.assume_authenticated:
        return Guard(assumed=True)
    if cluster.source == "files":
        return Guard()  # a file can hold a guard as well as what it vouches for
    guard = shipped()[kind]
    policy, binding = await asyncio.gather(
        cluster.get(API_VERSION, POLICY, None, guard.name, deadline=deadline),
        cluster.get(API_VERSION, BINDING, None, guard.name, deadline=deadline),
    )
    since = (_standing_since(policy, guard.policies), _standing_since(binding, guard.bindings))
    if since[0] is None or since[1] is None:
        return Guard()
    return Guard(since=max(since[0], since[1]))


def _standing_since(stored: dict[str, Any] | None, digests: frozenset[str]) -> str | None:
    if stored is None or metadata(stored).get("deletionTimestamp"):
        return None
    if _spec_digest(json.dumps(stored.get("spec"))) not in digests:
        return None
    return created_at(stored)


@lru_cache(maxsize=64)
def _spec_digest(spec: str) -> str:
    try:
        return canonical_digest(json.loads(spec))
    except CardInvalid:
        return ""
