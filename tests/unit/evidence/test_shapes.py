"""Strict reading against a type."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from mlgate.domain.model_card import ModelCardSpec
from mlgate.domain.model_card.parts import CardPart, Count, Date, Digest, Name, Number, Share
from mlgate.evidence.shapes import Reader, join, shape_of


class Leaf(CardPart):
    name: Name
    kind: Literal["a", "b"] | None = None
    only: Literal["one"] | None = None


class Tree(CardPart):
    leaves: Annotated[tuple[Leaf, ...], Field(min_length=1)]
    words: tuple[Name, ...] | None = None
    short: Annotated[str, Field(max_length=3)] | None = None
    digest: Digest | None = None
    day: Date | None = None
    share: Share | None = None
    count: Count | None = None
    number: Number | None = None
    flag: bool | None = None
    table: dict[str, Number] | None = None


def read(value: Any) -> tuple[Any, dict[str, str]]:
    reader = Reader()
    result = reader.read(shape_of(Tree), value, "card")
    return result, {problem.path: problem.message for problem in reader.problems}


def with_leaf(**fields: Any) -> dict[str, Any]:
    return {"leaves": [{"name": "x"}], **fields}


def test_a_value_that_fits_is_returned_as_it_is() -> None:
    value = with_leaf(
        words=["w"], short="abc", digest="sha256:" + "0" * 64, share=0.5, count=3, flag=True, table={"a": 1.5}
    )
    assert read(value) == (value, {})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("words", "w", "must be a list"),
        ("short", "abcd", "must have at most 3 characters"),
        ("short", 5, "must be a string"),
        ("digest", "sha256:" + "0" * 63, "must match"),
        ("digest", "sha256:" + "0" * 64 + "\n", "must match"),
        ("digest", "SHA256:" + "0" * 64, "must match"),
        ("day", "yesterday", "is not a date or time that exists"),
        ("day", "2026-02-30", "is not a date or time that exists"),
        ("day", "2026-01-01\n", "is not a date or time that exists"),
        ("day", 20260101, "must be a string"),
        ("share", 1.01, "must be between 0 and 1"),
        ("share", -0.01, "must be between 0 and 1"),
        ("share", "0.5", "must be a number"),
        ("share", True, "must be a number"),
        ("number", float("nan"), "must be a finite number"),
        ("number", float("-inf"), "must be a finite number"),
        ("number", 10**400, "is too large to be exact"),
        ("count", -1, "must be at least 0"),
        ("count", 1.5, "must be a whole number"),
        ("count", {"a": 1}, "must be a number"),
        ("flag", "true", "must be true or false"),
        ("flag", 1, "must be true or false"),
        ("table", [1], "must be an object"),
    ],
)
def test_a_field_that_does_not_fit_becomes_null_and_is_named(field: str, value: Any, message: str) -> None:
    result, problems = read(with_leaf(**{field: value}))
    assert result[field] is None
    assert list(problems) == [f"card.{field}"]
    assert message in problems[f"card.{field}"]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-02", "2026-11-02T00:00:00Z"),
        ("2026-11-02T06:15:00Z", "2026-11-02T06:15:00Z"),
        ("2026-11-02T00:15:00+02:00", "2026-11-01T22:15:00Z"),
    ],
)
def test_dates_become_times_in_utc(text: str, time: str) -> None:
    assert read(with_leaf(day=text)) == (with_leaf(day=time), {})


def test_a_whole_number_may_be_written_with_a_point() -> None:
    result, problems = read(with_leaf(count=3.0))
    assert (result["count"], problems) == (3, {})
    assert isinstance(result["count"], int)


def test_null_is_a_field_its_author_left_empty() -> None:
    assert read(with_leaf(day=None)) == (with_leaf(day=None), {})


def test_a_required_field_that_is_null_or_absent_is_named() -> None:
    result, problems = read({"leaves": [{"name": None}, {}]})
    assert result == {"leaves": [{"name": None}, {}]}
    assert problems == {"card.leaves[0].name": "must be a string", "card.leaves[1].name": "is required"}


def test_unknown_keys_are_left_out_and_named() -> None:
    result, problems = read(with_leaf(Flag=True, daay="2026-01-01"))
    assert result == with_leaf()
    assert set(problems) == {"card.Flag", "card.daay"}


def test_keys_that_differ_only_in_case_are_named_even_in_free_maps() -> None:
    _, problems = read(with_leaf(table={"Rate": 1, "rate": 2}))
    assert problems == {"card.table.rate": "differs from another key only in upper and lower case"}


def test_bad_items_do_not_move_the_good_objects_of_a_list() -> None:
    result, problems = read({"leaves": ["x", {"name": "y"}, None], "words": ["a", 5, "", "b"]})
    assert result == {"leaves": [{}, {"name": "y"}, {}], "words": ["a", "b"]}
    assert set(problems) == {"card.leaves[0]", "card.leaves[2]", "card.words[1]", "card.words[2]"}


def test_a_list_that_is_too_short_is_named() -> None:
    assert read({"leaves": []}) == ({"leaves": []}, {"card.leaves": "must have at least 1 item"})


@pytest.mark.parametrize("field", ["kind", "only"])
def test_a_value_outside_its_list_is_named_with_the_list_and_not_repeated(field: str) -> None:
    result, problems = read({"leaves": [{"name": "x", field: "hunter2"}]})
    assert result["leaves"][0][field] is None
    assert "hunter2" not in problems[f"card.leaves[0].{field}"]
    assert problems[f"card.leaves[0].{field}"].startswith("must be one of ")


def test_a_flood_of_problems_is_cut_with_a_count() -> None:
    reader = Reader()
    reader.read(shape_of(Tree), with_leaf(**{f"k{index}": 1 for index in range(60)}), "card")
    assert len(reader.problems) == 51
    assert reader.problems[-1].message == "and 10 more problems"


def test_keys_in_paths_are_escaped_and_shortened() -> None:
    assert join("card", "a\x1b[2J\n") == "card.a\\u001b[2J\\u000a"
    assert join("", "k" * 100) == "k" * 60 + "…"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for part in value.values() for key in _keys(part))]
    return [key for part in value for key in _keys(part)] if isinstance(value, list) else []


@given(st.dictionaries(st.sampled_from([*shape_of(ModelCardSpec).fields]), _JSON, max_size=6))
def test_whatever_is_written_into_a_card_is_read_without_an_error(value: dict[str, Any]) -> None:
    reader = Reader()
    result = reader.read(shape_of(ModelCardSpec), value, "card")
    assert "card.model" in {problem.path for problem in reader.problems} or value.get("model") is not None
    again = Reader()
    assert again.read(shape_of(ModelCardSpec), result, "card") is not None
    assert not [problem for problem in again.problems if "is not a field" in problem.message]
