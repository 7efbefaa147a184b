"""What signatures and attestations say of the images and models of one request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mlgate.domain.deadline import Deadline
from mlgate.domain.verified import ModelSignature, VerifiedEvidence
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.facts import failure
from mlgate.evidence.gathering import Gathering

ATTESTATIONS = "evidence.attestations"
_SIGNATURES = {"model": "evidence.modelSignatures", "image": "evidence.imageSignatures"}
_MOST = 64
"""Signatures of one model that are told; each of many cards may bring some for each of many models."""


def with_models(evidence: VerifiedEvidence, cards: Sequence[LoadedCard]) -> VerifiedEvidence:
    """The facts, and signatures of models beside the cards: what verified, and one reason for what did not.

    Whoever writes the cards could make any number of reasons, each of which would be judged.
    """
    verified: dict[str, dict[ModelSignature, None]] = defaultdict(dict)
    reasons: dict[str, ModelSignature] = {}
    for entry in (entry for loaded in cards for entry in loaded.models):
        if entry.status != "verified":
            reasons[entry.model] = entry
        elif len(verified[entry.model]) < _MOST:
            verified[entry.model][entry] = None
    beside = (*(entry for entries in verified.values() for entry in entries), *reasons.values())
    return evidence.model_copy(update={"model_signatures": evidence.model_signatures + beside})


async def attested(work: Gathering, deadline: Deadline) -> VerifiedEvidence:
    """The facts, where this installation seeks them; what could not be looked at is said."""
    verifier = work.options.served
    if verifier is None:
        return VerifiedEvidence()
    found = await work.attempt(verifier.verify(work.lookups.served, deadline), deadline)
    if isinstance(found, EvidenceUnavailable):
        for lookup in (*_SIGNATURES.values(), ATTESTATIONS):
            work.say(failure(lookup, found))
        return VerifiedEvidence()
    for kind, error in found.failed.items():
        work.say(failure(_SIGNATURES[kind], error))
        work.say(failure(ATTESTATIONS, error))
    return found.evidence
