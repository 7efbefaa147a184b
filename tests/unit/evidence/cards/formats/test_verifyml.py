"""Cards of VerifyML."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.evidence.cards.formats.conversion import Conversion, Foreign
from mlgate.evidence.cards.formats.verifyml import convert

DETAILS = {"name": "loan", "version": {"name": "1.0"}, "path": "s3://b/loan/"}


def converted(**sections: Any) -> Conversion:
    return convert(Foreign({"model_details": DETAILS, "fairness_analysis": {}, **sections}))


def test_a_role_of_ours_is_kept_and_any_other_owner_answers_for_the_model() -> None:
    owners = [{"name": "a", "role": "businessOwner"}, {"name": "b", "role": "developer"}, {"name": "c"}]
    required = [{"regulation": "ECOA"}, {}]
    conversion = converted(model_details={**DETAILS, "owners": owners, "regulatory_requirements": required})
    assert [owner["role"] for owner in conversion.spec["owners"]] == [
        "businessOwner",
        "modelOwner",
        "modelOwner",
    ]
    assert conversion.spec["risk"] == {"regulations": ["ECOA"]}
    assert [entry.path for entry in conversion.lost] == ["card.model_details.owners[1].role"]


@pytest.mark.parametrize(
    ("name", "thresholds", "limits"),
    [
        ("rocAuc", ["0.8", "0.85"], {"min": 0.85}),
        ("log_loss", ["0.3", "0.25"], {"max": 0.25}),
        ("RMSE", [4], {"max": 4}),
        ("word error rate", ["0.2"], {"max": 0.2}),
        ("perplexity", ["20"], {"max": 20}),
        ("f1", [], {}),
        ("f1", [None], {}),
    ],
)
def test_the_strictest_threshold_is_the_limit(
    name: str, thresholds: list[Any], limits: dict[str, Any]
) -> None:
    tests = [{"threshold": threshold, "passed": True} for threshold in thresholds]
    metrics = [{"type": name, "value": "0.9", "tests": tests}]
    spec = converted(quantitative_analysis={"performance_metrics": metrics}).spec
    assert spec["evaluation"]["metrics"] == [{"name": name, "value": 0.9, **limits}]


def report(segment: str | None, kind: str, *tests: dict[str, Any]) -> dict[str, Any]:
    return {"segment": segment, "type": kind, "slice": "all", "tests": list(tests)}


def test_fairness_reports_are_listed_by_segment_without_a_group_table() -> None:
    result = {"result": "0.91", "threshold": "0.8", "passed": True}
    reports = [report("sex", "ratio", result), report("sex", "gap", result, {}), report(None, "x", result)]
    conversion = converted(fairness_analysis={"fairness_reports": reports})
    assert conversion.spec["fairness"]["evaluations"] == [
        {
            "attribute": "sex",
            "metrics": [
                {"name": "ratio", "value": 0.91, "limit": 0.8},
                {"name": "gap", "value": 0.91, "limit": 0.8},
                {"name": "gap"},
            ],
        }
    ]
    assert conversion.lost[-1].reason == "the report names no segment"


@pytest.mark.parametrize(
    ("passed", "tests"),
    [
        ([True, True], [{"kind": "explanationFidelity", "result": "passed"}]),
        ([True, False], None),
        ([True, None], None),
        ([True, "yes"], None),
        ([], None),
    ],
)
def test_explanations_were_tested_only_where_every_test_passed(passed: list[Any], tests: Any) -> None:
    reports = [{"type": "shap", "tests": [{"passed": value} for value in passed]}]
    spec = converted(explainability_analysis={"explainability_reports": reports}).spec
    assert spec["explainability"] == {"method": "shap"}
    assert spec.get("tests") == tests


def test_groups_at_risk_are_words_and_never_a_bias_test() -> None:
    assessed = [
        {"group_at_risk": "The old", "benefits": "b", "harms": "h", "mitigation_strategy": "A person reads."},
        {"group_at_risk": "The young"},
        {"mitigation_strategy": "For nobody."},
    ]
    spec = converted(considerations={"fairness_assessment": assessed}).spec
    assert spec["intendedUse"] == {"affectedPopulations": ["The old", "The young"]}
    assert spec["fairness"] == {
        "mitigations": [{"attribute": "The old", "method": "other", "description": "A person reads."}]
    }
