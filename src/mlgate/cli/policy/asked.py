"""What `policy explain --input` is asked about: input documents as they are, or made of manifests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate.cli.manifests import FILE_LIMITS, Content, documents_of, file_contents
from mlgate.cli.policy.input import NOTHING
from mlgate.cli.questions import Given, input_documents, read_questions
from mlgate.cli.running import run_unless_stopped
from mlgate.domain.base import Json
from mlgate.domain.policy_input import SCHEMA_VERSION
from mlgate.errors import ManifestError
from mlgate.parsing.yaml_text import read_documents

FAMILY = "mlgate.dev/input/"


@dataclass(frozen=True)
class AskedFile:
    """One input document, and where it comes from."""

    place: str
    title: str
    """`Kind/name`."""
    document: Json


def read_asked(given: Given, chosen: str | None) -> list[AskedFile]:
    """The input documents of a file or folder.

    Raises:
        ManifestError: it cannot be read, or no rule is asked about anything in it.
        typer.BadParameter: the options contradict each other.
    """
    contents = list(file_contents(given.paths))
    for name, content in contents:
        ready = _ready(name, content)
        if ready is not None:
            return [AskedFile(name, _title(ready), ready)]
    documents = [document for name, content in contents for document in documents_of(name, content)]
    made = run_unless_stopped(input_documents(read_questions(given, documents), chosen))
    found = [
        AskedFile(document.place, document.title, question.wire())
        for document, question in made
        if question is not None
    ]
    if not found:
        raise ManifestError(NOTHING)
    return found


def _ready(name: str, content: Content) -> dict[str, Any] | None:
    """The input document that a file holds; null for a file with manifests."""
    if isinstance(content, ManifestError):
        raise ManifestError(f"{name}: {content}")
    values = [entry.value for entry in read_documents(content, FILE_LIMITS)]
    value = values[0] if len(values) == 1 else None
    if not isinstance(value, dict) or "kind" in value:
        return None
    version = value.get("schemaVersion")
    if not isinstance(version, str) or not version.startswith(FAMILY):
        return None
    if version != SCHEMA_VERSION:
        raise ManifestError(
            f"{name} is an input document of form {version}; this mlgate reads {SCHEMA_VERSION}"
        )
    return dict(value)


def _title(document: dict[str, Any]) -> str:
    """Kind and name of what an input document is about."""
    request = document.get("request")
    request = request if isinstance(request, dict) else {}
    kind = request.get("kind")
    named = kind.get("kind") if isinstance(kind, dict) else None
    return f"{named or '(no kind)'}/{request.get('name') or '(generated)'}"
