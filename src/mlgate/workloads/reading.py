"""Reads raw objects without trusting their shape: a wrong type becomes a problem and counts as absent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from operator import itemgetter

from mlgate.domain.base import Json, Problem
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml

_MAX_PROBLEMS = 50
_MAX_INTEGER = 2**63 - 1
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,253}")


class Reader:
    """Collects the problems of one object while its parts are read."""

    def __init__(self) -> None:
        self._problems: dict[tuple[str, str], None] = {}
        self._counts: Counter[str] = Counter()
        self._documents: dict[str, Json] = {}
        self._places: dict[tuple[int, str], list[tuple[str, Json]]] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, in the order it was met; the list ends with a note when it is cut."""
        found = [Problem(path=path, message=message) for path, message in self._problems]
        if len(found) > _MAX_PROBLEMS:
            return (*found[:_MAX_PROBLEMS], Problem(path="", message="more problems follow"))
        return tuple(found)

    def problem(self, path: str, message: str) -> None:
        """Note one problem; the same one is noted once."""
        if len(self._problems) <= _MAX_PROBLEMS:
            self._problems[(path[:500], message)] = None

    def within(self, what: str, limit: int, number: int = 1) -> bool:
        """Count what the object holds of a thing; a problem, and false, once it is more than the limit."""
        self._counts[what] += number
        if self._counts[what] <= limit:
            return True
        self.problem("", f"holds more than {limit} {what}")
        return False

    def once(
        self, whole: Json, pattern: str, find: Callable[[], list[tuple[str, Json]]]
    ) -> list[tuple[str, Json]]:
        """The places a pattern leads to in the whole object, looked for once however many parts ask."""
        key = (id(whole), pattern)
        if key not in self._places:
            self._places[key] = find()
        return self._places[key]

    def mapping(self, value: Json, path: str) -> dict[str, Json]:
        """The value if it is a map, else an empty one; a problem unless it was absent."""
        if isinstance(value, dict):
            return value
        self._mistyped(value, path, "a map")
        return {}

    def sequence(self, value: Json, path: str) -> list[Json]:
        """The value if it is a list, else an empty one; a problem unless it was absent."""
        if isinstance(value, list):
            return value
        self._mistyped(value, path, "a list")
        return []

    def mappings(self, value: Json, path: str) -> Iterator[tuple[str, dict[str, Json]]]:
        """Path and value of every map in a list of maps."""
        for index, item in enumerate(self.sequence(value, path)):
            place = f"{path}[{index}]"
            if isinstance(item, dict):
                yield place, item
            else:
                self.problem(place, f"is {kind_of(item)}, not a map")

    def text(self, value: Json, path: str) -> str | None:
        """The value if it is text; null, and a problem unless it was absent."""
        if isinstance(value, str):
            return value
        self._mistyped(value, path, "text")
        return None

    def texts(self, value: Json, path: str) -> tuple[str, ...]:
        """The texts of a list; anything else in it is a problem."""
        items = self.sequence(value, path)
        texts = (self._item(item, f"{path}[{index}]") for index, item in enumerate(items))
        return tuple(item for item in texts if item is not None)

    def document(self, value: Json, path: str) -> Json:
        """The YAML or JSON a text holds, null where there is none; a problem when it cannot be read.

        A value that is no text stands for itself: some kinds take either.
        """
        if not isinstance(value, str):
            return value
        if path not in self._documents:
            self._documents[path] = self._parsed(value, path)
        return self._documents[path]

    def _parsed(self, text: str, path: str) -> Json:
        if not text.strip():
            return None
        try:
            return parse_yaml(text.encode("utf-8", "surrogatepass"), CARD_LIMITS)
        except ManifestError as error:
            place = "" if error.line is None else f" (line {error.line} of the text)"
            self.problem(path, f"holds text that is no YAML: {error.message[:200]}{place}")
            return None

    def boolean(self, value: Json, path: str) -> bool | None:
        """The value if it is true or false; null, and a problem unless it was absent."""
        if isinstance(value, bool):
            return value
        self._mistyped(value, path, "true or false")
        return None

    def integer(self, value: Json, path: str) -> int | None:
        """The value if it is a whole number of 64 bits; null, and a problem unless it was absent."""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INTEGER:
            return value
        self._mistyped(value, path, "a whole number")
        return None

    def strings(self, value: Json, path: str) -> dict[str, str]:
        """The entries of a map whose values are text; the others are problems."""
        result: dict[str, str] = {}
        for key, item in entries(self.mapping(value, path)):
            text = self._item(item, join(path, key))
            if text is not None:
                result[str(key)] = text
        return result

    def scalars(self, value: Json, path: str) -> dict[str, str]:
        """The entries of a map whose values are text, numbers, true or false, each as text."""
        result: dict[str, str] = {}
        for key, item in entries(self.mapping(value, path)):
            plain = str(item).lower() if isinstance(item, bool) else item
            text = str(plain) if isinstance(plain, int | float) else self._item(plain, join(path, key))
            if text is not None:
                result[str(key)] = text
        return result

    def _item(self, value: Json, path: str) -> str | None:
        if isinstance(value, str):
            return value
        self.problem(path, f"is {kind_of(value)}, not text")
        return None

    def _mistyped(self, value: Json, path: str, wanted: str) -> None:
        if value is not None:
            self.problem(path, f"is {kind_of(value)}, not {wanted}")


def kind_of(value: Json) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a map"


def entries(value: dict[str, Json]) -> list[tuple[str, Json]]:
    """The entries of a map by their keys: JSON objects have no order, so that none must decide anything."""
    return sorted(value.items(), key=itemgetter(0))


def join(path: str, key: object) -> str:
    """The path of a key below a path; keys that would be ambiguous are put in brackets."""
    text = str(key)
    if not _PLAIN_KEY.fullmatch(text):
        return f"{path}[{text[:120]!r}]"
    return f"{path}.{text}" if path else text


def dig(value: Json, *keys: str) -> Json:
    """The value below the keys, null where there is none; silent about types."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
