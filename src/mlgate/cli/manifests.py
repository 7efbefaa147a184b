"""Read the manifests a command is given: files, directories, standard input, several documents each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlgate.errors import ManifestError
from mlgate.parsing.limits import MANIFEST_LIMITS
from mlgate.parsing.yaml_text import read_documents

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
STDIN = "-"
FILE_LIMITS = replace(MANIFEST_LIMITS, max_bytes=64 * 1024 * 1024)
"""A chart with its CustomResourceDefinitions is larger than any one object may be."""
_WORDS = {list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}

Content = bytes | ManifestError
"""What a file holds, or why it cannot be read."""


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

    @property
    def place(self) -> str:
        """As people read it."""
        return f"{self.file}#{self.index}"

    @property
    def title(self) -> str:
        """`Kind/name`, or the place in the file of what could not be read."""
        if self.object is None:
            return f"document {self.index}"
        name = self.metadata.get("name") or f"{self.metadata.get('generateName') or ''}(generated)"
        return f"{self.object['kind']}/{name}"

    @property
    def metadata(self) -> dict[str, Any]:
        """The object's metadata; empty where there is none."""
        found = (self.object or {}).get("metadata")
        return found if isinstance(found, dict) else {}


def position(error: ManifestError) -> str:
    """`line 12, column 3`, as far as it is known; else the path, which may be empty."""
    if error.line is None:
        return error.path
    return f"line {error.line}" + (f", column {error.column}" if error.column is not None else "")


def trouble(error: ManifestError) -> str:
    """Position and reason."""
    where = position(error)
    return f"{where}: {error.message}" if where else error.message


def exists(name: str) -> bool:
    """Whether a file or folder is called so; a name the system does not even take is nobody's."""
    return os.path.exists(name)  # noqa: PTH110 - Path.exists raises where the name is too long


def file_contents(paths: Iterable[str]) -> Iterator[tuple[str, Content]]:
    """The content of every file named, folders searched in a stable order.

    A file that cannot be read is told in its place and hides no other.
    """
    for name in paths:
        if name == STDIN:
            yield "<stdin>", _standard_input()
            continue
        for file, failure in _files(name):
            yield file, _content(file) if failure is None else _unreadable(failure)


def _standard_input() -> Content:
    if sys.stdin is None:  # the caller closed it; Python's types do not know
        return ManifestError("standard input is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as problem:  # a device that fails
        return _unreadable(problem)


def _content(file: str) -> Content:
    try:
        return Path(file).read_bytes()
    except OSError as problem:
        return _unreadable(problem)


def _unreadable(problem: OSError) -> ManifestError:
    return ManifestError(problem.strerror or type(problem).__name__)


def _files(name: str) -> Iterator[tuple[str, OSError | None]]:
    """The file itself, or the manifests below a folder; hidden files and folders are left out.

    A folder that cannot be listed is told: what lies in it would go unjudged.
    """
    if not os.path.isdir(name):  # noqa: PTH112 - Path.is_dir hides no fewer errors, and changes the name
        yield name, None
        return
    found: list[str] = []
    failures: list[OSError] = []
    for folder, below, files in os.walk(name, onerror=failures.append):
        below[:] = [entry for entry in below if not entry.startswith(".")]
        paths = (Path(folder, entry) for entry in files if not entry.startswith("."))
        found += [str(path) for path in paths if _is_manifest(path) and _may_be_read(path)]
    yield from ((file, None) for file in sorted(found))
    yield from ((str(failure.filename), failure) for failure in failures)


def _is_manifest(path: Path) -> bool:
    """By its name. A Sigstore bundle lies beside the file it signs, and is none itself."""
    return path.suffix in SUFFIXES and not path.name.endswith(".sigstore.json")


def _may_be_read(path: Path) -> bool:
    """Pipes and devices are passed over; a link that leads nowhere is not, so that it is told."""
    return path.is_file() or path.is_symlink()


def load_documents(paths: Iterable[str]) -> list[Document]:
    """Every document of every path, in order. Documents that hold nothing are left out."""
    return [document for file, content in file_contents(paths) for document in documents_of(file, content)]


def documents_of(file: str, content: Content) -> Iterator[Document]:
    """The documents of one file; a file that could not be read is one document with that error."""
    if isinstance(content, ManifestError):
        yield Document(file, 0, 1, None, content)
        return
    for entry in read_documents(content, FILE_LIMITS):
        if entry.error is not None:
            yield Document(file, entry.index, entry.line, None, entry.error)
        elif entry.value is not None:
            yield from _objects(Document(file, entry.index, entry.line, None, None), entry.value)


def _objects(origin: Document, value: Any, path: str = "") -> Iterator[Document]:
    """The objects of one document: itself, or the items of a list as `kubectl get` prints it."""
    problem = _problem(value)
    if problem is not None:
        told = f"{path}: {problem}" if path else problem
        yield replace(origin, error=ManifestError(told, path=path, line=origin.line))
        return
    items = items_of(value)
    if items is None:
        yield replace(origin, object=value)
        return
    prefix = f"{path}." if path else ""
    for number, item in enumerate(items):
        yield from _objects(origin, item, f"{prefix}items[{number}]")


def items_of(value: Any) -> list[Any] | None:
    """What a list as `kubectl get` prints it holds; null when the value is no such list.

    In a typed list the API server leaves the kind of the items out.
    """
    if not isinstance(value, dict):
        return None
    kind, items = value.get("kind"), value.get("items")
    if not isinstance(kind, str) or not kind.endswith("List") or not isinstance(items, list):
        return None
    if kind == "List":
        return items
    left_out = {"apiVersion": value.get("apiVersion"), "kind": kind.removesuffix("List")}
    return [{**left_out, **item} if isinstance(item, dict) else item for item in items]


def _problem(value: Any) -> str | None:
    """Why a document is no Kubernetes object; null when it is one."""
    if not isinstance(value, dict):
        return f"a manifest is an object, this is {_WORDS.get(type(value), 'nothing')}"
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key), str) or not value[key]:
            return f"{key} is missing or no string"
    metadata = value.get("metadata", {})
    if not isinstance(metadata, dict):
        return "metadata is no object"
    for key in ("name", "generateName", "namespace"):
        if not isinstance(metadata.get(key), str | None):
            return f"metadata.{key} is no string"
    return None
