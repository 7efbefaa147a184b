"""The path language of the table of kinds.

`spec.predictor` goes down keys; `spec.canary[]` takes every element of a list; `spec.nodes.*` every
value of a map; `spec.{worker,leader}` either of two keys; `graph.(children[])*` goes down as often as there
is something below, the place itself first; `serveConfigV2.<yaml>` reads text that holds YAML or JSON. What is
absent is skipped silently, what is of the wrong type is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mlgate.domain.base import Json
from mlgate.workloads.reading import Reader, join

MAX_LEVELS = 32
"""Levels of a recursive part that are looked at; no graph of models or adapters comes near."""
MAX_PLACES = 1000
"""Places one recursive part may lead to."""
_STEP = re.compile(r"\(([^()]*)\)\*|\{([^}]*)\}|(\*)|(\[\])|(<yaml>)|([^.\[\]{}()<>*]+)")

Place = tuple[str, Json]
"""A concrete path and the value that stands there."""


@dataclass(frozen=True)
class _Again:
    """Steps that are taken any number of times."""

    pattern: str


_Step = tuple[str, ...] | str | _Again


@lru_cache(maxsize=1024)
def _steps(pattern: str) -> tuple[_Step, ...]:
    """Alternatives of keys, `*`, `[]`, `<yaml>` or steps to repeat."""
    steps: list[_Step] = []
    for match in _STEP.finditer(pattern):
        again, braces, star, brackets, nested, key = match.groups()
        if again:
            steps.append(_Again(again))
        else:
            steps.append(star or brackets or nested or tuple((braces or key).split(",")))
    return tuple(steps)


def select(reader: Reader, value: Json, pattern: str, base: str = "") -> list[Place]:
    """Every place below `value` the pattern leads to; `base` is the path of `value` itself."""
    places: list[Place] = [(base, value)]
    for step in _steps(pattern):
        places = [found for path, node in places for found in _follow(reader, path, node, step)]
    return places


def _follow(reader: Reader, path: str, node: Json, step: _Step) -> Iterator[Place]:
    if isinstance(step, _Again):
        yield from _repeat(reader, path, node, step.pattern)
    elif step == "[]":
        for index, item in enumerate(reader.sequence(node, path)):
            yield f"{path}[{index}]", item
    elif step == "<yaml>":
        yield path, reader.document(node, path)
    else:
        below = reader.mapping(node, path)
        for key in list(below) if step == "*" else step:
            if below.get(key) is not None:
                yield join(path, key), below[key]


def _repeat(reader: Reader, path: str, node: Json, pattern: str) -> Iterator[Place]:
    """The place itself and all below it, level by level."""
    level, count = [(path, node)], 0
    for _ in range(MAX_LEVELS):
        yield from level
        count += len(level)
        level = [found for place, value in level for found in select(reader, value, pattern, place)]
        if not level:
            return
        if count > MAX_PLACES:
            break
    reader.problem(path, "is nested deeper or wider than the reader looks")


def without(value: Json, pattern: str) -> Json:
    """A copy without what the pattern leads to; null for a map that is empty then. Shares what it leaves."""
    return _without(value, _steps(pattern))


def _without(value: Json, steps: tuple[_Step, ...]) -> Json:
    step, rest = steps[0], steps[1:]
    if step == "[]" and isinstance(value, list):
        return [_without(item, rest) if rest else None for item in value]
    if not isinstance(value, dict) or not (step == "*" or isinstance(step, tuple)):
        return value
    kept = {
        key: item if step != "*" and key not in step else _without(item, rest) if rest else None
        for key, item in value.items()
    }
    found = {key: item for key, item in kept.items() if item is not None}
    return found or None
