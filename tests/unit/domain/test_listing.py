"""How messages name several things."""

from __future__ import annotations

import pytest

from mlgate.domain.listing import first_few


@pytest.mark.parametrize(
    ("names", "told"),
    [((), ""), (("a",), "a"), (("a", "b"), "a, b"), (("a", "b", "c", "d"), "a, b and 2 more")],
)
def test_the_first_are_named_and_the_others_counted(names: tuple[str, ...], told: str) -> None:
    assert first_few(names, 2) == told
