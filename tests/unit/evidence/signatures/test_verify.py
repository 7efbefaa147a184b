"""Signed statements: who signed is recognised, and nothing altered passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.sign import PrivateKey, sign_off_statement, sign_statement
from mlgate.evidence.signatures.verify import StatementVerifier

Ring = Callable[..., KeyRing]
SIGNER = Ed25519PrivateKey.generate()
KNOWN = KeyRing(((key_id(SIGNER.public_key()), SIGNER.public_key()),))
STATEMENT = sign_off_statement(
    {
        "role": "legal",
        "approver": "ines@example.com",
        "decision": "approved",
        "model": "credit",
        "version": "2",
    },
    "sha256:" + "a1" * 32,
    "sha256:" + "b2" * 32,
)
SIGNED = sign_statement(STATEMENT, SIGNER)


def test_the_statement_and_the_key_are_told(
    private_key: PrivateKey, statement: dict[str, Any], ring: Ring
) -> None:
    others = Ed25519PrivateKey.generate()
    verifier = StatementVerifier(ring(others, private_key))
    verified = verifier.verify(sign_statement(statement, private_key))
    assert verified.statement == statement
    assert verified.signature.method == "key"
    assert verified.signature.key_id == key_id(private_key.public_key())


def test_of_several_signatures_one_that_is_recognised_is_enough() -> None:
    envelope = json.loads(SIGNED)
    envelope["signatures"].insert(0, {"keyid": "stranger", "sig": base64.b64encode(b"0" * 64).decode()})
    verified = StatementVerifier(KNOWN).verify(json.dumps(envelope))
    assert verified.signature.key_id == key_id(SIGNER.public_key())


def test_the_key_id_an_envelope_names_is_not_believed() -> None:
    other = Ed25519PrivateKey.generate()
    envelope = json.loads(sign_statement(STATEMENT, other))
    envelope["signatures"][0]["keyid"] = key_id(SIGNER.public_key())
    with pytest.raises(StatementRefused, match="is not by key"):
        StatementVerifier(KNOWN).verify(json.dumps(envelope))


def _refusal(**of_signature: Any) -> str:
    """Why the statement does not verify in which another model stands, with this beside its signature."""
    envelope = json.loads(SIGNED)
    payload = base64.b64decode(envelope["payload"]).replace(b"businessOwner", b"modelRisk")
    payload = payload.replace(b'"approver"', b'"Approver"')
    envelope["payload"] = base64.b64encode(payload).decode()
    envelope["signatures"][0] |= of_signature
    with pytest.raises(StatementRefused) as refused:
        StatementVerifier(KNOWN).verify(json.dumps(envelope))
    return str(refused.value)


def test_what_was_altered_is_told_from_what_a_stranger_signed() -> None:
    stranger = "sha256:" + "5e" * 32
    own = key_id(SIGNER.public_key())
    assert _refusal() == f"was altered after it was signed, or is not by key {own}, which it names"
    assert _refusal(keyid=stranger) == f"is by key {stranger}, as it says, which is not recognised here"


@pytest.mark.parametrize(
    "told", [None, "", 7, [], {}, "ines", "sha256:" + "5E" * 32, "sha256:\x1b[2J", "x" * 999]
)
def test_what_is_no_id_of_a_key_is_not_repeated(told: Any) -> None:
    assert _refusal(keyid=told) == "does not verify with any key that is recognised here, and names none"


def test_a_bundle_that_was_signed_with_a_key_is_verified_with_the_keys() -> None:
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": "anything"}, "tlogEntries": []},
        "dsseEnvelope": json.loads(SIGNED),
    }
    verified = StatementVerifier(KNOWN).verify(json.dumps(bundle))
    assert (verified.statement, verified.signature.method) == (STATEMENT, "key")
    del bundle["dsseEnvelope"]
    with pytest.raises(StatementRefused, match="no DSSE envelope"):
        StatementVerifier(KNOWN).verify(json.dumps(bundle))


def test_a_stranger_is_not_recognised_and_the_answer_is_remembered(ring: Ring) -> None:
    verifier = StatementVerifier(ring(Ed25519PrivateKey.generate()))
    for _ in range(2):
        with pytest.raises(StatementRefused, match="not recognised"):
            verifier.verify(SIGNED)


def test_without_keys_nothing_is_verified() -> None:
    with pytest.raises(StatementRefused, match="not configured"):
        StatementVerifier().verify(SIGNED)


def test_only_so_many_results_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.evidence.signatures.verify._REMEMBERED", 2)
    verifier = StatementVerifier(KNOWN)
    for index in range(4):
        verifier.verify(SIGNED + " " * index)
    assert len(verifier._known) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "\ud800",
        '{"payloadType": 1, "payloadType": 2}',
        "[" * 100,
        "x" * 70_000,
        "\x00",
    ],
)
def test_what_is_no_envelope_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        StatementVerifier(KNOWN).verify(text)
    assert str(refused.value)


def test_a_signed_payload_that_is_not_json_is_refused() -> None:
    envelope = json.loads(SIGNED)
    payload = b"not json"
    signed = b"DSSEv1 28 application/vnd.in-toto+json 8 not json"
    envelope["payload"] = base64.b64encode(payload).decode()
    envelope["signatures"] = [{"sig": base64.b64encode(SIGNER.sign(signed)).decode()}]
    with pytest.raises(StatementRefused, match="the payload cannot be parsed"):
        StatementVerifier(KNOWN).verify(json.dumps(envelope))


def test_no_byte_of_the_payload_or_the_signature_can_be_flipped(private_key: PrivateKey, ring: Ring) -> None:
    envelope = json.loads(sign_statement(STATEMENT, private_key))
    payload = base64.b64decode(envelope["payload"])
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    keys = ring(private_key)
    for place in range(len(payload)):
        altered = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]
        assert not _verifies(keys, altered, signature)
    for place in range(len(signature)):
        altered = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not _verifies(keys, payload, altered)
    assert _verifies(keys, payload, signature)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.integers(min_value=0, max_value=len(SIGNED) - 1), bit=st.integers(min_value=0, max_value=6))
def test_a_flipped_bit_of_the_text_changes_nothing_that_was_signed(place: int, bit: int) -> None:
    raw = bytearray(SIGNED.encode())
    raw[place] ^= 1 << bit
    try:
        verified = StatementVerifier(KNOWN).verify(raw.decode(errors="replace"))
    except StatementRefused:
        return
    assert verified.statement == STATEMENT  # it was in the hint that names the key, and nowhere else


@given(text=st.text(max_size=300))
def test_no_text_raises_anything_else(text: str) -> None:
    with pytest.raises(StatementRefused):
        StatementVerifier(KNOWN).verify(text)


def _verifies(keys: KeyRing, payload: bytes, signature: bytes) -> bool:
    envelope = {
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"sig": base64.b64encode(signature).decode()}],
    }
    try:
        StatementVerifier(keys).verify(json.dumps(envelope))
    except StatementRefused:
        return False
    return True
