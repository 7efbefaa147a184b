"""Measured values with slices."""

from __future__ import annotations

from typing import Any

from mlgate.evidence.cards.formats.measured import Measurements
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.shapes import Reader


def taken(*rows: dict[str, Any]) -> tuple[Measurements, list[str]]:
    reader = Reader()
    found = Measurements("1.0")
    found.take(Node(list(rows), "card", reader).each())
    return found, [problem.path for problem in reader.problems]


def test_columns_of_groups_become_a_bias_test_of_this_version_without_a_date() -> None:
    found, problems = taken(
        {"type": "count", "value": "10", "slice": "sex=f"},
        {"type": "recall", "value": "0.5", "slice": "sex = f"},
        {"type": "count", "value": 12, "slice": "sex=m"},
        {"type": "selection_rate", "value": "0.4", "slice": "sex|age=f|under 30"},
    )
    assert problems == []
    assert found.metrics == []
    assert found.evaluations == [
        {
            "attribute": "sex",
            "modelVersion": "1.0",
            "groups": [{"group": "f", "count": 10, "recall": 0.5}, {"group": "m", "count": 12}],
        },
        {
            "attribute": "sex|age",
            "modelVersion": "1.0",
            "groups": [{"group": "f|under 30", "selectionRate": 0.4}],
        },
    ]


def test_everything_else_is_a_value_of_the_evaluation() -> None:
    rows = [
        {"type": "accuracy", "value": "0.9"},
        {"type": "log_loss", "value": "0.2", "slice": "sex=f"},
        {"type": "count", "value": "5", "slice": "young people"},
        {"type": "count", "value": "5", "slice": "=f"},
    ]
    found, problems = taken(*rows)
    assert problems == []
    assert found.evaluations == []
    assert [row["slice"] for row in found.metrics] == [None, "sex=f", "young people", "=f"]


def test_a_column_that_is_measured_twice_keeps_the_first_and_is_a_problem() -> None:
    row = {"type": "count", "slice": "sex=f"}
    found, problems = taken({**row, "value": "10"}, {**row, "value": "9000"})
    assert found.evaluations[0]["groups"] == [{"group": "f", "count": 10}]
    assert problems == ["card[1]"]


def test_a_value_without_a_name_is_none_of_the_evaluation_and_none_of_a_group() -> None:
    found, problems = taken({"value": "0.9"}, {"type": " ", "value": "5", "slice": "sex=f"}, {"type": 5})
    assert found.metrics == []
    assert found.evaluations == []
    assert problems == ["card[0].type", "card[1].type", "card[2].type"]
