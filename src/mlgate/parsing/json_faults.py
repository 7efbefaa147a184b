"""Finds where a JSON text breaks the strict reading, once it is known that it does."""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import dataclass, field

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+', re.DOTALL)
_MAX_TOKENS = 300_000
"""The scan runs only for faulty texts, but those are an attacker's: it gives up in time."""


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong, and where."""

    message: str
    path: str
    line: int
    column: int


@dataclass
class _Level:
    """One open map or list."""

    is_map: bool
    place: str | int = 0
    keys: set[str] = field(default_factory=set)
    expects_key: bool = True


def locate(text: str, max_depth: int) -> Fault | None:
    """The first duplicate key, bad number, lone surrogate or over-deep level; None if none is found."""
    levels: list[_Level] = []
    for count, piece in enumerate(_TOKEN.finditer(text)):
        if count > _MAX_TOKENS:
            return None
        message = _step(piece.group(), levels, max_depth)
        if message is not None:
            return _fault(message, text, piece.start(), levels)
    return None


def _step(piece: str, levels: list[_Level], max_depth: int) -> str | None:
    """Take one piece in; the message if it is a fault."""
    if piece in "{[":
        levels.append(_Level(is_map=piece == "{"))
        return f"nested deeper than {max_depth} levels" if len(levels) > max_depth else None
    if piece in "}]":
        if levels:
            levels.pop()
        return None
    if piece == ",":
        _next_place(levels)
        return None
    if piece == ":":
        return None
    if piece.startswith('"'):
        return _string(piece, levels)
    return _number(piece)


def _next_place(levels: list[_Level]) -> None:
    if not levels:
        return
    level = levels[-1]
    level.expects_key = True
    if isinstance(level.place, int):
        level.place += 1


def _string(piece: str, levels: list[_Level]) -> str | None:
    try:
        text = json.loads(piece)
        text.encode()
    except UnicodeEncodeError:
        return "lone surrogate in a string"
    except ValueError:
        return None
    level = levels[-1] if levels else None
    if level is None or not level.is_map or not level.expects_key:
        return None
    level.place, level.expects_key = text, False
    if text in level.keys:
        return f"duplicate key {json.dumps(text[:80])}"
    level.keys.add(text)
    return None


def _number(piece: str) -> str | None:
    if piece in {"NaN", "Infinity", "-Infinity"}:
        return f"{piece} is no JSON number"
    digits = piece.lstrip("-")
    if digits.isdigit() and len(digits) > sys.get_int_max_str_digits() > 0:
        return f"number of {len(digits)} digits"
    try:
        infinite = math.isinf(float(piece))
    except (ValueError, OverflowError):
        return None
    return "number out of range" if infinite else None


def _fault(message: str, text: str, start: int, levels: list[_Level]) -> Fault:
    line_start = text.rfind("\n", 0, start) + 1
    path = ""
    for level in levels[:20]:
        path += f"[{level.place}]" if not level.is_map else f".{level.place}"
    return Fault(message, path.removeprefix("."), text.count("\n", 0, start) + 1, start - line_start + 1)
