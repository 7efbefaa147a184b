"""AIF360's `MetricJSONExplainer`: exact counts of two groups beside a value in prose."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.results import BiasResult, Rows, finished
from mlgate.evidence.shapes import Reader

FORMAT = "aif360"
_ODDS = frozenset({"Average Odds Difference", "Average Absolute Odds Difference"})
_RATES = frozenset({"Disparate Impact", "Statistical Parity Difference"})
_GROUPS = {"Privileged": "privileged", "Unprivileged": "unprivileged"}
_REASONS = {
    "metric": "",
    "description": "",
    "ideal": "",
    "message": "a value in prose; the policy computes it from the counts",
}


@dataclass(frozen=True)
class Stated:
    """What the file does not say, and its author does."""

    attribute: str
    """Sensitive attribute by which the groups differ."""
    of_predictions: bool = False
    """Whether rates are those of predictions; the same JSON is written for the labels of a dataset."""
    date: str | None = None
    """When the test ran."""
    model_version: str | None = None
    """Version of the model that was tested."""


def convert(document: Json, stated: Stated) -> BiasResult:
    """One bias test, made of one explained metric or a list of them.

    Raises:
        CardInvalid: None of them holds counts that say something about the model.
    """
    reader = Reader()
    root = Node(document if isinstance(document, list) else [document], "", reader)
    rows = Rows()
    for node in root.each():
        kind = node.get("metric").text()
        if kind in _ODDS:
            _counts(node, rows)
        elif kind in _RATES and stated.of_predictions:
            _rates(node, rows)
        else:
            node.lose(
                "the same is written of the labels of a dataset; --of-predictions says it is of the model"
                if kind in _RATES
                else "it holds no counts of both groups"
            )
            node.take()
    if not rows.listed:
        told = "; ".join(sorted({entry.reason for entry in root.losses({})}))
        raise CardInvalid(f"holds nothing a bias test is made of: {told}")
    evaluation = {
        "attribute": stated.attribute,
        "date": stated.date,
        "modelVersion": stated.model_version,
        "groups": rows.listed,
    }
    written = {key: value for key, value in evaluation.items() if value is not None}
    return finished(written, root, reader, _REASONS)


def _counts(node: Node, rows: Rows) -> None:
    for ending, group in _GROUPS.items():
        positives, right = node.get(f"numPositives{ending}"), node.get(f"numTruePositives{ending}")
        negatives, wrong = node.get(f"numNegatives{ending}"), node.get(f"numFalsePositives{ending}")
        rows.put(group, "truePositives", right.number(), right)
        rows.put(group, "falsePositives", wrong.number(), wrong)
        rows.put(group, "trueNegatives", _rest(negatives, wrong), negatives)
        rows.put(group, "falseNegatives", _rest(positives, right), positives)


def _rest(whole: Node, part: Node) -> float | None:
    total, taken = whole.number(), part.number()
    if total is None or taken is None:
        whole.complain("is needed, with what is counted of it")
        return None
    if taken > total:
        whole.complain("is less than what is counted of it")
        return None
    return total - taken


def _rates(node: Node, rows: Rows) -> None:
    for ending, group in _GROUPS.items():
        chosen, everybody = node.get(f"numPositivePredictions{ending}"), node.get(f"num{ending}")
        count, favoured = everybody.number(), chosen.number()
        rows.put(group, "count", count, everybody)
        if count and favoured is not None:
            rows.put(group, "selectionRate", favoured / count, chosen)
