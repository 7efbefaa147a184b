"""Reading a foreign card: every value knows its place, and nothing is left behind unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.cards.formats.node import NO_FIELD, Node
from mlgate.evidence.shapes import Reader


def node(value: Any) -> tuple[Node, Reader]:
    reader = Reader()
    return Node(value, "card", reader), reader


def lost(root: Node, reasons: dict[str, str] | None = None) -> dict[str, str]:
    return {entry.path: entry.reason for entry in root.losses(reasons or {})}


def test_what_nobody_asked_for_is_lost_at_the_highest_place() -> None:
    root, _ = node({"a": {"b": "x", "c": {"d": 1}}, "e": [1, 2]})
    assert root.get("a", "b").text() == "x"
    assert lost(root, {"e": "no use"}) == {"card.a.c": NO_FIELD, "card.e": "no use"}


def test_what_was_looked_up_and_never_read_is_lost_too() -> None:
    root, _ = node({"a": "x"})
    root.get("a")
    assert lost(root) == {"card.a": NO_FIELD}


def test_what_is_null_says_nothing_and_cannot_be_lost() -> None:
    root, _ = node({"a": None, "b": [None]})
    root.get("c").lose("gone")
    assert root.get("b").each() == []
    assert lost(root) == {}


def test_the_same_loss_in_many_items_is_told_once_with_a_count() -> None:
    root, _ = node({"a": [{"b": 1, "c": 2}, {"b": 1, "c": 2}, {"b": 1}]})
    for item in root.get("a").each():
        assert item.get("b").number() == 1
    assert lost(root) == {"card.a[].c": f"{NO_FIELD} (2 places)"}


def test_a_great_many_kinds_of_losses_are_counted_and_not_all_told() -> None:
    root, _ = node({f"key{number}": 1 for number in range(120)})
    found = root.losses({})
    assert len(found) == 101
    assert found[-1].reason == "and 20 more kinds of values"


def test_a_value_can_be_read_and_lost_all_the_same() -> None:
    root, _ = node({"a": "0.9 ± 0.1", "b": 3})
    assert root.get("a").number() == 0.9
    root.get("b").lose("of no use")
    assert lost(root) == {"card.a": "the margin of error is not kept", "card.b": "of no use"}


def test_what_is_taken_whole_is_not_lost() -> None:
    root, _ = node({"a": {"b": {"c": 1}}})
    assert root.get("a").take() == {"b": {"c": 1}}
    assert lost(root) == {}


@pytest.mark.parametrize(
    ("reading", "value", "message"),
    [
        (lambda part: part.text(), 5, "must be a string"),
        (lambda part: part.number(), True, "must be a number"),
        (lambda part: part.number(), "ninety", "must be a number"),
        (lambda part: part.number(), [1], "must be a number"),
        (lambda part: part.number(), float("nan"), "must be a finite number that is exact"),
        (lambda part: part.number(), 2**60, "must be a finite number that is exact"),
        (lambda part: part.flag(), "yes", "must be true or false"),
        (lambda part: part.each() or None, {"x": 1}, "must be a list"),
        (lambda part: part.get("x").text(), ["x"], "must be an object"),
    ],
)
def test_a_value_of_the_wrong_type_is_a_problem_with_its_place_and_told_once(
    reading: Any, value: Any, message: str
) -> None:
    root, reader = node({"a": [{"b": value}]})
    part = root.get("a").each()[0].get("b")
    assert reading(part) is None
    assert reading(part) is None
    assert [(problem.path, problem.message) for problem in reader.problems] == [("card.a[0].b", message)]
    assert lost(root) == {}


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False), (None, None)])
def test_a_flag_is_true_or_false_or_not_said(value: Any, expected: Any) -> None:
    root, reader = node({"a": value})
    assert root.get("a").flag() is expected
    assert reader.problems == ()


@pytest.mark.parametrize("value", ["", "  ", None])
def test_a_blank_text_says_nothing(value: Any) -> None:
    root, reader = node({"a": value, "b": [" x ", ""]})
    assert root.get("a").text() is None
    assert root.get("b").texts() == ["x"]
    assert reader.problems == ()


def test_keys_are_those_of_an_object() -> None:
    assert node({"a": 1, "b": 2})[0].named() == ["a", "b"]
    assert node([1])[0].named() == []
