"""Signatures of cosign before version 3: a payload that names an image, signed in annotations beside it.

They lie under the tag `sha256-<digest>.sig` of the image's repository
(https://github.com/sigstore/cosign/blob/v2.4.1/specs/SIGNATURE_SPEC.md), the payload as in
https://github.com/containers/image/blob/v5.32.2/docs/containers-signature.5.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mlgate.domain.base import Json
from mlgate.domain.evidence import StatementSignature
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE
from mlgate.evidence.signatures.reading import HEX, at, decoded, parsed
from mlgate.evidence.signatures.verify import NOT_CONFIGURED, StatementVerifier

_SIGNATURE = "dev.cosignproject.cosign/signature"
_CERTIFICATE = "dev.sigstore.cosign/certificate"
_LOG = "dev.sigstore.cosign/bundle"
_TYPE = "cosign container image signature"


def tag_of(digest: str) -> str:
    """The tag under which the signatures of an image lie."""
    return digest.replace(":", "-") + ".sig"


def verify_simple(
    payload: bytes, annotations: dict[str, Any], digest: str, verifier: StatementVerifier
) -> StatementSignature:
    """Who signed that this payload is about the image with that digest.

    Raises:
        StatementRefused: nobody who is recognised did, or it is about something else; the message says which.
    """
    signature = decoded(annotations.get(_SIGNATURE), _SIGNATURE)
    if _CERTIFICATE in annotations:
        if verifier.bundles is None:
            raise StatementRefused(f"was not verified: {NOT_CONFIGURED} for Sigstore")
        signer = verifier.bundles.verify_promised(payload, _bundle(payload, signature, annotations))
    else:
        signer = _by_key(payload, signature, verifier)
    _refuse_other_image(payload, digest)
    return signer


def _by_key(payload: bytes, signature: bytes, verifier: StatementVerifier) -> StatementSignature:
    if not verifier.keys.keys:
        raise StatementRefused(f"was not verified: {NOT_CONFIGURED} for keys")
    signer = verifier.keys.signer(signature, payload)
    if signer is None:
        raise StatementRefused(verifier.keys.why_not(()))
    return StatementSignature(method="key", key_id=signer)


def _refuse_other_image(payload: bytes, digest: str) -> None:
    critical = at(parsed(payload, "the payload"), "critical")
    if at(critical, "type") != _TYPE:
        raise StatementRefused(f"its payload must be of the type {_TYPE}")
    if at(critical, "image", "docker-manifest-digest") != digest:
        raise StatementRefused("is about something else")


def _bundle(payload: bytes, signature: bytes, annotations: dict[str, Any]) -> str:
    """The annotations as a bundle of today, but for the proof that its log entry is in the log."""
    log = parsed(_text(annotations.get(_LOG), _LOG).encode(errors="surrogatepass"), _LOG)
    entry = at(log, "Payload")
    log_id, index, moment = (at(entry, name) for name in ("logID", "logIndex", "integratedTime"))
    if not isinstance(log_id, str) or not HEX.fullmatch(log_id):
        raise StatementRefused(f"{_LOG} must have a Payload.logID of 64 hex digits")
    if type(index) is not int or type(moment) is not int:
        raise StatementRefused(f"{_LOG} must have whole numbers as Payload.logIndex and integratedTime")
    listed = {
        "logIndex": str(index),
        "logId": {"keyId": base64.b64encode(bytes.fromhex(log_id)).decode()},
        "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
        "integratedTime": str(moment),
        "inclusionPromise": {"signedEntryTimestamp": at(log, "SignedEntryTimestamp")},
        "inclusionProof": _NO_PROOF,
        "canonicalizedBody": at(entry, "body"),
    }
    hashed = base64.b64encode(hashlib.sha256(payload).digest()).decode()
    return json.dumps(
        {
            "mediaType": BUNDLE_TYPE,
            "verificationMaterial": {
                "certificate": {"rawBytes": _certificate(annotations[_CERTIFICATE])},
                "tlogEntries": [listed],
            },
            "messageSignature": {
                "messageDigest": {"algorithm": "SHA2_256", "digest": hashed},
                "signature": base64.b64encode(signature).decode(),
            },
        }
    )


_NO_PROOF = {
    "logIndex": "0",
    "rootHash": base64.b64encode(bytes(32)).decode(),
    "treeSize": "1",
    "hashes": [],
    "checkpoint": {"envelope": "there is none"},
}
"""Stands where a bundle of today has a proof; it is not looked at."""


def _certificate(text: Json) -> str:
    """The first certificate of a PEM text, as bundles hold it."""
    try:
        found = x509.load_pem_x509_certificate(_text(text, _CERTIFICATE).encode())
    except ValueError as error:
        raise StatementRefused(f"{_CERTIFICATE} must be a certificate in PEM") from error
    return base64.b64encode(found.public_bytes(Encoding.DER)).decode()


def _text(value: Json, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise StatementRefused(f"{place} must be text")
    return value
