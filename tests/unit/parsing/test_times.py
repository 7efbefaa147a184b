"""Times as policy may read them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.parsing.times import normalise_time


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("2026-11-02", "2026-11-02T00:00:00Z"),
        ("2026-11-02T10:00:00Z", "2026-11-02T10:00:00Z"),
        ("2026-11-02t10:00:00z", "2026-11-02T10:00:00Z"),
        ("2026-11-02T10:00:00+02:00", "2026-11-02T08:00:00Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("2026-11-02T10:00:00.500Z", "2026-11-02T10:00:00.5Z"),
        ("2026-11-02T10:00:00.000Z", "2026-11-02T10:00:00Z"),
        ("2026-11-02T10:00:00.123456789-01:30", "2026-11-02T11:30:00.123456789Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("2000-02-29T23:59:59-00:00", "2000-02-29T23:59:59Z"),
        ("2026-12-31T23:59:59-23:59", "2027-01-01T23:58:59Z"),
        ("1678-01-01", "1678-01-01T00:00:00Z"),
        ("2261-12-31", "2261-12-31T00:00:00Z"),
    ],
)
def test_a_time_is_given_in_utc(given_text: str, expected: str) -> None:
    assert normalise_time(given_text) == expected


@pytest.mark.parametrize(
    "given_text",
    [
        "yesterday",
        "",
        " 2026-11-02",
        "2026-11-02\n",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-1-2",
        "20261102",
        "2026-11-02T10:00:00",
        "2026-11-02 10:00:00Z",
        "2026-11-02T10:00Z",
        "2026-11-02T25:00:00Z",
        "2026-11-02T24:00:00Z",
        "2026-11-02T10:60:00Z",
        "2026-11-02T10:00:60Z",
        "2026-12-31T23:59:60Z",
        "2026-11-02T10:00:00+24:00",
        "2026-11-02T10:00:00+12:60",
        "2026-11-02T10:00:00+1200",
        "2100-02-29",
        "2026-11-02T10:00:00+25:00",
        "2026-11-02T10:00:00.Z",
        "2026-11-02T10:00:00.1234567890Z",
        "1677-12-31",
        "2262-01-01",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "\uff12\uff10\uff12\uff16-11-02",
        "2026-W45-1",
        None,
        20261102,
        1.5,
        True,
        [],
        {},
    ],
)
def test_what_is_no_time_is_none(given_text: object) -> None:
    assert normalise_time(given_text) is None


@given(
    st.text(max_size=40)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{8,12}([+-][0-9]{2}:[0-9]{2}|Z))?")
)
def test_the_result_can_always_be_parsed_and_stays_what_it_is(text: str) -> None:
    result = normalise_time(text)

    if result is not None:
        assert datetime.fromisoformat(result).utcoffset() is not None
        assert normalise_time(result) == result
    else:
        assert normalise_time(text.strip() + "x") is None
