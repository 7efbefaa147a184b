"""Which models a card covers."""

from __future__ import annotations

from typing import Any

from mlgate.domain.evidence import Card, CardReference
from mlgate.domain.workload import ServedModel
from mlgate.workloads.reading import dig


def bind(
    cards: tuple[Card, ...], references: tuple[CardReference, ...], models: tuple[ServedModel, ...]
) -> tuple[Card, ...]:
    """The cards with the ids of the models each covers."""
    left = list(references)
    return tuple(
        card.model_copy(update={"models": _covered(card, _reference(card, left), models)}) for card in cards
    )


def _reference(card: Card, left: list[CardReference]) -> CardReference | None:
    """The entry of the annotation a card was found by; each entry has one card."""
    for index, reference in enumerate(left):
        if reference.source == card.source and reference.pinned_digest == card.pinned_digest:
            return left.pop(index)
    return None


def _covered(card: Card, reference: CardReference | None, models: tuple[ServedModel, ...]) -> tuple[str, ...]:
    if reference is not None and reference.model is not None:
        return (reference.model,)
    if card.status != "found":
        return tuple(model.id for model in models)
    artifacts = dig(card.card, "model", "artifacts")
    listed = [item for item in artifacts if isinstance(item, dict)] if isinstance(artifacts, list) else []
    matched = tuple(model.id for model in models if any(_is_artifact(model, item) for item in listed))
    if matched:
        return matched
    others = [model.id for model in models if model.role != "tokenizer"]
    return tuple(others) if len(others) == 1 else ()


def _is_artifact(model: ServedModel, artifact: dict[str, Any]) -> bool:
    """By digest, or else by address without one slash at the end."""
    if model.digest is not None and artifact.get("digest") == model.digest:
        return True
    uri = artifact.get("uri")
    return isinstance(uri, str) and uri.removesuffix("/") == model.uri.removesuffix("/")
