"""The data a CycloneDX model card names: described in place, or in a component of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.evidence.cards.formats.node import Node

_CLASSES = frozenset({"public", "internal", "confidential", "restricted"})
_ELSEWHERE = "urn:cdx:"
_GOVERNED = {"owners": "dataOwner", "stewards": "dataSteward"}


Known = Mapping[str, Node | None]
"""Components by their bom-ref; null for one that several components bear."""


def by_reference(components: list[Node]) -> Known:
    """The components of a document by their bom-ref."""
    known: dict[str, Node | None] = {}
    for node in components:
        reference = node.value.get("bom-ref")
        if isinstance(reference, str) and (reference := reference.strip()):
            known[reference] = None if reference in known else node
    return known


class Data:
    """Reads datasets, and collects those who answer for them."""

    def __init__(self, known: Known) -> None:
        self._owners: dict[tuple[str, Any, Any], dict[str, Any]] = {}
        self._known = known
        self._read: set[str] = set()

    @property
    def owners(self) -> list[dict[str, Any]]:
        """Those who answer for the data read so far, each once in a role."""
        return list(self._owners.values())

    def datasets(self, nodes: list[Node]) -> list[dict[str, Any]]:
        """The datasets of a model card, in its order."""
        return [dataset for node in nodes for dataset in self._named(node)]

    def _named(self, node: Node) -> list[dict[str, Any]]:
        if not isinstance(node.value, dict) or "ref" not in node.value:
            return self._described(node, None)
        reference = node.get("ref").text()
        if reference is None:
            node.get("ref").complain("is needed: the bom-ref of a component")
            return []
        if reference.startswith(_ELSEWHERE):
            node.get("ref").lose("it is described in another document")
            return []
        component = self._known.get(reference)
        if component is None:
            node.get("ref").complain("refers to no component of this document, or to several")
            return []
        if reference in self._read:
            # Names must differ anyway; and a long list of references must not multiply a long list of data.
            node.get("ref").complain("refers to data that is listed already")
            return []
        self._read.add(reference)
        component.get("bom-ref").take()
        return self._of_component(component)

    def _of_component(self, component: Node) -> list[dict[str, Any]]:
        component.get("type").take()
        name = component.get("name").text()
        parts = component.get("data").each()
        if not parts:
            return [{"name": name}]
        return [dataset for part in parts for dataset in self._described(part, name)]

    def _described(self, node: Node, fallback: str | None) -> list[dict[str, Any]]:
        if isinstance(node.value, dict) and node.value.get("type") not in ("dataset", None):
            node.lose("it is no dataset")
            node.take()
            return []
        node.get("type").take()
        node.get("bom-ref").take()
        self._answerable(node.get("governance"))
        classification = node.get("classification").text()
        if classification is not None and classification not in _CLASSES:
            node.get("classification").lose(f"it is none of {', '.join(sorted(_CLASSES))}")
            classification = None
        sensitive = node.get("sensitiveData").texts()
        dataset = {
            "name": node.get("name").text() or fallback,
            "source": node.get("contents", "url").text(),
            "classification": classification,
            "personalData": "personal" if sensitive else None,
        }
        return [dataset]

    def _answerable(self, governance: Node) -> None:
        for key, role in _GOVERNED.items():
            for party in governance.get(key).each():
                name, contact = _party(party)
                self._owners[role, name, contact] = {"role": role, "name": name, "contact": contact}


def _party(node: Node) -> tuple[str | None, str | None]:
    """Name and contact of a person or an organisation."""
    contact, organization = node.get("contact"), node.get("organization")
    if contact:
        return contact.get("name").text(), _address(contact)
    people = organization.get("contact").each()
    reached = next((address for person in people if (address := _address(person))), None)
    return organization.get("name").text(), reached


def _address(node: Node) -> str | None:
    return node.get("email").text() or node.get("phone").text()
