"""Values of a document in a few words."""

from __future__ import annotations

import json
from collections.abc import Callable

from mlgate.domain.base import Json

Conceal = Callable[[str], str]
"""A text without what looks like a credential."""

TEXT = 100
"""Most characters of a string."""
ITEMS = 4
"""Most items of a list and entries of an object."""
NAMES = ("id", "name", "reference", "path", "code", "label", "attribute", "group", "kind", "role", "uri")
"""What tells one object from another, and so is shown first."""


def brief(value: Json, conceal: Conceal, *, depth: int) -> str:
    """A value as it may stand in a sentence: the beginning of lists and objects, down to a depth."""
    if isinstance(value, str):
        return json.dumps(_cut(conceal(value)), ensure_ascii=False)
    if isinstance(value, list):
        items = [_inner(item, conceal, depth) for item in value[:ITEMS]]
        return f"[{_listed(items, len(value))}]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (isinstance(value[key], list | dict), _rank(key)))
        entries = [f"{_cut(conceal(key))}: {_inner(value[key], conceal, depth)}" for key in keys[:ITEMS]]
        return f"{{{_listed(entries, len(value))}}}"
    return json.dumps(value)


def _inner(value: Json, conceal: Conceal, depth: int) -> str:
    if depth <= 1 and isinstance(value, list | dict) and value:
        return "…"
    return brief(value, conceal, depth=depth - 1)


def _rank(key: str) -> int:
    return NAMES.index(key) if key in NAMES else len(NAMES)


def _listed(shown: list[str], count: int) -> str:
    more = count - len(shown)
    return ", ".join([*shown, f"… {more} more"] if more else shown)


def _cut(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"
