"""`oci://<registry>/<repository>@sha256:<digest>`: an artifact in a registry whose one layer is the card."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from mlgate.domain.deadline import Deadline
from mlgate.errors import OtherContent
from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import invalid
from mlgate.evidence.cards.remembered import Beside
from mlgate.evidence.cards.sealed import SHARE
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.referring import Referring, referring
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.registries.artifact import Artifact
from mlgate.evidence.registries.reference import repository_of
from mlgate.evidence.signatures.card import file_digests
from mlgate.parsing.limits import CARD_LIMITS


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when the registry has no such artifact. Raises EvidenceUnavailable."""
    digest, registries = wanted.reference.pinned_digest, wanted.options.registries
    if registries is None or digest is None:
        return None
    artifact = Artifact(registries, repository_of(wanted.reference.place), wanted.deadline)
    try:
        data = await artifact.layer(digest, CARD_LIMITS.max_bytes)
    except OtherContent as error:
        return Found(invalid(str(error)))
    if data is None:
        return None
    content = read_text(data, wanted.options.memory, wanted.origin)
    is_foreign = content.format not in (None, OWN)
    beside, detached = await _beside(wanted, artifact, digest, approvals=is_foreign)
    statements, unread = await _all(wanted, beside, beside.statements, digest) if is_foreign else ((), None)
    models, models_unread = (
        await _all(wanted, beside, beside.models, f"{digest}#models") if wanted.options.served else ((), None)
    )
    return Found(
        replace(content, digest=digest) if is_foreign else content,
        detached=detached and replace(detached, digests=file_digests(data) | {digest}),
        statements=statements,
        unread=unread,
        models=models,
        models_unread=models_unread,
    )


async def _all(
    wanted: Wanted, beside: Referring, read: Beside, name: str
) -> tuple[tuple[str, ...], str | None]:
    """The statements of a kind beside a card, and why they are not all there are, if they may not be.

    What cannot be read now counts as when all was read last; one that is listed and has come since is missed.
    """
    memory, verify = wanted.options.beside, wanted.options.statements.verify
    # By repository: another one may hold the same card, and other approvals.
    place = f"{wanted.reference.place}@{name}"
    statements = dict(read)
    unread = beside.beyond or beside.unread
    if unread is None:
        # In a thread of its own: a card full of statements must not hold up the other reviews.
        await asyncio.to_thread(memory.remember, place, statements, verify)
    elif beside.beyond is None:
        known = memory.recall(place)
        if known is not None and (beside.lost is None or beside.lost <= known.keys()):
            lost = known.keys() if beside.lost is None else beside.lost
            statements |= {entry: text for entry, text in known.items() if entry in lost}
            unread = None
    return tuple(text for text in statements.values() if text is not None), unread


async def _beside(
    wanted: Wanted, artifact: Artifact, digest: str, *, approvals: bool
) -> tuple[Referring, Detached | None]:
    """Approvals and signatures in artifacts that refer to the card's, as far as they are wanted.

    Nothing is asked while signatures that verified are remembered and neither approvals nor signatures of
    models are wanted. An answer that takes too long loses the signature, and not the card.
    """
    seals = wanted.options.seals
    known = seals.recall(digest) if seals else ()
    if not approvals and not wanted.options.served and (seals is None or known):
        return Referring(), Detached(known) if known else None
    in_time = replace(artifact, deadline=Deadline.after(artifact.deadline.remaining * SHARE))
    found = await referring(in_time, digest, approvals=approvals, signatures=seals is not None)
    if seals is None:
        return found, None
    unread = found.beyond or found.unread
    if unread is None:
        return found, Detached(found.signatures, artifact=digest)
    texts = (*found.signatures, *seals.recall(digest, stale=True))
    return found, Detached(texts, unread=unread)
