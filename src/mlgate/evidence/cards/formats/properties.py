"""Fields of a ModelCard as single properties: `mlgate:<path>` with the value as JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.conversion import overlaid
from mlgate.evidence.cards.formats.node import Node
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import CARD_LIMITS

PREFIX = "mlgate:"
_STEP = re.compile(r"(?P<key>[A-Za-z_][\w-]*)(?:\[(?P<index>[0-9]{1,4})\])?", re.ASCII)
_LONGEST = 200


def apply(nodes: Iterable[Node], spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with the properties laid over it, in their order.

    A path that comes twice counts for nothing: which of them holds must not be a guess.
    """
    ours = [node for node in nodes if (node.get("name").text() or "").startswith(PREFIX)]
    names = [node.get("name").text() for node in ours]
    often = Counter(names)
    for node, name in zip(ours, names, strict=True):
        value = node.get("value")
        if often[name] > 1:
            value.take()
            node.complain("comes more than once, so that none of them counts")
            continue
        steps = _steps((name or "").removeprefix(PREFIX))
        if steps is None:
            value.take()
            node.get("name").complain("is not the path of a field, as in mlgate:reviews[0].date")
            continue
        found, held = _parsed(value)
        if found and not _put(spec, steps, held):
            node.get("name").complain("leads nowhere: an item before it is missing, or is no object")
    return spec


def _steps(path: str) -> list[str | int] | None:
    if len(path) > _LONGEST:
        return None
    steps: list[str | int] = []
    for part in path.split("."):
        step = _STEP.fullmatch(part)
        if step is None:
            return None
        steps.append(step["key"])
        if step["index"] is not None:
            steps.append(int(step["index"]))
    return steps


def _parsed(node: Node) -> tuple[bool, Json]:
    """Whether there is a value, and the value; a text stands in quotes, as JSON is strict about it."""
    text = node.text()
    if text is None:
        node.complain("is needed: the value as JSON")
        return False, None
    try:
        return True, parse_json(text, CARD_LIMITS)
    except ManifestError as error:
        node.complain(f"must be JSON, a text in quotes: {error.message}")
        return False, None


def _put(spec: dict[str, Any], steps: list[str | int], value: Json) -> bool:
    """Set one value; whether the way there exists. The item after the last of a list is added."""
    place: Any = spec
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            if not isinstance(place, list) or step > len(place):
                return False
            if step == len(place):
                place.append({})
        elif not isinstance(place, dict):
            return False
        elif step not in place:
            place[step] = [] if isinstance(following, int) else {}
        if following is None:
            place[step] = overlaid(place[step], value)
        else:
            place = place[step]
    return True
