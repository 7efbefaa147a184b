"""Times as policy may read them: RFC 3339 in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
"""Hours and minutes; spelled out, because versions of `datetime` differ on 24:00 and +12:99."""
_TIME = re.compile(
    rf"(?P<day>{_DATE.pattern})[Tt](?P<clock>{_CLOCK}:[0-5][0-9])"
    rf"(?P<fraction>\.[0-9]{{1,9}})?(?P<zone>[Zz]|[+-]{_CLOCK})"
)
_FIRST_YEAR, _LAST_YEAR = 1678, 2261
"""Policy counts nanoseconds in 64 bits; outside these years its built-ins would fail."""


def normalise_time(text: object) -> str | None:
    """The time in UTC ending in `Z`; a date alone is its midnight. None if there is no such time."""
    if not isinstance(text, str):
        return None
    if _DATE.fullmatch(text):
        return _formatted(f"{text}T00:00:00+00:00", "")
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, clock, fraction, zone = match.group("day", "clock", "fraction", "zone")
    offset = "+00:00" if zone in {"Z", "z"} else zone
    return _formatted(f"{day}T{clock}{offset}", (fraction or "").rstrip("0").rstrip("."))


def _formatted(text: str, fraction: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
