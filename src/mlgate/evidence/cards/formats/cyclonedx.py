"""CycloneDX 1.5 to 1.7: the component of a machine-learning model with its `modelCard`."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.components import can_be_named, with_component
from mlgate.errors import CardInvalid
from mlgate.evidence.cards.formats import cyclonedx_claims as claims
from mlgate.evidence.cards.formats import properties
from mlgate.evidence.cards.formats.conversion import ROOT, Conversion, Draft, Foreign
from mlgate.evidence.cards.formats.cyclonedx_data import Data, Known, by_reference
from mlgate.evidence.cards.formats.measured import Measurements
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.published import CYCLONEDX_VERSIONS, violations
from mlgate.evidence.cards.formats.words import filled, purposes, task_of
from mlgate.evidence.shapes import Reader

FORMAT = "cyclonedx"
PLACES = {
    "card.model.name": "name of the component",
    "card.model.version": "version of the component",
    "card.model.artifacts": "externalReferences of the component, one of type distribution",
}
"""Where an author would write what identifies the model."""
_REASONS = {
    "bom-ref": "",
    "confidenceInterval": "confidence intervals are not compared with limits",
    "graphics": "pictures prove nothing",
    "benefits": "prose is never read as evidence",
    "harms": "prose is never read as evidence",
    "mitigationStrategy": "prose is never read as evidence",
    "signature": "signatures in the JSON Signature Format are not verified",
    "vulnerabilities": "scans are read as tests of the card",
    "components": "only the model is read, and the data it names",
    "conformance": "scores of one's own prove nothing",
    "custodians": "a ModelCard names owners and stewards",
}
_MODEL = "machine-learning-model"
_LONGEST_NAME = 80
"""Characters of a name or bom-ref that is told."""
_MOST_NAMES = 5
"""bom-refs that are told."""


def convert(foreign: Foreign) -> Conversion:
    """Map the one model of a bill of materials.

    Raises:
        CardInvalid: The version is none that is read, or there is not exactly one model.
    """
    version = foreign.document.get("specVersion")
    if foreign.document.get("bomFormat") != "CycloneDX":
        raise CardInvalid("must be CycloneDX", path=f"{ROOT}.bomFormat")
    if version not in CYCLONEDX_VERSIONS:
        raise CardInvalid(f"must be one of {', '.join(CYCLONEDX_VERSIONS)}", path=f"{ROOT}.specVersion")
    draft = Draft(foreign)
    draft.reader.note(violations(version, foreign.document, ROOT))
    root = draft.root
    for key in ("bomFormat", "specVersion", "$schema", "version", "serialNumber"):
        root.get(key).take()
    everything = list(_components(root))
    component = _chosen(everything, foreign.origin.component)
    spec = _spec(root, component, by_reference(everything))
    listed = component.get("modelCard", "properties").each()
    return draft.finished(FORMAT, properties.apply(listed, filled(spec)), None, _REASONS)


def _components(root: Node) -> Iterator[Node]:
    """Every component, however deep it lies within others."""
    waiting = deque([root.get("metadata", "component"), *root.get("components").each()])
    while waiting:
        node = waiting.popleft()
        if isinstance(node.value, dict):
            yield node
            if "components" in node.value:
                waiting += node.get("components").each()


def _chosen(everything: list[Node], wanted: str | None) -> Node:
    models = [node for node in everything if node.value.get("type") == _MODEL]
    chosen = [node for node in models if wanted is None or node.value.get("bom-ref") == wanted]
    if len(chosen) != 1:
        which = "one is needed" if wanted is None else "one is meant by the bom-ref of the reference"
        raise CardInvalid(f"has {len(chosen)} components of type {_MODEL}, {which}{_to_choose_from(models)}")
    _refuse_twins(chosen[0], models)
    chosen[0].get("type").take()
    chosen[0].get("bom-ref").take()
    return chosen[0]


def _refuse_twins(chosen: Node, models: list[Node]) -> None:
    """Approvals name the file, the model and its version, so that one of a twin would count for the other."""
    called = _called(chosen) if len(models) > 1 else None
    if called is not None and any(_called(node) == called for node in models if node is not chosen):
        name, version = (str(part)[:_LONGEST_NAME] for part in called)
        raise CardInvalid(
            f"has several models called {name!r} of version {version!r}, which approvals could not tell"
            " apart; give each a name or a version of its own"
        )


def _called(component: Node) -> tuple[Json, Json] | None:
    """Name and version as approvals will have them, where it has both; nothing is noted as read by that."""
    aside = Node(component.value, "", Reader())
    model = {"name": aside.get("name").text(), "version": aside.get("version").text()}
    spec = properties.apply(aside.get("modelCard", "properties").each(), {"model": filled(model)})
    held = spec["model"] if isinstance(spec["model"], dict) else {}
    return (held["name"], held["version"]) if {"name", "version"} <= held.keys() else None


def _to_choose_from(models: list[Node]) -> str:
    """How the author says which model is meant, where there are several."""
    known = Counter(name for node in models if isinstance(name := node.value.get("bom-ref"), str))
    told = [with_component("", name) for name, times in known.items() if times == 1 and can_be_named(name)]
    shown = [text for text in told if len(text) <= _LONGEST_NAME][:_MOST_NAMES]
    named = f"; name one behind the reference, such as {' or '.join(shown)}" if shown else ""
    unnamed = len(models) - len(told)
    return named + (f"; {unnamed} of them can be named only with a bom-ref of its own" if unnamed else "")


def _spec(root: Node, component: Node, known: Known) -> dict[str, Any]:
    version = component.get("version").text()
    card = component.get("modelCard")
    parameters, considered = card.get("modelParameters"), card.get("considerations")
    data = Data(known)
    datasets = data.datasets(parameters.get("datasets").each())
    measured = Measurements(version)
    measured.take(card.get("quantitativeAnalysis", "performanceMetrics").each())
    supplier = component.get("supplier", "name").text() or component.get("publisher").text()
    task = parameters.get("task").text()
    risks = [node.get("name").text() for node in considered.get("ethicalConsiderations").each()]
    return {
        "model": {
            "name": component.get("name").text(),
            "version": version,
            "task": task_of(task) if task else None,
            "supplier": supplier,
            "authors": _authors(component.get("authors")),
            "artifacts": _artifacts(component),
        },
        "suppliers": _suppliers(component.get("licenses"), supplier),
        "owners": data.owners,
        "datasets": datasets,
        "training": claims.training(root, component, known, datasets),
        "evaluation": {"metrics": measured.metrics},
        "intendedUse": {
            "users": considered.get("users").texts(),
            "purposes": purposes(considered.get("useCases").texts()),
            "affectedPopulations": _at_risk(considered),
        },
        "limitations": [*considered.get("technicalLimitations").texts(), *filter(None, risks)],
        "decisions": [
            {"topic": "tradeoff", "decision": text} for text in considered.get("performanceTradeoffs").texts()
        ],
        "fairness": {"evaluations": measured.evaluations, "mitigations": _mitigations(considered)},
        "reviews": claims.reviews(root, component),
        "signOffs": claims.sign_offs(root),
    }


def _authors(node: Node) -> list[str]:
    named = [author.get("email").text() or author.get("name").text() for author in node.each()]
    return [name for name in named if name]


def _artifacts(component: Node) -> list[dict[str, Any]]:
    """An artifact for each address, with its own digest; of one address alone, else the component's."""
    whole = _digest(component.get("hashes"))
    found = [
        {"uri": uri, "digest": _digest(entry.get("hashes"))}
        for entry in component.get("externalReferences").each()
        if isinstance(entry.value, dict) and entry.value.get("type") == "distribution"
        if entry.get("type").take() and (uri := entry.get("url").text())
    ]
    if not found and (purl := component.get("purl").text()):
        found = [{"uri": purl, "digest": None}]
    bare = [artifact for artifact in found if artifact["digest"] is None]
    if found and not bare:
        component.get("hashes").lose("the digests of the distributions count")
    elif whole is not None and len(found) > 1:
        component.get("hashes").complain(
            "is one digest for several distributions; write the digest of each into its reference"
        )
    elif whole is not None and bare:
        bare[0]["digest"] = whole
    return found


