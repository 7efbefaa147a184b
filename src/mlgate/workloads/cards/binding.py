"""Which models a card covers."""

from __future__ import annotations

from typing import Any

from mlgate.domain.evidence import Card, CardReference
from mlgate.domain.workload import ServedModel
from mlgate.workloads.reading import dig


def bind(
    cards: tuple[Card, ...], references: tuple[CardReference, ...], models: tuple[ServedModel, ...]
) -> tuple[Card, ...]:
    """The cards with the ids of the models each covers.

    Args:
        cards: one for each reference, in their order.
        references: the entries of the annotation.
        models: those of the workload.
    """
    left = list(references)
    return tuple(
        card.model_copy(update={"models": _covered(card, _reference(card, left), models)}) for card in cards
    )


def _reference(card: Card, left: list[CardReference]) -> CardReference | None:
    """The entry of the annotation a card was found by; each entry has one card."""
    for index, reference in enumerate(left):
        if reference.source == card.source and _is_pinned_by(card, reference):
            return left.pop(index)
    return None


def _is_pinned_by(card: Card, reference: CardReference) -> bool:
    """Whether the pins agree. In a registry one is of the artifact, and the card may tell its own digest."""
    return card.source.type == "oci" or card.pinned_digest == reference.pinned_digest


def _covered(card: Card, reference: CardReference | None, models: tuple[ServedModel, ...]) -> tuple[str, ...]:
    if reference is not None and reference.model is not None:
        return (reference.model,)
    if card.status != "found":
        return tuple(model.id for model in models)
    digests, uris = _artifacts(card.card)
    matched = tuple(
        model.id for model in models if model.digest in digests or model.uri.removesuffix("/") in uris
    )
    if matched:
        return matched
    others = [model.id for model in models if model.role != "tokenizer"]
    return tuple(others) if len(others) == 1 else ()


def _artifacts(body: dict[str, Any] | None) -> tuple[set[str], set[str]]:
    """The digests of a card's artifacts, and their addresses without one slash at the end."""
    listed = dig(body, "model", "artifacts")
    artifacts = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    digests = {item["digest"] for item in artifacts if isinstance(item.get("digest"), str)}
    uris = {item["uri"].removesuffix("/") for item in artifacts if isinstance(item.get("uri"), str)}
    return digests, uris
