"""Two decisions about one object, side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.decision import Decision
from mlgate.policy.workbench.diff.verdicts import HIDDEN, Answer, Moved, Pair, moved_codes, moved_verdicts

Decide = Callable[..., Decision]


def pair(old: Decision | None, new: Decision | None, name: str = "x") -> Pair:
    return Pair(name, Answer(old), Answer(new))


@pytest.mark.parametrize(
    ("old", "new", "before", "after", "loosens"),
    [
        ({"deny": ("a.b",)}, {}, "deny", "nothing", True),
        ({}, {"deny": ("a.b",)}, "nothing", "deny", False),
        ({"deny": ("a.b",)}, {"warn": ("a.b",)}, "deny", "warn", True),
        ({"warn": ("a.b",)}, {"deny": ("a.b",)}, "warn", "deny", False),
        ({"warn": ("a.b",)}, {"audit": ("a.b",)}, "warn", "audit", True),
        ({"deny": ("a.b", "a.b")}, {"deny": ("a.b",)}, "deny x2", "deny", True),
        ({"warn": ("a.b",)}, {"warn": ("a.b",) * 3}, "warn", "warn x3", False),
        ({"deny": ("a.b",)}, {"warn": ("a.b",) * 3}, "deny", "warn x3", True),
        ({"deny": ("a.b",), "warn": ("a.b",)}, {"deny": ("a.b",)}, "deny, warn", "deny", True),
    ],
)
def test_a_code_that_came_to_something_else_is_told(
    decision: Decide, old: Any, new: Any, before: str, after: str, *, loosens: bool
) -> None:
    found = list(moved_codes([pair(decision(**old), decision(**new))]))
    assert found == [Moved("a.b", "x", before, after, loosens)]


def test_what_is_the_same_is_not_told(decision: Decide) -> None:
    same = decision(deny=("a.b",), warn=("c.d",))
    assert list(moved_codes([pair(same, same)])) == []
    assert list(moved_verdicts([pair(same, same)])) == []


@pytest.mark.parametrize("hidden", ["old", "new"])
def test_what_only_hides_behind_a_missing_card_moved_nowhere(decision: Decide, hidden: str) -> None:
    shown, counted = decision(observed=HIDDEN, deny=("a.b",)), decision(suppressed=1, deny=("c.d",))
    old, new = (counted, shown) if hidden == "old" else (shown, counted)
    assert {moved.code for moved in moved_codes([pair(old, new)])} == {"c.d"}


def test_without_hidden_findings_every_one_counts(decision: Decide) -> None:
    (moved,) = moved_codes([pair(decision(observed=HIDDEN, deny=("a.b",)), decision())])
    assert (moved.code, moved.loosens) == ("a.b", True)


def test_codes_and_objects_are_in_order(decision: Decide) -> None:
    less, more = decision(), decision(deny=("c.d", "a.b"))
    found = moved_codes([pair(less, more, "y"), pair(less, more, "x")])
    assert [(moved.code, moved.name) for moved in found] == [
        ("a.b", "x"), ("a.b", "y"), ("c.d", "x"), ("c.d", "y"),
    ]  # fmt: skip


def test_another_verdict_is_told(decision: Decide) -> None:
    allowed, denied = decision(), decision(deny=("a.b",))
    found = list(moved_verdicts([pair(allowed, denied, "x"), pair(denied, allowed, "y")]))
    assert found == [
        Moved("", "x", "allowed", "denied", loosens=False),
        Moved("", "y", "denied", "allowed", loosens=True),
    ]


def test_no_decision_is_no_verdict(decision: Decide) -> None:
    pairs = [pair(None, decision()), pair(decision(deny=("a.b",)), None)]
    assert list(moved_codes(pairs)) == list(moved_verdicts(pairs)) == []
    assert Answer(None, "why").word == "undecided"
