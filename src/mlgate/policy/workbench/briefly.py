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
    """A value as it may stand in a sentence, of lists and objects only the beginning."""
    if isinstance(value, str):
        text = conceal(value)
        return json.dumps(text if len(text) <= TEXT else f"{text[: TEXT - 1]}…", ensure_ascii=False)
    if isinstance(value, list):
        return _listed(
            "[", [brief(item, conceal, depth=depth - 1) for item in _first(value, depth)], value, "]"
        )
    if isinstance(value, dict):
        named = sorted(value, key=lambda key: NAMES.index(key) if key in NAMES else len(NAMES))
        shown = [key for key in named if depth > 1 or not isinstance(value[key], list | dict)]
        entries = [
            f"{_cut(key)}: {brief(value[key], conceal, depth=depth - 1)}" for key in _first(shown, depth)
        ]
        return _listed("{", entries, value, "}")
    return json.dumps(value)


def _first(items: list[Json], depth: int) -> list[Json]:
    return items[:ITEMS] if depth > 0 else []


def _listed(before: str, shown: list[str], every: list[Json] | dict[str, Json], after: str) -> str:
    more = len(every) - len(shown)
    left = [f"… {more} more" if shown else f"{more} entries"] if more else []
    return f"{before}{', '.join([*shown, *left])}{after}"


def _cut(key: str) -> str:
    return key if len(key) <= TEXT else f"{key[: TEXT - 1]}…"
