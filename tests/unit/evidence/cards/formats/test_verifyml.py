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
        ("False Positive Rate", ["0.1"], {"max": 0.1}),
        ("f1", [], {}),
        ("f1", [None], {}),
        ("WER", ["0.2"], {"max": 0.2}),
        ("p95_latency", ["200"], {"max": 200}),
        ("F1", ["0.8"], {"min": 0.8}),
    ],
)
def test_the_strictest_threshold_is_the_limit(
    name: str, thresholds: list[Any], limits: dict[str, Any]
) -> None:
    tests = [{"threshold": threshold} for threshold in thresholds]
    metrics = [{"type": name, "value": "0.9", "tests": tests}]
    spec = converted(quantitative_analysis={"performance_metrics": metrics}).spec
    assert spec["evaluation"]["metrics"] == [{"name": name, "value": 0.9, **limits}]


@pytest.mark.parametrize(
    ("name", "value", "threshold", "passed", "limits"),
    [
        ("False Positive Rate", "0.3", "0.1", False, {"max": 0.1}),
        ("False Positive Rate", "0.05", "0.1", True, {"max": 0.1}),
        ("recall", "0.9", "0.8", True, {"min": 0.8}),
        ("recall", "0.7", "0.8", False, {"min": 0.8}),
        ("recall", "0.8", "0.8", True, {"min": 0.8}),
        ("recall", None, "0.8", False, {"min": 0.8}),
        ("overconfidence", "0.3", "0.1", False, {}),
        ("overconfidence", "0.05", "0.1", True, {}),
        ("recall", "0.9", "0.8", False, {}),
        ("log_loss", "0.2", "0.3", False, {}),
    ],
)
def test_a_test_whose_outcome_contradicts_its_numbers_gives_no_limit(
    name: str, value: str | None, threshold: str, passed: Any, limits: dict[str, Any]
) -> None:
    test = {"threshold": threshold, "result": value, "passed": passed}
    metric = {
        "type": name,
        "value": value or "n/a",
        "tests": [test, {"threshold": threshold}, {"passed": True}],
    }
    conversion = converted(
        quantitative_analysis={
            "performance_metrics": [{key: part for key, part in metric.items() if part != "n/a"}]
        }
    )
    (found,) = conversion.spec["evaluation"]["metrics"]
    assert {key: part for key, part in found.items() if key in {"min", "max"}} == limits
    path = "card.quantitative_analysis.performance_metrics[0].tests[0].passed"
    problems = [problem.path for problem in conversion.problems if "contradicts" in problem.message]
    losses = [entry.path for entry in conversion.lost if "contradicts" in entry.reason]
    assert problems == ([path] if not limits and not passed else [])
    assert losses == ([path] if not limits and passed else [])


def limited(
    name: str, tests: list[Any], value: Any = "0.5"
) -> tuple[dict[str, Any], dict[str, str], set[str]]:
    """Limits that a metric gets, what is wrong, and what is lost; below the metric."""
    metric = {"type": name, "value": value, "tests": tests}
    conversion = converted(quantitative_analysis={"performance_metrics": [metric]})
    (found,) = conversion.spec["evaluation"]["metrics"]
    place = "card.quantitative_analysis.performance_metrics[0]."
    wrong = {problem.path.removeprefix(place): problem.message for problem in conversion.problems}
    lost = {entry.path.removeprefix(place) for entry in conversion.lost}
    return {key: part for key, part in found.items() if key in {"min", "max"}}, wrong, lost


@pytest.mark.parametrize(
    ("name", "test", "limits"),
    [
        ("shared rows", {"threshold": "0.2"}, {}),
        ("neg_log_loss", {"threshold": "0.2"}, {}),
        ("recall at 1 % false positives", {"threshold": "0.2"}, {}),
        (None, {"threshold": "0.2"}, {}),
        ("shared rows", {"threshold": "0.2", "result": "0.3"}, {}),
        ("shared rows", {"threshold": "0.2", "passed": True}, {"min": 0.2}),
        ("shared rows", {"threshold": "0.6", "passed": False}, {"min": 0.6}),
    ],
)
def test_no_limit_is_guessed_where_neither_name_nor_outcome_says_which_side_is_wanted(
    name: str | None, test: dict[str, Any], limits: dict[str, Any]
) -> None:
    if name is None:
        metric = {"value": "0.5", "tests": [test]}
        assert "evaluation" not in converted(quantitative_analysis={"performance_metrics": [metric]}).spec
        return
    found, wrong, lost = limited(name, [test])
    assert found == limits
    assert wrong == {}
    assert ("tests[0].threshold" in lost) is (limits == {})


def test_a_limit_needs_every_test_with_a_threshold_to_be_sound() -> None:
    assert limited("shared rows", [{"threshold": 0.2, "passed": True}, {"threshold": 0.1}])[0] == {}
    found, wrong, _ = limited("recall", [{"threshold": 0.2}, {"threshold": "much"}])
    assert found == {}
    assert set(wrong) == {"tests[1].threshold"}


def test_a_failed_test_that_the_value_would_hide_is_a_problem() -> None:
    for more in ({}, {"passed": False}):
        test = {"threshold": "0.4", "result": "0.3", **more}
        found, wrong, _ = limited("recall", [test])
        assert found == {}
        assert "must not look as if it passed" in wrong["tests[0].result"]
    assert limited("recall", [{"threshold": 0.4, "result": 0.6}])[:2] == ({"min": 0.4}, {})


