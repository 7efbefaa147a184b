"""Approvals and signatures of a card in a registry: artifacts that refer to the card's, of one layer each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.errors import EvidenceUnavailable, OtherContent
from mlgate.evidence.cards.detached import ARTIFACT_TYPE as SIGNATURE
from mlgate.evidence.cards.statements import ARTIFACT_TYPE as SIGN_OFF
from mlgate.evidence.cards.statements import BUNDLE_TYPE, MOST_ARTIFACTS
from mlgate.evidence.registries.artifact import Artifact
from mlgate.evidence.signatures.card import CARD_TYPES
from mlgate.evidence.signatures.verify import told_predicate_type
from mlgate.parsing.limits import STATEMENT_LIMITS


@dataclass(frozen=True)
class Referring:
    """What refers to one card."""

    statements: tuple[str, ...] = ()
    """Approvals, unverified."""
    signatures: tuple[str, ...] = ()
    """Signatures of the card, unverified."""
    unread: str | None = None
    """Why not all could be read, if not."""


async def referring(artifact: Artifact, digest: str, *, approvals: bool, signatures: bool) -> Referring:
    """The approvals and signatures that refer to a manifest. Never raises: what failed is told.

    Args:
        artifact: where it lies, and by when.
        digest: of the manifest.
        approvals: whether approvals are wanted.
        signatures: whether signatures are wanted.
    """
    wanted = {BUNDLE_TYPE} | ({SIGN_OFF} if approvals else set()) | ({SIGNATURE} if signatures else set())
    found: list[tuple[str, str]] = []
    unread = None
    try:
        listed = await artifact.listed(digest)
    except EvidenceUnavailable as error:
        return Referring(unread=str(error))
    for kind, entry in _first(listed, wanted):
        try:
            found += [(kind, text) for text in await _texts(artifact, kind, entry)]
        except EvidenceUnavailable as error:
            unread = str(error)
    signed = [text for kind, text in found if signatures and _is_signature(kind, text, doubt=not approvals)]
    stated = [text for kind, text in found if approvals and not _is_signature(kind, text, doubt=False)]
    return Referring(tuple(stated), tuple(signed), unread)


def _first(listed: list[tuple[str, str]], wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Of each wanted type the first few, in their order."""
    seen: Counter[str] = Counter()
    for kind, digest in listed:
        seen[kind] += 1
        if kind in wanted and seen[kind] <= MOST_ARTIFACTS:
            yield kind, digest


def _is_signature(kind: str, text: str, *, doubt: bool) -> bool:
    """Whether it is meant as a signature of the card, and not as an approval or a statement of a build.

    A bundle is sorted by what it claims to state, which decides how it is read and not what it is worth.
    """
    if kind != BUNDLE_TYPE:
        return kind == SIGNATURE
    claimed = told_predicate_type(text)
    return doubt if claimed is None else claimed in CARD_TYPES


async def _texts(artifact: Artifact, kind: str, digest: str) -> list[str]:
    """The text in an artifact; where there is none, a signature that is no good, or else nothing at all."""
    try:
        data = await artifact.layer(digest, STATEMENT_LIMITS.max_bytes)
        text = None if data is None else data.decode()
    except (OtherContent, UnicodeDecodeError):
        text = None
    if text is None:
        return [""] if kind == SIGNATURE else []
    return [text]
