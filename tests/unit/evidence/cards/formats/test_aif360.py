"""Results of AIF360."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.aif360 import Stated, convert

SEX = Stated("sex")


def odds(**more: Any) -> dict[str, Any]:
    counts = {
        "numFalsePositivesUnprivileged": 8.0,
        "numNegativesUnprivileged": 20.0,
        "numTruePositivesUnprivileged": 15.0,
        "numPositivesUnprivileged": 30.0,
        "numFalsePositivesPrivileged": 9.0,
        "numNegativesPrivileged": 25.0,
        "numTruePositivesPrivileged": 40.0,
        "numPositivesPrivileged": 50.0,
    }
    words = {"message": "Average odds difference: -0.1", "description": "d", "ideal": "i"}
    return {"metric": "Average Odds Difference", **words, **counts, **more}


def parity(**more: Any) -> dict[str, Any]:
    counts = {
        "numPositivePredictionsUnprivileged": 23,
        "numUnprivileged": 50,
        "numPositivePredictionsPrivileged": 49,
        "numPrivileged": 75,
    }
    return {"metric": "Disparate Impact", "message": "Disparate impact: 0.7", **counts, **more}


def test_exact_counts_give_all_four_cells_of_both_groups() -> None:
    for metric in ("Average Odds Difference", "Average Absolute Odds Difference"):
        result = convert(odds(metric=metric), SEX)
        assert result.problems == ()
        assert result.evaluation == {
            "attribute": "sex",
            "groups": [
                {
                    "group": "privileged",
                    "truePositives": 40,
                    "falsePositives": 9,
                    "trueNegatives": 16,
                    "falseNegatives": 10,
                },
                {
                    "group": "unprivileged",
                    "truePositives": 15,
                    "falsePositives": 8,
                    "trueNegatives": 12,
                    "falseNegatives": 15,
                },
            ],
        }
        assert [entry.path for entry in result.lost] == ["[0].message"]


def test_rates_count_only_where_they_are_said_to_be_of_predictions() -> None:
    with pytest.raises(CardInvalid, match="labels of a dataset"):
        convert(parity(), SEX)
    stated = Stated("sex", of_predictions=True, date="2026-11-02", model_version="2")
    result = convert([parity(), parity(metric="Statistical Parity Difference")], stated)
    assert result.problems == ()
    assert result.evaluation == {
        "attribute": "sex",
        "date": "2026-11-02T00:00:00Z",
        "modelVersion": "2",
        "groups": [
            {"group": "privileged", "count": 75, "selectionRate": 49 / 75},
            {"group": "unprivileged", "count": 50, "selectionRate": 0.46},
        ],
    }


def test_several_metrics_are_one_test_and_what_has_no_counts_is_lost() -> None:
    theil = {"metric": "Theil Index", "message": "Theil index: 0.1"}
    result = convert([odds(), parity(), theil], Stated("sex", of_predictions=True))
    assert [len(row) for row in result.evaluation["groups"]] == [7, 7]
    assert {entry.path for entry in result.lost} == {"[].message", "[2]"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"numPositivesPrivileged": 30}, "is less than what is counted of it"),
        ({"numPositivesPrivileged": None}, "is needed"),
        ({"numTruePositivesPrivileged": "forty"}, "must be a number"),
        ({"numTruePositivesPrivileged": 40.5}, "must be a whole number"),
        ({"numTruePositivesPrivileged": True}, "must be a number"),
        ({"numNegativesPrivileged": [25]}, "must be a number"),
    ],
)
def test_counts_that_cannot_be_are_problems(more: dict[str, Any], told: str) -> None:
    assert told in " ".join(problem.message for problem in convert(odds(**more), SEX).problems)


def test_two_metrics_that_disagree_are_a_problem() -> None:
    result = convert([odds(), odds(numTruePositivesPrivileged=41)], SEX)
    assert result.evaluation["groups"][0]["truePositives"] == 40
    assert {problem.path for problem in result.problems} == {
        "[1].numTruePositivesPrivileged",
        "[1].numPositivesPrivileged",
    }


@pytest.mark.parametrize("document", [[], {}, "text", None, [5], {"metric": "Accuracy", "message": "m"}])
def test_what_holds_no_counts_of_groups_is_no_bias_test(document: Any) -> None:
    with pytest.raises(CardInvalid, match="holds nothing"):
        convert(document, SEX)


def test_a_group_of_nobody_has_no_rate() -> None:
    result = convert(parity(numPrivileged=0), Stated("sex", of_predictions=True))
    assert result.evaluation["groups"][0] == {"group": "privileged", "count": 0}
