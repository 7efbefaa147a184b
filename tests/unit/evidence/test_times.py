"""Times and names of objects."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.times import created_at, metadata, name_of, seconds_between


@pytest.mark.parametrize("about", [None, "x", {}, {"creationTimestamp": None}, {"creationTimestamp": "soon"}])
def test_an_object_that_does_not_say_when_it_was_made_has_no_time(about: Any) -> None:
    assert created_at({"metadata": about}) is None


def test_the_creation_time_is_in_utc() -> None:
    assert (
        created_at({"metadata": {"creationTimestamp": "2026-11-02T00:15:00+02:00"}}) == "2026-11-01T22:15:00Z"
    )


def test_seconds_are_counted_forward() -> None:
    assert seconds_between("2026-11-01T00:00:00Z", "2026-11-01T00:01:30.5Z") == 90.5
    assert seconds_between("2026-11-01T00:01:00Z", "2026-11-01T00:00:00Z") == -60


@pytest.mark.parametrize("stored", [{}, {"metadata": []}, {"metadata": {"name": 7}}])
def test_metadata_that_cannot_be_read_is_empty(stored: dict[str, Any]) -> None:
    assert name_of(stored) == ""
    assert isinstance(metadata(stored), dict)
