"""Strict reading of a JSON value against a pydantic type: what does not fit is named, not believed.

Pydantic says whether a value fits; policy needs more: the rest of a card with one bad date is still
evidence. So the types are turned once into shapes, and a value is read against them:

- an unknown key is left out;
- a field of the wrong type, outside its list or its limits, becomes null;
- an item of a list that should be an object becomes an empty object (so that the others keep their
  places and it counts as one that says nothing), any other bad item is left out;
- a date becomes RFC 3339 in UTC; one that does not exist becomes null.

Each of these is a problem that names the place, and never repeats the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from mlgate.domain.base import Json, Problem
from mlgate.domain.model_card.parts import Date
from mlgate.parsing.times import normalise_time

_DATE_PATTERN = Date.__metadata__[0].metadata[0].pattern  # type: ignore[attr-defined]
_MAX_PROBLEMS = 50
_MAX_KEY = 60
_EXACT = 2**53


@dataclass(frozen=True)
class Shape:
    """What a value may be."""

    type: str
    """`object`, `array`, `string`, `number`, `integer` or `boolean`."""
    fields: dict[str, Shape]
    required: frozenset[str]
    values: Shape | None
    """Shape of the values of a map with free keys."""
    items: Shape | None
    schema: dict[str, Any]
    """The JSON Schema it was made from: bounds, pattern, enum."""
    pattern: re.Pattern[str] | None
    is_date: bool


class Reader:
    """Reads one document and collects its problems."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._hidden = 0
        self._settled: set[str] = set()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, cut after the first fifty with a count of the rest."""
        if not self._hidden:
            return tuple(self._problems)
        return (*self._problems, Problem(path="", message=f"and {self._hidden} more problems"))

    def note(self, problems: Iterable[Problem]) -> None:
        """Note what another check found. Of a place it named, nothing more is said."""
        for problem in problems:
            self.complain(problem.path, problem.message)
            self._settled.add(problem.path)

    def complain(self, path: str, message: str) -> None:
        """Note one problem."""
        if path in self._settled:
            return
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(path=path, message=message))
        else:
            self._hidden += 1

    def read(self, shape: Shape, value: Json, path: str) -> Json:
        """The value as far as it fits; null when it does not fit at all."""
        if shape.type == "object":
            return self._object(shape, value, path)
        if shape.type == "array":
            return self._array(shape, value, path)
        fault, result = _scalar(shape, value)
        if fault:
            self.complain(path, fault)
        return result

    def _object(self, shape: Shape, value: Json, path: str) -> Json:
        if not isinstance(value, dict):
            self.complain(path, "must be an object")
            return None
        self._keys_that_differ_in_case(value, path)
        if shape.values is not None:
            return {key: self.read(shape.values, item, join(path, key)) for key, item in value.items()}
        result: dict[str, Json] = {}
        for key, item in value.items():
            place = join(path, key)
            if key not in shape.fields:
                self.complain(place, "is not a field of this object")
            elif item is None and key not in shape.required:
                result[key] = None
            else:
                result[key] = self.read(shape.fields[key], item, place)
        for key in sorted(shape.required - value.keys()):
            self.complain(join(path, key), "is required")
        return result

    def _array(self, shape: Shape, value: Json, path: str) -> Json:
        if not isinstance(value, list):
            self.complain(path, "must be a list")
            return None
        if len(value) < shape.schema.get("minItems", 0):
            self.complain(path, f"must have at least {shape.schema['minItems']} item")
        if len(value) > shape.schema.get("maxItems", len(value)):
            self.complain(path, f"must have at most {shape.schema['maxItems']} items")
        if shape.items is None:  # pragma: no cover - every list of ours says what it holds
            return value
        result = []
        for index, item in enumerate(value):
            read = self.read(shape.items, item, f"{path}[{index}]")
            if read is None:
                if shape.items.type != "object":
                    continue
                read = {}
            result.append(read)
        return result

    def _keys_that_differ_in_case(self, value: dict[str, Json], path: str) -> None:
        """Other readers of JSON take such keys for one; which of them counts must not be a guess."""
        seen: set[str] = set()
        for key in value:
            folded = key.casefold()
            if folded in seen:
                self.complain(join(path, key), "differs from another key only in upper and lower case")
            seen.add(folded)


def join(path: str, key: str) -> str:
    """The path of a key below `path`; a key is shortened and its control characters are escaped."""
    plain = key if len(key) <= _MAX_KEY else key[:_MAX_KEY] + "…"
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in plain)
    return f"{path}.{shown}" if path else shown


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a pydantic model, made once."""
    schema = model.model_json_schema(by_alias=True)
    return _compile(schema, schema.get("$defs", {}))


def _compile(schema: dict[str, Any], definitions: dict[str, Any]) -> Shape:
    if "anyOf" in schema:
        schema = next(option for option in schema["anyOf"] if option.get("type") != "null")
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    fields = {key: _compile(part, definitions) for key, part in schema.get("properties", {}).items()}
    extra, items, pattern = schema.get("additionalProperties"), schema.get("items"), schema.get("pattern")
    enum = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return Shape(
        type=schema["type"],
        fields=fields,
        required=frozenset(schema.get("required", ())),
        values=_compile(extra, definitions) if isinstance(extra, dict) else None,
        items=_compile(items, definitions) if items else None,
        schema={**schema, "enum": enum},
        pattern=re.compile(pattern) if pattern else None,
        is_date=pattern == _DATE_PATTERN,
    )


def _scalar(shape: Shape, value: Json) -> tuple[str, Json]:
    """(what is wrong or "", the value or null)."""
    if shape.type == "string":
        return _string(shape, value)
    if shape.type == "boolean":
        return ("", value) if isinstance(value, bool) else ("must be true or false", None)
    return _number(shape, value)


def _string(shape: Shape, value: Json) -> tuple[str, Json]:
    if not isinstance(value, str):
        return "must be a string", None
    if shape.is_date:
        time = normalise_time(value) if shape.pattern and shape.pattern.fullmatch(value) else None
        return ("", time) if time else ("is not a date or time that exists", None)
    fault = _string_fault(shape, value)
    return fault, None if fault else value


def _string_fault(shape: Shape, value: str) -> str:
    schema = shape.schema
    if schema["enum"] is not None and value not in schema["enum"]:
        return f"must be one of {', '.join(schema['enum'])}"
    if len(value) < schema.get("minLength", 0):
        return "must not be empty"
    if len(value) > schema.get("maxLength", len(value)):
        return f"must have at most {schema['maxLength']} characters"
    if shape.pattern is not None and not shape.pattern.fullmatch(value):
        return f"must match {shape.pattern.pattern}"
    return ""


def _number(shape: Shape, value: Json) -> tuple[str, Json]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number", None
    if isinstance(value, int) and abs(value) > _EXACT:
        return "is too large to be exact", None
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN alone differs from itself
        return "must be a finite number", None
    if shape.type == "integer":
        if value != int(value):
            return "must be a whole number", None
        value = int(value)
    low, high = shape.schema.get("minimum", value), shape.schema.get("maximum", value)
    if not low <= value <= high:
        return f"must be {_range(shape.schema)}", None
    return "", value


def _range(schema: dict[str, Any]) -> str:
    if "maximum" in schema:
        return f"between {schema.get('minimum', 0)} and {schema['maximum']}"
    return f"at least {schema['minimum']}"
