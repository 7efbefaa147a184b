"""Keys that sign bundles. The kind of the key says the algorithm; nothing else is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from mlgate.errors import PolicyError

LEAST_RSA_BITS = 2048
MAX_BYTES = 64 * 1024
_HALF = 32
"""Bytes of each of the two numbers of an ES256 signature."""
_KINDS = "take an EC key on P-256 (ES256), or an RSA key of 2048 bits or more (RS256)"
"""An Ed25519 key is not among them: OPA's configuration, by which a remote OPA verifies, knows no EdDSA."""


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    algorithm: str

    def sign(self, data: bytes) -> bytes:
        """The signature as a token carries it: the same each time for the same data.

        Raises:
            PolicyError: the OpenSSL of this machine is too old to sign with an EC key so.
        """
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), SHA256())
        try:
            found = self.key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
        except UnsupportedAlgorithm as error:
            raise PolicyError(
                "OpenSSL here cannot sign reproducibly with an EC key; sign with an RSA key"
            ) from error
        return b"".join(number.to_bytes(_HALF, "big") for number in decode_dss_signature(found))


@dataclass(frozen=True)
class PublicKey:
    """A key that is trusted."""

    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    algorithm: str

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature of the data is this key's."""
        try:
            if isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, data, padding.PKCS1v15(), SHA256())
            elif len(signature) != 2 * _HALF:
                return False
            else:
                numbers = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
                self.key.verify(encode_dss_signature(*numbers), data, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def read_private_key(path: Path) -> PrivateKey:
    """The key in a PEM file.

    Raises:
        PolicyError: there is none that signs bundles, or a password protects it.
    """
    try:
        key = load_pem_private_key(_bytes(path), None)
    except TypeError as error:
        raise PolicyError(f"{path}: a password protects the key; give one without") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PolicyError(f"{path} holds no private key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise PolicyError(f"{path}: a bundle cannot be signed with this kind of key; {_KINDS}")
    return PrivateKey(key, _algorithm(path, key))


def read_public_key(path: Path) -> PublicKey:
    """The key in a PEM file.

    Raises:
        PolicyError: there is none that bundles are signed with.
    """
    data = _bytes(path)
    if b"PRIVATE KEY" in data:
        raise PolicyError(
            f"{path} holds a private key; name the public one, and keep this where bundles are built"
        )
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PolicyError(f"{path} holds no public key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise PolicyError(f"{path}: a bundle cannot be signed with this kind of key; {_KINDS}")
    return PublicKey(key, _algorithm(path, key))


def _algorithm(
    path: Path,
    key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey | rsa.RSAPrivateKey | rsa.RSAPublicKey,
) -> str:
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        if key.key_size >= LEAST_RSA_BITS:
            return "RS256"
    elif isinstance(key.curve, ec.SECP256R1):
        return "ES256"
    raise PolicyError(f"{path}: a bundle cannot be signed with this key; {_KINDS}")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(f"{path}: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise PolicyError(f"{path} is too large for a key")
    return data
