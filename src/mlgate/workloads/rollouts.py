"""How a new version reaches traffic."""

from __future__ import annotations

from mlgate.domain.base import Json
from mlgate.domain.workload import Rollout
from mlgate.workloads.kinds import Kind, RolloutField
from mlgate.workloads.parts import Part
from mlgate.workloads.paths import Place, select
from mlgate.workloads.reading import Reader, dig


def rollout(reader: Reader, obj: dict[str, Json], row: Kind | None, parts: list[Part]) -> Rollout:
    """How a new version reaches traffic; a canary that names no share has none."""
    for field in row.rollouts if row is not None else ():
        places = [(path, value) for path, value in select(reader, obj, field.path) if value is not False]
        if len(places) >= field.at_least:
            return _rollout(reader, field, places)
    return _canaries(reader, obj, parts)


def _rollout(reader: Reader, field: RolloutField, places: list[Place]) -> Rollout:
    """The smallest share any of the places names."""
    path = places[0][0]
    shares = [
        (float(value), place)
        for base, node in places
        for place, value in (select(reader, node, field.percent, base) if field.percent else ())
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    percent, path = min(shares, default=(None, path), key=lambda share: share[0] or 0.0)
    return Rollout(strategy=field.strategy, canary_percent=percent, path=path)


def _canaries(reader: Reader, obj: dict[str, Json], parts: list[Part]) -> Rollout:
    """Components that are canaries, or hold the share of one."""
    found: Rollout | None = None
    shares: dict[str, tuple[float, str]] | None = None
    for part in parts:
        share = _share(reader, part)
        if share is not None or part.component.canary:
            if share is None and shares is None:
                shares = _outer_shares(reader, obj)
            outer = part.path.rpartition(".")[0]
            percent, path = share or (shares or {}).get(outer) or (None, outer)
            current = Rollout(strategy="canary", canary_percent=percent, path=path)
            if found is None or found.canary_percent is None:
                found = current
    return found or Rollout()


def _share(reader: Reader, part: Part) -> tuple[float, str] | None:
    for pattern in part.component.canary_percent:
        for path, value in part.select(reader, pattern):
            percent = reader.integer(value, path)
            if percent is not None:
                return float(percent), path
    return None


def _outer_shares(reader: Reader, obj: dict[str, Json]) -> dict[str, tuple[float, str]]:
    """The share beside the component of each canary that has one, under the names in use for it."""
    found: dict[str, tuple[float, str]] = {}
    for place, entry in select(reader, obj, "spec.canary[]"):
        for key in ("canaryTrafficPercent", "trafficPercent", "traffic", "weight"):
            value = dig(entry, key)
            if isinstance(value, int | float) and not isinstance(value, bool):
                found.setdefault(place, (float(value), f"{place}.{key}"))
    return found
