"""A private key of each kind, and the statement of a sign-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, SECP521R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.sign import PrivateKey, sign_off_statement

PREDICATE = {
    "role": "modelRisk",
    "approver": "ines@example.com",
    "decision": "approved",
    "model": "credit",
    "version": "2.3.1",
    "issuedAt": "2026-11-20T09:00:00Z",
    "expiresAt": "2027-05-20T09:00:00Z",
}
MODEL_DIGEST = "sha256:" + "a1" * 32
CARD_DIGEST = "sha256:" + "b2" * 32
KINDS: dict[str, Callable[[], PrivateKey]] = {
    "ed25519": Ed25519PrivateKey.generate,
    "p256": lambda: generate_private_key(SECP256R1()),
    "p384": lambda: generate_private_key(SECP384R1()),
    "p521": lambda: generate_private_key(SECP521R1()),
}


@pytest.fixture
def ring() -> Callable[..., KeyRing]:
    """The public halves of keys, as an installation recognises them."""
    return lambda *keys: KeyRing(tuple((key_id(key.public_key()), key.public_key()) for key in keys))


@pytest.fixture(params=sorted(KINDS))
def private_key(request: pytest.FixtureRequest) -> PrivateKey:
    return KINDS[request.param]()


@pytest.fixture
def statement() -> dict[str, Any]:
    return sign_off_statement(dict(PREDICATE), MODEL_DIGEST, CARD_DIGEST)
