"""A foreign card while it is mapped: every value knows its place, and what nobody took counts as lost.

A mapping takes values by `get`, `each` and the readers of scalars. Whatever it never asked for is found by
`losses` afterwards, so that a mapping cannot forget to say what it left behind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.evidence import Lost
from mlgate.evidence.cards.formats.numbers import finite, margin, number_in
from mlgate.evidence.shapes import Reader, join

NO_FIELD = "a ModelCard has no field for it"
_ITEM = re.compile(r"(\[[0-9]+\])")
_MOST = 100
"""Losses that are told one by one; the rest is counted."""


class Node:
    """One value of a foreign card, or the place where it would be: then `value` is None."""

    def __init__(self, value: Json, path: str, reader: Reader) -> None:
        self.value = value
        self.path = path
        self.lost = ""
        """Why a value that was looked at is lost all the same."""
        self._reader = reader
        self._whole = False
        self._read = False
        self._parts: dict[str | int, Node] = {}
        self._beside: list[Node] = []

    def __bool__(self) -> bool:
        return self.value is not None

    def complain(self, message: str) -> None:
        """Note that this value cannot be used."""
        self._reader.complain(self.path, message)

    def lose(self, reason: str) -> None:
        """Note that this value is left behind, and why. One that is not there cannot be lost."""
        self.lost = reason if self.value is not None else ""

    def take(self) -> Json:
        """The value with all below it, as it is."""
        self._whole = self._read = True
        return self.value

    def get(self, *keys: str) -> Node:
        """The value under a key, and keys below it."""
        node = self
        for key in keys:
            node = node._under(key)
        return node

    def named(self) -> list[str]:
        """The keys of an object; none of anything else."""
        return list(self.value) if isinstance(self.value, dict) else []

    def attach(self, part: Node) -> None:
        """Add something beside the values that only losses know of."""
        self._beside.append(part)

    def _under(self, key: str) -> Node:
        self._read = True
        if key not in self._parts:
            found = None
            if isinstance(self.value, dict):
                found = self.value.get(key)
            elif self.value is not None and not self._whole:
                self._refuse("must be an object")
            self._parts[key] = Node(found, join(self.path, key), self._reader)
        return self._parts[key]

    def each(self) -> list[Node]:
        """The items of a list; items that are null say nothing and are left out."""
        self._read = True
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self._refuse("must be a list")
            return []
        for index, item in enumerate(self.value):
            if index not in self._parts:
                self._parts[index] = Node(item, f"{self.path}[{index}]", self._reader)
        return [part for part in self._parts.values() if part]

    def text(self) -> str | None:
        """The text, without space around it; None when there is none or it is blank."""
        self._read = True
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            self._refuse("must be a string")
            return None
        return self.value.strip() or None

    def texts(self) -> list[str]:
        """The texts of a list."""
        return [text for node in self.each() if (text := node.text())]

    def number(self) -> int | float | None:
        """The number, also one that is written as a string; a margin of error behind it is lost."""
        self._read = True
        if self.value is None:
            return None
        if isinstance(self.value, str):
            found = number_in(self.value)
            if found is None:
                self._refuse("must be a number")
            elif margin(self.value):
                self.lose("the margin of error is not kept")
            return found
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self._refuse("must be a number")
            return None
        if not finite(self.value):
            self._refuse("must be a finite number that is exact")
            return None
        return self.value

    def flag(self) -> bool | None:
        """Whether it is true; None when it is not said."""
        self._read = True
        if self.value is None or isinstance(self.value, bool):
            return self.value
        self._refuse("must be true or false")
        return None

    def _refuse(self, message: str) -> None:
        """Complain once, and speak of nothing below any more."""
        if not self._whole:
            self.complain(message)
        self._whole = True

    def losses(self, reasons: Mapping[str, str]) -> tuple[Lost, ...]:
        """Everything that was not taken: its place, and the reason that its key has in `reasons`.

        The same loss at several places of a list is told once. A key whose reason is empty is no loss:
        it names a place within the document and says nothing about the model.
        """
        grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
        for exact, general, reason in self.left_behind(self.path, reasons):
            if reason:
                grouped[general, reason].append(exact)
        found = [_told(general, reason, places) for (general, reason), places in grouped.items()]
        hidden = len(found) - _MOST
        if hidden > 0:
            found = [*found[:_MOST], Lost(path="", reason=f"and {hidden} more kinds of values")]
        return tuple(found)

    def left_behind(self, general: str, reasons: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """What was not taken of this value: its place, the same without numbers of items, the reason."""
        for part in self._beside:
            yield part.path, part.path, part.lost
        if self.lost:
            yield self.path, general, self.lost
        if self._whole or not isinstance(self.value, dict | list):
            return
        for key, item in _entries(self.value):
            place = join(general, key) if isinstance(key, str) else f"{general}[]"
            known = self._parts.get(key)
            if known is not None and (known._read or known.lost):  # noqa: SLF001 - another of this class
                yield from known.left_behind(place, reasons)
            elif item is not None:
                exact = join(self.path, key) if isinstance(key, str) else f"{self.path}[{key}]"
                yield exact, place, reasons.get(str(key), NO_FIELD)


def _entries(value: Any) -> Iterable[tuple[str | int, Json]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _told(general: str, reason: str, places: list[str]) -> Lost:
    if len(places) == 1:
        return Lost(path=places[0], reason=reason)
    return Lost(path=_common(places) or general, reason=f"{reason} ({len(places)} places)")


def _common(places: list[str]) -> str:
    """The places as one: with the numbers of items they share, and without those they do not."""
    parts = [_ITEM.split(place) for place in places]
    if len({len(part) for part in parts}) > 1:
        return ""
    return "".join(found[0] if len(set(found)) == 1 else "[]" for found in zip(*parts, strict=True))
