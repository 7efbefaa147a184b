"""A cluster that hands reads on to another one."""

from __future__ import annotations

from mlgate.evidence.cluster_port import Cluster


class HandingOn:
    """Says of itself what the cluster behind it says; how reads are handed on is told by each subclass."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @property
    def source(self) -> str:
        """As the cluster says."""
        return self._cluster.source

    @property
    def assume_authenticated(self) -> bool:
        """As the cluster says."""
        return self._cluster.assume_authenticated
