"""How a new version reaches traffic."""

from __future__ import annotations

from typing import TypeGuard

from mlgate.domain.base import Json
from mlgate.domain.workload import Rollout
from mlgate.workloads.kinds.paths import Place, select
from mlgate.workloads.kinds.rows import Kind, RolloutField
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.reading import Reader, dig

_LARGEST = 1e9
"""Larger numbers are no shares of traffic."""


def rollout(reader: Reader, obj: dict[str, Json], row: Kind | None, parts: list[Part]) -> Rollout:
    """How a new version reaches traffic; a canary that names no share has none."""
    for field in row.rollouts if row is not None else ():
        places = [(path, value) for path, value in select(reader, obj, field.path) if value is not False]
        if len(places) >= field.at_least:
            return _rollout(reader, obj, field, places)
    return _shares(reader, parts)


def _rollout(reader: Reader, obj: dict[str, Json], field: RolloutField, places: list[Place]) -> Rollout:
    """The smallest share any of the places names, or that of what is known to be the new version."""
    path = places[0][0]
    given = [_stated(reader, field, place) for place in places]
    total = sum(value for found in given for value, _ in found) if field.of_all else 0.0
    counted = _counted(reader, obj, field, places)
    shares = [
        (_percent(value, total or _whole(reader, field, node)), place)
        for index, (_, node) in enumerate(places)
        if index in counted
        for value, place in given[index]
    ]
    if not shares or (field.together and len(shares) < len(counted)):
        return Rollout(strategy=field.strategy, path=path)
    if field.together:
        return Rollout(strategy=field.strategy, canary_percent=sum(share for share, _ in shares), path=path)
    percent, path = shares[0] if field.in_order else min(shares)
    return Rollout(strategy=field.strategy, canary_percent=percent, path=path)


def _stated(reader: Reader, field: RolloutField, place: Place) -> list[tuple[float, str]]:
    """The shares a place names, and where."""
    path, node = place
    found = select(reader, node, field.percent, path) if field.percent else []
    return [(value, at) for at, value in found if _is_number(value)]


def _counted(reader: Reader, obj: dict[str, Json], field: RolloutField, places: list[Place]) -> set[int]:
    """Which of the places count: those of the new version, or all if nothing tells them apart."""
    everything = set(range(len(places)))
    if field.old:
        old = {index for index in everything if _is_marked(reader, obj, field.old, places[index][1])}
        return everything - old if old else set()
    new = {index for index in everything if _is_marked(reader, obj, field.new, places[index][1])}
    return new or everything


def _is_marked(reader: Reader, obj: dict[str, Json], marks: dict[str, str], node: Json) -> bool:
    """Whether one of the fields says so: as such, or by a name that stands elsewhere."""
    for key, path in marks.items():
        given = dig(node, key)
        if given is True or (path and given is not None and given in _values(reader, obj, path)):
            return True
    return False


def _values(reader: Reader, obj: dict[str, Json], path: str) -> list[Json]:
    return [value for _, value in select(reader, obj, path)]


def _whole(reader: Reader, field: RolloutField, node: Json) -> float:
    """The number that stands for all traffic."""
    found = _values(reader, node, field.total) if field.total and isinstance(node, dict) else []
    return next((float(value) for value in found if _is_number(value) and value > 0), 100.0)


def _percent(value: float, whole: float) -> float:
    return 100.0 * float(value) / whole


def _is_number(value: Json) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _shares(reader: Reader, parts: list[Part]) -> Rollout:
    """The share a component holds for its next version."""
    for part in parts:
        for pattern in part.component.canary_percent:
            for path, value in part.select(reader, pattern):
                percent = reader.integer(value, path)
                if percent is not None:
                    return Rollout(strategy="canary", canary_percent=float(percent), path=path)
    return Rollout()
