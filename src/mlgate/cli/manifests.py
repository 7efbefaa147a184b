"""Read the manifests a command is given: files, directories, standard input, several documents each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import ManifestError, MlgateError
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import read_documents

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
STDIN = "-"


@dataclass(frozen=True)
class Document:
    """One YAML document of one file: an object, or the reason it is none."""

    file: str
    index: int
    """Position of the document in its file, from 0."""
    line: int
    object: dict[str, Any] | None
    error: ManifestError | None

    @property
    def source(self) -> dict[str, Any]:
        """As results name it."""
        return {"file": self.file, "document": self.index}


class UnreadablePathError(MlgateError):
    """A path that does not exist or cannot be read."""


def file_contents(paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The content of every file named, folders searched in a stable order."""
    for name in paths:
        if name == STDIN:
            yield "<stdin>", sys.stdin.buffer.read()
            continue
        path = Path(name)
        try:
            found = sorted(_below(path)) if path.is_dir() else [path]
            for file in found:
                yield str(file), file.read_bytes()
        except OSError as problem:
            raise UnreadablePathError(f"{problem.filename or name}: {problem.strerror}") from problem


def _below(folder: Path) -> Iterator[Path]:
    """Manifests below a folder; hidden files and folders are left out."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and path.is_file() and not hidden:
            yield path


def load_documents(paths: Iterable[str]) -> list[Document]:
    """Every document of every path, in order. Documents that hold nothing are left out.

    Raises:
        UnreadablePathError: a path cannot be read.
    """
    found: list[Document] = []
    for file, content in file_contents(paths):
        for entry in read_documents(content, MANIFEST_LIMITS):
            if entry.error is not None:
                found.append(Document(file, entry.index, entry.line, None, entry.error))
            elif entry.value is not None:
                found.extend(_objects(file, entry.index, entry.line, entry.value))
    return found


def _objects(file: str, index: int, line: int, value: Any) -> Iterator[Document]:
    """The objects of one document: itself, or the items of a List as `kubectl get` prints it."""
    problem = _problem(value)
    if problem is not None:
        yield Document(file, index, line, None, ManifestError(problem, line=line))
        return
    items = value.get("items")
    if value["kind"] == "List" and value["apiVersion"] == "v1" and isinstance(items, list):
        for item in items:
            yield from _objects(file, index, line, item)
        return
    yield Document(file, index, line, value, None)


def _problem(value: Any) -> str | None:
    """Why a document is no Kubernetes object; null when it is one."""
    if not isinstance(value, dict):
        return f"a manifest is an object, this is a {type(value).__name__}"
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key), str) or not value[key]:
            return f"{key} is missing or no string"
    if not isinstance(value.get("metadata", {}), dict):
        return "metadata is no object"
    return None
