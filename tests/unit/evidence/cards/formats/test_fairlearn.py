"""Results of Fairlearn, made by Fairlearn itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, count, false_positive_rate, selection_rate
from sklearn.metrics import accuracy_score, mean_absolute_error, precision_score, recall_score

from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.fairlearn import convert
from mlgate.evidence.cards.formats.results import result_of

METRICS = {
    "count": count,
    "selection_rate": selection_rate,
    "accuracy_score": accuracy_score,
    "precision_score": precision_score,
    "recall_score": recall_score,
    "false_positive_rate": false_positive_rate,
    "mean_absolute_error": mean_absolute_error,
}
TRUTH = np.array([1, 0] * 4)
PREDICTED = np.array([1, 0, 1, 1, 1, 0, 0, 1])
SEX = np.array(list("ffffmmmm"))
AGE = np.array(["old", "old", "young", "young"] * 2)


def frame(*features: Any) -> MetricFrame:
    sensitive = features[0] if len(features) == 1 else np.column_stack(features)
    return MetricFrame(metrics=METRICS, y_true=TRUTH, y_pred=PREDICTED, sensitive_features=sensitive)


def wrapped(told: MetricFrame, *names: str, **more: Any) -> dict[str, Any]:
    def key(group: Any) -> str:
        return "|".join(group) if isinstance(group, tuple) else str(group)

    by_group = told.by_group.to_dict()
    groups = {
        name: {key(group): value for group, value in column.items()} for name, column in by_group.items()
    }
    written = {"sensitiveFeatures": list(names), "byGroup": groups, **more}
    parsed: dict[str, Any] = json.loads(json.dumps(written))
    return parsed


def test_every_column_is_the_one_fairlearn_computed() -> None:
    told = frame(SEX)
    result = convert(wrapped(told, "sex", date="2026-11-02", modelVersion="2.3.1"))
    assert result.problems == ()
    assert result.lost == ()
    assert result.evaluation["attribute"] == "sex"
    assert result.evaluation["date"] == "2026-11-02T00:00:00Z"
    assert result.evaluation["modelVersion"] == "2.3.1"
    columns = {
        "count": "count",
        "selectionRate": "selection_rate",
        "accuracy": "accuracy_score",
        "precision": "precision_score",
        "recall": "recall_score",
        "falsePositiveRate": "false_positive_rate",
    }
    for row in result.evaluation["groups"]:
        for column, theirs in columns.items():
            assert row[column] == told.by_group[theirs][row["group"]]
        assert row["values"] == {"mean_absolute_error": told.by_group["mean_absolute_error"][row["group"]]}


def test_intersections_are_named_by_all_their_parts() -> None:
    result = convert(wrapped(frame(SEX, AGE), "sex", "age"))
    assert result.evaluation["attribute"] == "sex|age"
    assert [row["group"] for row in result.evaluation["groups"]] == ["f|old", "f|young", "m|old", "m|young"]
    assert "date" not in result.evaluation
    assert "modelVersion" not in result.evaluation


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"byGroup": {"count": {"f": 1}}}, "sensitiveFeatures"),
        ({"sensitiveFeatures": [], "byGroup": {"count": {"f": 1}}}, "sensitiveFeatures"),
        ({"sensitiveFeatures": "sex", "byGroup": {"count": {"f": 1}}}, "sensitiveFeatures"),
        ({"sensitiveFeatures": ["sex"]}, "byGroup"),
        ({"sensitiveFeatures": ["sex"], "byGroup": {}}, "byGroup"),
        ({"sensitiveFeatures": ["sex"], "byGroup": [1]}, "byGroup"),
        ([], "sensitiveFeatures"),
        ("text", "sensitiveFeatures"),
    ],
)
def test_what_holds_no_groups_is_no_bias_test(document: Any, path: str) -> None:
    with pytest.raises(CardInvalid) as caught:
        convert(document)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("by_group", "path", "told"),
    [
        ({"count": 5}, "byGroup.count", "a value for each group"),
        ({"count": {"f": "many"}}, "byGroup.count.f", "must be a number"),
        ({"count": {"f": 2.5}}, "fairness.evaluations[0].groups[0].count", "whole number"),
        ({"count": {"f": -1}}, "fairness.evaluations[0].groups[0].count", "at least 0"),
        (
            {"selection_rate": {"f": 1.5}},
            "fairness.evaluations[0].groups[0].selectionRate",
            "between 0 and 1",
        ),
        ({"count": {"urban|f": 5}}, "byGroup.count.urban|f", "control features are not read"),
        (
            {"recall_score": {"f": 0.5}, "true_positive_rate": {"f": 0.6}},
            "byGroup.true_positive_rate.f",
            "once more",
        ),
    ],
)
def test_what_does_not_fit_is_a_problem_with_its_place(by_group: Any, path: str, told: str) -> None:
    result = convert({"sensitiveFeatures": ["sex"], "byGroup": by_group})
    assert [problem.path for problem in result.problems] == [path]
    assert told in result.problems[0].message


def test_what_is_computed_or_no_number_is_lost() -> None:
    document = {
        "sensitiveFeatures": ["sex"],
        "byGroup": {"count": {"f": 5}, "curve": {"f": [0.1, 0.2]}},
        "overall": {"count": 5},
        "difference": {},
    }
    found = {entry.path: entry.reason for entry in convert(document).lost}
    assert found == {
        "byGroup.curve.f": "it is no single number",
        "overall": "the policy compares groups",
        "difference": "the policy computes it from the groups",
    }


def test_a_result_is_known_by_its_content() -> None:
    assert result_of({"byGroup": {}}) == "fairlearn"
    assert result_of({"metric": "Accuracy", "message": "m"}) == "aif360"
    assert result_of([{"metric": "Accuracy", "message": "m"}]) == "aif360"
    assert result_of([{"metric": "Accuracy", "message": "m"}, 5]) is None
    assert result_of([]) is None
    assert result_of({}) is None
    assert result_of("byGroup") is None
