"""YAML front matter: the block between two `---` lines at the very start of a README."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mlgate.errors import ManifestError
from mlgate.parsing.json_text import decode_text
from mlgate.parsing.limits import Limits
from mlgate.parsing.yaml_text import read_documents

_BLOCK = re.compile(r"---[ \t]*\r?\n(?P<block>.*?\n)?---[ \t]*(?:\r?\n(?P<body>.*))?", re.DOTALL)
_OTHER = frozenset({"apiVersion", "kind", "model", "bomFormat", "@context", "model_details"})
"""Keys that make the first document of a YAML stream something of its own."""
_OURS = frozenset(
    {"model-index", "pipeline_tag", "library_name", "license", "datasets", "tags", "base_model", "mlgate"}
)


@dataclass(frozen=True)
class FrontMatter:
    """A README taken apart."""

    values: dict[str, Any]
    prose: bool
    """Whether anything stands below the block."""


def front_matter(data: bytes, limits: Limits) -> FrontMatter | None:
    """The front matter of a README; None where the bytes are something else, a YAML stream perhaps.

    Raises:
        ManifestError: There is front matter and it cannot be read, or a second one below it.
    """
    if not data.startswith(b"---"):
        return None
    parts = _BLOCK.fullmatch(decode_text(data, limits))
    if parts is None:
        return None
    values = _values(parts["block"] or "", limits)
    if values is None:
        return None
    body = (parts["body"] or "").strip()
    _refuse_second(body, limits, 2 + (parts["block"] or "").count("\n"))
    return FrontMatter(values, prose=bool(body))


def _values(block: str, limits: Limits) -> dict[str, Any] | None:
    # The marker stays in front, so that lines are those of the file.
    documents = read_documents(f"---\n{block}".encode(), limits)
    for document in documents:
        if document.error is not None:
            raise document.error
    values = documents[0].value if len(documents) == 1 else None
    if not isinstance(values, dict):
        return None
    foreign = _OTHER & values.keys()
    return None if foreign and not _OURS & values.keys() else values


def _refuse_second(body: str, limits: Limits, line: int) -> None:
    """Two cards in one file: which of them counts must not be a guess."""
    parts = _BLOCK.fullmatch(body)
    if parts is None:
        return
    try:
        second = _values(parts["block"] or "", limits)
    except ManifestError:
        return
    if second is not None:
        raise ManifestError("a second front matter; one README is one card", line=line + 1)
