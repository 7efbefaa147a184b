"""SPDX 3.0 in JSON-LD, AI and Dataset profiles: one `ai_AIPackage` and what it is related to."""

from __future__ import annotations

from typing import Any

from mlgate.errors import CardInvalid, ManifestError
from mlgate.evidence.cards.formats.conversion import ROOT, Conversion, Draft, Foreign
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.spdx_data import datasets, sha256_of
from mlgate.evidence.cards.formats.spdx_graph import Graph
from mlgate.evidence.cards.formats.spdx_published import lacking, violations
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import CARD_LIMITS

FORMAT = "spdx"
PLACES = {
    "card.model.name": "name of the ai_AIPackage",
    "card.model.version": "software_packageVersion of the ai_AIPackage",
    "card.model.artifacts": "software_downloadLocation of the ai_AIPackage",
}
"""Where an author would write what identifies the model."""
_PROSE = "prose is never read as evidence"
_REASONS = {
    **dict.fromkeys(("type", "@type", "spdxId", "@id", "creationInfo", "from", "relationshipType"), ""),
    "ai_metricDecisionThreshold": "it is the cut-off a metric was computed with, and no acceptance threshold",
    "ai_safetyRiskAssessment": "its scale is that of EU 765/2008, and no risk tier",
    "ai_informationAboutTraining": _PROSE,
    "dataset_intendedUse": _PROSE,
    "comment": _PROSE,
    "description": _PROSE,
    "summary": _PROSE,
    "@graph": "the card reads the model, and what it is related to",
}
_LICENSES = "https://spdx.org/licenses/"


def convert(foreign: Foreign) -> Conversion:
    """Map the one AI package of a document.

    Raises:
        CardInvalid: There is not exactly one.
    """
    draft = Draft(foreign)
    root = draft.root
    root.get("@context").take()
    graph = Graph(root)
    draft.reader.note(violations(graph.values, graph.path))
    packages = graph.of_type("ai_AIPackage")
    if len(packages) != 1:
        raise CardInvalid(f"has {len(packages)} elements of type ai_AIPackage, one is needed", path=ROOT)
    package = packages[0]
    if not draft.reader.problems and lacking(package.value):
        package.complain("lacks a property that SPDX 3 requires, such as creationInfo")
    spec = _spec(package, graph)
    return draft.finished(FORMAT, spec, _extension(package, graph), _REASONS)


def _spec(package: Node, graph: Graph) -> dict[str, Any]:
    uri, supplier = package.get("software_downloadLocation").text(), graph.name_of(package.get("suppliedBy"))
    purpose, limitation = package.get("ai_informationAboutApplication").text(), package.get("ai_limitation")
    explained = package.get("ai_modelExplainability").each()
    for other in explained[1:]:
        other.lose("of several methods the first one is kept")
    known = datasets(package, graph)
    return {
        "model": {
            "name": package.get("name").text(),
            "version": package.get("software_packageVersion").text(),
            "supplier": supplier,
            "artifacts": [{"uri": uri, "digest": sha256_of(package)}] if uri else None,
        },
        "suppliers": _suppliers(package, graph, supplier),
        "intendedUse": {"purposes": [{"id": "declared", "description": purpose}] if purpose else None},
        "limitations": [*filter(None, [limitation.text()]), *known.limitations],
        "training": {"hyperparameters": _hyperparameters(package.get("ai_hyperparameter"))},
        "evaluation": {"metrics": _metrics(package.get("ai_metric"))},
        "explainability": {"method": explained[0].text() if explained else None},
        "risk": {"regulations": package.get("ai_standardCompliance").texts()},
        "datasets": known.datasets,
    }


def _suppliers(package: Node, graph: Graph, supplier: str | None) -> list[dict[str, Any]]:
    licenses = graph.related(package, "hasDeclaredLicense")
    if supplier is None:
        for target in licenses:
            target.reference.lose("a license belongs to a supplier, and the package names none")
        return []
    license_id = None
    for number, target in enumerate(licenses):
        if number:
            target.reference.lose("of several licenses the first one is kept")
        elif target.element is not None:
            element = target.element
            license_id = element.get("simplelicensing_licenseExpression").text() or element.get("name").text()
        else:
            address = target.reference.text() or ""
            license_id = address.removeprefix(_LICENSES) if address.startswith(_LICENSES) else None
    return [{"name": supplier, "license": license_id}]


def _hyperparameters(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in node.each():
        key = entry.get("key").text()
        if key is None or key in found:
            entry.complain("needs a key of its own")
            entry.take()
            continue
        found[key] = entry.get("value").text()
    return found


def _metrics(node: Node) -> list[dict[str, Any]]:
    return [{"name": entry.get("key").text(), "value": entry.get("value").number()} for entry in node.each()]


def _extension(package: Node, graph: Graph) -> Any:
    """What the one annotation of the package says under `mlgate`."""
    found: list[tuple[Node, Any]] = []
    for node in graph.of_type("Annotation"):
        if not graph.leads_to(node.get("subject"), package):
            node.lose("its subject is not the ai_AIPackage")
            node.take()
            continue
        if node.value.get("contentType") != "application/json":
            continue
        for key in ("subject", "contentType", "annotationType"):
            node.get(key).take()
        statement = node.get("statement")
        try:
            value = parse_json(statement.text() or "", CARD_LIMITS)
        except ManifestError as error:
            statement.complain(f"must be JSON: {error.message}")
            continue
        if isinstance(value, dict) and "mlgate" in value:
            found.append((statement, value["mlgate"]))
        else:
            statement.lose("it says nothing to mlgate")
    if len(found) > 1:
        found[1][0].complain("is a second annotation for mlgate; which of them counts is not guessed")
        return None
    if found and not isinstance(found[0][1], dict):
        found[0][0].complain("mlgate must be an object, fields of a ModelCard's spec")
    return found[0][1] if found else None
