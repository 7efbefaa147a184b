"""The path language of the table of kinds.

`spec.predictor` goes down keys; `spec.canary[]` takes every element of a list; `spec.nodes.*` every
value of a map; `spec.{worker,leader}` either of two keys. What is absent is skipped silently, what is
of the wrong type is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlgate.domain.base import Json
from mlgate.workloads.reading import Reader, join

_STEP = re.compile(r"\{([^}]*)\}|(\*)|(\[\])|([^.\[\]{}*]+)")

Place = tuple[str, Json]
"""A concrete path and the value that stands there."""


@lru_cache(maxsize=512)
def _steps(pattern: str) -> tuple[tuple[str, ...] | str, ...]:
    """Alternatives of keys, `*` or `[]`, one a step."""
    steps: list[tuple[str, ...] | str] = []
    for match in _STEP.finditer(pattern):
        braces, star, brackets, key = match.groups()
        steps.append(star or brackets or tuple((braces or key).split(",")))
    return tuple(steps)


def select(reader: Reader, value: Json, pattern: str, base: str = "") -> list[Place]:
    """Every place below `value` the pattern leads to; `base` is the path of `value` itself."""
    places: list[Place] = [(base, value)]
    for step in _steps(pattern):
        places = [found for path, node in places for found in _follow(reader, path, node, step)]
    return places


def _follow(reader: Reader, path: str, node: Json, step: tuple[str, ...] | str) -> Iterator[Place]:
    if step == "[]":
        for index, item in enumerate(reader.sequence(node, path)):
            yield f"{path}[{index}]", item
        return
    below = reader.mapping(node, path)
    for key in list(below) if step == "*" else step:
        if below.get(key) is not None:
            yield join(path, key), below[key]
