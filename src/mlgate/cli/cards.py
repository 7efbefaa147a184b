"""Model cards in files, read the way the gate reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mlgate.cli.card_file import CardFile
from mlgate.cli.manifests import FILE_LIMITS, Content, Document, file_contents, items_of, position
from mlgate.domain.base import Problem
from mlgate.domain.components import with_component
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.conversion import NOWHERE, Origin
from mlgate.evidence.cards.formats.front_matter import front_matter
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid, read_document
from mlgate.evidence.cards.formats.read import NO_BILL, is_foreign, read_card
from mlgate.parsing.yaml_text import read_documents


@dataclass(frozen=True)
class ReadCard:
    """One card of one file: its content, or the reason there is none."""

    document: Document
    content: CardContent
    unreadable: bool
    """The bytes could not be parsed, so that there is nothing to validate."""
    component: str | None = None
    """bom-ref of the model that is meant, where the file is a bill of materials."""
    data: bytes | None = None
    """Of the file, where it is a card in another format."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with it."""
        return self.content.problems

    @property
    def digest(self) -> str | None:
        """The canonical digest; null when there is nothing to digest."""
        return self.content.digest

    @property
    def name(self) -> str | None:
        """metadata.name of a ModelCard object; null for a bare spec."""
        name = self.document.metadata.get("name")
        return name if isinstance(name, str) else None

    @property
    def stored(self) -> bytes:
        """Bytes of the card alone, which have its digest."""
        return json.dumps(self.document.object).encode() if self.data is None else self.data

    @property
    def may_be_pinned(self) -> bool:
        """Whether its reference leads to a card: of a bill of materials, the model must be known."""
        return self.digest is not None and (self.data is None or self.content.card is not None)

    @property
    def reference(self) -> str:
        """As the annotation names it: the object, or the file for a bare spec."""
        if self.name:
            return f"modelcard/{self.name}"
        return with_component(f"file/{self.document.file}", self.component)

    @property
    def pinned_reference(self) -> str:
        """The reference with its digest, ready for the annotation mlgate.dev/model-card."""
        return f"{self.reference}@{self.digest}"


def read_cards(paths: Iterable[str], origin: Origin = NOWHERE) -> list[ReadCard]:
    """Every card of every path; a file or document that cannot be read hides no other.

    A card in another format is a file of its own, because its digest is that of its bytes. Documents of
    other kinds that have an apiVersion are passed over, so that a file with a workload and its card can be
    given as it is.
    """
    return [card for path in paths for card in _cards_at(CardFile.named(path), origin)]


def _cards_at(named: CardFile, origin: Origin) -> Iterator[ReadCard]:
    """The cards of a file or folder; one that is not the pinned one is invalid."""
    meant = origin if named.component is None else replace(origin, component=named.component)
    for file, content in file_contents([named.path]):
        for card in _cards_of(file, content, meant):
            if named.digest is None or card.digest in (None, named.digest):
                yield card
            else:
                told = f"has the digest {card.digest}, and {named.digest} is asked for"
                yield replace(card, content=invalid(told, card_format=card.content.format))


def _cards_of(file: str, content: Content, origin: Origin) -> Iterator[ReadCard]:
    """The cards of one file. Its own limits are the file's; a card in it is measured when it is read."""
    if isinstance(content, ManifestError):
        yield _unreadable(Document(file, 0, 1, None, content), content)
        return
    if holds_foreign_card(content):
        document = Document(file, 0, 1, None, None)
        foreign = read_card(content, origin=origin)
        yield ReadCard(document, foreign, unreadable=False, component=origin.component, data=content)
        return
    for entry in read_documents(content, FILE_LIMITS):
        if entry.error is not None:
            document = Document(file, entry.index, entry.line, None, entry.error)
            yield _unreadable(document, entry.error)
            continue
        for value in _flattened(entry.value):
            document = Document(file, entry.index, entry.line, _object(value), None)
            if value is not None and not _is_other_object(value):
                is_meant = origin.component is None
                card = read_document(value) if is_meant else invalid(NO_BILL, card_format=OWN)
                yield ReadCard(document, card, unreadable=False)


def holds_foreign_card(content: bytes) -> bool:
    """Whether a file is one card in a format other than mlgate's own, or bears the marks of one."""
    try:
        if front_matter(content, FILE_LIMITS) is not None:
            return True
    except ManifestError:
        # A block that cannot be read may begin a README or a stream of manifests; either way it is told.
        return False
    documents = read_documents(content, FILE_LIMITS)
    return len(documents) == 1 and is_foreign(documents[0].value)


def is_bare_card(content: Content) -> bool:
    """Whether a file holds a card alone, which is no Kubernetes object."""
    if isinstance(content, ManifestError):
        return False
    if holds_foreign_card(content):
        return True
    values = [entry.value for entry in read_documents(content, FILE_LIMITS)]
    return len(values) == 1 and isinstance(values[0], dict) and "apiVersion" not in values[0]


def _flattened(value: Any) -> Iterator[Any]:
    """The value, or what a list as `kubectl get` prints it holds."""
    items = items_of(value)
    if items is None:
        yield value
        return
    for item in items:
        yield from _flattened(item)


def _object(value: Any) -> dict[str, Any] | None:
    """The document, if it is an object."""
    return value if isinstance(value, dict) else None


def _is_other_object(value: Any) -> bool:
    """Whether a document is a Kubernetes object that is no ModelCard."""
    return isinstance(value, dict) and "apiVersion" in value and value.get("kind") != "ModelCard"


def _unreadable(document: Document, error: ManifestError) -> ReadCard:
    """A document that is no YAML or JSON."""
    problem = Problem(path=position(error), message=error.message)
    return ReadCard(document, CardContent(problems=(problem,)), unreadable=True)
