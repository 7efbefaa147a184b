"""Formats a card can be written in, recognised by content and never by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.domain.base import Json

API_GROUP = "mlgate.dev"
API_VERSION = "mlgate.dev/v1alpha1"
OWN = "modelcard"
_SPDX_CONTEXT = "https://spdx.org/rdf/3."
_VERIFYML = frozenset({"fairness_analysis", "explainability_analysis"})


def detect(document: Json) -> str | None:
    """The format of a parsed document, or None when it is none this release reads or more than one.

    `modelcard` is a ModelCard object, or its bare spec, which begins with `model`. Front matter is
    no document of its own: `read.read_card` knows it by the text around it.
    """
    found = matching(document)
    return found[0] if len(found) == 1 else None


def matching(document: Json) -> list[str]:
    """Every format whose marks a parsed document bears; more than one is one too many."""
    if not isinstance(document, dict):
        return []
    return [name for name, bears in _MARKS.items() if bears(document)]


def _is_own(document: dict[str, Any]) -> bool:
    if "apiVersion" in document or "kind" in document:
        return document.get("apiVersion") == API_VERSION and document.get("kind") == "ModelCard"
    return "model" in document


def _is_spdx(document: dict[str, Any]) -> bool:
    context = document.get("@context")
    contexts = context if isinstance(context, list) else [context]
    return any(isinstance(entry, str) and entry.startswith(_SPDX_CONTEXT) for entry in contexts)


_MARKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    OWN: _is_own,
    "cyclonedx": lambda document: "bomFormat" in document,
    "spdx": _is_spdx,
    "model-card-toolkit": lambda document: "model_details" in document and not _VERIFYML & document.keys(),
    "verifyml": lambda document: bool(_VERIFYML & document.keys()),
}
