"""`oci://<registry>/<repository>@sha256:<digest>`: an artifact in a registry whose one layer is the card."""

from __future__ import annotations

from dataclasses import replace

from mlgate.domain.deadline import Deadline
from mlgate.errors import OtherContent
from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import invalid
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
    artifact = Artifact(registries, repository_of(wanted.reference.source.reference), wanted.deadline)
    try:
        data = await artifact.layer(digest, CARD_LIMITS.max_bytes)
    except OtherContent as error:
        return Found(invalid(str(error)))
    if data is None:
        return None
    content = read_text(data, wanted.options.memory)
    is_foreign = content.format not in (None, OWN)
    beside, detached = await _beside(wanted, artifact, digest, approvals=is_foreign)
    return Found(
        replace(content, digest=digest) if is_foreign else content,
        detached=detached and replace(detached, digests=file_digests(data) | {digest}),
        statements=beside.statements,
        unread=beside.unread if is_foreign else None,
    )


async def _beside(
    wanted: Wanted, artifact: Artifact, digest: str, *, approvals: bool
) -> tuple[Referring, Detached | None]:
    """Approvals and signatures in artifacts that refer to the card's, as far as they are wanted.

    Nothing is asked while signatures that verified are remembered and approvals are not wanted. An answer
    that takes too long loses the signature, and not the card.
    """
    seals = wanted.options.seals
    known = seals.recall(digest) if seals else ()
    if not approvals and (seals is None or known):
        return Referring(), Detached(known) if known else None
    in_time = replace(artifact, deadline=Deadline.after(artifact.deadline.remaining * SHARE))
    found = await referring(in_time, digest, approvals=approvals, signatures=seals is not None)
    if seals is None:
        return found, None
    if found.unread is None:
        return found, Detached(found.signatures, artifact=digest)
    texts = (*found.signatures, *seals.recall(digest, stale=True))
    return found, Detached(texts, unread=found.unread)
