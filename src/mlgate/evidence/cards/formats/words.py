"""Words of foreign cards in the words of a ModelCard."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

_TASKS = {
    "tabular-regression": "regression",
    "time-series-forecasting": "regression",
    "text-ranking": "ranking",
    "object-detection": "detection",
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    "text-generation": "generation",
    "summarization": "generation",
    "translation": "generation",
    "image-text-to-text": "generation",
    "automatic-speech-recognition": "generation",
}
"""Tasks by the tags of Hugging Face, which other formats use too."""
_OWN_TASKS = frozenset(
    {"classification", "regression", "ranking", "detection", "generation", "embedding", "other"}
)
_UNFIT = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 63


def task_of(tag: str) -> str:
    """The task of a model by its tag; one that is none of those known is `other`."""
    tag = tag.strip().lower().replace("_", "-").replace(" ", "-")
    if tag in _OWN_TASKS:
        return tag
    if tag.endswith("-classification"):
        return "classification"
    if tag.endswith("-segmentation"):
        return "detection"
    if tag.startswith("text-to-"):
        return "generation"
    return _TASKS.get(tag, "other")


def slug(text: str) -> str:
    """A short name made of a text: lower case, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _UNFIT.sub("-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")


def purposes(descriptions: Iterable[str]) -> list[dict[str, Any]]:
    """Purposes with an id each, made of the text; a number keeps those apart that begin alike."""
    found: list[dict[str, Any]] = []
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for text in descriptions:
        stem = slug(text) or "purpose"
        name = stem
        while name in taken:
            # Where the last one of this stem ended, so that a thousand alike take a thousand steps.
            numbers[stem] += 1
            ending = f"-{numbers[stem] + 1}"
            name = stem[: _LONGEST_SLUG - len(ending)].rstrip("-") + ending
        taken.add(name)
        found.append({"id": name, "description": text})
    return found


def filled(value: Any) -> Any:
    """The value without what says nothing: keys of null, of empty text, of empty lists and objects.

    False and 0 say something. Items of lists stay where they are, so that places keep their numbers.
    """
    if isinstance(value, dict):
        kept = {key: filled(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ("", [], {})}
    if isinstance(value, list):
        return [filled(item) for item in value]
    return value
