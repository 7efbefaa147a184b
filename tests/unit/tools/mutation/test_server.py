"""A test that passed in the whole library and does no more has noticed."""

from __future__ import annotations

from typing import Any

import pytest
from mutation.server import lost


@pytest.mark.parametrize(
    ("before", "after", "noticed"),
    [
        ([True], [True], False),
        ([True], [], True),
        ([], [], False),
        ([{"a": True, "b": True}], [{"a": True, "b": True, "c": True}], False),
        ([{"a": True, "b": True}], [{"a": True}], True),
        ([{"a": True}], [True], True),
    ],
)
def test_a_case_that_is_lost_is_noticed(before: list[Any], after: list[Any], *, noticed: bool) -> None:
    assert bool(lost({"test_x": before}, {"test_x": after})) == noticed


def test_a_test_that_says_nothing_has_lost_all_its_cases() -> None:
    assert lost({"test_x": [True]}, {}) == ["test_x"]
