"""Strict JSON: what the standard parser lets through silently is an error here.

Duplicate keys, NaN and Infinity, numbers no double can hold, lone surrogates, byte order marks,
other encodings than UTF-8, and everything past the limits. The C parser does the work; only when
something is wrong does a slower scan look for the place.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.json_faults import locate
from mlgate.parsing.limits import Limits

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _FaultError(Exception):
    """Something the strict reading refuses; the place is still to be found."""


def parse_json(data: bytes | str, limits: Limits) -> Json:
    """The value of one JSON document.

    Raises:
        ManifestError: It is no strict JSON or exceeds the limits; line, column and, where it is
            known, the path are given.
    """
    text = decode_text(data, limits)
    try:
        value = _DECODER.decode(text)
        _check_size(value, limits)
        if _ESCAPED_SURROGATE.search(text):
            _check_surrogates(value)
    except json.JSONDecodeError as error:
        raise ManifestError(f"not valid JSON: {error.msg}", line=error.lineno, column=error.colno) from error
    except (_FaultError, ValueError, RecursionError, MemoryError) as error:
        raise _placed(text, limits, error) from error
    return value


def decode_text(data: bytes | str, limits: Limits) -> str:
    """The bytes as text: UTF-8 without a byte order mark, within the size limit.

    Raises:
        ManifestError: Too large, not UTF-8, or with a byte order mark.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        raise ManifestError(f"not UTF-8: lone surrogate at character {error.start}") from error
    if len(raw) > limits.max_bytes:
        raise ManifestError(f"{len(raw)} bytes; at most {limits.max_bytes} are read")
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise ManifestError("begins with a byte order mark; plain UTF-8 is needed", line=1, column=1)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ManifestError(f"not UTF-8 (byte {error.start})", line=line) from error


def _check_size(value: Json, limits: Limits) -> None:
    """Refuse a value that is nested too deeply or holds too many values; no recursion."""
    nodes, depth = 1, 0
    level = [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        nodes += sum(map(len, level))
        if depth > limits.max_depth:
            raise _FaultError(f"nested deeper than {limits.max_depth} levels")
        if nodes > limits.max_nodes:
            raise _FaultError(f"more than {limits.max_nodes} values")
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]


def _check_surrogates(value: Json) -> None:
    """Refuse strings that cannot be written as UTF-8 again."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _FaultError("lone surrogate in a string") from error


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _FaultError("duplicate key")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _FaultError("number out of range")
    return number


def _no_constant(name: str) -> NoReturn:
    raise _FaultError(f"{name} is no JSON number")


def _placed(text: str, limits: Limits, error: BaseException) -> ManifestError:
    """The error with the place of the first fault, if the scan finds it."""
    fault = locate(text, limits.max_depth)
    if fault is not None:
        return ManifestError(fault.message, path=fault.path, line=fault.line, column=fault.column)
    if isinstance(error, _FaultError):
        return ManifestError(str(error))
    return ManifestError(f"not readable as JSON ({type(error).__name__})")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)
