"""What readers of signed documents share: values of JSON that nothing vouches for, taken apart."""

from __future__ import annotations

import base64
import binascii
import re

from mlgate.domain.base import Json
from mlgate.errors import ManifestError, StatementRefused
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import STATEMENT_LIMITS

HEX = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 digest as JSON holds it, without the name of the algorithm."""


def parsed(data: bytes, what: str) -> Json:
    """The JSON in signed bytes.

    Raises:
        StatementRefused: there is none; the message names the place.
    """
    try:
        return parse_json(data, STATEMENT_LIMITS)
    except ManifestError as error:
        place = f" (line {error.line}, column {error.column})" if error.line is not None else ""
        raise StatementRefused(f"{what} cannot be parsed: {error.message}{place}") from error


def at(value: Json, *keys: str) -> Json:
    """What lies behind the keys; null where something on the way is no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def decoded(text: Json, place: str) -> bytes:
    """The bytes of base64, standard or URL-safe, as DSSE allows either.

    Raises:
        StatementRefused: it is none; the message names the place.
    """
    if not isinstance(text, str) or not text:
        raise StatementRefused(f"{place} must be base64")
    try:
        raw = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(raw, validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise StatementRefused(f"{place} must be base64") from error
