from __future__ import annotations

from datetime import UTC, datetime

from judging import REFERENCE_DAY, differences_on


async def test_every_example_gets_exactly_the_findings_it_expects() -> None:
    assert await differences_on(REFERENCE_DAY) == {}


async def test_every_example_moved_to_today_gets_the_same_findings() -> None:
    assert await differences_on(datetime.now(UTC).date()) == {}
