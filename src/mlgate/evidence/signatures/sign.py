"""Signing a sign-off with a private key: the statement, and the envelope around it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mlgate.errors import SettingsError
from mlgate.evidence.signatures.envelope import PAYLOAD_TYPE, Envelope
from mlgate.evidence.signatures.keys import HASHES, key_id
from mlgate.evidence.signatures.statement import CARD_SUBJECT, SIGN_OFF_TYPE, STATEMENT_TYPE

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def load_private_key(file: Path, password: str | None = None) -> PrivateKey:
    """The private key of a PEM file.

    Raises:
        SettingsError: it cannot be read, the password does not fit, or it is of another kind.
    """
    try:
        key = load_pem_private_key(file.read_bytes(), password.encode() if password is not None else None)
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error
    except TypeError as error:
        wanted = "needs a password" if password is None else "has no password"
        raise SettingsError(f"the key in {file} {wanted}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{file} is no private key, or the password is another one") from error
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and type(key.curve) in HASHES:
        return key
    raise SettingsError(f"{file} must be Ed25519, or ECDSA with P-256, P-384 or P-521")


def sign_off_statement(predicate: dict[str, Any], digest: str | None, card_digest: str) -> dict[str, Any]:
    """The statement that a model version, and the card that was read, are approved or rejected.

    Args:
        predicate: role, approver, decision, model, version, issuedAt and, where it ends, expiresAt.
        digest: of the model artifact; None if the card names none.
        card_digest: of the card.
    """
    named = [(predicate["model"], digest), (CARD_SUBJECT, card_digest)]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": name, "digest": {"sha256": value.removeprefix("sha256:")}}
            for name, value in named
            if value
        ],
        "predicateType": SIGN_OFF_TYPE,
        "predicate": predicate,
    }


def sign_statement(statement: dict[str, Any], key: PrivateKey) -> str:
    """A DSSE envelope around the statement, as JSON of one line."""
    payload = json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()
    signed = Envelope(payload, ()).signed
    signature = _signature(key, signed)
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": key_id(key.public_key()), "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, separators=(",", ":"))


def _signature(key: PrivateKey, signed: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(signed)
    return key.sign(signed, ECDSA(HASHES[type(key.curve)]))
