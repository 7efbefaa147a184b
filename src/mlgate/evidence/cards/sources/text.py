"""A card that is stored as text: YAML or JSON, read through the one strict parser."""

from __future__ import annotations

from mlgate.errors import ManifestError
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid, read_document
from mlgate.evidence.cards.memory import CardMemory
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml


def read_text(data: bytes, memory: CardMemory) -> CardContent:
    """What the text says; text that cannot be parsed is an invalid card, named by line and column."""
    if len(data) > CARD_LIMITS.max_bytes:
        return invalid(f"has more than {CARD_LIMITS.max_bytes} bytes")
    return memory.recall(data, lambda: _parsed(data, memory))


def _parsed(data: bytes, memory: CardMemory) -> CardContent:
    try:
        document = parse_yaml(data, CARD_LIMITS)
    except ManifestError as error:
        line = f"line {error.line}" if error.line is not None else ""
        column = f"column {error.column}" if error.column is not None else ""
        place = ", ".join(filter(None, (line, column)))
        return invalid(f"cannot be parsed: {error.message}" + (f" ({place})" if place else ""))
    return read_document(document, memory.scan)
