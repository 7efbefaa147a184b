"""`mlgate:<path>` properties."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.properties import apply
from mlgate.evidence.shapes import Reader


def applied(spec: dict[str, Any], *pairs: tuple[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    reader = Reader()
    listed = Node([{"name": name, "value": value} for name, value in pairs], "card.properties", reader)
    found = apply(listed.each(), spec)
    return found, {problem.path: problem.message for problem in reader.problems}


@pytest.mark.parametrize(
    ("spec", "path", "value", "expected"),
    [
        ({}, "risk.tier", '"high"', {"risk": {"tier": "high"}}),
        (
            {"risk": {"tier": "high"}},
            "risk",
            '{"regions": ["eu"]}',
            {"risk": {"tier": "high", "regions": ["eu"]}},
        ),
        (
            {"reviews": [{"kind": "risk"}]},
            "reviews[0].date",
            '"2026-01-01"',
            {"reviews": [{"kind": "risk", "date": "2026-01-01"}]},
        ),
        (
            {"reviews": [{"kind": "risk"}]},
            "reviews[1]",
            '{"kind": "x"}',
            {"reviews": [{"kind": "risk"}, {"kind": "x"}]},
        ),
        ({}, "tests[0].kind", '"drift"', {"tests": [{"kind": "drift"}]}),
        ({"limitations": ["a"]}, "limitations", '["b"]', {"limitations": ["b"]}),
        ({"limitations": ["a"]}, "limitations[0]", '"b"', {"limitations": ["b"]}),
        (
            {},
            "training.hyperparameters.learning_rate",
            '"0.1"',
            {"training": {"hyperparameters": {"learning_rate": "0.1"}}},
        ),
        ({}, "intendedUse.affectsPeople", "false", {"intendedUse": {"affectsPeople": False}}),
    ],
)
def test_a_property_sets_the_field_it_names(spec: Any, path: str, value: str, expected: Any) -> None:
    assert applied(spec, (f"mlgate:{path}", value)) == (expected, {})


def test_other_properties_are_left_alone() -> None:
    assert applied({}, ("owner", "x"), ("mlgate", "1")) == ({}, {})


@pytest.mark.parametrize(
    "path", ["", "a b", "a..b", "[0]", "a[-1]", "a[0][1]", "a[99999]", "x" * 201, "a.", "é"]
)
def test_what_is_no_path_is_a_problem(path: str) -> None:
    spec, problems = applied({}, (f"mlgate:{path}", "1"))
    assert spec == {}
    assert list(problems) == ["card.properties[0].name"]


@pytest.mark.parametrize("path", ["reviews[2].date", "model.name.first", "reviews.kind", "model[0]"])
def test_a_path_that_leads_nowhere_is_a_problem(path: str) -> None:
    spec, problems = applied({"reviews": [], "model": {"name": "m"}}, (f"mlgate:{path}", '"x"'))
    assert spec == {"reviews": [], "model": {"name": "m"}}
    assert "leads nowhere" in problems["card.properties[0].name"]


@pytest.mark.parametrize(
    "value", ["high", "{", "NaN", '{"a": 1, "a": 2}', "1e999", "[" * 100 + "]" * 100, "", None, 5]
)
def test_a_value_that_is_no_strict_json_is_a_problem(value: Any) -> None:
    spec, problems = applied({}, ("mlgate:risk.tier", value))
    assert spec == {}
    assert set(problems) == {"card.properties[0].value"}


def test_a_path_that_comes_twice_counts_for_nothing() -> None:
    spec, problems = applied({}, ("mlgate:risk.tier", '"high"'), ("mlgate:risk.tier", '"minimal"'))
    assert spec == {}
    assert list(problems) == ["card.properties[0]", "card.properties[1]"]
