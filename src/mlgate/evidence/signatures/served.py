"""Signatures and attestations of the images and models a workload serves, from the registries they lie in.

What counts is a Sigstore bundle in an artifact that refers to the image or model (`cosign` from version 3 on,
OpenSSF model signing, attestations of builds), or a signature of an older `cosign` under a tag beside it. The
list of either is a registry's word and is never kept; what verified is about a digest, and stays so.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import StatementSignature
from mlgate.domain.lookups import Served
from mlgate.domain.verified import (
    Attestation,
    AttestationSubject,
    ImageSignature,
    ModelSignature,
    VerifiedEvidence,
)
from mlgate.errors import EvidenceUnavailable, OtherContent, StatementRefused
from mlgate.evidence.registries.artifact import Artifact
from mlgate.evidence.registries.reference import RepositoryName
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE
from mlgate.evidence.signatures.in_toto import COSIGN_TYPE, OMS_TYPE, InToto, read_in_toto
from mlgate.evidence.signatures.model import root_of
from mlgate.evidence.signatures.simple_signing import tag_of, verify_simple
from mlgate.evidence.signatures.verify import StatementVerifier, Verified
from mlgate.parsing.limits import CARD_LIMITS, STATEMENT_LIMITS

if TYPE_CHECKING:
    from mlgate.evidence.registries.client import RegistryClient

MOST_SERVED = 64
"""Images and models of one workload whose signatures are sought."""
MOST_BUNDLES = 16
"""Bundles of one of them that are looked at, and older signatures under its tag."""
_BEYOND = f"has more than {MOST_BUNDLES} signatures under its tag, and the others are not looked at"
_REMEMBERED = 2048
_SECONDS = 600.0
"""How long what verified is taken as read; new attestations are seen after it."""


@dataclass(frozen=True)
class Found:
    """The bundles of one image or model."""

    good: tuple[tuple[Verified, InToto], ...] = ()
    bad: tuple[str, ...] = ()
    """Why each of the others counts for nothing."""
    beyond: str | None = None
    """That there are more than are looked at, if there are."""

    @property
    def signed(self) -> bool:
        """Whether there is a signature, and not attestations alone."""
        return any(statement.predicate_type in (OMS_TYPE, COSIGN_TYPE) for _, statement in self.good)

    @property
    def reason(self) -> str | None:
        """Why there is no signature that verified, if there is anything to say."""
        return self.beyond or (self.bad[0] if self.bad else None)

    @property
    def without(self) -> Literal["invalid", "missing"]:
        """What to say of the item where no signature of it verified."""
        return "invalid" if self.reason else "missing"


@dataclass(frozen=True)
class Checked:
    """What was verified, and why the rest could not be looked at, by kind."""

    evidence: VerifiedEvidence
    failed: dict[str, EvidenceUnavailable]


@dataclass
class ServedVerifier:
    """Seeks and verifies; remembers what verified, by digest."""

    registries: RegistryClient
    statements: StatementVerifier
    _known: OrderedDict[Served, tuple[float, Found]] = field(default_factory=OrderedDict, init=False)

    async def verify(self, served: Sequence[Served], deadline: Deadline) -> Checked:
        """What is known of each. Never raises for a registry: what cannot be had is `unavailable`."""
        asked = served[:MOST_SERVED]
        looked = await asyncio.gather(*(self._looked(item, deadline) for item in asked))
        beyond = [EvidenceUnavailable("more are served than are looked at")] * (len(served) - len(asked))
        pairs = list(zip(served, [*looked, *beyond], strict=True))
        failed: dict[str, EvidenceUnavailable] = {
            item.kind: error for item, error in reversed(pairs) if isinstance(error, EvidenceUnavailable)
        }
        evidence = VerifiedEvidence(
            model_signatures=tuple(e for i, found in pairs if i.kind == "model" for e in _models(i, found)),
            image_signatures=tuple(e for i, found in pairs if i.kind == "image" for e in _images(i, found)),
            attestations=tuple(entry for item, found in pairs for entry in _attestations(item, found)),
        )
        return Checked(evidence, failed)

    async def _looked(self, item: Served, deadline: Deadline) -> Found | EvidenceUnavailable:
        until, known = self._known.get(item, (0.0, Found()))
        if time.monotonic() < until:
            return known
        try:
            async with asyncio.timeout(deadline.remaining):
                found = await self._found(item, deadline)
        except EvidenceUnavailable as error:
            return error
        except TimeoutError:
            return EvidenceUnavailable("there was no answer in time")
        if found.signed:
            self._known[item] = (time.monotonic() + _SECONDS, found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    async def _found(self, item: Served, deadline: Deadline) -> Found:
        artifact = Artifact(self.registries, RepositoryName(item.registry, item.repository), deadline)
        found, older = await asyncio.gather(self._bundles(artifact, item), self._older(artifact, item))
        if isinstance(older, EvidenceUnavailable):
            if not found.signed:
                raise older
            return found
        return Found((*found.good, *older.good), (*found.bad, *older.bad), found.beyond or older.beyond)

    async def _bundles(self, artifact: Artifact, item: Served) -> Found:
        """What bundles state that refer to the item."""
        good, bad = [], []
        listed = await artifact.listed(item.digest, (BUNDLE_TYPE,), MOST_BUNDLES)
        for _, digest in listed.found:
            try:
                good.append(await self._statement(artifact, digest, item))
            except (StatementRefused, OtherContent) as error:
                bad.append(_told(error))
        return Found(tuple(good), tuple(bad), listed.beyond)

    async def _older(self, artifact: Artifact, item: Served) -> Found | EvidenceUnavailable:
        """The signatures of cosign before version 3, under a tag that is made of the item's digest."""
        good, bad = [], []
        beyond = None
        try:
            layers = await artifact.tagged_layers(tag_of(item.digest))
            beyond = _BEYOND if len(layers) > MOST_BUNDLES else None
            for digest, notes in layers[:MOST_BUNDLES]:
                try:
                    signer = await self._simple(artifact, digest, notes, item)
                    good.append((Verified({}, signer), InToto(COSIGN_TYPE, (item.digest,))))
                except (StatementRefused, OtherContent) as error:
                    bad.append(_told(error))
        except OtherContent as error:
            return Found(bad=(_told(error),))
        except EvidenceUnavailable as error:
            return error
        return Found(tuple(good), tuple(bad), beyond)

    async def _simple(
        self, artifact: Artifact, digest: str, notes: dict[str, Any], item: Served
    ) -> StatementSignature:
        """Who signed one payload about the item."""
        payload = await artifact.blob(digest, STATEMENT_LIMITS.max_bytes)
        if payload is None:
            raise OtherContent("the layer is listed, and not there")
        return await asyncio.to_thread(verify_simple, payload, notes, item.digest, self.statements)

    async def _statement(self, artifact: Artifact, digest: str, item: Served) -> tuple[Verified, InToto]:
        """A verified statement about the item; anything else is refused."""
        data = await artifact.layer(digest, CARD_LIMITS.max_bytes)
        if data is None:
            raise OtherContent("the artifact is listed, and not there")
        verified = await asyncio.to_thread(self.statements.verify, data.decode(errors="replace"))
        statement = read_in_toto(verified.statement)
        if statement.predicate_type == OMS_TYPE:
            root_of(statement)
        elif item.digest not in statement.digests:
            raise StatementRefused("is about something else")
        return verified, statement


