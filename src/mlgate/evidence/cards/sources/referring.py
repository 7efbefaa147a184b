"""Approvals and signatures of a card in a registry: artifacts that refer to the card's, of one layer each."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate.errors import EvidenceUnavailable, OtherContent
from mlgate.evidence.cards.detached import ARTIFACT_TYPE as SIGNATURE
from mlgate.evidence.cards.remembered import Beside
from mlgate.evidence.cards.statements import ARTIFACT_TYPE as SIGN_OFF
from mlgate.evidence.cards.statements import MOST_ARTIFACTS
from mlgate.evidence.registries.artifact import Artifact
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE
from mlgate.evidence.signatures.card import CARD_TYPES
from mlgate.evidence.signatures.in_toto import OMS_TYPE
from mlgate.evidence.signatures.verify import told_predicate_type
from mlgate.parsing.limits import STATEMENT_LIMITS


@dataclass(frozen=True)
class Referring:
    """What refers to one card."""

    statements: Beside = field(default_factory=dict)
    """Approvals, unverified."""
    models: Beside = field(default_factory=dict)
    """OpenSSF signatures of models, unverified; such a signature of the card's own file is one of them."""
    signatures: tuple[str, ...] = ()
    """Signatures of the card, unverified."""
    lost: frozenset[str] | None = frozenset()
    """Digests of the artifacts that could not be read; None where it is not known which there are."""
    unread: str | None = None
    """Why not all could be read, if not."""
    beyond: str | None = None
    """That there are more than are looked at, if there are."""


async def referring(artifact: Artifact, digest: str, *, approvals: bool, signatures: bool) -> Referring:
    """The approvals and signatures that refer to a manifest. Never raises: what failed is told.

    Args:
        artifact: where it lies, and by when.
        digest: of the manifest.
        approvals: whether approvals are wanted.
        signatures: whether signatures are wanted.
    """
    wanted = {BUNDLE_TYPE} | ({SIGN_OFF} if approvals else set()) | ({SIGNATURE} if signatures else set())
    found: list[tuple[str, str, str | None]] = []
    lost = set()
    try:
        listed = await artifact.listed(digest, wanted, MOST_ARTIFACTS)
    except EvidenceUnavailable as error:
        return Referring(lost=None, unread=str(error))
    unread = None
    for kind, entry in listed.found:
        try:
            found.append((kind, entry, await _text(artifact, entry)))
        except EvidenceUnavailable as error:
            lost.add(entry)
            unread = str(error)
    return Referring(
        _statements(found) if approvals else {},
        _models(found),
        _signatures(found, doubt=not approvals) if signatures else (),
        frozenset(lost),
        unread,
        listed.beyond,
    )


def _statements(found: list[tuple[str, str, str | None]]) -> Beside:
    """What is meant as an approval; of everything else, and of what is no text, that it is none."""
    return {
        digest: None if text is None or _is_signature(kind, text, doubt=False) else text
        for kind, digest, text in found
    }


def _models(found: list[tuple[str, str, str | None]]) -> Beside:
    """What is meant as a signature of a model; of everything else, that it is none."""
    return {
        digest: text if text and kind == BUNDLE_TYPE and told_predicate_type(text) == OMS_TYPE else None
        for kind, digest, text in found
    }


def _signatures(found: list[tuple[str, str, str | None]], *, doubt: bool) -> tuple[str, ...]:
    """What is meant as a signature of the card; what cannot be read is one that is no good."""
    return tuple(
        text or ""
        for kind, _, text in found
        if kind == SIGNATURE or (text is not None and _is_signature(kind, text, doubt=doubt))
    )


def _is_signature(kind: str, text: str, *, doubt: bool) -> bool:
    """Whether it is meant as a signature of the card, and not as an approval or a statement of a build.

    A bundle is sorted by what it claims to state, which decides how it is read and not what it is worth.
    """
    if kind != BUNDLE_TYPE:
        return kind == SIGNATURE
    claimed = told_predicate_type(text)
    return doubt if claimed is None else claimed in CARD_TYPES


async def _text(artifact: Artifact, digest: str) -> str | None:
    """The text in an artifact, if there is one. Raises EvidenceUnavailable."""
    try:
        data = await artifact.layer(digest, STATEMENT_LIMITS.max_bytes)
        return None if data is None else data.decode()
    except (OtherContent, UnicodeDecodeError):
        return None
