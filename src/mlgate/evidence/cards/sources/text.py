"""A card that is stored as text, in any format that is read here."""

from __future__ import annotations

from mlgate.evidence.cards.formats.conversion import NOWHERE, Origin
from mlgate.evidence.cards.formats.modelcard import CardContent, Scan, invalid
from mlgate.evidence.cards.formats.read import read_card
from mlgate.evidence.cards.memory import CardMemory
from mlgate.parsing.limits import CARD_LIMITS


def read_text(data: bytes, memory: CardMemory, origin: Origin = NOWHERE) -> CardContent:
    """What the text says; text that cannot be parsed is an invalid card, named by line and column.

    What is remembered is remembered for this origin, as the same text read elsewhere is about another model.
    """
    if len(data) > CARD_LIMITS.max_bytes:
        return invalid(f"has more than {CARD_LIMITS.max_bytes} bytes")
    return memory.recall(data, lambda: _read(data, memory.scan, origin), origin)


def _read(data: bytes, scan: Scan, origin: Origin) -> CardContent:
    content = read_card(data, scan, origin)
    if origin.component is None or content.format in (None, "cyclonedx"):
        return content
    # Else the reference says that a part is meant, and all of it would count.
    return invalid("is no bill of materials, so that it has no component to be named by #<bom-ref>")
