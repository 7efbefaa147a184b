"""The port through which evidence is read: a live cluster, or files that stand for one."""

from __future__ import annotations

from typing import Any, Protocol

from mlgate.domain.deadline import Deadline


class Cluster(Protocol):
    """Objects by kind and name, as the API server would return them."""

    @property
    def source(self) -> str:
        """`cluster` or `files`; stands in every decision record."""
        ...

    @property
    def assume_authenticated(self) -> bool:
        """Whether sign-offs and waivers count as if a guarded cluster had returned them."""
        ...

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
        """One object, or None when it does not exist or its kind is not served.

        `namespace` is None for cluster-scoped kinds. None is always confirmed by a live read; `fresh`
        demands a live read for a hit as well. Raises EvidenceUnavailable when the source does not answer.
        """
        ...

    async def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        deadline: Deadline,
        fresh: bool = False,
    ) -> list[dict[str, Any]]:
        """All objects of a kind in a namespace (None: in the cluster); empty when it is not served.

        Raises EvidenceUnavailable when the source does not answer.
        """
        ...