def _told(error: StatementRefused | OtherContent) -> str:
    """Why something counts for nothing, in words that follow `it`."""
    return str(error) if isinstance(error, StatementRefused) else f"cannot be read: {error}"


def _models(item: Served, found: Found | EvidenceUnavailable) -> list[ModelSignature]:
    """Each signature that verified; else why there is none."""
    if isinstance(found, EvidenceUnavailable):
        return [ModelSignature(model=item.id, status="unavailable")]
    signed = [
        ModelSignature(
            model=item.id,
            status="verified",
            method="oms" if statement.predicate_type == OMS_TYPE else "cosign",
            digest=root_of(statement) if statement.predicate_type == OMS_TYPE else item.digest,
            identity=verified.signature.identity,
            issuer=verified.signature.issuer,
            key_id=verified.signature.key_id,
        )
        for verified, statement in found.good
        if statement.predicate_type in (OMS_TYPE, COSIGN_TYPE)
    ]
    return signed or [ModelSignature(model=item.id, status=found.without, reason=found.reason)]


def _images(item: Served, found: Found | EvidenceUnavailable) -> list[ImageSignature]:
    """Each signature that verified; else why there is none."""
    if isinstance(found, EvidenceUnavailable):
        return [ImageSignature(image=item.id, status="unavailable")]
    signed = [
        ImageSignature(
            image=item.id,
            status="verified",
            identity=verified.signature.identity,
            issuer=verified.signature.issuer,
            key_id=verified.signature.key_id,
        )
        for verified, statement in found.good
        if statement.predicate_type == COSIGN_TYPE
    ]
    return signed or [ImageSignature(image=item.id, status=found.without, reason=found.reason)]


def _attestations(item: Served, found: Found | EvidenceUnavailable) -> list[Attestation]:
    if isinstance(found, EvidenceUnavailable):
        return []
    subject = AttestationSubject(kind=item.kind, id=item.id, digest=item.digest)
    beyond = [
        Attestation(subject=subject, predicate_type="", status="unavailable", reason=text)
        for text in (found.beyond,)
        if text
    ]
    return beyond + [
        Attestation(
            subject=subject,
            predicate_type=statement.predicate_type,
            status="verified",
            identity=verified.signature.identity,
            issuer=verified.signature.issuer,
            key_id=verified.signature.key_id,
            issued_at=statement.issued_at,
            source_revision=statement.source_revision,
        )
        for verified, statement in found.good
        if statement.predicate_type not in (OMS_TYPE, COSIGN_TYPE)
    ]
