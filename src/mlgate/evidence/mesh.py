"""Mesh TLS in force for the namespace, as Istio finds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from mlgate.domain.cluster_facts import MeshMode, PeerAuthentication
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.facts import MOST, too_many
from mlgate.evidence.looked import Looked, field, none_in_files
from mlgate.evidence.resources import ISTIO
from mlgate.evidence.selectors import is_empty, may_select
from mlgate.evidence.times import created_at, name_of

LOOKUP = "cluster.peerAuthentication"
KIND = (ISTIO, "PeerAuthentication")
_WEAKEST_FIRST: tuple[MeshMode, ...] = ("DISABLE", "PERMISSIVE", "UNSET", "STRICT")
_UNSET = PeerAuthentication()
_Stored = list[dict[str, Any]]


async def peer_authentication(
    lookups: LookUps, cluster: Cluster, root: str, deadline: Deadline
) -> Looked[PeerAuthentication]:
    """The mode: the namespace's own policy before the mesh's. Raises EvidenceUnavailable.

    A cluster without the kind has no mesh. Anything less than strict is read once more, live: a denial must
    not rest on a cache.
    """
    if not lookups.mesh or lookups.namespace is None:
        return Looked(_UNSET)
    if len(lookups.pod_labels) > MOST:
        return Looked(_UNSET, too_many(LOOKUP, "sets of pod labels", len(lookups.pod_labels)))
    missing = await none_in_files(cluster, LOOKUP, [KIND], deadline)
    if missing is not None:
        return Looked(_UNSET, missing)
    for fresh in (False, True):
        own, mesh = await asyncio.gather(
            *(
                cluster.list(*KIND, place, deadline=deadline, fresh=fresh)
                for place in (lookups.namespace, root)
            )
        )
        mode = _mode(own, mesh, lookups)
        if mode == "STRICT":
            break
    return Looked(PeerAuthentication(mode=mode))


def _mode(own: _Stored, mesh: _Stored, lookups: LookUps) -> MeshMode:
    """The mode of the namespace, or a weaker one that a policy sets for some of these pods alone."""
    modes = [_of_all(own) or _of_all(mesh) or "UNSET", *_of_some(own, lookups)]
    return min(modes, key=_WEAKEST_FIRST.index)


def _of_all(stored: _Stored) -> MeshMode | None:
    """The mode of the policy for all pods; of several Istio takes the oldest. None if there is none."""
    general = [entry for entry in stored if is_empty(field(entry, "spec", "selector"))]
    oldest = min(general, key=lambda entry: (created_at(entry) or "", name_of(entry)), default=None)
    return None if oldest is None else _given(field(oldest, "spec", "mtls", "mode"))


def _of_some(stored: _Stored, lookups: LookUps) -> Iterator[MeshMode]:
    for entry in stored:
        selector = field(entry, "spec", "selector")
        if is_empty(selector) or not may_select(selector, lookups.pod_labels):
            continue
        ports = field(entry, "spec", "portLevelMtls")
        listed = [*ports.values()] if isinstance(ports, dict) else []
        for mtls in (field(entry, "spec", "mtls"), *listed):
            mode = _given(field(mtls, "mode"))
            if mode is not None:
                yield mode


def _given(value: Any) -> MeshMode | None:
    """The mode as written; None where it is left to the level above."""
    if value is None or value == "UNSET":
        return None
    return next((mode for mode in _WEAKEST_FIRST if mode == value), "UNSET")
