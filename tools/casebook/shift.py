"""Moving a case to another day: all its dates go the same way, and its pins follow."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from casebook.documents import RECORDS, CasebookError, Object, map_strings

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(?:[.]\d+)?(?:Z|[+-]\d{2}:\d{2}))?")


def parse_day(text: str) -> date:
    """A day written YYYY-MM-DD.

    Raises:
        CasebookError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise CasebookError(f"{text!r} is no day; write it YYYY-MM-DD") from problem


def shifted(objects: list[Object], days: int) -> list[Object]:
    """Copies of the objects with every date in cards, sign-offs and waivers moved by whole days.

    What only looks like a date, such as the 30th of February, stays as it is.
    """
    move = timedelta(days=days)
    return [_moved(item, move) if str(item["apiVersion"]).startswith(RECORDS) else item for item in objects]


def _moved(value: Any, move: timedelta) -> Any:
    """The value with its dates moved."""

    def change(text: str) -> str:
        found = _DATE.fullmatch(text)
        if found is None:
            return text
        try:
            day = date.fromisoformat(found.group(1)) + move
        except ValueError:
            return text
        return day.isoformat() + (found.group(2) or "")

    return map_strings(value, change)
