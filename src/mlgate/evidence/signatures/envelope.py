"""DSSE envelopes, parsed strictly. Nothing is verified here.

The format and its pre-authentication encoding are those of the DSSE protocol 1.0.2
(https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.reading import decoded

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_KEY_ID = re.compile(r"sha256:[0-9a-f]{64}")
MAX_SIGNATURES = 4
"""Signatures of one envelope; an approval is given by one person, who may hold keys of two kinds."""


@dataclass(frozen=True)
class Envelope:
    """A payload, and the signatures that are said to be over it."""

    payload: bytes
    signatures: tuple[bytes, ...]
    key_ids: tuple[str, ...] = ()
    """Ids of keys it says it is signed with, in the form of `key_id`; for words, as nobody signed them."""

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
        payload=decoded(document.get("payload"), "payload"),
        signatures=tuple(
            decoded(entry.get("sig") if isinstance(entry, dict) else None, f"signatures[{index}].sig")
            for index, entry in enumerate(signatures)
        ),
        key_ids=tuple(told for entry in signatures if (told := _told_key(entry)) is not None),
    )


def _told_key(entry: Json) -> str | None:
    told = entry.get("keyid") if isinstance(entry, dict) else None
    return told if isinstance(told, str) and _KEY_ID.fullmatch(told) else None
