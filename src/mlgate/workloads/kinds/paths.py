"""The path language of the table of kinds.

`spec.predictor` goes down keys; `spec.canary[]` takes every element of a list, `spec.canary[0]` one, and
`env[name=HOME]` those maps of a list whose field has that value; `spec.nodes.*` takes every value of a map;
`spec.{worker,leader}` goes down either of two keys; `graph.(children[])*` as often as there is something
below, the place itself first; `args.**lora_config` takes every map below, the place itself first, that holds
`lora_config`, however deep it lies; `serveConfigV2.<yaml>` reads text that holds YAML or JSON; a key with
dots stands in braces. What is absent is skipped silently, what is of the wrong type is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mlgate.domain.base import Json
from mlgate.workloads.reading import Reader, entries, join

MAX_LEVELS = 32
"""Levels of a recursive part that are looked at; no graph of models or adapters comes near."""
MAX_PLACES = 1000
"""Places one recursive part may lead to."""
_STEP = re.compile(
    r"\(([^()]*)\)\*|\{([^}]*)\}|\*\*([A-Za-z_]+)|\[(\w+)=([^\]]+)\]|(\*)|(\[[0-9]*\])|(<yaml>)|([^.\[\]{}()<>*]+)"
)

Place = tuple[str, Json]
"""A concrete path and the value that stands there."""
Trail = tuple[()] | tuple["Trail", str | int]
"""The way to a place: that to the one above, and its key or index there. Only what is needed is written."""


@dataclass(frozen=True)
class _Again:
    """Steps that are taken any number of times."""

    pattern: str


@dataclass(frozen=True)
class _Holder:
    """Every map below that holds the key."""

    key: str


@dataclass(frozen=True)
class _Item:
    """Every map of a list whose field has the value."""

    key: str
    value: str


_Step = tuple[str, ...] | str | _Again | _Holder | _Item


@lru_cache(maxsize=1024)
def _steps(pattern: str) -> tuple[_Step, ...]:
    """Alternatives of keys, `*`, `[]`, `<yaml>`, steps to repeat, a key to look for, or items of a value."""
    steps: list[_Step] = []
    for match in _STEP.finditer(pattern):
        again, braces, held, field, wanted, star, brackets, nested, key = match.groups()
        if again or held:
            steps.append(_Again(again) if again else _Holder(held))
        elif field:
            steps.append(_Item(field, wanted))
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
    elif isinstance(step, _Holder):
        yield from _holders(reader, path, node, step.key)
    elif isinstance(step, _Item):
        items = reader.mappings(node, path)
        yield from ((place, item) for place, item in items if item.get(step.key) == step.value)
    elif isinstance(step, str) and step.startswith("["):
        listed, only = reader.sequence(node, path), step[1:-1]
        for index in range(len(listed))[int(only) : int(only) + 1] if only else range(len(listed)):
            yield f"{path}[{index}]", listed[index]
    elif step == "<yaml>":
        yield path, reader.document(node, path)
    else:
        below = reader.mapping(node, path)
        for key in sorted(below) if step == "*" else step:
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


def holds(value: Json, conditions: dict[str, tuple[str, ...]]) -> bool:
    """Whether each of the fields has one of its values; one without values must be absent or empty.

    What is no map has no fields that could keep it from being read, and from being told of.
    """
    return not isinstance(value, dict) or all(
        _matches(value, pattern, values) for pattern, values in conditions.items()
    )


def _matches(value: Json, pattern: str, values: tuple[str, ...]) -> bool:
    found = [item for _, item in select(Reader(), value, pattern) if item != ""]
    if not values:
        return not found
    if values == ("*",):
        return bool(found)
    texts = {
        str(item).lower() if isinstance(item, bool) else item
        for item in found
        if isinstance(item, bool | str)
    }
    return not texts.isdisjoint(values)


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


def _holders(reader: Reader, path: str, root: Json, key: str) -> Iterator[Place]:
    """The maps that hold the key, by their paths. A path is written out only for these: there are few."""
    stack: list[tuple[Json, Trail]] = [(root, ())]
    count = 0
    while stack:
        node, trail = stack.pop()
        if isinstance(node, dict):
            if node.get(key) is not None:
                count += 1
                if count > MAX_PLACES:
                    reader.problem(path, f"holds more than {MAX_PLACES} places with {key}")
                    return
                yield written(path, trail), node
            stack.extend((child, (trail, name)) for name, child in reversed(entries(node)))
        elif isinstance(node, list):
            stack.extend((child, (trail, index)) for index, child in reversed(list(enumerate(node))))


def written(path: str, trail: Trail) -> str:
    """A trail as a path below another one."""
    steps: list[str | int] = []
    while trail:
        trail, step = trail
        steps.append(step)
    for step in reversed(steps):
        path = f"{path}[{step}]" if isinstance(step, int) else join(path, step)
    return path


def scalars(root: Json) -> Iterator[tuple[Trail, str | int | float]]:
    """Every text, number, true and false of a value and the way to it, by their paths."""
    stack: list[tuple[Json, Trail]] = [(root, ())]
    while stack:
        node, trail = stack.pop()
        if isinstance(node, dict):
            stack.extend((child, (trail, key)) for key, child in reversed(entries(node)))
        elif isinstance(node, list):
            stack.extend((child, (trail, index)) for index, child in reversed(list(enumerate(node))))
        elif node is not None:
            yield trail, node
