"""A cluster of which the copies are believed, for the first judgement of a review."""

from __future__ import annotations

from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.evidence.handing_on import HandingOn


class CopiedCluster(HandingOn):
    """Hands every read on as one that a living copy may answer.

    A copy lags by milliseconds, which an allow may rest on as it may on a change that comes a moment later. A
    denial may not, so what is denied with this is judged once more without it. What is not in a copy is asked
    for live here as well: something stored a moment ago must not be passed over.
    """

    async def get(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        name: str,
        *,
        deadline: Deadline,
        fresh: bool = False,  # noqa: ARG002 - the point of it
    ) -> dict[str, Any] | None:
        """One object, a copy of it if there is one."""
        return await self._cluster.get(api_version, kind, namespace, name, deadline=deadline)

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,  # noqa: ARG002 - the point of it
    ) -> list[dict[str, Any]]:
        """All objects of a kind, those of a copy if there is one."""
        return await self._cluster.list(api_version, kind, namespace, deadline=deadline)
