"""Values in a trace of OPA, written as Rego writes them; OPA's own report cuts them short."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST = 2000
"""Characters of one value that are shown."""


def values_seen(trace: Sequence[Mapping[str, Any]], file: str) -> Iterator[str]:
    """What the expression that failed last in a file was made of: a line for each value, with its variable.

    A value without a variable of its own is that of a call or of a part of the document. Variables come
    first, each kind in the order of the source: OPA lists them in no order.
    """
    failed = [event for event in trace if event.get("Op") == "Fail" and _place(event)[0] == file]
    if not failed:
        return
    event = failed[-1]
    row, names = _place(event)[1], event.get("LocalMetadata") or {}
    named, unnamed = [], []
    for local in event.get("Locals") or ():
        about = names.get(local["name"], {})
        name, place = about.get("name", local["name"]), about.get("location") or {}
        order = (place.get("row", 0), place.get("col", 0), local["name"])
        if not name.startswith("__"):
            named.append((order, f"{name} = {written(local)}"))
        elif place.get("row") == row:
            unnamed.append((order, written(local)))
    yield from (_cut(text) for _, text in sorted(named) + sorted(unnamed))


def written(term: Mapping[str, Any]) -> str:
    """A term as Rego: sets and objects in braces."""
    kind, value = term.get("type"), term.get("value")
    if kind == "array":
        return f"[{', '.join(written(item) for item in value or ())}]"
    if kind == "set":
        return "{" + ", ".join(sorted(written(item) for item in value)) + "}" if value else "set()"
    if kind == "object":
        return "{" + ", ".join(f"{written(key)}: {written(item)}" for key, item in value or ()) + "}"
    return "null" if kind == "null" else json.dumps(value, ensure_ascii=False)


def _place(event: Mapping[str, Any]) -> tuple[str, int]:
    place = event.get("Location") or {}
    return str(place.get("file", "")).removeprefix("./"), int(place.get("row", 0))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
