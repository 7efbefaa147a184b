"""Signatures of models beside a card: told with the root that was signed, or with why they do not count."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from signed_model import oms_statement, root_of
from sigstore_chain import SigstoreChain

from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.model import MOST_MODEL_SIGNATURES, signatures_beside_card
from mlgate.evidence.signatures.sign import sign_statement
from mlgate.evidence.signatures.verify import StatementVerifier

FILES = {"a.bin": b"a", "b.bin": b"b"}
KEY, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
WHO, ISSUER = "pipeline@example.com", "https://login.example.com"


@pytest.fixture(scope="module")
def chain() -> SigstoreChain:
    return SigstoreChain()


@pytest.fixture
def verifier(chain: SigstoreChain, tmp_path: Path) -> StatementVerifier:
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(chain.trusted_root()))
    ring = KeyRing(((key_id(KEY.public_key()), KEY.public_key()),))
    return StatementVerifier(ring, BundleVerifier.load(root))


def of_key(key: Ed25519PrivateKey = KEY, **changed: Any) -> str:
    return sign_statement(oms_statement(FILES) | changed, key)


def test_a_signature_is_told_for_each_model_with_root_and_signer(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    texts = [chain.bundle(oms_statement(FILES), WHO, ISSUER), of_key(), of_key()]
    found = signatures_beside_card(texts, ["predictor", "adapter:sql"], verifier)
    assert [entry.model for entry in found] == ["predictor"] * 2 + ["adapter:sql"] * 2
    assert {(entry.status, entry.method, entry.digest) for entry in found} == {
        ("verified", "oms", root_of(FILES))
    }
    assert {(entry.identity, entry.issuer, entry.key_id) for entry in found} == {
        (WHO, ISSUER, None),
        (None, None, key_id(KEY.public_key())),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be parsed"),
        ("no bundle", "cannot be parsed"),
        (of_key(STRANGER), "not recognised|nobody"),
        (of_key(predicateType="https://slsa.dev/provenance/v1"), "no signature of a model"),
        (of_key(subject=[]), "subject"),
        (of_key(subject=[{"name": n, "digest": {"sha256": n * 64}} for n in "ab"]), "several subjects"),
    ],
)
def test_what_does_not_count_is_told_with_the_reason(
    verifier: StatementVerifier, text: str, told: str
) -> None:
    (entry,) = signatures_beside_card([text], ["predictor"], verifier)
    assert (entry.status, entry.digest, entry.key_id, entry.method) == ("invalid", None, None, None)
    assert any(part in str(entry.reason) for part in told.split("|")), entry.reason


def test_more_than_are_looked_at_are_told(verifier: StatementVerifier) -> None:
    texts = [f"{at}" for at in range(MOST_MODEL_SIGNATURES)]
    hidden = signatures_beside_card([*texts, of_key()], ["predictor"], verifier)
    assert {entry.status for entry in hidden} == {"invalid"}
    assert any(f"more than {MOST_MODEL_SIGNATURES}" in str(entry.reason) for entry in hidden)
    found = signatures_beside_card([*texts[1:], of_key()], ["predictor"], verifier)
    assert [entry.status for entry in found] == ["verified"], "what does not count is of no interest then"


def test_without_models_there_is_nothing_to_tell(verifier: StatementVerifier) -> None:
    assert signatures_beside_card([of_key()], [], verifier) == ()


def test_no_byte_of_a_bundle_can_be_flipped_into_another_root(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    text = chain.bundle(oms_statement(FILES), WHO, ISSUER).encode()
    roots = set()
    for at in range(len(text)):
        flipped = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]
        (entry,) = signatures_beside_card([flipped.decode(errors="replace")], ["predictor"], verifier)
        roots.add((entry.status, entry.digest, entry.identity))
    assert roots <= {("invalid", None, None), ("verified", root_of(FILES), WHO)}
    assert ("invalid", None, None) in roots
