"""Times of objects, as the API server and the authors of records write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mlgate.parsing.times import normalise_time


def created_at(stored: dict[str, Any]) -> str | None:
    """The creation time of an object as RFC 3339 in UTC; None when it has none."""
    text = metadata(stored).get("creationTimestamp")
    return normalise_time(text) if isinstance(text, str) else None


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one normalised time to another; negative when `later` is the earlier one."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def metadata(stored: dict[str, Any]) -> dict[str, Any]:
    """The metadata of an object; empty when it has none that can be read."""
    found = stored.get("metadata")
    return found if isinstance(found, dict) else {}


def name_of(stored: dict[str, Any]) -> str:
    """The name of an object; empty while it is to be generated."""
    name = metadata(stored).get("name")
    return name if isinstance(name, str) else ""
