"""Numbers as foreign cards write them: often as text, sometimes with a margin of error."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(
    r"\s*(?P<value>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"(?P<margin>\s*(?:±|\+/-|\+-)\s*[0-9.]+(?:[eE][-+]?[0-9]+)?)?\s*"
)
_LONGEST = 60
_EXACT = 2**53
"""Whole numbers beyond it are not exact as a double, and so not in JSON."""


def finite(value: float) -> bool:
    """Whether a number can be kept as it is: finite, and exact if it is whole."""
    return abs(value) <= _EXACT if isinstance(value, int) else math.isfinite(value)


def number_in(text: str) -> int | float | None:
    """The number a text holds, as in `0.93` and `20.0 ± 1.2`; None if it holds anything else."""
    found = _matched(text)
    if found is None:
        return None
    written = found["value"]
    value = int(written) if written.lstrip("+-").isdigit() else float(written)
    return value if finite(value) else None


def margin(text: str) -> bool:
    """Whether a text that holds a number has a margin of error behind it."""
    found = _matched(text)
    return found is not None and found["margin"] is not None


def _matched(text: str) -> re.Match[str] | None:
    return _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
