"""Signed statements that lie beside a card whose own format has no place for them."""

from __future__ import annotations

from itertools import islice

from mlgate.evidence.cards.formats.modelcard import Claim
from mlgate.parsing.limits import CARD_LIMITS

SUFFIX = ".sign-offs"
"""Of the ConfigMap key beside that of the card."""
ARTIFACT_TYPE = "application/vnd.mlgate.sign-off.v1+json"
"""Of an artifact in a registry that refers to the card's and holds one statement."""
MOST_ARTIFACTS = 16
"""Artifacts of each type that are looked at; each costs a call to the registry once."""
MOST_LINES = 128
"""Lines that are taken from a text: more than are looked at, so that who wrote too many is told."""


def lines_of(text: str) -> tuple[str, ...]:
    """The first statements in a text, one on each line, up to the size of a card."""
    lines = (line for line in text[: CARD_LIMITS.max_bytes].splitlines() if line.strip())
    return tuple(islice(lines, MOST_LINES))


def as_claims(statements: tuple[str, ...], after: int) -> tuple[Claim, ...]:
    """The statements as if the card carried them, numbered on from `after`."""
    return tuple(Claim(after + index, {"statement": text}, ()) for index, text in enumerate(statements))
