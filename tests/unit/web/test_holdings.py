"""Whose bytes go when there are too many: the largest body of somebody unknown, and never a whole one."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from mlgate.errors import ReviewError
from mlgate.web.crowd import Caller
from mlgate.web.holdings import Holding, Holdings

ROOM = 100


class Scene:
    """Room for a hundred bytes, and who was dropped."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.holdings = Holdings(ROOM)
        self.gone: list[str] = []

    def enter(self, name: str, size: int, *, reviewed: bool = False, complete: bool = False) -> Holding:
        """Somebody who sends so many bytes."""
        caller = Caller("192.0.2.1", lambda reason: self.gone.append(f"{name}:{reason}"), reviewed=reviewed)
        held = self._stack.enter_context(self.holdings.holding(caller))
        held.add(size)
        held.complete = complete
        return held


@pytest.fixture
def scene() -> Scene:
    with ExitStack() as stack:
        return Scene(stack)


def test_all_stay_while_there_is_room(scene: Scene) -> None:
    scene.enter("a", 60)
    scene.enter("b", 40)

    assert scene.gone == []
    assert scene.holdings.size == ROOM


def test_the_largest_goes_for_a_newcomer(scene: Scene) -> None:
    for name, size in (("a", 20), ("b", 45), ("c", 35)):
        scene.enter(name, size)
    scene.enter("d", 10)

    assert scene.gone == ["b:no_room"]
    assert scene.holdings.size == 65


def test_as_many_go_as_it_takes(scene: Scene) -> None:
    for number in range(10):
        scene.enter(str(number), 10)
    scene.enter("review", 5).add(4)
    scene.enter("other", 5)

    assert scene.gone == ["0:no_room", "1:no_room"]


def test_whoever_brought_reviews_goes_last(scene: Scene) -> None:
    scene.enter("api", 60, reviewed=True)
    scene.enter("unknown", 30)
    scene.enter("new", 20)

    assert scene.gone == ["unknown:no_room"]


def test_the_newcomer_is_refused_where_it_is_worth_least(scene: Scene) -> None:
    scene.enter("api", 50, reviewed=True)
    newcomer = scene.enter("new", 45)

    with pytest.raises(ReviewError) as problem:
        newcomer.add(10)

    assert problem.value.status == 503
    assert scene.gone == []
    assert scene.holdings.size == 50


def test_what_is_being_judged_never_goes(scene: Scene) -> None:
    scene.enter("judged", 95, complete=True)

    with pytest.raises(ReviewError):
        scene.enter("new", 10)

    assert scene.gone == []


def test_what_had_to_go_takes_no_more(scene: Scene) -> None:
    gone = scene.enter("gone", 90)
    scene.enter("new", 20)

    with pytest.raises(ReviewError):
        gone.add(1)
    assert scene.holdings.size == 20


def test_what_is_answered_is_held_no_more() -> None:
    holdings = Holdings(ROOM)
    with holdings.holding(None) as held:
        held.add(70)
        assert holdings.size == 70
    assert holdings.size == 0


def test_a_body_without_a_connection_goes_too() -> None:
    holdings = Holdings(ROOM)
    with holdings.holding(None) as held, holdings.holding(None) as other:
        held.add(70)
        other.add(40)
        assert holdings.size == 40
        with pytest.raises(ReviewError):
            held.add(1)
