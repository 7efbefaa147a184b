"""Whether the API server itself guards who may create sign-offs and waivers.

A SignOff is only as good as the check that its approver created it. That check is a
ValidatingAdmissionPolicy with its binding; both are known by name and by the digest of their spec, from a
list of this and the last release, and an object counts only if they stood before it did, as they were
created: what was edited and put back has been something else in between.
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
UNEDITED = 1
"""`metadata.generation` of what was never edited. The API server sets it on creation and raises it with every
change of the spec, whoever makes it; nobody can set it."""
RecordKind = Literal["SignOff", "Waiver"]


@dataclass(frozen=True)
class Guard:
    """What vouches for the objects of one kind."""

    assumed: bool = False
    """The caller said that the guarded cluster had returned them."""
    since: str | None = None
    """When the younger of policy and binding was created; None when they do not stand as created."""

    def assurance(self, created: str | None) -> Assurance:
        """What an object created then is worth."""
        if self.assumed:
            return "authenticated"
        if self.since is None or created is None:
            return "claimed"
        stood = seconds_between(self.since, created) >= HEAD_START_SECONDS
        return "authenticated" if stood else "claimed"


@dataclass(frozen=True)
class KnownGuard:
    """A guard as some release ships it. Its name is never given to another content."""

    name: str
    """Of the policy and of its binding."""
    policy: str
    """Digest of the policy's spec."""
    binding: str
    """Digest of the binding's spec."""


@cache
def known_guards() -> dict[RecordKind, tuple[KnownGuard, ...]]:
    """The guards by the kind they guard, oldest first: the last one is what this release ships."""
    text = files("mlgate.evidence").joinpath("guards.yaml").read_text(encoding="utf-8")
    entries: dict[RecordKind, list[dict[str, Any]]] = yaml.safe_load(text)
    return {kind: tuple(KnownGuard(**entry) for entry in listed) for kind, listed in entries.items()}


async def read_guard(cluster: Cluster, kind: RecordKind, deadline: Deadline) -> Guard:
    """What vouches for a kind: of the known guards the one that has stood longest.

    Raises EvidenceUnavailable when that cannot be told.
    """
    if cluster.assume_authenticated:
        return Guard(assumed=True)
    if cluster.source == "files":
        return Guard()  # a file can hold a guard as well as what it vouches for
    found = await asyncio.gather(*(_standing(cluster, guard, deadline) for guard in known_guards()[kind]))
    return Guard(since=min((since for since in found if since is not None), default=None))


async def _standing(cluster: Cluster, guard: KnownGuard, deadline: Deadline) -> str | None:
    """Since when policy and binding both stand; None when they do not."""
    policy, binding = await asyncio.gather(
        cluster.get(API_VERSION, POLICY, None, guard.name, deadline=deadline),
        cluster.get(API_VERSION, BINDING, None, guard.name, deadline=deadline),
    )
    since = (_standing_since(policy, guard.policy), _standing_since(binding, guard.binding))
    return None if since[0] is None or since[1] is None else max(since[0], since[1])


def _standing_since(stored: dict[str, Any] | None, digest: str) -> str | None:
    if stored is None or metadata(stored).get("deletionTimestamp") or was_edited(stored):
        return None
    return created_at(stored) if _spec_digest(json.dumps(stored.get("spec"))) == digest else None


def was_edited(stored: dict[str, Any]) -> bool:
    """Whether it may have been something else since it was created, whatever it is now."""
    return metadata(stored).get("generation") != UNEDITED


@lru_cache(maxsize=64)
def _spec_digest(spec: str) -> str:
    try:
        return canonical_digest(json.loads(spec))
    except CardInvalid:
        return ""
