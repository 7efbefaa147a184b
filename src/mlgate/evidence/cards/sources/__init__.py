"""Places a card can lie in. Each module has one function `find`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlgate.domain.base import Problem
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference, CardRuntime
from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats.conversion import Origin
from mlgate.evidence.cards.formats.modelcard import CardContent
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions


@dataclass(frozen=True)
class Wanted:
    """One card that is looked for, and what it may be looked for with."""

    reference: CardReference
    namespace: str | None
    cluster: Cluster
    options: EvidenceOptions
    deadline: Deadline
    model_uris: Mapping[str, str]
    """Model id -> uri of the workload's models."""

    @property
    def name(self) -> str:
        """The place behind the name of its source: `credit-2.3.1` of `modelcard/credit-2.3.1`."""
        return self.reference.place.partition("/")[2]

    @property
    def origin(self) -> Origin:
        """What the reference says about the card beside its place."""
        return Origin(component=self.reference.component)


@dataclass(frozen=True)
class Found:
    """A card that is there, readable or not."""

    content: CardContent
    runtime: CardRuntime = field(default_factory=CardRuntime)
    problems: tuple[Problem, ...] = ()
    """Problems of the place, not of the card."""
    detached: Detached | None = None
    """Signatures of the card that lie beside it; None where there is no place for any."""
    statements: tuple[str, ...] = ()
    """Signed statements that lie beside the card."""
    unread: str | None = None
    """Why the statements beside it could not be read, if they could not."""
    models: tuple[str, ...] = ()
    """OpenSSF signatures of models that lie beside the card, unverified."""
    models_unread: str | None = None
    """Why those could not be read, if they could not."""
