"""`sign` and `verify`: an approval made with a key, put into the card, and verified."""

from __future__ import annotations

import base64
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


def test_an_approval_in_another_name_than_that_of_the_certificate_is_told(
    mlgate: Program, tmp_path: Path
) -> None:
    chain = SigstoreChain()
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(chain.trusted_root()))
    digest = json.loads(mlgate("card", "digest", str(write_card(tmp_path)), "-o", "json").out)[0]["digest"]
    predicate = {"role": "legal", "approver": "bo@example.com", "decision": "approved"}
    predicate |= {"model": "credit", "version": "1.0", "issuedAt": "2026-11-20"}
    statement = sign_off_statement(predicate, DIGEST, digest)
    bundle = chain.bundle(statement, "ines@example.com", "https://accounts.example")
    card = write_card(tmp_path, {"role": "legal", "statement": bundle})

    run = mlgate("verify", str(card), "--trusted-root", str(root))

    assert run.code == 1
    assert "it names bo@example.com as approver, and ines@example.com signed it" in run.out


def test_verify_asks_whom_to_trust(mlgate: Program, tmp_path: Path) -> None:
    run = mlgate("verify", str(write_card(tmp_path)))
    assert (run.code, "--trusted-root" in run.err) == (2, True)


# The card itself, without a role.


def office(folder: Path) -> tuple[Path, Path]:
    private = folder / "office.pem"
    return private, write_key(private, Ed25519PrivateKey.generate())


def card_signature(mlgate: Program, private: Path, card: Path, *more: str) -> Any:
    run = mlgate("sign", "--key", str(private), "--card", str(card), *more)
    assert run.code == 0, run.err
    return run


@pytest.mark.parametrize("suffix", [".sig", ".sigstore.json"])
def test_a_card_is_signed_and_verified_beside_its_file(mlgate: Program, tmp_path: Path, suffix: str) -> None:
    private, public = office(tmp_path)
    card = write_card(tmp_path)
    run = card_signature(mlgate, private, card)
    assert run.out.count("\n") == 1
    assert f"as {card}.sig" in run.err
    assert "oras attach --artifact-type application/vnd.mlgate.card-signature.v1+json" in run.err
    Path(f"{card}{suffix}").write_text(run.out)
    verified = mlgate("verify", str(card), "--key", str(public))
    assert (verified.code, "✓ card: signed by sha256:" in verified.out) == (0, True)


def test_the_signature_of_a_card_says_which_card_it_is_of(mlgate: Program, tmp_path: Path) -> None:
    private, public = office(tmp_path)
    card = write_card(tmp_path)
    told = json.loads(card_signature(mlgate, private, card, "-o", "json").out)
    assert told["cardDigest"] in mlgate("card", "digest", str(card)).out
    statement = json.loads(base64.b64decode(told["signature"]["payload"]))
    assert statement["predicateType"] == "https://mlgate.dev/card/v1alpha1"
    assert statement["subject"] == [
        {"name": "card", "digest": {"sha256": told["cardDigest"].removeprefix("sha256:")}}
    ]
    assert (statement["predicate"]["model"], statement["predicate"]["version"]) == ("credit", "1.0")
    named = tmp_path / "elsewhere.json"
    named.write_text(json.dumps(told["signature"], indent=2))
    run = mlgate("verify", str(card), "--key", str(public), "--signature", str(named), "-o", "json")
    (entry,) = json.loads(run.out)
    assert (run.code, entry["cardSignature"]["status"], entry["faults"]) == (0, "verified", [])
    assert entry["cardSignature"]["keyId"] == told["keyId"]


def test_an_object_is_told_to_be_annotated_and_verified_so(mlgate: Program, tmp_path: Path) -> None:
    private, public = office(tmp_path)
    spec = yaml.safe_load(write_card(tmp_path).read_text())
    about: dict[str, Any] = {"name": "credit-1.0", "namespace": "prod"}
    made = {"apiVersion": "mlgate.dev/v1alpha1", "kind": "ModelCard", "metadata": about, "spec": spec}
    card = tmp_path / "object.yaml"
    card.write_text(yaml.safe_dump(made))
    run = card_signature(mlgate, private, card)
    assert "kubectl annotate modelcard credit-1.0 -n prod --overwrite" in run.err
    about["annotations"] = {"mlgate.dev/card-signature": run.out.strip()}
    card.write_text(yaml.safe_dump(made))
    assert mlgate("verify", str(card), "--key", str(public)).code == 0
    spec["risk"] = {"tier": "low"}
    card.write_text(yaml.safe_dump(made))
    changed = mlgate("verify", str(card), "--key", str(public))
    assert (changed.code, "✗ card: its signature is of another card" in changed.out) == (1, True)


def test_a_card_in_another_format_is_signed_by_its_bytes(mlgate: Program, tmp_path: Path) -> None:
    private, public = office(tmp_path)
    source = Path(__file__).resolve().parents[3] / "examples" / "cards" / "huggingface" / "ticket-router.md"
    card = tmp_path / "README.md"
    card.write_bytes(source.read_bytes())
    Path(f"{card}.sig").write_text(card_signature(mlgate, private, card).out)
    assert mlgate("verify", str(card), "--key", str(public)).code == 0
    card.write_bytes(source.read_bytes() + b"\n")
    assert mlgate("verify", str(card), "--key", str(public)).code == 1


def test_signature_and_approvals_are_told_together_and_one_bad_one_is_enough(
    mlgate: Program, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    card = write_card(tmp_path)
    entry = signed(mlgate, keys[0], card)
    text = card_signature(mlgate, keys[0], card).out
    write_card(tmp_path, entry)
    Path(f"{card}.sig").write_text(text)
    run = mlgate("verify", str(card), "--key", str(keys[1]))
    assert (run.code, run.out.count("✓")) == (0, 2)
    other = write_key(tmp_path / "other.pem", Ed25519PrivateKey.generate())
    Path(f"{card}.sig").write_text(text[:60])
    run = mlgate("verify", str(card), "--key", str(keys[1]), "--key", str(other))
    assert (run.code, run.out.count("✓"), run.out.count("✗")) == (1, 1, 1)


def test_options_of_an_approval_need_its_role(mlgate: Program, tmp_path: Path) -> None:
    private, _ = office(tmp_path)
    for option in (["--reject"], ["--expires", "2030-01-01"], ["--user", "ana"]):
        run = mlgate("sign", "--key", str(private), "--card", str(write_card(tmp_path)), *option)
        assert (run.code, "name its --role" in run.err) == (2, True)


def test_a_signature_that_cannot_be_read_is_named(mlgate: Program, tmp_path: Path) -> None:
    _, public = office(tmp_path)
    card = write_card(tmp_path)
    Path(f"{card}.sig").mkdir()
    run = mlgate("verify", str(card), "--key", str(public))
    assert (run.code, "card.yaml.sig cannot be read" in run.err) == (2, True)
