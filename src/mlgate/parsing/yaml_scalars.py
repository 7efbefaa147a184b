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
_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)")
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
    if len(text) > _MAX_DIGITS and (_INTEGER.fullmatch(text) or _FLOAT.fullmatch(text)):
        raise ScalarError(f"number of {len(text)} characters")
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    if math.isinf(number):
        raise ScalarError("number out of range")
    return number


def _integer(text: str) -> Json:
    digits = text.replace("_", "").lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    base = _BASES.get(digits[:2])
    if base is None:
        base = 8 if digits.startswith("0") and len(digits) > 1 else 10
    else:
        digits = digits[2:]
    return sign * int(digits, base) if digits else text


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