def _digest(hashes: Node) -> str | None:
    """The SHA-256 among hashes; of several none, for which of them counts is not guessed."""
    digests = [
        content.lower()
        for entry in hashes.each()
        if isinstance(entry.value, dict) and entry.value.get("alg") == "SHA-256"
        if entry.get("alg").take() and (content := entry.get("content").text())
    ]
    if len(digests) > 1:
        hashes.complain("has several digests of one kind; which of them counts is not guessed")
    return f"sha256:{digests[0]}" if len(digests) == 1 else None


def _suppliers(licenses: Node, supplier: str | None) -> list[dict[str, Any]]:
    if supplier is None:
        licenses.lose("a license belongs to a supplier, and the component names none")
        licenses.take()
        return []
    entries = licenses.each()
    for other in entries[1:]:
        other.lose("of several licenses the first one is kept")
        other.take()
    license_id = None
    for entry in entries[:1]:
        told = entry.get("license")
        license_id = (
            told.get("id").text() or told.get("name").text() if told else entry.get("expression").text()
        )
    return [{"name": supplier, "license": license_id}]


def _at_risk(considered: Node) -> list[str]:
    nodes = considered.get("fairnessAssessments").each()
    return [text for node in nodes if (text := node.get("groupAtRisk").text())]


def _mitigations(considered: Node) -> list[dict[str, Any]]:
    found = []
    for node in considered.get("fairnessAssessments").each():
        group, strategy = node.get("groupAtRisk").text(), node.get("mitigationStrategy")
        if group and (text := strategy.text()):
            found.append({"attribute": group, "method": "other", "description": text})
    return found
