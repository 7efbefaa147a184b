"""Model cards in files, read the way the gate reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.cli.manifests import FILE_LIMITS, Content, Document, file_contents, items_of, position
from mlgate.domain.base import Problem
from mlgate.domain.components import HOW_TO_WRITE, component_in, with_component
from mlgate.errors import ManifestError
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
    def reference(self) -> str:
        """As the annotation names it: the object, or the file for a bare spec."""
        if self.name:
            return f"modelcard/{self.name}"
        return with_component(f"file/{self.document.file}", self.component)

    @property
    def pinned_reference(self) -> str:
        """The reference with its digest, ready for the annotation mlgate.dev/model-card."""
        return f"{self.reference}@{self.digest}"


@dataclass(frozen=True)
class CardFile:
    """Where one card lies, as an approver names it: `FILE`, or `FILE#<bom-ref>` of a bill of materials."""

    path: str
    component: str | None = None

    @classmethod
    def named(cls, text: str) -> CardFile:
        """The file, and the component in it; a file of that very name comes first.

        Raises:
            ManifestError: what stands behind the file names no component.
        """
        place, component = (text, None) if Path(text).exists() else component_in(text)
        if component is None and place != (file := place.partition("#")[0]) and Path(file).is_file():
            raise ManifestError(f"{text} names no model of {file}: FILE#<bom-ref>, in which {HOW_TO_WRITE}")
        return cls(place, component)

    @property
    def origin(self) -> Origin:
        """What its name says about the card."""
        return Origin(component=self.component)


def read_cards(paths: Iterable[str], origin: Origin = NOWHERE) -> list[ReadCard]:
    """Every card of every path; a file or document that cannot be read hides no other.

    A card in another format is a file of its own, because its digest is that of its bytes. Documents of
    other kinds that have an apiVersion are passed over, so that a file with a workload and its card can be
    given as it is.
    """
    return [card for file, content in file_contents(paths) for card in _cards_of(file, content, origin)]


def _cards_of(file: str, content: Content, origin: Origin) -> Iterator[ReadCard]:
    """The cards of one file. Its own limits are the file's; a card in it is measured when it is read."""
    if isinstance(content, ManifestError):
        yield _unreadable(Document(file, 0, 1, None, content), content)
        return
    if holds_foreign_card(content):
        document = Document(file, 0, 1, None, None)
        foreign = read_card(content, origin=origin)
        yield ReadCard(document, foreign, unreadable=False, component=origin.component)
        return
    for entry in read_documents(content, FILE_LIMITS):
        if entry.error is not None:
            document = Document(file, entry.index, entry.line, None, entry.error)
            yield _unreadable(document, entry.error)
            continue
        for value in _flattened(entry.value):
            document = Document(file, entry.index, entry.line, _object(value), None)
            if value is not None and not _is_other_object(value):
                card = read_document(value) if origin.component is None else invalid(NO_BILL)
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
