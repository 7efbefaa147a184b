"""A cluster as one manifest may use it: only so many reads at the same time."""

from __future__ import annotations

import asyncio
from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.handing_on import HandingOn

AT_ONCE = 8
"""Reads of named objects one review makes at a time; half of what the live cluster has threads for."""


class BoundedCluster(HandingOn):
    """Hands every read on, at most `at_once` of them at a time, the others in the order they came.

    The author of a manifest decides how many objects it names. Without a bound one manifest could take all
    connections to the API server, and all other reviews would wait for it. A read that waits here waits
    within its review's deadline, and one that never gets its turn counts as unavailable.
    """

    def __init__(self, cluster: Cluster, at_once: int = AT_ONCE) -> None:
        super().__init__(cluster)
        self._turns = asyncio.Semaphore(at_once)

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
        """One object, when it is its turn."""
        async with self._turns:
            return await self._cluster.get(api_version, kind, namespace, name, deadline=deadline, fresh=fresh)

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        """All objects of a kind, when it is their turn."""
        async with self._turns:
            return await self._cluster.list(api_version, kind, namespace, deadline=deadline, fresh=fresh)
