"""`sign` and `verify`: an approval made with a key, put into the card, and verified."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from sigstore_chain import SigstoreChain

from mlgate.evidence.signatures.sign import sign_off_statement

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""
DIGEST = "sha256:" + "ab" * 32


def write_key(file: Path, key: Any, password: bytes | None = None) -> Path:
    """The private key in the form of openssl, and the public one beside it, which is returned."""
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    public = file.with_suffix(".pub.pem")
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


@pytest.fixture(params=["ed25519", "p256"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    is_curve = request.param == "p256"
    key = ec.generate_private_key(ec.SECP256R1()) if is_curve else Ed25519PrivateKey.generate()
    private = tmp_path / "key.pem"
    return private, write_key(private, key)


def write_card(folder: Path, *sign_offs: Any, version: str = "1.0", digest: str | None = DIGEST) -> Path:
    artifact = {"uri": "s3://b/m"} | ({"digest": digest} if digest else {})
    spec: dict[str, Any] = {"model": {"name": "credit", "version": version, "artifacts": [artifact]}}
    if sign_offs:
        spec["signOffs"] = list(sign_offs)
    file = folder / "card.yaml"
    file.write_text(yaml.safe_dump(spec))
    return file


def signed(mlgate: Program, private: Path, card: Path, *more: str) -> dict[str, Any]:
    run = mlgate(
        "sign", "--key", str(private), "--card", str(card), "--role", "modelRisk", "--user", "ines", *more
    )
    assert run.code == 0, run.err
    (entry,) = yaml.safe_load(run.out)
    found: dict[str, Any] = entry
    return found


def test_what_is_signed_verifies(mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    private, public = keys
    entry = signed(mlgate, private, write_card(tmp_path), "--expires", "2030-01-01")
    run = mlgate("verify", str(write_card(tmp_path, entry)), "--key", str(public))
    assert run.code == 0
    assert "approved as modelRisk by ines" in run.out
    assert "until 2030-01-01" in run.out
    assert "signed by sha256:" in run.out


def test_the_entry_leaves_the_digest_of_the_card_as_it_was(
    mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    before = mlgate("card", "digest", str(write_card(tmp_path))).out
    entry = signed(mlgate, keys[0], tmp_path / "card.yaml")
    assert mlgate("card", "digest", str(write_card(tmp_path, entry))).out == before


@pytest.mark.parametrize(
    ("changed", "told"), [({"version": "2.0"}, "version 1.0"), ({"digest": None}, "digest of the model")]
)
def test_it_does_not_serve_another_card(
    mlgate: Program, tmp_path: Path, keys: tuple[Path, Path], changed: dict[str, Any], told: str
) -> None:
    entry = signed(mlgate, keys[0], write_card(tmp_path))
    run = mlgate("verify", str(write_card(tmp_path, entry, **changed)), "--key", str(keys[1]))
    assert run.code == 1
    assert told in run.out
    assert "digest of the card" in run.out


def test_a_stranger_is_nobody_who_is_known(mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    entry = signed(mlgate, keys[0], write_card(tmp_path))
    other = write_key(tmp_path / "other.pem", Ed25519PrivateKey.generate())
    card = write_card(tmp_path, entry)
    run = mlgate("verify", str(card), "--key", str(other), "--output", "json")
    assert run.code == 1
    (told,) = json.loads(run.out)
    assert told["assurance"] == "claimed"
    assert "not recognised" in told["faults"][0]


def test_a_card_without_signed_approvals_has_nothing_to_verify(
    mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    card = write_card(tmp_path, {"role": "legal", "approver": "ana"})
    run = mlgate("verify", str(card), "--key", str(keys[1]))
    assert run.code == 2
    assert "no signature and no signed approval" in run.err


def test_a_rejection_can_be_signed_too_and_its_key_may_have_a_password(
    mlgate: Program, tmp_path: Path
) -> None:
    private, password = tmp_path / "locked.pem", tmp_path / "password"
    password.write_text("long enough\n")
    write_key(private, Ed25519PrivateKey.generate(), b"long enough")
    card = write_card(tmp_path)
    entry = signed(mlgate, private, card, "--reject", "--password-file", str(password))
    assert entry["decision"] == "rejected"
    plain = mlgate("sign", "--key", str(private), "--card", str(card), "--role", "legal", "--user", "a")
    assert (plain.code, "needs a password" in plain.err) == (2, True)
    password.write_text("another one")
    wrong = mlgate(
        *("sign", "--key", str(private), "--card", str(card), "--role", "legal", "--user", "a"),
        *("--password-file", str(password)),
    )
    assert (wrong.code, "the password is another one" in wrong.err) == (2, True)


def test_keys_that_cannot_be_used_are_named(mlgate: Program, tmp_path: Path) -> None:
    card = write_card(tmp_path)
    asked = ("--card", str(card), "--role", "legal", "--user", "a")
    write_key(tmp_path / "rsa.pem", rsa.generate_private_key(public_exponent=65537, key_size=2048))
    faults = {"rsa.pem": "must be Ed25519", "gone.pem": "cannot be read", "card.yaml": "no private"}
    for name, told in faults.items():
        run = mlgate("sign", "--key", str(tmp_path / name), *asked)
        assert (run.code, told in run.err) == (2, True), run.err


def test_a_card_without_digest_is_signed_with_a_warning(
    mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    card = write_card(tmp_path, digest=None)
    run = mlgate(
        "sign", "--key", str(keys[0]), "--card", str(card), "--role", "legal", "--user", "a", "-o", "json"
    )
    assert run.code == 0
    assert "names no digest" in run.err
    assert json.loads(run.out)["role"] == "legal"


def test_an_approval_signed_with_a_certificate_is_verified_too(mlgate: Program, tmp_path: Path) -> None:
    chain = SigstoreChain()
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(chain.trusted_root()))
    digest = json.loads(mlgate("card", "digest", str(write_card(tmp_path)), "-o", "json").out)[0]["digest"]
    predicate = {
        "role": "legal",
        "approver": "ines@example.com",
        "decision": "approved",
        "model": "credit",
        "version": "1.0",
        "issuedAt": "2026-11-20",
    }
    bundle = chain.bundle(
        sign_off_statement(predicate, DIGEST, digest), "ines@example.com", "https://accounts.example"
    )
    card = write_card(tmp_path, {"role": "legal", "approver": "ines@example.com", "statement": bundle})
    run = mlgate("verify", str(card), "--trusted-root", str(root))
    assert run.code == 0, run.out
    assert "signed by ines@example.com (https://accounts.example)" in run.out


def test_verify_asks_whom_to_trust(mlgate: Program, tmp_path: Path) -> None:
    run = mlgate("verify", str(write_card(tmp_path)))
    assert (run.code, "--trusted-root" in run.err) == (2, True)
