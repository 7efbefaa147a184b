"""A card that is stored as text, in any format that is read here."""

from __future__ import annotations

from mlgate.evidence.cards.formats.conversion import NOWHERE, Origin
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid
from mlgate.evidence.cards.formats.read import read_card
from mlgate.evidence.cards.memory import CardMemory
from mlgate.parsing.limits import CARD_LIMITS


def read_text(data: bytes, memory: CardMemory, origin: Origin = NOWHERE) -> CardContent:
    """What the text says; text that cannot be parsed is an invalid card, named by line and column.

    What is remembered is remembered for this origin, as the same text read elsewhere is about another model.
    """
    if len(data) > CARD_LIMITS.max_bytes:
        return invalid(f"has more than {CARD_LIMITS.max_bytes} bytes")
    return memory.recall(data, lambda: read_card(data, memory.scan, origin), origin)
