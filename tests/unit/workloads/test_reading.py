"""Raw objects, read without trust in their shape."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.reading import Reader, dig, join, kind_of


@pytest.mark.parametrize(
    ("method", "value", "found"),
    [
        ("mapping", {"a": 1}, {"a": 1}),
        ("mapping", None, {}),
        ("sequence", [1], [1]),
        ("sequence", None, []),
        ("text", "t", "t"),
        ("text", "", ""),
        ("text", None, None),
        ("texts", ["a", "b"], ("a", "b")),
        ("texts", None, ()),
        ("boolean", False, False),
        ("boolean", None, None),
        ("integer", 0, 0),
        ("integer", -(2**63) + 1, -(2**63) + 1),
        ("integer", None, None),
        ("strings", {"a": "b"}, {"a": "b"}),
        ("strings", None, {}),
    ],
)
def test_what_has_the_right_type_or_is_absent_is_no_problem(method: str, value: Any, found: Any) -> None:
    reader = Reader()
    assert getattr(reader, method)(value, "p") == found
    assert reader.problems == ()


@pytest.mark.parametrize(
    ("method", "value", "found", "path", "message"),
    [
        ("mapping", [], {}, "p", "is a list, not a map"),
        ("sequence", {}, [], "p", "is a map, not a list"),
        ("text", 5, None, "p", "is a number, not text"),
        ("texts", "a b", (), "p", "is text, not a list"),
        ("texts", ["a", None], ("a",), "p[1]", "is null, not text"),
        ("boolean", "true", None, "p", "is text, not true or false"),
        ("boolean", 1, None, "p", "is a number, not true or false"),
        ("integer", True, None, "p", "is true or false, not a whole number"),
        ("integer", 1.0, None, "p", "is a number, not a whole number"),
        ("integer", 2**63, None, "p", "is a number, not a whole number"),
        ("strings", {"a/b": True}, {}, "p['a/b']", "is true or false, not text"),
        ("strings", {"a": None}, {}, "p.a", "is null, not text"),
    ],
)
def test_a_wrong_type_counts_as_absent_and_is_a_problem(
    method: str, value: Any, found: Any, path: str, message: str
) -> None:
    reader = Reader()
    assert getattr(reader, method)(value, "p") == found
    assert [(problem.path, problem.message) for problem in reader.problems] == [(path, message)]


def test_only_maps_of_a_list_are_read_and_the_others_are_problems() -> None:
    reader = Reader()
    assert list(reader.mappings([{"a": 1}, "b", None, {}], "p")) == [("p[0]", {"a": 1}), ("p[3]", {})]
    assert [problem.path for problem in reader.problems] == ["p[1]", "p[2]"]


def test_the_same_problem_is_noted_once() -> None:
    reader = Reader()
    reader.text(1, "p")
    reader.text(2, "p")
    assert len(reader.problems) == 1


def test_many_problems_end_with_a_note() -> None:
    reader = Reader()
    for index in range(60):
        reader.text(1, f"p[{index}]")
    problems = reader.problems
    assert len(problems) == 51
    assert (problems[-1].path, problems[-1].message) == ("", "more problems follow")


def test_a_path_is_cut_where_it_grows_without_end() -> None:
    reader = Reader()
    reader.problem("p" * 10_000, "m")
    assert len(reader.problems[0].path) == 500


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "true or false"),
        (1, "a number"),
        (1.5, "a number"),
        ("", "text"),
        ([], "a list"),
        ({}, "a map"),
    ],
)
def test_a_value_is_named_by_its_kind(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    ("path", "key", "joined"),
    [
        ("", "spec", "spec"),
        ("spec", "a-b_C1", "spec.a-b_C1"),
        ("spec", "a.b", "spec['a.b']"),
        ("spec", "", "spec['']"),
        ("spec", "a\nb", "spec['a\\nb']"),
        ("spec", "a\"]'", "spec['a\"]\\'']"),
        ("spec", "k" * 300, f"spec['{'k' * 120}']"),
    ],
)
def test_a_key_that_could_be_misread_stands_in_brackets(path: str, key: str, joined: str) -> None:
    assert join(path, key) == joined


def test_what_lies_below_keys_is_found_or_null() -> None:
    value = {"a": {"b": [1]}}
    assert dig(value, "a", "b") == [1]
    assert dig(value) is value
    assert dig(value, "a", "c") is None
    assert dig(value, "a", "b", "c") is None


def test_what_is_more_than_the_limit_is_one_problem() -> None:
    reader = Reader()

    answers = [
        reader.within(what, 3, number) for what, number in (("things", 3), ("things", 1), ("others", 3))
    ]

    assert answers == [True, False, True]
    assert not reader.within("things", 3)
    assert [problem.message for problem in reader.problems] == ["holds more than 3 things"]


def test_the_places_of_a_pattern_are_looked_for_once() -> None:
    reader, whole, asked = Reader(), {"a": 1}, list[str]()

    def find() -> list[tuple[str, Any]]:
        asked.append("a")
        return [("a", 1)]

    assert reader.once(whole, "a", find) == reader.once(whole, "a", find) == [("a", 1)]
    assert asked == ["a"]
