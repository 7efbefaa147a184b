"""Public keys: which files are read, and what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mlgate.errors import SettingsError
from mlgate.evidence.signatures.keys import MAX_KEYS, key_id, load_keys
from mlgate.evidence.signatures.sign import PrivateKey


def pem(key: object) -> bytes:
    public = key.public_key()  # type: ignore[attr-defined]
    data: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return data


def test_the_id_is_the_digest_of_the_key_in_der(private_key: PrivateKey) -> None:
    der = private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key_id(private_key.public_key()) == "sha256:" + hashlib.sha256(der).hexdigest()


def test_keys_of_files_and_folders_are_read_once_each(tmp_path: Path, private_key: PrivateKey) -> None:
    other = Ed25519PrivateKey.generate()
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "a.pem").write_bytes(b"# the risk team\n" + pem(private_key) + pem(other))
    (folder / ".hidden").write_bytes(b"nothing")
    (folder / "..data").mkdir()
    single = tmp_path / "b.pem"
    single.write_bytes(pem(other))
    ring = load_keys([folder, single])
    assert {name for name, _ in ring.keys} == {key_id(private_key.public_key()), key_id(other.public_key())}


def test_a_folder_without_keys_recognises_nobody(tmp_path: Path) -> None:
    assert load_keys([tmp_path]).keys == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ssh-ed25519 AAAA",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        pem(X25519PrivateKey.generate()),
        pem(generate_private_key(SECP256K1())),
    ],
)
def test_a_file_that_holds_no_such_key_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(data)
    with pytest.raises(SettingsError, match=r"key\.pem"):
        load_keys([tmp_path])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.pem cannot be read"):
        load_keys([tmp_path / "gone.pem"])


def test_only_so_many_keys_are_tried(tmp_path: Path) -> None:
    for index in range(MAX_KEYS + 1):
        (tmp_path / f"{index}.pem").write_bytes(pem(Ed25519PrivateKey.generate()))
    with pytest.raises(SettingsError, match="at most"):
        load_keys([tmp_path])