@pytest.mark.parametrize("passed", [True, False, None])
def test_a_test_without_a_threshold_is_lost_and_a_problem_where_it_failed(passed: Any) -> None:
    bare = {} if passed is None else {"passed": passed}
    found, wrong, lost = limited("recall", [bare, {"threshold": 0.4}])
    assert found == {"min": 0.4}
    assert set(wrong) == ({"tests[0].passed"} if passed is False else set())
    assert ("tests[0].passed" in lost) is (passed is True)


def test_a_report_of_what_slices_measure_too_is_one_bias_test_with_both() -> None:
    metrics = [
        {"type": "recall", "value": "0.7", "slice": "sex=f"},
        {"type": "recall", "value": "0.8", "slice": "sex=m"},
    ]
    reports = [report("sex", "gap", {"result": "0.1", "threshold": "0.2"}), report("age", "gap")]
    conversion = converted(
        quantitative_analysis={"performance_metrics": metrics},
        fairness_analysis={"fairness_reports": reports},
    )
    (sex, age) = conversion.spec["fairness"]["evaluations"]
    assert (sex["attribute"], len(sex["groups"]), age["attribute"]) == ("sex", 2, "age")
    assert sex["metrics"] == [{"name": "gap", "value": 0.1, "limit": 0.2}]


@pytest.mark.parametrize("version", ["0.0.2", "0.0.3", "0.0.4"])
def test_schemas_that_grew_out_of_the_toolkits_are_read(version: str) -> None:
    assert converted(schema_version=version).problems == ()


def test_what_breaks_the_published_schema_is_a_problem_with_its_place() -> None:
    reports = [{"type": "shap", "tests": [{"passed": "yes", "name": 1}]}]
    broken = converted(schema_version="0.1", explainability_analysis={"explainability_reports": reports})
    tests = "card.explainability_analysis.explainability_reports[0].tests[0]"
    assert {problem.path for problem in broken.problems} == {
        "card.schema_version",
        f"{tests}.name",
        f"{tests}.passed",
    }


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


def outcome(result: str) -> list[dict[str, str]]:
    return [{"kind": "explanationFidelity", "result": result}]


PASSED = {"passed": True}
FAILED = {"passed": False}
PLACE = "card.explainability_analysis.explainability_reports[0].tests"


@pytest.mark.parametrize(
    ("tests", "kept", "lost"),
    [
        ([PASSED, PASSED], outcome("passed"), {}),
        ([PASSED | {"threshold": "0.9", "result": "0.95"}], outcome("passed"), {}),
        ([PASSED | {"threshold": 0.1, "result": 0.05, "name": "error"}], outcome("passed"), {}),
        (
            [PASSED | {"threshold": 10, "result": "{'age': 3}"}],
            outcome("passed"),
            {"[0].result": "no number"},
        ),
        ([PASSED, FAILED], outcome("failed"), {}),
        ([FAILED | {"threshold": 0.9, "result": 0.2}], outcome("failed"), {}),
        ([FAILED | {"threshold": 0.1, "result": 0.2}], outcome("failed"), {}),
        ([{}, FAILED], outcome("failed"), {"[0]": "does not say"}),
        ([PASSED | {"threshold": 0.9, "result": 0.2}], None, {"[0].passed": "contradicts the numbers"}),
        (
            [PASSED, PASSED | {"threshold": 0.1, "result": 0.2, "name": "error"}],
            None,
            {"[1].passed": "contradicts the numbers"},
        ),
        ([PASSED, {"threshold": 0.1, "result": 0.2}], None, {"[1]": "does not say"}),
        ([PASSED, {"description": "Ran."}], None, {"[1]": "does not say", "[1].description": "prose"}),
        ([], None, {}),
    ],
)
def test_explanations_were_tested_as_the_numbers_of_every_test_say(
    tests: list[Any], kept: Any, lost: dict[str, str]
) -> None:
    reports = [{"type": "shap", "tests": tests}]
    conversion = converted(explainability_analysis={"explainability_reports": reports})
    assert conversion.spec["explainability"] == {"method": "shap"}
    assert conversion.spec.get("tests") == kept
    assert conversion.problems == ()
    kept_out = any("only the outcome is kept" in entry.reason for entry in conversion.lost)
    assert kept_out is any("threshold" in test for test in tests)
    told = {
        entry.path.removeprefix(PLACE): entry.reason
        for entry in conversion.lost
        if not entry.path.endswith(".name") and "only the outcome" not in entry.reason
    }
    assert set(told) == set(lost)
    assert all(part in told[path] for path, part in lost.items())


@pytest.mark.parametrize(
    ("key", "value"), [("passed", "yes"), ("threshold", True), ("result", []), ("result", {})]
)
def test_what_cannot_be_read_of_a_test_is_a_problem_and_makes_no_test_of_it(key: str, value: Any) -> None:
    test = PASSED | {"threshold": 0.9, "result": 0.95} | {key: value}
    conversion = converted(explainability_analysis={"explainability_reports": [{"tests": [PASSED, test]}]})
    assert "tests" not in conversion.spec
    assert {problem.path for problem in conversion.problems} == {f"{PLACE}[1].{key}"}


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
