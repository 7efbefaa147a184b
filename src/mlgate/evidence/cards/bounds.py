"""How much a card, and all cards of one review together, may hold.

What a card says is judged by rules that compare much of it with much else. A list without an end would be
time and memory that its author takes from everybody's reviews.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json, Problem
from mlgate.parsing.limits import Limits

MOST_EVALUATIONS = 64
"""Bias tests of one card."""
MOST_GROUPS = 256
"""Groups of one bias test."""
MOST_METRICS = 64
"""Fairness metrics of one bias test."""
MOST_METRICS_IN_ALL = 1024
"""Fairness metrics of all bias tests of one card."""
MOST_WITH_LIMIT = 256
"""Measured metrics of one card that have a limit, so that each of them may be found to miss it."""
_MOST = {
    ("model", "artifacts"): 256,
    ("monitoring", "signals"): 256,
    ("privacy", "techniques"): 64,
    ("fairness", "mitigations"): 256,
    ("fairness", "evaluations"): MOST_EVALUATIONS,
}
"""Items of other lists, each of which is judged by itself."""
_MOST_OF_ANY = {"datasets": 256, "signOffs": 128} | dict.fromkeys(
    ("tests", "suppliers", "owners", "credentials", "decisions", "reviews"), 1024
)
"""Items of lists of the card itself."""


@dataclass(frozen=True)
class Extent:
    """How much a value holds."""

    size: int = 0
    """Bytes as compact JSON."""
    values: int = 0
    """Objects, lists and what is in them, keys not counted."""

    def __add__(self, other: Extent) -> Extent:
        return Extent(self.size + other.size, self.values + other.values)


NOTHING = Extent()
ALL_CARDS = Extent(size=1024 * 1024, values=60_000)
"""Of the cards of one review together."""


def extent_within(value: Json, path: str, limits: Limits) -> Extent | Problem:
    """How much a value holds, or why it is too large to be read."""
    values, depth = 1, 0
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        values += sum(len(part) for part in level)
        if depth > limits.max_depth:
            return Problem(path=path, message=f"is nested deeper than {limits.max_depth} levels")
        level = [child for part in level for child in _children(part) if isinstance(child, dict | list)]
    if values > limits.max_nodes:
        return Problem(path=path, message=f"has {values} values; more than {limits.max_nodes} are not read")
    size = _size(value)
    if size > limits.max_bytes:
        return Problem(path=path, message=f"has {size} bytes; more than {limits.max_bytes} are not read")
    return Extent(size, values)


def too_long(spec: dict[str, Any], path: str) -> Problem | None:
    """The first list that is too long to be judged; None if there is none."""
    return next(_lists(spec, path), None)


def _lists(spec: dict[str, Any], path: str) -> Iterator[Problem]:
    for (part, key), most in _MOST.items():
        yield from _longer(_items(spec.get(part), key), most, f"{path}.{part}.{key}")
    for key, most in _MOST_OF_ANY.items():
        yield from _longer(_items(spec, key), most, f"{path}.{key}")
    place = f"{path}.fairness.evaluations"
    tests = _items(spec.get("fairness"), "evaluations")
    for index, test in enumerate(tests):
        yield from lists_too_long(test, f"{place}[{index}]")
    stated = [metric for test in tests for metric in _items(test, "metrics")]
    yield from _longer(stated, MOST_METRICS_IN_ALL, place, "metrics in all")
    measured = _items(spec.get("evaluation"), "metrics")
    limited = [entry for entry in measured if isinstance(entry, dict) and entry.keys() & {"min", "max"}]
    yield from _longer(limited, MOST_WITH_LIMIT, f"{path}.evaluation.metrics", "items with min or max")


def lists_too_long(test: Json, path: str) -> Iterator[Problem]:
    """The lists of one bias test that are too long to be judged."""
    for key, most in (("groups", MOST_GROUPS), ("metrics", MOST_METRICS)):
        yield from _longer(_items(test, key), most, f"{path}.{key}")


def beyond(extents: Sequence[Extent], most: Extent = ALL_CARDS) -> dict[int, Problem]:
    """Of cards in their order, those that no longer fit beside the ones before them, and why."""
    left_out: dict[int, Problem] = {}
    taken = NOTHING
    for index, extent in enumerate(extents):
        with_it = taken + extent
        if with_it.size <= most.size and with_it.values <= most.values:
            taken = with_it
            continue
        number, limit, what = (
            (with_it.size, most.size, "bytes")
            if with_it.size > most.size
            else (with_it.values, most.values, "values")
        )
        message = f"with it the cards of this review have {number} {what}; more than {limit} are not read"
        left_out[index] = Problem(path="", message=message)
    return left_out


def _items(value: Json, key: str) -> list[Json]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _longer(items: list[Json], most: int, path: str, what: str = "items") -> Iterator[Problem]:
    if len(items) > most:
        yield Problem(path=path, message=f"has {len(items)} {what}; more than {most} are not judged")


def _size(value: Json) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="surrogatepass"))


def _children(part: Any) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part
