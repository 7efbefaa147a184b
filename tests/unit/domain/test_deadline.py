"""One deadline for everything that answers one request."""

from __future__ import annotations

import time

import pytest

from mlgate.domain.deadline import Deadline


class Clock:
    """The monotonic clock, under the hand of a test."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    return clock


def test_what_is_left_shrinks_and_is_never_below_zero(clock: Clock) -> None:
    deadline = Deadline.after(5)

    assert deadline.remaining == 5
    clock.now = 104
    assert deadline.remaining == 1
    clock.now = 105
    assert deadline.remaining == 0
    clock.now = 1000
    assert deadline.remaining == 0


def test_a_step_has_its_own_limit_or_what_is_left(clock: Clock) -> None:
    deadline = Deadline.after(5)

    assert deadline.sooner(2) == 2
    assert deadline.sooner(60) == 5
    clock.now = 200
    assert deadline.sooner(2) == 0


@pytest.mark.parametrize("seconds", [0.0, -3.0])
def test_a_deadline_in_the_past_leaves_nothing(clock: Clock, seconds: float) -> None:
    assert Deadline.after(seconds).remaining == 0


def test_a_step_of_the_wall_clock_moves_no_deadline(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    deadline = Deadline.after(5)
    monkeypatch.setattr(time, "time", lambda: 0.0)

    assert deadline.remaining == 5
