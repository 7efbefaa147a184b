"""Places a card can lie in. Each module has one function `find`."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate.domain.base import Problem
from mlgate.domain.evidence import CardRuntime
from mlgate.evidence.cards.formats.modelcard import CardContent


@dataclass(frozen=True)
class Found:
    """A card that is there, readable or not."""

    content: CardContent
    runtime: CardRuntime = field(default_factory=CardRuntime)
    problems: tuple[Problem, ...] = ()
    """Problems of the place, not of the card."""
