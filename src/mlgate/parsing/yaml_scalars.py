"""What a plain YAML scalar means, as Kubernetes turns YAML into JSON."""

from __future__ import annotations

import math
import re

from mlgate.domain.base import Json

_WORDS: dict[str, Json] = {
    word: value
    for words, value in (
        ("yes Yes YES true True TRUE on On ON", True),
        ("no No NO false False FALSE off Off OFF", False),
        ("~ null Null NULL", None),
    )
    for word in words.split()
}
_WORDS[""] = None
_INTEGER = re.compile(r"[-+]?(0[bB][01]+|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MAX_DIGITS = 400
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}
_BASES = {"0b": 2, "0x": 16, "0o": 8}


class ScalarError(Exception):
    """A scalar with no JSON meaning; the message says why."""


def plain(text: str) -> Json:
    """The value of an unquoted scalar without a tag.

    Raises:
        ScalarError: A merge key, `=`, a number that is not finite or has too many digits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.=<0123456789":
        return text
    if text == "<<":
        raise ScalarError("merge keys are not read")
    if text == "=":
        raise ScalarError("a bare '=' has no meaning; quote it")
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(f"{text} is no JSON number")
    return _number(text)


def _number(text: str) -> Json:
    digits = text if text[0] == "." else text.replace("_", "")
    is_integer = _INTEGER.fullmatch(digits)
    if not is_integer and not _FLOAT.fullmatch(digits):
        return text
    if len(text) > _MAX_DIGITS:
        raise ScalarError(f"number of {len(text)} characters")
    if is_integer:
        return _integer(digits.lower())
    number = float(digits)
    if math.isinf(number):
        raise ScalarError("number out of range")
    return number


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    base = _BASES.get(digits[:2])
    if base is not None:
        return sign * int(digits[2:], base)
    return sign * int(digits, 8 if digits.startswith("0") else 10)


def explicit(tag: str, text: str) -> Json:
    """The value of a scalar with a core tag.

    Raises:
        ScalarError: The tag is no core tag, or the text is not of its type.
    """
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if kind == "str" and kind != tag:
        return text
    allowed = _TYPES.get(kind)
    if allowed is None or kind == tag:
        raise ScalarError(f"tag {tag[:60]!r} is not read")
    value = plain(text)
    if not isinstance(value, allowed) or (isinstance(value, bool) and kind != "bool"):
        raise ScalarError(f"{text[:40]!r} is no {kind}")
    return value
