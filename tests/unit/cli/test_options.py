"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from mlgate.cli.options import ending, moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("2026-11-02", "2026-11-02T00:00:00Z"),
        ("2026-11-02T01:00:00+01:00", "2026-11-02T00:00:00Z"),
    ],
)
def test_a_moment_is_taken_to_utc(text: str | None, expected: str | None) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-30", "2026-11-02T00:00:00", "1e9"])
def test_what_is_no_moment_is_refused_with_the_name_of_the_option(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"--expires: .* is neither YYYY-MM-DD nor an RFC 3339"):
        moment(text, "--expires")


def later(**span: float) -> datetime:
    """A moment so long from now, to the second."""
    return (datetime.now(UTC) + timedelta(**span)).replace(microsecond=0)


def test_an_end_that_is_still_to_come_is_one() -> None:
    tomorrow = later(days=1)
    assert ending(None) is None
    assert ending(f"{tomorrow:%F}") == f"{tomorrow:%F}T00:00:00Z"
    assert ending(f"{later(minutes=5):%FT%TZ}")


@pytest.mark.parametrize(
    ("form", "span", "hint"),
    [
        ("%F", 0, "; a date means 00:00 UTC at its start"),
        ("2020-01-01", 0, "; a date means 00:00 UTC at its start"),
        ("%FT%T.5Z", -1, ""),
        ("2020-01-01T05:00:00.123456789+01:00", 0, ""),
    ],
)
def test_what_has_ended_is_no_end(form: str, span: float, hint: str) -> None:
    end = later(seconds=span).strftime(form)  # not in the parameters: each worker would have tests of its own
    with pytest.raises(typer.BadParameter) as refused:
        ending(end)
    assert str(refused.value) == f"--expires: {end} has passed already{hint}"
