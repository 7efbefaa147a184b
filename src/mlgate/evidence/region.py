"""The region of the cluster: as the installation says, else as all nodes say."""

from __future__ import annotations

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.looked import Looked, cannot, field, is_files
from mlgate.evidence.times import metadata

LOOKUP = "cluster.region"
KIND = ("v1", "Node")
_LABEL = "topology.kubernetes.io/region"


async def region_of(
    lookups: LookUps, configured: str | None, cluster: Cluster, deadline: Deadline
) -> Looked[str | None]:
    """The region, for objects that serve a model. Raises EvidenceUnavailable.

    Nodes of several regions, or without one, tell none: then the look-up is one this installation does
    without, until the region is configured.
    """
    if configured is not None or not lookups.serves:
        return Looked(configured)
    found = None if is_files(cluster) else await _shared(cluster, deadline)
    if found is not None:
        return Looked(found)
    return Looked(None, cannot(LOOKUP, "disabled", "no region is configured, and no nodes share one"))


async def _shared(cluster: Cluster, deadline: Deadline) -> str | None:
    """The region every node is labelled with."""
    nodes = await cluster.list(*KIND, None, deadline=deadline)
    found = {_text(field(metadata(node), "labels", _LABEL)) for node in nodes}
    return found.pop() if len(found) == 1 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
