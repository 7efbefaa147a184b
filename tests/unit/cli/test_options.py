"""Options that several commands share."""

from __future__ import annotations

import pytest
import typer

from mlgate.cli.options import moment


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
