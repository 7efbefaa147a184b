"""Files in front of a live cluster: what a check is given counts as if it were applied already."""

from __future__ import annotations

from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.times import name_of

_GUARDED = frozenset({"SignOff", "Waiver", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"})
"""Records whose worth is that the API server authenticated their creator, which a file cannot show,
and the guards that make it do so: one in a file would vouch for the live records it does not guard."""


class LayeredCluster:
    """A cluster whose objects the files add to or replace, as `kubectl apply` would.

    SignOffs, Waivers and their guards come from the live cluster alone: beside its guard, a record
    read from a file would count as authenticated, and so would a live one beside a guard from a file.
    """

    source = "files and cluster"

    def __init__(self, files: Cluster, live: Cluster) -> None:
        self._files, self._live = files, live

    @property
    def assume_authenticated(self) -> bool:
        """Never: the guard of the live cluster says what its records are worth."""
        return False

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
        """One object: the file's, else the cluster's."""
        if kind not in _GUARDED:
            found = await self._files.get(api_version, kind, namespace, name, deadline=deadline)
            if found is not None:
                return found
        return await self._live.get(api_version, kind, namespace, name, deadline=deadline, fresh=fresh)

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        """The cluster's objects, with the files' in place of those of the same name."""
        stored = await self._live.list(api_version, kind, namespace, deadline=deadline, fresh=fresh)
        if kind in _GUARDED:
            return stored
        given = await self._files.list(api_version, kind, namespace, deadline=deadline)
        names = {name_of(entry) for entry in given}
        return [*given, *(entry for entry in stored if name_of(entry) not in names)]
