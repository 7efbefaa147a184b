"""VerifyML: Model Card Toolkit with tests of quality, fairness and explanations."""

from __future__ import annotations

from typing import Any, get_args

from mlgate.domain.model_card.identity import Owner
from mlgate.evidence.cards.formats import toolkit
from mlgate.evidence.cards.formats.conversion import ROOT, Conversion, Draft, Foreign
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.published import breaches
from mlgate.evidence.cards.formats.toolkit_schema import verifyml_validator
from mlgate.evidence.cards.formats.verifyml_tests import explained, limits

FORMAT = "verifyml"
PLACES = toolkit.PLACES
_ROLES = frozenset(get_args(Owner.model_fields["role"].annotation))
_REASONS = toolkit.REASONS | {
    "passed": "the policy judges for itself",
    "sensitive_data_used": "a ModelCard says of a dataset, not of a model, what personal data it holds",
    "justification": "prose is never read as evidence",
    "slice": "reports of slices are not told apart",
}


def convert(foreign: Foreign) -> Conversion:
    """Map the card. A fairness report without a group table is listed, and cannot be recomputed."""
    draft = Draft(foreign)
    draft.reader.note(breaches(verifyml_validator(), "VerifyML", foreign.document, ROOT))
    root = draft.root
    spec = toolkit.spec_of(root, _role, limits)
    required = root.get("model_details", "regulatory_requirements").each()
    spec["risk"] = {"regulations": [text for node in required if (text := node.get("regulation").text())]}
    _report(spec["fairness"]["evaluations"], root.get("fairness_analysis", "fairness_reports"))
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
    spec["tests"] = [test for node in reports for test in explained(node)]
    return draft.finished(FORMAT, spec, None, _REASONS)


def _role(owner: Node) -> str:
    role = owner.get("role").text()
    if role in _ROLES:
        return str(role)
    owner.get("role").lose(f"it is none of {', '.join(sorted(_ROLES))}")
    return "modelOwner"


def _report(evaluations: list[dict[str, Any]], reports: Node) -> None:
    """Add the results as the author computed them, to the bias test of the segment where there is one."""
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
    measured = {entry["attribute"]: entry for entry in evaluations}
    for segment, metrics in found.items():
        if segment in measured:
            measured[segment]["metrics"] = metrics
        else:
            evaluations.append({"attribute": segment, "metrics": metrics})


def _method(reports: list[Node]) -> str | None:
    """The method of the first report that names one."""
    methods = [text for node in reports if (text := node.get("type").text())]
    return methods[0] if methods else None
