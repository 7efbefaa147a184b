"""Measured values in lists of `type`, `value` and `slice`, as CycloneDX and Model Card Toolkit write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mlgate.evidence.cards.formats.node import Node

_COLUMNS = {
    "count": "count",
    "true_positives": "truePositives",
    "false_positives": "falsePositives",
    "true_negatives": "trueNegatives",
    "false_negatives": "falseNegatives",
    "selection_rate": "selectionRate",
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "false_positive_rate": "falsePositiveRate",
}
"""Types that are a column of a bias test, when the slice names a group."""


class Measurements:
    """Sorts measured values: those of groups into bias tests, the others into the evaluation."""

    def __init__(
        self, version: str | None, limits: Callable[[Node], dict[str, Any]] = lambda _node: {}
    ) -> None:
        self._limits = limits
        self.metrics: list[dict[str, Any]] = []
        self._version = version
        self._groups: dict[str, dict[str, dict[str, Any]]] = {}

    def take(self, nodes: Iterable[Node]) -> None:
        """Read the values of one list."""
        for node in nodes:
            name, where = node.get("type").text(), node.get("slice").text()
            if name is None:
                _nameless(node)
                continue
            attribute, _, group = (part.strip() for part in (where or "").partition("="))
            if attribute and group and name in _COLUMNS:
                self._column(attribute, group, _COLUMNS[name], node)
            else:
                value = node.get("value").number()
                self.metrics.append({"name": name, "value": value, "slice": where, **self._limits(node)})

    def _column(self, attribute: str, group: str, column: str, node: Node) -> None:
        row = self._groups.setdefault(attribute, {}).setdefault(group, {"group": group})
        if column in row:
            node.complain("is measured twice for this group; which of them counts is not guessed")
            return
        row[column] = node.get("value").number()

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """One bias test of this version for each attribute. When it ran, the format does not say."""
        return [
            {"attribute": attribute, "modelVersion": self._version, "groups": list(rows.values())}
            for attribute, rows in self._groups.items()
        ]


def _nameless(node: Node) -> None:
    """Leave a value out of which nobody knows whether it is a column of a group or a metric."""
    kind = node.get("type")
    if not kind or isinstance(kind.value, str):
        kind.complain("is needed: the name of what was measured")
    node.take()
