"""`oci://<registry>/<repository>@sha256:<digest>`: an artifact in a registry whose one layer is the card."""

from __future__ import annotations

from dataclasses import replace

from mlgate.errors import EvidenceUnavailable, OtherContent
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.cards.statements import ARTIFACT_TYPES, MOST_ARTIFACTS
from mlgate.evidence.registries.artifact import Artifact
from mlgate.evidence.registries.reference import repository_of
from mlgate.parsing.limits import CARD_LIMITS, STATEMENT_LIMITS


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
    if content.format in (None, OWN):
        return Found(content)
    return await _with_statements(replace(content, digest=digest), artifact, digest)


async def _with_statements(content: CardContent, artifact: Artifact, digest: str) -> Found:
    """A card of another format, with the statements in artifacts that refer to its own."""
    try:
        listed = await artifact.referrers(digest, ARTIFACT_TYPES)
        texts = [await _statement(artifact, found) for found in listed[:MOST_ARTIFACTS]]
    except EvidenceUnavailable as error:
        return Found(content, unread=str(error))
    return Found(content, statements=tuple(text for text in texts if text is not None))


async def _statement(artifact: Artifact, digest: str) -> str | None:
    """The statement in an artifact; None where there is none, which proves nothing."""
    try:
        data = await artifact.layer(digest, STATEMENT_LIMITS.max_bytes)
        return None if data is None else data.decode()
    except (OtherContent, UnicodeDecodeError):
        return None
