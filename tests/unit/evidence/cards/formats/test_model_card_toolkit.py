"""Cards of Model Card Toolkit."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.cards.formats.conversion import Conversion, Foreign
from mlgate.evidence.cards.formats.model_card_toolkit import convert

DETAILS = {"name": "leaf", "version": {"name": "1.0", "date": "2026-01-01"}, "path": "s3://b/leaf/"}
IDENTITY = {"name": "leaf", "version": "1.0", "artifacts": [{"uri": "s3://b/leaf/"}]}


def converted(**sections: Any) -> Conversion:
    return convert(Foreign({"schema_version": "0.0.2", "model_details": DETAILS, **sections}))


def test_what_identifies_the_model_is_in_its_details() -> None:
    conversion = converted()
    assert conversion.spec == {"model": IDENTITY}
    assert [entry.path for entry in conversion.lost] == ["card.model_details.version.date"]
    assert conversion.problems == ()


def test_owners_answer_for_the_model() -> None:
    owners = [{"name": "Ada", "contact": "ada@example.com", "role": "dataOwner"}, {"name": "Bo"}]
    conversion = converted(model_details={**DETAILS, "owners": owners})
    assert conversion.spec["owners"] == [
        {"role": "modelOwner", "name": "Ada", "contact": "ada@example.com"},
        {"role": "modelOwner", "name": "Bo"},
    ]
    assert "card.model_details.owners[0].role" in {entry.path for entry in conversion.lost}


def test_data_is_named_and_sensitive_data_is_personal() -> None:
    data = [{"name": "a", "link": "https://d/a", "sensitive": {"sensitive_data": ["names"]}}, {"name": "b"}]
    assert converted(model_parameters={"data": data}).spec["datasets"] == [
        {"name": "a", "source": "https://d/a", "personalData": "personal"},
        {"name": "b"},
    ]


def test_rates_of_slices_are_a_bias_test_and_other_values_are_not() -> None:
    metrics = [
        {"type": "recall", "value": 0.7, "slice": "sex=f"},
        {"type": "recall", "value": "0.8", "slice": "sex=m"},
        {"type": "accuracy", "value": 0.9},
    ]
    spec = converted(quantitative_analysis={"performance_metrics": metrics}).spec
    assert spec["evaluation"] == {"metrics": [{"name": "accuracy", "value": 0.9}]}
    (test,) = spec["fairness"]["evaluations"]
    assert [row["recall"] for row in test["groups"]] == [0.7, 0.8]
    assert "date" not in test


def test_considerations_are_words() -> None:
    considered = {
        "users": [{"description": "Advisers"}],
        "use_cases": [{"description": "Advice"}],
        "limitations": [{"description": "Seedlings"}, {}],
        "tradeoffs": [{"description": "Small"}],
        "ethical_considerations": [{"name": "Spraying", "mitigation_strategy": "Three names"}],
    }
    conversion = converted(considerations=considered)
    assert conversion.spec == {
        "model": IDENTITY,
        "intendedUse": {"users": ["Advisers"], "purposes": [{"id": "advice", "description": "Advice"}]},
        "limitations": ["Seedlings", "Spraying"],
        "decisions": [{"topic": "tradeoff", "decision": "Small"}],
    }
    assert {entry.reason for entry in conversion.lost} >= {"prose is never read as evidence"}


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"schema_version": "0.0.9"}, "schema_version"),
        ({"schema_version": "0.0.1"}, "schema_version"),
        ({"schema_version": 2}, "schema_version"),
        ({"model_details": DETAILS | {"overview": 1}}, "model_details.overview"),
        ({"model_details": DETAILS | {"licenses": [{}]}}, "model_details.licenses[0]"),
        (
            {"model_details": DETAILS | {"licenses": [{"identifier": "MIT", "custom_text": "…"}]}},
            "model_details.licenses[0]",
        ),
        (
            {"model_details": DETAILS | {"references": [{"reference": "our wiki"}]}},
            "model_details.references[0].reference",
        ),
        (
            {"model_details": DETAILS | {"version": {"name": "1", "date": "May"}}},
            "model_details.version.date",
        ),
        ({"quantitative_analysis": {"graphics": []}}, "quantitative_analysis.graphics"),
        ({"considerations": {"users": [{"description": ["a"]}]}}, "considerations.users[0].description"),
    ],
)
def test_what_breaks_the_published_schema_is_a_problem_told_once(sections: dict[str, Any], path: str) -> None:
    (problem,) = converted(**sections).problems
    assert problem.path == f"card.{path}"
    assert problem.message.startswith("breaks the schema of Model Card Toolkit: ")


def test_a_card_that_does_not_tell_its_schema_and_keys_the_schema_leaves_open_are_read() -> None:
    conversion = convert(Foreign({"model_details": {**DETAILS, "tier": "minimal"}}))
    assert conversion.problems == ()
    assert "card.model_details.tier" in {entry.path for entry in conversion.lost}


def test_a_section_the_format_does_not_have_is_a_problem_and_no_field_of_ours() -> None:
    conversion = converted(mlgate={"risk": {"tier": "minimal"}})
    assert conversion.spec == {"model": IDENTITY}
    assert [problem.path for problem in conversion.problems] == ["card.mlgate"]
