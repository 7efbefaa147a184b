from __future__ import annotations

from datetime import date, timedelta

import pytest
from judging import REFERENCE_DAY, differences_on


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(REFERENCE_DAY + timedelta(days=365), id="a year on"),
        pytest.param(date(2028, 2, 29), id="a leap day"),
    ],
)
async def test_every_example_gets_the_same_findings(day: date) -> None:
    assert await differences_on(day) == {}
