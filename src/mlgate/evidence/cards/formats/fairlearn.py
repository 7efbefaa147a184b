"""Fairlearn's `MetricFrame`, wrapped as one object because it has no file format of its own."""

from __future__ import annotations

from mlgate.domain.base import Json
from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.results import BiasResult, Rows, finished
from mlgate.evidence.shapes import Reader

FORMAT = "fairlearn"
_COLUMNS = {
    "count": "count",
    "selection_rate": "selectionRate",
    "accuracy_score": "accuracy",
    "precision_score": "precision",
    "recall_score": "recall",
    "true_positive_rate": "recall",
    "false_positive_rate": "falsePositiveRate",
}
_REASONS = {
    "overall": "the policy compares groups",
    "difference": "the policy computes it from the groups",
    "ratio": "the policy computes it from the groups",
    "controlFeatures": "control features are not read",
}
_BETWEEN = "|"


def convert(document: Json) -> BiasResult:
    """One bias test, made of `metric_frame.by_group.to_dict()`.

    Raises:
        CardInvalid: It does not say by which sensitive features, or holds no groups.
    """
    reader = Reader()
    root = Node(document, "", reader)
    features = root.get("sensitiveFeatures").texts()
    metrics = root.get("byGroup")
    if not features:
        raise CardInvalid(
            "is needed: the names of the sensitive features, as a list", path="sensitiveFeatures"
        )
    if not isinstance(metrics.value, dict) or not metrics.value:
        raise CardInvalid("is needed: metric_frame.by_group.to_dict()", path="byGroup")
    rows, others = Rows(), _Others()
    for name in metrics.named():
        _metric(name, metrics.get(name), len(features), rows, others)
    groups = [row | others.of(row["group"]) for row in rows.listed]
    evaluation = {
        "attribute": _BETWEEN.join(features),
        "date": root.get("date").text(),
        "modelVersion": root.get("modelVersion").text(),
        "groups": groups,
    }
    written = {key: value for key, value in evaluation.items() if value is not None}
    return finished(written, root, reader, _REASONS)


class _Others:
    """Metrics the policy has no column for, by group."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, float]] = {}

    def put(self, group: str, name: str, value: float | None) -> None:
        if value is not None:
            self._values.setdefault(group, {})[name] = value

    def of(self, group: str) -> dict[str, dict[str, float]]:
        return {"values": self._values[group]} if group in self._values else {}


def _metric(name: str, metric: Node, features: int, rows: Rows, others: _Others) -> None:
    if not isinstance(metric.value, dict):
        metric.complain("must be an object, a value for each group")
        metric.take()
        return
    for group in metric.named():
        cell = metric.get(group)
        if group.count(_BETWEEN) != features - 1:
            cell.complain(f"is no group of {features} sensitive features; control features are not read")
            cell.take()
        elif isinstance(cell.value, dict | list):
            rows.put(group, name, None, cell)
            cell.lose("it is no single number")
            cell.take()
        elif name in _COLUMNS:
            rows.put(group, _COLUMNS[name], cell.number(), cell)
        else:
            rows.put(group, name, None, cell)
            others.put(group, name, cell.number())
