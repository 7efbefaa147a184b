"""What is remembered within bounds."""

from __future__ import annotations

from mlgate.evidence.recent import Recent


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    recent: Recent[str, int] = Recent(most=10)
    for key in "abc":
        recent.keep(key, 1, weight=3)
    assert recent.get("a") == 1
    recent.keep("d", 1, weight=3)
    assert [key in recent for key in "abcd"] == [True, False, True, True]
    assert (len(recent), recent.weight) == (3, 9)


def test_a_value_takes_the_place_of_the_one_before() -> None:
    recent: Recent[str, int] = Recent(most=10)
    recent.keep("a", 1, weight=8)
    recent.keep("a", 2, weight=5)
    assert (recent.get("a"), recent.weight) == (2, 5)
    recent.forget("a")
    recent.forget("never kept")
    assert (recent.get("a"), recent.weight) == (None, 0)


def test_only_so_many_are_kept_however_light() -> None:
    recent: Recent[str, int] = Recent(most=10, entries=2)
    for key in "abc":
        recent.keep(key, 1, weight=0)
    assert [key in recent for key in "abc"] == [False, True, True]


def test_one_that_is_too_heavy_by_itself_leaves_nothing() -> None:
    recent: Recent[str, int] = Recent(most=10)
    recent.keep("a", 1, weight=1)
    recent.keep("b", 1, weight=11)
    assert (len(recent), recent.weight) == (0, 0)
