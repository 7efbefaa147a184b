"""Public keys of signers, read from PEM files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from mlgate.domain.digests import digest_of
from mlgate.errors import SettingsError

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey
MAX_KEYS = 64
"""Each is tried on each signature, so their number bounds what a hostile card costs."""
HASHES: dict[type[EllipticCurve], HashAlgorithm] = {
    SECP256R1: SHA256(),
    SECP384R1: SHA384(),
    SECP521R1: SHA512(),
}
"""The digest that belongs to each curve, as in FIPS 186-5 and the key details of Sigstore."""
_BEGIN = b"-----BEGIN PUBLIC KEY-----"


@dataclass(frozen=True)
class KeyRing:
    """Keys whose signatures are recognised, by id."""

    keys: tuple[tuple[str, PublicKey], ...] = ()

    def signer(self, signature: bytes, signed: bytes) -> str | None:
        """The id of the key that made this signature; None when it is none of these."""
        return next((key_id for key_id, key in self.keys if _verifies(key, signature, signed)), None)

    def why_not(self, told: Sequence[str]) -> str:
        """Why nothing verifies that says it is signed with the keys of these ids; words that follow "it"."""
        ours = {key_id for key_id, _ in self.keys}
        known = next((key for key in told if key in ours), None)
        if known is not None:
            return f"was altered after it was signed, or is not by key {known}, which it names"
        if told:
            return f"is by key {told[0]}, as it says, which is not recognised here"
        return "does not verify with any key that is recognised here, and names none"


def key_id(key: PublicKey) -> str:
    """`sha256:` and the digest of the key's SubjectPublicKeyInfo in DER.

    `openssl pkey -pubin -in key.pem -outform DER | sha256sum` prints the same digest.
    """
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return digest_of(info)


def load_keys(places: Iterable[Path]) -> KeyRing:
    """The keys of PEM files, and of the files of folders (hidden ones left out, as mounted volumes have).

    Raises:
        SettingsError: a file cannot be read or holds anything but public keys that are recognised.
    """
    found = {
        key_id(key): key
        for place in places
        for file in _files(place)
        for key in public_keys(_read(file), file)
    }
    if len(found) > MAX_KEYS:
        raise SettingsError(f"signatures.keys names {len(found)} keys; at most {MAX_KEYS} are used")
    return KeyRing(tuple(sorted(found.items(), key=lambda item: item[0])))


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    return sorted(file for file in place.iterdir() if not file.name.startswith(".") and file.is_file())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(f"signatures.keys: {file} cannot be read: {error.strerror}") from error


def public_keys(data: bytes, file: Path) -> Iterator[PublicKey]:
    """The keys in the content of a file.

    Raises:
        SettingsError: it holds none, or one that is not recognised; the message names the file.
    """
    blocks = [_BEGIN + rest for rest in data.split(_BEGIN)[1:]]
    if not blocks:
        raise SettingsError(f"signatures.keys: {file} holds no public key in PEM")
    for block in blocks:
        yield _parsed(block, file)


def _parsed(block: bytes, file: Path) -> PublicKey:
    try:
        key = load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"signatures.keys: {file} is no public key that can be read") from error
    is_curve = isinstance(key, EllipticCurvePublicKey) and type(key.curve) in HASHES
    if isinstance(key, Ed25519PublicKey) or (isinstance(key, EllipticCurvePublicKey) and is_curve):
        return key
    raise SettingsError(f"signatures.keys: {file} must be Ed25519, or ECDSA with P-256, P-384 or P-521")


def _verifies(key: PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            key.verify(signature, signed, ECDSA(HASHES[type(key.curve)]))
    except InvalidSignature:
        return False
    return True
