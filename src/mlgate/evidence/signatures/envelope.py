"""DSSE envelopes, parsed strictly. Nothing is verified here.

The format and its pre-authentication encoding are those of the DSSE protocol 1.0.2
(https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.errors import StatementRefused

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_SIGNATURES = 4
"""Signatures of one envelope; an approval is given by one person, who may hold keys of two kinds."""


@dataclass(frozen=True)
class Envelope:
    """A payload, and the signatures that are said to be over it."""

    payload: bytes
    signatures: tuple[bytes, ...]

    @property
    def signed(self) -> bytes:
        """The bytes a signature is over: type and payload, each led by its length."""
        kind = PAYLOAD_TYPE.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)


def read_envelope(document: Json) -> Envelope:
    """The envelope in a parsed document.

    Raises:
        StatementRefused: it is none; the message names the field.
    """
    if not isinstance(document, dict):
        raise StatementRefused("is no DSSE envelope: must be an object")
    kind = document.get("payloadType")
    if kind != PAYLOAD_TYPE:
        raise StatementRefused(f"payloadType must be {PAYLOAD_TYPE}")
    signatures = document.get("signatures")
    if not isinstance(signatures, list) or not signatures:
        raise StatementRefused("signatures must be a list with a signature")
    if len(signatures) > MAX_SIGNATURES:
        raise StatementRefused(f"signatures has more than {MAX_SIGNATURES} entries")
    return Envelope(
        payload=_decoded(document.get("payload"), "payload"),
        signatures=tuple(
            _decoded(entry.get("sig") if isinstance(entry, dict) else None, f"signatures[{index}].sig")
            for index, entry in enumerate(signatures)
        ),
    )


def _decoded(text: Json, place: str) -> bytes:
    """The bytes of base64, standard or URL-safe as the protocol allows either."""
    if not isinstance(text, str) or not text:
        raise StatementRefused(f"{place} must be base64")
    try:
        raw = text.encode("ascii").translate(bytes.maketrans(b"-_", b"+/"))
        return base64.b64decode(raw, validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise StatementRefused(f"{place} must be base64") from error
