"""Keys: which are taken, and that the same bytes get the same signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from mlgate.errors import PolicyError
from mlgate.policy import signing_keys
from mlgate.policy.signing_keys import PrivateKey, read_private_key, read_public_key

P256 = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
REFUSED = {
    "another curve": ec.generate_private_key(ec.SECP384R1()),
    "a short RSA key": rsa.generate_private_key(65537, 1024),  # noqa: S505 - that it is weak is the point
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def private(path: Path, key: Any, password: bytes | None = None) -> Path:
    cipher = BestAvailableEncryption(password) if password else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, cipher))
    return path


def public(path: Path, key: Any) -> Path:
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize(("key", "algorithm"), [(P256, "ES256"), (RSA, "RS256")])
def test_a_signature_is_the_same_each_time_and_the_public_key_knows_it(
    tmp_path: Path, key: Any, algorithm: str
) -> None:
    signer, trusted = (
        read_private_key(private(tmp_path / "a", key)),
        read_public_key(public(tmp_path / "b", key)),
    )
    signature = signer.sign(b"text")
    assert signer.algorithm == trusted.algorithm == algorithm
    assert signer.sign(b"text") == signature
    assert trusted.verifies(signature, b"text")
    assert not trusted.verifies(signature, b"other")
    assert not trusted.verifies(signature[:-1], b"text")
    assert not trusted.verifies(signature + b"\0", b"text")
    assert not trusted.verifies(b"", b"text")
    assert not trusted.verifies(bytes(len(signature)), b"text")


@pytest.mark.parametrize("kind", REFUSED)
def test_a_key_that_opa_cannot_verify_by_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(PolicyError, match=r"cannot be signed with this.*take an EC key on P-256"):
        read_private_key(private(tmp_path / "key", REFUSED[kind]))
    with pytest.raises(PolicyError, match=r"cannot be signed with this.*take an EC key on P-256"):
        read_public_key(public(tmp_path / "key", REFUSED[kind]))


def test_a_private_key_is_not_taken_for_the_trusted_one(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="holds a private key; name the public one"):
        read_public_key(private(tmp_path / "key", P256))


def test_a_public_key_signs_nothing(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="holds no private key"):
        read_private_key(public(tmp_path / "key", P256))


def test_a_key_behind_a_password_is_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="a password protects the key"):
        read_private_key(private(tmp_path / "key", P256, b"secret"))


@pytest.mark.parametrize(
    "content", [b"", b"secret", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(PolicyError, match="holds no public key in PEM"):
        read_public_key(tmp_path / "key")
    with pytest.raises(PolicyError, match="holds no private key in PEM"):
        read_private_key(tmp_path / "key")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="gone: No such file"):
        read_public_key(tmp_path / "gone")
    (tmp_path / "large").write_bytes(bytes(signing_keys.MAX_BYTES + 1))
    with pytest.raises(PolicyError, match="too large"):
        read_private_key(tmp_path / "large")


def test_an_openssl_that_would_sign_differently_each_time_does_not_sign() -> None:
    class Old(ec.EllipticCurvePrivateKey):
        def sign(self, data: bytes, signature_algorithm: object) -> bytes:
            raise UnsupportedAlgorithm("deterministic signing")

    Old.__abstractmethods__ = frozenset()
    with pytest.raises(PolicyError, match="sign with an RSA key"):
        PrivateKey(Old(), "ES256").sign(b"")  # type: ignore[abstract]
