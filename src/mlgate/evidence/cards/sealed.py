"""Verifies the signatures beside a card: whose they are, and whether they are of this card."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardSignature
from mlgate.errors import StatementRefused
from mlgate.evidence.cards.detached import MOST_SIGNATURES, Detached
from mlgate.evidence.signatures.card import refuse_other_card
from mlgate.evidence.signatures.verify import StatementVerifier, told_method

SHARE = 0.8
"""Of the time that is left, for signatures: a card must not be lost because its signature takes too long."""
_REMEMBERED = 2048
_SECONDS = 600.0
"""How long signatures from a registry are not asked for again; those that were added are seen after it."""


@dataclass
class CardVerifier:
    """Verifies, and remembers which signatures of an artifact in a registry did.

    They are about a digest, so they hold whatever the registry answers later.
    """

    statements: StatementVerifier
    _known: OrderedDict[str, tuple[float, tuple[str, ...]]] = field(default_factory=OrderedDict, init=False)

    async def verify(
        self, detached: Detached | None, digest: str | None, deadline: Deadline
    ) -> tuple[CardSignature, ...]:
        """The signatures that verified and are of the card with that digest.

        Where none did, the one fact that tells why; nothing where there is no signature. Never raises, and is
        never later than the deadline.
        """
        if detached is None or not (detached.texts or detached.unread):
            return ()
        digests = detached.digests | ({digest} if digest else set())
        try:
            async with asyncio.timeout(deadline.remaining):
                # In a thread of its own: a card full of signatures must not hold up the other reviews.
                looked = await asyncio.to_thread(self._looked, detached.texts[:MOST_SIGNATURES], digests)
        except TimeoutError:
            return (CardSignature(status="unavailable", reason="was not verified in time"),)
        good = [text for text, entry in looked if entry.status == "verified"]
        if not good and detached.unread is not None:
            return (CardSignature(status="unavailable", reason=detached.unread),)
        if good and detached.artifact is not None:
            self._remember(detached.artifact, tuple(good))
        verified = tuple(dict.fromkeys(entry for _, entry in looked if entry.status == "verified"))
        return verified or (looked[0][1],)

    def _looked(self, texts: tuple[str, ...], digests: frozenset[str]) -> list[tuple[str, CardSignature]]:
        return [(text, self._signature(text, digests)) for text in texts]

    def _signature(self, text: str, digests: frozenset[str]) -> CardSignature:
        try:
            verified = self.statements.verify(text)
            refuse_other_card(verified.statement, digests)
        except StatementRefused as refused:
            return CardSignature(status="invalid", method=told_method(text), reason=str(refused))
        signer = verified.signature
        return CardSignature(
            status="verified",
            method=signer.method,
            identity=signer.identity,
            issuer=signer.issuer,
            key_id=signer.key_id,
            signed_at=verified.signed_at,
        )

    def recall(self, artifact: str, *, stale: bool = False) -> tuple[str, ...]:
        """Texts that verified as signatures of that artifact, unless it is time to ask for further ones.

        Args:
            artifact: digest of its manifest.
            stale: whether the time does not matter, because the registry does not answer.
        """
        until, texts = self._known.get(artifact, (0.0, ()))
        return texts if stale or time.monotonic() < until else ()

    def _remember(self, artifact: str, texts: tuple[str, ...]) -> None:
        self._known[artifact] = (time.monotonic() + _SECONDS, texts)
        self._known.move_to_end(artifact)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
