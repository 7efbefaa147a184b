"""What Model Card Toolkit (schema 0.0.2) and VerifyML, which grew out of it, have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.evidence.cards.formats.measured import Measurements
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.words import purposes

PLACES = {
    "card.model.name": "model_details.name",
    "card.model.version": "model_details.version.name",
    "card.model.artifacts": "model_details.path",
}
"""Where an author would write what identifies the model."""
REASONS = {
    "schema_version": "",
    "overview": "prose is never read as evidence",
    "documentation": "prose is never read as evidence",
    "description": "prose is never read as evidence",
    "mitigation_strategy": "prose is never read as evidence",
    "benefits": "prose is never read as evidence",
    "harms": "prose is never read as evidence",
    "graphics": "pictures prove nothing",
    "licenses": "a license belongs to a supplier, and the format names none",
    "confidence_interval": "confidence intervals are not compared with limits",
    "date": "it is the date of a release, and not of a test",
}
Role = Callable[[Node], str]
Limits = Callable[[Node], dict[str, Any]]


def spec_of(root: Node, role: Role, limits: Limits) -> dict[str, Any]:
    """The part of a card that both formats write alike.

    Args:
        root: the whole card.
        role: what an owner answers for.
        limits: floor and ceiling of a measured value.
    """
    details, considered = root.get("model_details"), root.get("considerations")
    version, path = details.get("version", "name").text(), details.get("path").text()
    measured = Measurements(version, limits)
    measured.take(root.get("quantitative_analysis", "performance_metrics").each())
    risks = [node.get("name").text() for node in considered.get("ethical_considerations").each()]
    return {
        "model": {
            "name": details.get("name").text(),
            "version": version,
            "artifacts": [{"uri": path}] if path else None,
        },
        "owners": [_owner(node, role) for node in details.get("owners").each()],
        "datasets": [_dataset(node) for node in root.get("model_parameters", "data").each()],
        "evaluation": {"metrics": measured.metrics},
        "fairness": {"evaluations": measured.evaluations},
        "intendedUse": {
            "users": _descriptions(considered.get("users")),
            "purposes": purposes(_descriptions(considered.get("use_cases"))),
        },
        "limitations": [*_descriptions(considered.get("limitations")), *filter(None, risks)],
        "decisions": [
            {"topic": "tradeoff", "decision": text} for text in _descriptions(considered.get("tradeoffs"))
        ],
    }


def _owner(node: Node, role: Role) -> dict[str, Any]:
    return {"role": role(node), "name": node.get("name").text(), "contact": node.get("contact").text()}


def _dataset(node: Node) -> dict[str, Any]:
    sensitive = node.get("sensitive", "sensitive_data").texts()
    return {
        "name": node.get("name").text(),
        "source": node.get("link").text(),
        "personalData": "personal" if sensitive else None,
    }


def _descriptions(node: Node) -> list[str]:
    return [text for entry in node.each() if (text := entry.get("description").text())]
