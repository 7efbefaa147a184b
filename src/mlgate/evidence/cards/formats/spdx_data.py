"""The datasets an SPDX AI package was trained and tested on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.spdx_graph import Graph, short

_ROLES = {"trainedOn": "training", "testedOn": "test"}
_CLASSES = {"red": "restricted", "amber": "confidential", "green": "internal", "clear": "public"}


@dataclass
class Known:
    """What is read of the datasets."""

    datasets: list[dict[str, Any]] = field(default_factory=list)
    limitations: list[str] = field(default_factory=list)
    """Known biases, in the words of whoever described the data."""


def datasets(package: Node, graph: Graph) -> Known:
    """The datasets of a package, each once: one that was trained on is training data, whatever else it is."""
    known, seen = Known(), set()
    special = short(package.get("ai_useSensitivePersonalInformation").text()) == "yes"
    for relation, role in _ROLES.items():
        for target in graph.related(package, relation):
            if target.element is None:
                target.reference.lose("it is described in another document")
            elif target.element.path in seen:
                target.reference.lose("the dataset is listed in another role already")
            else:
                seen.add(target.element.path)
                used = special and role == "training"
                known.datasets.append(_dataset(target.element, role, known.limitations, special=used))
    return known


def _dataset(node: Node, role: str, limitations: list[str], *, special: bool) -> dict[str, Any]:
    name = node.get("name").text()
    limitations += [f"{name}: {text}" for text in node.get("dataset_knownBias").texts()]
    sensitive = short(node.get("dataset_hasSensitivePersonalInformation").text()) == "yes"
    collected = node.get("dataset_dataCollectionProcess").text()
    return {
        "name": name,
        "role": role,
        "source": node.get("software_downloadLocation").text(),
        "digest": sha256_of(node),
        "classification": _CLASSES.get(short(node.get("dataset_confidentialityLevel").text()) or ""),
        "personalData": "special" if sensitive or special else None,
        "anonymization": node.get("dataset_anonymizationMethodUsed").texts(),
        "lineage": {
            "sources": [collected] if collected else None,
            "transformations": node.get("dataset_dataPreprocessing").texts(),
        },
    }


def sha256_of(node: Node) -> str | None:
    """The SHA-256 that verifies an element, where exactly one is stated."""
    found = []
    for entry in node.get("verifiedUsing").each():
        if isinstance(entry.value, dict) and entry.value.get("algorithm") == "sha256":
            entry.get("algorithm").take()
            found.append(entry.get("hashValue").text())
    if len(found) > 1:
        node.get("verifiedUsing").complain("has several SHA-256; which of them counts is not guessed")
    return f"sha256:{found[0].lower()}" if len(found) == 1 and found[0] else None
