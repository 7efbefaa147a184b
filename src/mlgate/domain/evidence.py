"""What was found about a workload in other objects: cards, approvals, waivers, cluster facts.

Found, missing, invalid and unavailable are four different facts; none is dropped.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mlgate.domain.base import Frozen, Problem
from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.verified import VerifiedEvidence

CardStatus = Literal["found", "missing", "invalid", "unavailable"]
Assurance = Literal["authenticated", "signed", "claimed"]


class CardSource(Frozen):
    """Where a card was looked for."""

    type: Literal["modelcard", "configmap", "oci", "huggingface", "file"]
    reference: str
    """The reference without digest, as written: `modelcard/credit-scoring-2.3.1`."""


class CardReference(Frozen):
    """One entry of the annotation mlgate.dev/model-card, taken apart."""

    model: str | None
    """Model id the entry is limited to, if it names one."""
    source: CardSource
    pinned_digest: str | None
    component: str | None = None
    """bom-ref of the component that is meant, where the card is a bill of materials; decoded."""
    problem: str | None = None
    """Why the entry leads nowhere before anything is looked up: it does not parse, its source is off."""

    @property
    def place(self) -> str:
        """The reference without the component: where the bytes lie."""
        reference = self.source.reference
        return reference if self.component is None else reference.rpartition("#")[0]


class CardPlace(Frozen):
    """A place in a card that looks like a credential."""

    path: str
    reason: str


class Lost(Frozen):
    """Something a card in another format says that has no place in a ModelCard."""

    path: str
    reason: str


class CardSignature(Frozen):
    """Result of verifying a detached signature of a card."""

    status: Literal["verified", "invalid", "unavailable"]
    method: Literal["sigstore", "key"] | None = None
    """Null where the signature could not be read."""
    identity: str | None = None
    issuer: str | None = None
    key_id: str | None = None
    signed_at: str | None = None
    reason: str | None = None
    """Why it is not verified."""


class Incident(Frozen):
    """An incident the monitoring tools recorded on this version."""

    id: str
    severity: str | None = None
    closed_at: str | None = None


class Alert(Frozen):
    """An alert the monitoring tools recorded on this version."""

    name: str
    firing_since: str | None = None
    acknowledged_at: str | None = None


class CardRuntime(Frozen):
    """ModelCard.status; empty lists for other sources."""

    incidents: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()


class Card(Frozen):
    """One card the workload names, as it was found."""

    source: CardSource
    status: CardStatus
    problems: tuple[Problem, ...] = ()
    format: str | None = None
    digest: str | None = None
    pinned_digest: str | None = None
    models: tuple[str, ...] = ()
    """Ids of the models it covers; filled by `complete`, which knows the models."""
    card: dict[str, Any] | None = None
    """ModelCard.spec without signOffs, only the keys its author gave; null unless found."""
    credentials: tuple[CardPlace, ...] = ()
    lost: tuple[Lost, ...] = ()
    """What was not taken over from a card in another format; at most a hundred, then a count of the rest."""
    signature: CardSignature | None = None
    """Null where there is none, or where signatures of cards are not verified here."""
    other_signatures: tuple[CardSignature, ...] = ()
    """Further signatures that verified, where several did: which of the signers is trusted, policy knows."""
    runtime: CardRuntime = CardRuntime()

    def refused(self, problem: Problem) -> Card:
        """The card without what it says, which is not judged for this reason."""
        return Card(
            source=self.source,
            status="invalid",
            problems=(problem,),
            format=self.format,
            digest=self.digest,
            pinned_digest=self.pinned_digest,
            models=self.models,
        )


class SignOffSubject(Frozen):
    """What an approval is about."""

    model: str | None = None
    version: str | None = None
    digest: str | None = None
    card_digest: str | None = None


class SignOffSource(Frozen):
    """Where an approval was found."""

    type: Literal["signOff", "cardStatement", "cardClaim"]
    reference: str


class StatementSignature(Frozen):
    """Who signed a statement, as verified."""

    method: Literal["sigstore", "key"]
    identity: str | None = None
    issuer: str | None = None
    key_id: str | None = None


class SignOff(Frozen):
    """One approval or rejection, worth its assurance."""

    assurance: Assurance
    role: str | None = None
    approver: str | None = None
    decision: str | None = None
    subject: SignOffSubject = SignOffSubject()
    issued_at: str | None = None
    expires_at: str | None = None
    source: SignOffSource
    signature: StatementSignature | None = None
    problems: tuple[Problem, ...] = ()


class WaivedWorkload(Frozen):
    """A workload a waiver is limited to."""

    kind: str
    name: str
    namespace: str | None = None
    """Where it must lie; null leaves that to the namespace of the waiver."""


class WaiverSubject(Frozen):
    """What a waiver is about."""

    model: str | None = None
    version: str | None = None
    digest: str | None = None
    workload: WaivedWorkload | None = None


class Waiver(Frozen):
    """One exception, as the object states it."""

    assurance: Assurance
    name: str
    namespace: str
    codes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    subject: WaiverSubject = WaiverSubject()
    reason: str | None = None
    ticket: str | None = None
    requested_by: str | None = None
    approved_by: str | None = None
    created_at: str | None = None
    expires_at: str | None = None
    problems: tuple[Problem, ...] = ()


class Unavailable(Frozen):
    """A look-up the object needed and that gave nothing."""

    lookup: str
    reason: Literal["error", "offline", "disabled"]
    message: str


class RuntimeChoice(Frozen):
    """By what a platform picks the runtime of a model that names none."""

    format: str
    version: str | None = None
    protocol: str
    multi_node: bool = False
    """Only runtimes that define further nodes are fit, or only those that do not."""


class ResolvedReference(Frozen):
    """Another object that was looked up by kind and name, with what was found."""

    api_version: str
    kind: str
    namespace: str | None
    name: str
    status: Literal["found", "missing", "unavailable"]
    object: dict[str, Any] | None = Field(default=None, repr=False)
    choice: RuntimeChoice | None = None
    """By what it was picked, if it was not named."""


class Evidence(Frozen):
    """Everything `gather` brings back for one request."""

    cards: tuple[Card, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    cluster: ClusterFacts = ClusterFacts()
    verified: VerifiedEvidence = VerifiedEvidence()
    unavailable: tuple[Unavailable, ...] = ()
    references: tuple[ResolvedReference, ...] = ()
    """Objects that decide what runs (serving runtimes, ...), for `complete`."""
    claims: dict[str, str | None] = {}
    """PersistentVolumeClaim name -> storage class; a claim that does not exist is absent."""
    default_storage_class: str | None = None
    owners: tuple[dict[str, Any], ...] = ()
    """The controller chain, nearest first, each resolved live and matched by uid."""
