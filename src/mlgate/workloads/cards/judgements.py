"""How much there is to judge in the cards of one review.

Policy judges what a card lists for each model that the card covers, so that many items for many models are
time and memory that whoever may deploy takes from everybody's reviews.
"""

from __future__ import annotations

from typing import Any

from mlgate.domain.base import Problem
from mlgate.domain.evidence import Card

MOST_JUDGEMENTS = 20_000
"""Items of all cards of a review, each as often as its card covers models of the workload.

Each may take OPA some 600 allocations where nothing about it holds (`make bench-policy`, the document
`crowded`). A card like those of the examples has 70, so that 256 models with a card of their own, or 100
adapters with one card between them, stay within.
"""
_DATASETS = 4
"""As often counts a dataset: ten rules look at each."""


def within_judgements(cards: tuple[Card, ...], most: int = MOST_JUDGEMENTS) -> tuple[Card, ...]:
    """The cards, of which those are invalid and say why that no longer fit beside the ones before them."""
    judged: list[Card] = []
    taken = 0
    for card in cards:
        asked = items(card) * len(card.models)
        if taken + asked <= most:
            taken += asked
            judged.append(card)
        else:
            judged.append(card.refused(_too_much(card, taken, most)))
    return tuple(judged)


def items(card: Card) -> int:
    """What its lists hold but for plain text; no more than what could be an item of its own to a rule."""
    body = card.card or {}
    datasets = body.get("datasets")
    more = (_DATASETS - 1) * len(datasets) if isinstance(datasets, list) else 0
    return _listed(body) + more + len(card.runtime.incidents) + len(card.runtime.alerts)


def _listed(body: dict[str, Any]) -> int:
    found = 0
    level: list[Any] = [body]
    while level:
        found += sum(not isinstance(item, str) for part in level if isinstance(part, list) for item in part)
        children = (child for part in level for child in (part.values() if isinstance(part, dict) else part))
        level = [child for child in children if isinstance(child, dict | list)]
    return found


def _too_much(card: Card, taken: int, most: int) -> Problem:
    each, models = items(card), len(card.models)
    message = (
        f"with it the cards of this review have {taken + each * models} items to judge; more than {most} "
        f"are not judged: {each} for each of {models} models, a dataset counting as {_DATASETS}"
    )
    return Problem(path="", message=message)
