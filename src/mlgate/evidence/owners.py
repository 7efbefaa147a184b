"""The controller chain of an object, followed with the API server and never taken at its word."""

from __future__ import annotations

from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import OwnerReference, controller_of
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.times import metadata

MAX_OWNERS = 8
"""The longest real chain is Knative's: Pod, ReplicaSet, Deployment, Revision, Configuration, Service, and
on top an InferenceService; a chain beyond this was made by hand."""


async def follow(
    owner: OwnerReference | None, namespace: str | None, cluster: Cluster, deadline: Deadline
) -> tuple[dict[str, Any], ...]:
    """The owners that exist under the stated uid, nearest first. Raises EvidenceUnavailable for the first.

    A name that leads to no object, or to one with another uid, ends the chain there. So does one that cannot
    be read: what makes a Deployment may be of any kind, and the Deployment counts all the same.
    """
    chain: list[dict[str, Any]] = []
    seen: set[str] = set()
    while owner is not None and len(chain) < MAX_OWNERS and owner.uid not in seen:
        try:
            stored = await _get(owner, namespace, cluster, deadline)
        except EvidenceUnavailable:
            if not chain:
                raise
            break
        if stored is None or metadata(stored).get("uid") != owner.uid:
            break
        chain.append(stored)
        seen.add(owner.uid)
        owner = controller_of(stored)
    return tuple(chain)


async def _get(
    owner: OwnerReference, namespace: str | None, cluster: Cluster, deadline: Deadline
) -> dict[str, Any] | None:
    return await cluster.get(
        owner.api_version, owner.kind, namespace, owner.name, deadline=deadline, fresh=True
    )
