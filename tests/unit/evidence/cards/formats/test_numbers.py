"""Numbers that are written as text."""

from __future__ import annotations

import pytest

from mlgate.evidence.cards.formats.numbers import margin, number_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.93", 0.93),
        ("20.0 ± 1.2", 20.0),
        ("20 +/- 1", 20),
        ("20+-1.5e-1", 20),
        (" 7 ", 7),
        ("-3e2", -300.0),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_a_number_may_have_space_around_it_and_a_margin_behind_it(text: str, value: float) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "nan", "NaN", "inf", "-Infinity", "1e999", "93 %", "0,93", "1_000", "0x10", "> 0.9"),
        *("9" * 61, "9" * 30, "٣", "1 2", "± 2", "0.9 ±"),
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    assert number_in(text) is None


def test_a_margin_is_known() -> None:
    assert margin("20.0 ± 1.2")
    assert not margin("20.0")
    assert not margin("twenty")
