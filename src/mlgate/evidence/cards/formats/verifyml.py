"""VerifyML: Model Card Toolkit with tests of quality, fairness and explanations."""

from __future__ import annotations

from typing import Any, get_args

from mlgate.domain.model_card.identity import Owner
from mlgate.evidence.cards.formats import toolkit
from mlgate.evidence.cards.formats.conversion import Conversion, Draft, Foreign
from mlgate.evidence.cards.formats.node import Node

FORMAT = "verifyml"
PLACES = toolkit.PLACES
_ROLES = frozenset(get_args(Owner.model_fields["role"].annotation))
_CEILINGS = ("error", "loss", "mae", "mse", "rmse", "perplexity")
"""Parts of the names of metrics for which less is better."""
_REASONS = toolkit.REASONS | {
    "passed": "the policy judges for itself",
    "sensitive_data_used": "a ModelCard says of a dataset, not of a model, what personal data it holds",
    "justification": "prose is never read as evidence",
    "slice": "reports of slices are not told apart",
}


def convert(foreign: Foreign) -> Conversion:
    """Map the card. A fairness report without a group table is listed, and cannot be recomputed."""
    draft = Draft(foreign)
    root = draft.root
    spec = toolkit.spec_of(root, _role, _limits)
    required = root.get("model_details", "regulatory_requirements").each()
    spec["risk"] = {"regulations": [text for node in required if (text := node.get("regulation").text())]}
    spec["fairness"]["evaluations"] += _evaluations(root.get("fairness_analysis", "fairness_reports"))
    assessed = root.get("considerations", "fairness_assessment").each()
    groups = [node.get("group_at_risk").text() for node in assessed]
    spec["intendedUse"]["affectedPopulations"] = [group for group in groups if group]
    spec["fairness"]["mitigations"] = [
        {"attribute": group, "method": "other", "description": node.get("mitigation_strategy").text()}
        for node, group in zip(assessed, groups, strict=True)
        if group and node.get("mitigation_strategy")
    ]
    reports = root.get("explainability_analysis", "explainability_reports").each()
    spec["explainability"] = {"method": _method(reports)}
    spec["tests"] = [
        {"kind": "explanationFidelity", "result": "passed"} for node in reports if _all_passed(node)
    ]
    return draft.finished(FORMAT, spec, None, _REASONS)


def _role(owner: Node) -> str:
    role = owner.get("role").text()
    if role in _ROLES:
        return str(role)
    owner.get("role").lose(f"it is none of {', '.join(sorted(_ROLES))}")
    return "modelOwner"


def _limits(metric: Node) -> dict[str, Any]:
    """The strictest threshold of the tests of a metric: they must all hold."""
    stated = [node.get("threshold").number() for node in metric.get("tests").each()]
    thresholds = [threshold for threshold in stated if threshold is not None]
    if not thresholds:
        return {}
    name = (metric.get("type").text() or "").lower()
    if any(part in name for part in _CEILINGS):
        return {"max": min(thresholds)}
    return {"min": max(thresholds)}


def _evaluations(reports: Node) -> list[dict[str, Any]]:
    """One bias test for each segment, with the results as the author computed them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for node in reports.each():
        segment, kind = node.get("segment").text(), node.get("type").text()
        if segment is None:
            node.lose("the report names no segment")
            node.take()
            continue
        found.setdefault(segment, []).extend(
            {"name": kind, "value": test.get("result").number(), "limit": test.get("threshold").number()}
            for test in node.get("tests").each()
        )
    return [{"attribute": segment, "metrics": metrics} for segment, metrics in found.items()]


def _method(reports: list[Node]) -> str | None:
    """The method of the first report that names one."""
    methods = [text for node in reports if (text := node.get("type").text())]
    return methods[0] if methods else None


def _all_passed(report: Node) -> bool:
    tests = report.get("tests").each()
    return bool(tests) and all(test.get("passed").flag() for test in tests)
