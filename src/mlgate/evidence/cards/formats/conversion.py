"""What a mapping is given and what it gives: a card in mlgate's own words, and what did not fit in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json, Problem
from mlgate.domain.evidence import Lost
from mlgate.evidence.cards.formats.node import Node
from mlgate.evidence.cards.formats.words import filled
from mlgate.evidence.shapes import Reader

ROOT = "card"


@dataclass(frozen=True)
class Origin:
    """Where a card was read, as far as its format leaves that to the place."""

    repository: str | None = None
    """Id of the Hugging Face repository, `organisation/name`."""
    revision: str | None = None
    """Revision of that repository."""
    component: str | None = None
    """bom-ref of the component, where a CycloneDX document holds several models."""


NOWHERE = Origin()


@dataclass(frozen=True)
class Foreign:
    """A parsed card of another format."""

    document: dict[str, Any]
    origin: Origin = NOWHERE
    prose: bool = False
    """Whether text that no mapping reads came with it: the body of a README."""


@dataclass(frozen=True)
class Conversion:
    """A card in the shape of a ModelCard's spec, not yet read strictly."""

    format: str
    spec: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    lost: tuple[Lost, ...] = ()


class Draft:
    """One conversion under way: the foreign card, and what is noted about it."""

    def __init__(self, foreign: Foreign) -> None:
        self.reader = Reader()
        self.root = Node(foreign.document, ROOT, self.reader)
        self.origin = foreign.origin

    def finished(
        self, card_format: str, spec: dict[str, Any], extension: Json, reasons: Mapping[str, str]
    ) -> Conversion:
        """The conversion: what says nothing is left out, and the extension lies over the rest."""
        merged = overlaid(filled(spec), extension) if isinstance(extension, dict) else filled(spec)
        return Conversion(card_format, merged, self.reader.problems, self.root.losses(reasons))


def overlaid(base: Json, over: Json) -> Json:
    """`over` laid on `base`: objects key by key, everything else replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    kept = {key: overlaid(base[key], item) if key in base else item for key, item in over.items()}
    return {**base, **kept}
