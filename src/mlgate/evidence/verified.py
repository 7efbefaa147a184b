"""What signatures and attestations say of the images and models of one request."""

from __future__ import annotations

from mlgate.domain.deadline import Deadline
from mlgate.domain.verified import VerifiedEvidence
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.facts import failure
from mlgate.evidence.gathering import Gathering

ATTESTATIONS = "evidence.attestations"
_SIGNATURES = {"model": "evidence.modelSignatures", "image": "evidence.imageSignatures"}


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
