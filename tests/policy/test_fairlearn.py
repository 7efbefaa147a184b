"""The metrics the policy recomputes are those Fairlearn computes from the same predictions.

Fairlearn is the oracle: each random group table is written out as single predictions, and both
sides compute from there. Bird et al., "Fairlearn: A toolkit for assessing and improving fairness
in AI", Microsoft MSR-TR-2020-32.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    false_positive_rate,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rego import REGO, evaluated
from sklearn.metrics import accuracy_score, precision_score

Table = Mapping[str, tuple[int, int, int, int]]
"""By group: true positives, false positives, true negatives, false negatives."""
Oracle = Callable[[Any, Any, Any], float]

COUNTS = ("truePositives", "falsePositives", "trueNegatives", "falseNegatives")
QUERY = (
    "[{row.name: row.value | some row in evaluation.metrics} |"
    " some evaluation in data.mlgate.lib.fairness.evaluations(input.card)]"
)
AT_ONCE = 8


def frame(metric: Callable[..., float], summary: str) -> Oracle:
    """A metric Fairlearn has no function of its own for, by its MetricFrame."""

    def value(truth: Any, predicted: Any, groups: Any) -> float:
        told = MetricFrame(metrics=metric, y_true=truth, y_pred=predicted, sensitive_features=groups)
        return float(getattr(told, summary)(method="between_groups"))

    return value


def named(function: Callable[..., float]) -> Oracle:
    """One of Fairlearn's own fairness metrics."""
    return lambda truth, predicted, groups: float(function(truth, predicted, sensitive_features=groups))


def odds_ratio(truth: Any, predicted: Any, groups: Any) -> float:
    """Fairlearn's, where both of its parts are numbers.

    Its minimum of the two lets a part that is none pass if it stands second. That nobody in any group was
    wrongly chosen leaves no ratio to compute, and the policy says so.
    """
    parts = (named(equal_opportunity_ratio), frame(false_positive_rate, "ratio"))
    if any(math.isnan(part(truth, predicted, groups)) for part in parts):
        return math.nan
    return named(equalized_odds_ratio)(truth, predicted, groups)


ORACLES: dict[str, Oracle] = {
    "demographicParityDifference": named(demographic_parity_difference),
    "demographicParityRatio": named(demographic_parity_ratio),
    "equalOpportunityDifference": named(equal_opportunity_difference),
    "equalOpportunityRatio": named(equal_opportunity_ratio),
    "equalizedOddsDifference": named(equalized_odds_difference),
    "equalizedOddsRatio": odds_ratio,
    "predictiveParityDifference": frame(precision_score, "difference"),
    "predictiveParityRatio": frame(precision_score, "ratio"),
    "falsePositiveRateDifference": frame(false_positive_rate, "difference"),
    "falsePositiveRateRatio": frame(false_positive_rate, "ratio"),
    "accuracyDifference": frame(accuracy_score, "difference"),
    "accuracyRatio": frame(accuracy_score, "ratio"),
}


def computed(tables: list[Table]) -> list[dict[str, float | None]]:
    """What the policy makes of the tables: one evaluation each, all in one question."""
    evaluations = [
        {
            "attribute": f"attribute {number}",
            "date": "2027-02-20T00:00:00Z",
            "modelVersion": "1",
            "groups": [
                {"group": name, **dict(zip(COUNTS, counts, strict=True))} for name, counts in table.items()
            ],
            "metrics": [{"name": name} for name in ORACLES],
        }
        for number, table in enumerate(tables)
    ]
    card = {"model": {"version": "1"}, "fairness": {"evaluations": evaluations}}
    document = {"workload": {}, "card": card}
    found: list[dict[str, float | None]] = evaluated(QUERY, document, "--data", REGO)
    return found


def predictions(table: Table) -> tuple[Any, Any, Any]:
    """Truth, prediction and group of every single case a table counts."""
    groups = [name for name, counts in table.items() for _ in range(sum(counts))]
    cells = [
        cell
        for tp, fp, tn, fn in table.values()
        for cell, times in (((1, 1), tp), ((0, 1), fp), ((0, 0), tn), ((1, 0), fn))
        for _ in range(times)
    ]
    truth, predicted = zip(*cells, strict=True)
    return np.array(truth), np.array(predicted), np.array(groups)


def small_or_large() -> st.SearchStrategy[int]:
    return st.one_of(st.integers(0, 3), st.integers(1, 90))


@st.composite
def rows(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """A group in which every rate has a denominator."""
    tp, fp, tn, fn = (draw(small_or_large()) for _ in range(4))
    return tp + (tp + fp == 0 or tp + fn == 0), fp + (fp + tn == 0), tn, fn


tables = st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", "f"]), rows(), min_size=2, max_size=6)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(tables, min_size=AT_ONCE, max_size=AT_ONCE))
@example([{"a": (3, 0, 87, 2), "b": (1, 0, 72, 8)}])
def test_every_metric_is_the_one_fairlearn_computes(drawn: list[Table]) -> None:
    for table, found in zip(drawn, computed(drawn), strict=True):
        case = predictions(table)
        assert found.keys() == ORACLES.keys()
        for name, oracle in ORACLES.items():
            expected, value = oracle(*case), found[name]
            if math.isnan(expected):
                assert value is None, (name, table)
            else:
                assert value == pytest.approx(expected, abs=1e-9), (name, table)


@pytest.mark.parametrize(
    ("counts", "lacking"),
    [
        ((0, 0, 0, 0), set(ORACLES)),
        (
            (0, 5, 5, 0),
            {name for name in ORACLES if name.startswith(("equalOpportunity", "equalizedOdds"))},
        ),
        (
            (5, 0, 0, 5),
            {name for name in ORACLES if name.startswith(("falsePositive", "equalizedOdds"))},
        ),
        ((0, 0, 5, 5), {name for name in ORACLES if name.startswith("predictiveParity")}),
    ],
)
def test_where_a_group_has_no_denominator_nothing_is_computed_instead_of_zero(
    counts: tuple[int, int, int, int], lacking: set[str]
) -> None:
    (found,) = computed([{"a": (8, 4, 9, 3), "b": counts}])
    assert {name for name, value in found.items() if value is None} == lacking
