"""Model cards in files, read the way the gate reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mlgate.cli.manifests import Document, file_contents
from mlgate.domain.base import Problem
from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.modelcard import CardContent, read_document
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import read_documents


@dataclass(frozen=True)
class ReadCard:
    """One card of one file: its content, or the reason there is none."""

    document: Document
    content: CardContent
    unreadable: bool
    """The bytes could not be parsed, so that there is nothing to validate."""

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
        metadata = (self.document.object or {}).get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return name if isinstance(name, str) else None

    @property
    def reference(self) -> str:
        """As the annotation names it: the object, or the file for a bare spec."""
        return f"modelcard/{self.name}" if self.name else f"file/{self.document.file}"

    @property
    def pinned_reference(self) -> str:
        """The reference with its digest, ready for the annotation mlgate.dev/model-card."""
        return f"{self.reference}@{self.digest}"

    @property
    def card(self) -> dict[str, Any]:
        """The canonical card; empty when it cannot be used."""
        return self.content.card or {}


def read_cards(paths: Iterable[str]) -> list[ReadCard]:
    """Every card of every path.

    Documents of other kinds that have an apiVersion are passed over, so that a file with a workload
    and its card can be given as it is.

    Raises:
        UnreadablePathError: a path cannot be read.
    """
    found: list[ReadCard] = []
    for file, content in file_contents(paths):
        for entry in read_documents(content, CARD_LIMITS):
            document = Document(file, entry.index, entry.line, _object(entry.value), entry.error)
            if entry.error is not None:
                found.append(_unreadable(document, entry.error))
            elif entry.value is not None and not _is_other_object(entry.value):
                found.append(ReadCard(document, read_document(entry.value), unreadable=False))
    return found


def _object(value: Any) -> dict[str, Any] | None:
    """The document, if it is an object."""
    return value if isinstance(value, dict) else None


def _is_other_object(value: Any) -> bool:
    """Whether a document is a Kubernetes object that is no ModelCard."""
    return isinstance(value, dict) and "apiVersion" in value and value.get("kind") != "ModelCard"


def _unreadable(document: Document, error: ManifestError) -> ReadCard:
    """A document that is no YAML or JSON."""
    place = f"line {error.line}, column {error.column}" if error.line is not None else error.path
    problem = Problem(path=place, message=error.message)
    return ReadCard(document, CardContent(problems=(problem,)), unreadable=True)
