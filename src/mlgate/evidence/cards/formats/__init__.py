"""Formats a card can be written in, recognised by content and never by name."""

from __future__ import annotations

from mlgate.domain.base import Json

API_GROUP = "mlgate.dev"
API_VERSION = "mlgate.dev/v1alpha1"


def detect(document: Json) -> str | None:
    """The format of a parsed document: `modelcard`, or None when it is none this release reads.

    A ModelCard object, or its bare spec, which begins with `model`.
    """
    if not isinstance(document, dict):
        return None
    if "apiVersion" in document or "kind" in document:
        own = document.get("apiVersion") == API_VERSION and document.get("kind") == "ModelCard"
        return "modelcard" if own else None
    return "modelcard" if "model" in document else None
