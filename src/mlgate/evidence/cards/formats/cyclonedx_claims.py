"""What a CycloneDX document claims around the model: how it was built, reviewed, audited and affirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from mlgate.domain.model_card.governance import ClaimedSignOff
from mlgate.evidence.cards.formats.cyclonedx_data import Known
from mlgate.evidence.cards.formats.node import Node

_REVIEWS = {
    "threat-model": "threatModel",
    "risk-assessment": "risk",
    "pentest-report": "redTeam",
    "certification-report": "certification",
}
_ROLES = frozenset(get_args(ClaimedSignOff.model_fields["role"].annotation))


def training(root: Node, component: Node, known: Known, datasets: list[dict[str, Any]]) -> dict[str, Any]:
    """The last build of the document. What went into it becomes the lineage of the only dataset."""
    commits = component.get("pedigree", "commits").each()
    revision = commits[0].get("uid").text() if commits else None
    build = _build(root)
    if build is None:
        return {"sourceRevision": revision}
    build.get("taskTypes").take()
    if len(datasets) == 1:
        sources = [name for node in build.get("inputs").each() if (name := _resource(node, known))]
        steps = [name for node in build.get("steps").each() if (name := node.get("name").text())]
        datasets[0]["lineage"] = {"sources": sources, "transformations": steps}
    return {
        "runId": build.get("uid").text(),
        "completedAt": build.get("timeEnd").text(),
        "sourceRevision": revision,
    }


def _build(root: Node) -> Node | None:
    found = None
    for formula in root.get("formulation").each():
        for workflow in formula.get("workflows").each():
            types = workflow.value.get("taskTypes") if isinstance(workflow.value, dict) else None
            if isinstance(types, list) and "build" in types:
                found = workflow
    return found


def _resource(node: Node, known: Known) -> str | None:
    resource = node.get("resource")
    reference = resource.get("ref").text()
    if reference is None:
        return resource.get("externalReference", "url").text()
    component = known.get(reference)
    if component is None:
        resource.get("ref").lose("it is described in another document")
        return None
    return component.get("name").text()


def reviews(root: Node, component: Node) -> list[dict[str, Any]]:
    """Reports the component refers to, and audits by outsiders. When they were, the format does not say."""
    found: list[dict[str, Any]] = []
    for node in component.get("externalReferences").each():
        kind = _REVIEWS.get(str(node.value.get("type"))) if isinstance(node.value, dict) else None
        if kind is not None:
            node.get("type").take()
            found.append({"kind": kind, "report": node.get("url").text()})
    return [*found, *_audits(root.get("declarations"))]


def _audits(declarations: Node) -> Iterator[dict[str, Any]]:
    """Outsiders whom an attestation names by a bom-ref that no other assessor bears."""
    assessors = declarations.get("assessors").each()
    borne = Counter(text for node in assessors if (text := node.get("bom-ref").text()))
    attesting = _attesting(declarations.get("attestations").each(), borne)
    for node in assessors:
        name, outside = node.get("organization", "name"), node.get("thirdParty").flag()
        reference = node.get("bom-ref").text()
        if name.text() is None:
            node.lose("it names no organization")
        elif not outside:
            name.lose("it is no third party")
        elif reference is None or borne[reference] > 1:
            name.lose("no bom-ref tells it from all other assessors")
        elif reference not in attesting:
            name.lose("no attestation names it by its bom-ref")
        else:
            yield {"kind": "externalAudit", "independent": True, "by": name.text()}


def _attesting(attestations: list[Node], borne: Counter[str]) -> frozenset[str]:
    """The bom-refs of assessors that attestations name."""
    found = set()
    for node in attestations:
        reference = node.get("assessor").text()
        if reference is None:
            node.lose("it names no assessor")
        elif reference not in borne:
            node.get("assessor").lose("no assessor of this document bears it as its bom-ref")
        else:
            found.add(reference)
    return frozenset(found)


def sign_offs(root: Node) -> list[dict[str, Any]]:
    """Those who affirm the declarations, as claims. No signature in the document is verified."""
    declarations = root.get("declarations")
    times = _times(declarations)
    found = []
    for node in declarations.get("affirmation", "signatories").each():
        role, name = node.get("role"), node.get("name").text()
        if role.text() in _ROLES and name:
            found.append({"role": role.text(), "approver": name, **times})
        else:
            node.lose("an approval needs a name, and a role in which models are approved")
            node.take()
    return found


def _times(declarations: Node) -> dict[str, Any]:
    """Creation and expiry of the evidence the claims name, where it is one piece."""
    named = {text for claim in declarations.get("claims").each() for text in claim.get("evidence").texts()}
    pieces = [node for node in declarations.get("evidence").each() if node.get("bom-ref").text() in named]
    if len(pieces) != 1:
        for piece in pieces:
            piece.lose("the claims name several pieces of evidence; whose dates count is not guessed")
        return {}
    return {"issuedAt": pieces[0].get("created").text(), "expiresAt": pieces[0].get("expires").text()}
