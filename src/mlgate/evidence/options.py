"""What an installation decides about gathering evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.lookups import LookUps


def _no_scan(_value: Json) -> list[tuple[str, str]]:
    return []


@dataclass(frozen=True)
class EvidenceOptions:
    """Settings of `gather`; times are seconds."""

    card_sources: frozenset[str] = frozenset({"modelcard"})
    """Sources that are on: `modelcard`, `configmap`, `file`."""
    cluster_namespace: str | None = None
    """Namespace of cards, sign-offs and waivers for cluster-scoped objects."""
    waiver_namespaces: tuple[str, ...] = ()
    """Namespaces whose waivers hold everywhere."""
    profile: str | None = None
    """Profile a check assumes for the namespace (`--profile`)."""
    region: str | None = None
    """Region of the cluster, if the installation names it."""
    min_approvals: int = 3
    """With fewer cached approvals of a card than this, sign-offs are read again, live.

    Only policy knows how many are enough. The shipped rules ask for three at most, so a smaller number may
    become a denial, and a denial must not rest on a cache. Too large costs a read; too small costs nothing
    but the confirmation.
    """
    card_files: Mapping[str, bytes] = field(default_factory=dict)
    """Cards the caller of a check named, by the path they were named with. No other file is ever read."""
    scan: Callable[[Json], list[tuple[str, str]]] = _no_scan
    """Finds what looks like a credential in a card: (path below the card, reason)."""
    owner_lookups: Callable[[dict[str, Any]], LookUps | None] | None = None
    """Reads the topmost gated owner for the look-ups a pod inherits from it; None for an owner not gated."""
