"""What a look-up of cluster facts comes to, and the words for those that cannot be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Unavailable
from mlgate.domain.listing import first_few
from mlgate.evidence.cluster_port import Cluster

T_co = TypeVar("T_co", covariant=True)
_SHOWN = 5


@dataclass(frozen=True)
class Looked(Generic[T_co]):
    """What was found; `unavailable` says that it is not, or not all, that there is."""

    found: T_co
    unavailable: Unavailable | None = None


def is_files(cluster: Cluster) -> bool:
    """Whether what is not there is unknown: files need not hold everything a cluster does."""
    return cluster.source == "files"


def not_in_files(cluster: Cluster, lookup: str, missing: Iterable[str]) -> Unavailable | None:
    """Objects that no file holds; None where all are there, or where a cluster says so."""
    names = [*missing]
    if not names or not is_files(cluster):
        return None
    return cannot(lookup, "offline", f"no file holds {first_few(names, _SHOWN)}")


async def none_in_files(
    cluster: Cluster, lookup: str, kinds: Iterable[tuple[str, str]], deadline: Deadline
) -> Unavailable | None:
    """Files without a single object of the kinds tell nothing about them."""
    if not is_files(cluster):
        return None
    names = [kind for _, kind in kinds]
    for api_version, kind in kinds:
        if await cluster.list(api_version, kind, None, deadline=deadline):
            return None
    return cannot(lookup, "offline", f"no file holds {' or '.join(names)}")


def cannot(lookup: str, reason: Literal["error", "offline", "disabled"], message: str) -> Unavailable:
    """A look-up that gives nothing."""
    return Unavailable(lookup=lookup, reason=reason, message=message)


def field(value: Any, *keys: str) -> Any:
    """The value below the keys of an object; None where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def entries(value: Any) -> list[Any]:
    """The items of a list; none of what is no list."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> tuple[str, ...]:
    """The strings of a list."""
    return tuple(item for item in entries(value) if isinstance(item, str))
