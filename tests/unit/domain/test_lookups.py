"""What is looked up for one object: nothing, unless it is asked for."""

from __future__ import annotations

from mlgate.domain.lookups import LookUps


def test_an_object_that_asks_for_nothing_gets_no_look_up() -> None:
    assert not any(value for value in LookUps().model_dump().values())
