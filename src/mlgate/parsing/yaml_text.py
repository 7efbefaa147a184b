"""Strict YAML, read as Kubernetes reads it: one tree of JSON values, no sharing, no types of its own.

The C parser yields events; the tree is built here without recursion, so that depth and size are
checked before they are spent. Aliases, anchors, merge keys, tags other than the core ones, keys that
are no strings and duplicate keys are errors. Booleans are those of YAML 1.1, times stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.json_text import decode_text, parse_json
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_tree import Tree

_MARKER = re.compile(r"^(---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_OPENING = "---"
_TEMPLATE = "{{"
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class YamlDocument:
    """One document of a stream: its value, or why it cannot be read."""

    index: int
    """Position among the documents that hold anything, from 0."""
    line: int
    """Line of the stream where it begins, from 1."""
    value: Json = None
    error: ManifestError | None = None


def read_documents(data: bytes, limits: Limits) -> list[YamlDocument]:
    """Every document of the stream, in order; JSON is accepted too. Empty documents are left out.

    A document that cannot be read is returned with its error and hides no other. Bytes that are
    no text, or too many, give one document with an error.
    """
    try:
        text = decode_text(data, limits)
    except ManifestError as error:
        return [YamlDocument(0, error.line or 1, error=error)]
    documents: list[YamlDocument] = []
    for line, chunk in _chunks(text):
        document = _document(len(documents), line, chunk, limits)
        if document is not None:
            documents.append(document)
    return documents


def parse_yaml(data: bytes, limits: Limits) -> Json:
    """The value of exactly one document.

    Raises:
        ManifestError: There is none, more than one, or it cannot be read.
    """
    documents = read_documents(data, limits)
    if len(documents) != 1:
        raise ManifestError(f"{len(documents)} documents; exactly one is needed")
    if documents[0].error is not None:
        raise documents[0].error
    return documents[0].value


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """The text cut at its document markers; a marker at the start of a line is never content.

    The marker that opens a document stays its first word, so that columns are those of the stream.
    """
    start, line = 0, 1
    for marker in _MARKER.finditer(text):
        yield line, text[start : marker.start()]
        line += text.count("\n", start, marker.start())
        start = marker.start() if marker.group(1) == _OPENING else marker.end()
    yield line, text[start:]


def _document(index: int, line: int, chunk: str, limits: Limits) -> YamlDocument | None:
    if not chunk.removeprefix(_OPENING).strip():
        return None
    try:
        found, value = _value(chunk, line, limits)
    except ManifestError as error:
        return YamlDocument(index, line, error=_explained(error, chunk, line))
    return YamlDocument(index, line, value=value) if found else None


def _explained(error: ManifestError, chunk: str, first: int) -> ManifestError:
    """What to do with a template: its braces are YAML, so that the mistake alone looks odd."""
    number = (error.line or first) - first
    if not any(_TEMPLATE in text for text in chunk.split("\n")[number : number + 1]):
        return error
    told = f"{error.message}; this is a template, which must be rendered first"
    return ManifestError(told, path=error.path, line=error.line, column=error.column)


def _value(chunk: str, line: int, limits: Limits) -> tuple[bool, Json]:
    """The value of one chunk, and whether there is any."""
    body = chunk.removeprefix(_OPENING)
    if body.lstrip()[0] in "{[":
        try:
            return True, _shifted_json(body.rjust(len(chunk)), line, limits)
        except ManifestError as error:
            if not error.message.startswith("not valid JSON"):
                raise
            # What is no JSON may still be YAML in flow style, which begins alike.
    tree = Tree(limits, line)
    try:
        for event in yaml.parse(chunk, Loader=_LOADER):
            tree.take(event)
    except yaml.YAMLError as error:
        raise _from_yaml(error, line) from error
    except (ValueError, RecursionError, MemoryError, UnicodeError) as error:
        raise ManifestError(f"not readable as YAML ({type(error).__name__})", line=line) from error
    return tree.found, tree.value


def _shifted_json(chunk: str, line: int, limits: Limits) -> Json:
    """As `parse_json`, with lines counted from the start of the stream."""
    try:
        return parse_json(chunk, limits)
    except ManifestError as error:
        place = error.line + line - 1 if error.line is not None else line
        raise ManifestError(error.message, path=error.path, line=place, column=error.column) from error


def _from_yaml(error: yaml.YAMLError, line: int) -> ManifestError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "syntax error"
    place = line if mark is None else line + int(mark.line)
    column = None if mark is None else int(mark.column) + 1
    return ManifestError(f"not valid YAML: {problem}", line=place, column=column)
