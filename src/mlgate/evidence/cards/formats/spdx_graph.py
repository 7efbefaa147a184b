"""The elements of an SPDX document: by type, by id, and by what relates them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from mlgate.evidence.cards.formats.node import Node

_RELATIONSHIPS = frozenset({"Relationship", "LifecycleScopedRelationship"})


@dataclass(frozen=True)
class Target:
    """The other end of a relationship."""

    reference: Node
    """The id, where it is named, or the element itself where it stands in place."""
    element: Node | None
    """None when it is not in this document, or several bear its id."""


class Graph:
    """Finds elements of one document. Of an id that comes twice, none is found."""

    def __init__(self, root: Node) -> None:
        listed = root.get("@graph")
        self._nodes = [node for node in listed.each() if isinstance(node.value, dict)]
        self.path = listed.path
        self.values = listed.value if isinstance(listed.value, list) else []
        self._known: dict[str, Node | None] = {}
        self._types: dict[str, list[Node]] = defaultdict(list)
        self._relations: dict[tuple[str, str | None], list[Node]] = defaultdict(list)
        for node in self._nodes:
            self._enter(node)

    def _enter(self, node: Node) -> None:
        own, kind = _first(node, "spdxId", "@id"), _first(node, "type", "@type")
        if own is not None:
            self._known[own] = None if own in self._known else node
        if kind is None:
            return
        self._types[kind].append(node)
        begin, relation = node.value.get("from"), node.value.get("relationshipType")
        if kind in _RELATIONSHIPS and isinstance(begin, str) and isinstance(relation, str):
            self._relations[begin.strip(), short(relation)].append(node)

    def of_type(self, kind: str) -> list[Node]:
        """All elements of a type."""
        return self._types.get(kind, [])

    def related(self, node: Node, relation: str) -> list[Target]:
        """Where a kind of relationship leads from an element."""
        own = _first(node, "spdxId", "@id")
        named = own is not None and self._known.get(own) is node
        found = self._relations.get((own, relation), []) if own is not None and named else []
        return [self._target(end) for relationship in found for end in relationship.get("to").each()]

    def _target(self, end: Node) -> Target:
        if isinstance(end.value, dict):
            return Target(end, end)
        reference = end.text()
        return Target(end, self._known.get(reference) if reference else None)

    def leads_to(self, end: Node, element: Node) -> bool:
        """Whether a property names an element by an id that no other bears."""
        return isinstance(end.value, str) and self._target(end).element is element

    def name_of(self, end: Node) -> str | None:
        """The name of what a property refers to."""
        if not end:
            return None
        target = self._target(end)
        if target.element is None:
            end.lose("it is described in another document")
            return None
        return target.element.get("name").text()


def short(word: str | None) -> str | None:
    """A value of an enumeration, which may be written as its whole address."""
    return word.rsplit("/", 1)[-1] if word is not None else None


def _first(node: Node, *keys: str) -> str | None:
    found = (node.value.get(key) for key in keys)
    return next((value.strip() for value in found if isinstance(value, str) and value.strip()), None)
