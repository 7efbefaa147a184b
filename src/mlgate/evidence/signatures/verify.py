"""Signed statements in text: verified, remembered, and told with who signed."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

from mlgate.domain.base import Json
from mlgate.domain.evidence import StatementSignature
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.bundles import MEDIA_TYPE_PREFIX, BundleVerifier
from mlgate.evidence.signatures.envelope import Envelope, read_envelope
from mlgate.evidence.signatures.keys import KeyRing
from mlgate.evidence.signatures.reading import parsed

_REMEMBERED = 1024
"""Results that are kept, each of a statement of at most 64 KiB."""

NOT_CONFIGURED = "signature verification is not configured"


@dataclass(frozen=True)
class Verified:
    """What somebody signed, and who."""

    statement: Json
    signature: StatementSignature
    signed_at: str | None = None
    """When, where a log or a timestamp authority vouches for it."""


@dataclass
class StatementVerifier:
    """Verifies envelopes with the keys, and bundles with the trusted root, an installation recognises.

    A result depends on the text and on these alone, so it is remembered by the text's digest.
    """

    keys: KeyRing = field(default_factory=KeyRing)
    bundles: BundleVerifier | None = None
    _known: OrderedDict[bytes, Verified | str] = field(default_factory=OrderedDict, init=False)

    @property
    def knows_signers(self) -> bool:
        """Whether anybody's signature is recognised at all."""
        return bool(self.keys.keys) or self.bundles is not None

    def verify(self, text: str) -> Verified:
        """The statement in a signed envelope.

        Raises:
            StatementRefused: it cannot be read, or no recognised key signed it; the message says which.
        """
        digest = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
        known = self._known.get(digest)
        if known is None:
            known = self._verified(text)
            self._known[digest] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if isinstance(known, str):
            raise StatementRefused(known)
        return known

    def _verified(self, text: str) -> Verified | str:
        """What is verified, or why nothing is."""
        try:
            document = parsed(text.encode(errors="surrogatepass"), "the envelope")
            if not _is_bundle(document):
                return self._by_key(read_envelope(document))
            if _is_of_key(document):
                return self._by_key(read_envelope(document.get("dsseEnvelope")))
            return self._by_certificate(text)
        except StatementRefused as refused:
            return str(refused)

    def _by_key(self, envelope: Envelope) -> Verified:
        if not self.keys.keys:
            raise StatementRefused(f"was not verified: {NOT_CONFIGURED} for keys")
        signers = (self.keys.signer(signature, envelope.signed) for signature in envelope.signatures)
        signer = next(filter(None, signers), None)
        if signer is None:
            raise StatementRefused(self.keys.why_not(envelope.key_ids))
        return Verified(
            parsed(envelope.payload, "the payload"), StatementSignature(method="key", key_id=signer)
        )

    def _by_certificate(self, text: str) -> Verified:
        if self.bundles is None:
            raise StatementRefused(f"was not verified: {NOT_CONFIGURED} for Sigstore")
        found = self.bundles.verify(text)
        return Verified(parsed(found.payload, "the payload"), found.signature, found.signed_at)


def told_method(text: str) -> Literal["sigstore", "key"]:
    """By what a text that does not verify claims to be signed: a certificate, or else a key."""
    try:
        document = parsed(text.encode(errors="surrogatepass"), "the envelope")
    except StatementRefused:
        return "key"
    return "sigstore" if _is_bundle(document) and not _is_of_key(document) else "key"


def told_predicate_type(text: str) -> str | None:
    """What a text claims to state, which nothing vouches for; None where that cannot be read."""
    try:
        document = parsed(text.encode(errors="surrogatepass"), "the envelope")
        envelope = document.get("dsseEnvelope") if _is_bundle(document) else document
        statement = parsed(read_envelope(envelope).payload, "the payload")
    except StatementRefused:
        return None
    kind = statement.get("predicateType") if isinstance(statement, dict) else None
    return kind if isinstance(kind, str) else None


def _is_bundle(document: Json) -> TypeGuard[dict[str, Json]]:
    kind = document.get("mediaType") if isinstance(document, dict) else None
    return isinstance(kind, str) and kind.startswith(MEDIA_TYPE_PREFIX)


def _is_of_key(bundle: dict[str, Json]) -> bool:
    """Whether it was signed with a key that only a hint names, and so without a certificate."""
    material = bundle.get("verificationMaterial")
    return isinstance(material, dict) and "publicKey" in material
