"""Signatures beside a card: verified, told with the signer, and worth nothing once anything is altered."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from sigstore_chain import SigstoreChain

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardSignature
from mlgate.evidence.cards.detached import MOST_SIGNATURES, Detached, signature_texts
from mlgate.evidence.cards.sealed import CardVerifier
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.card import card_statement
from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement
from mlgate.evidence.signatures.verify import StatementVerifier

CARD = "sha256:" + "b2" * 32
OTHER = "sha256:" + "c3" * 32
KEYS = [Ed25519PrivateKey.generate() for _ in range(2)]
STRANGER = Ed25519PrivateKey.generate()
RING_ID = [key_id(key.public_key()) for key in KEYS]
RING = KeyRing(tuple((key_id(key.public_key()), key.public_key()) for key in KEYS))
SIGNED = sign_statement(card_statement(CARD, {"model": "credit"}), KEYS[0])
WHO, ISSUER = "office@example.com", "https://accounts.example"


@pytest.fixture
def seals() -> CardVerifier:
    return CardVerifier(StatementVerifier(RING))


@pytest.fixture(scope="module")
def chain() -> SigstoreChain:
    return SigstoreChain()


@pytest.fixture
def by_certificate(chain: SigstoreChain, tmp_path: Path) -> CardVerifier:
    root = tmp_path / "trusted_root.json"
    root.write_text(json.dumps(chain.trusted_root()))
    return CardVerifier(StatementVerifier(bundles=BundleVerifier.load(root)))


async def found(seals: CardVerifier, *texts: str, **beside: Any) -> tuple[CardSignature, ...]:
    return await seals.verify(Detached(texts, **beside), CARD, Deadline.after(5))


async def test_a_signature_by_a_key_is_told_with_the_key(seals: CardVerifier) -> None:
    (entry,) = await found(seals, SIGNED)
    assert (entry.status, entry.method, entry.key_id) == ("verified", "key", RING_ID[0])
    assert (entry.identity, entry.issuer, entry.signed_at, entry.reason) == (None, None, None, None)


async def test_a_signature_by_a_certificate_is_told_with_identity_and_time(
    by_certificate: CardVerifier, chain: SigstoreChain
) -> None:
    (entry,) = await found(by_certificate, chain.bundle(card_statement(CARD, {}), WHO, ISSUER))
    assert (entry.status, entry.method, entry.key_id) == ("verified", "sigstore", None)
    assert (entry.identity, entry.issuer, entry.signed_at) == (WHO, ISSUER, "2026-11-20T09:00:00Z")


async def test_a_certificate_that_had_expired_is_invalid(
    by_certificate: CardVerifier, chain: SigstoreChain
) -> None:
    keys = {name: getattr(chain, name) for name in ("authority", "certificate_log", "log")}
    late = SigstoreChain(logged_after=timedelta(minutes=10), **keys)
    (entry,) = await found(by_certificate, late.bundle(card_statement(CARD, {}), WHO, ISSUER))
    assert (entry.status, entry.method, entry.identity) == ("invalid", "sigstore", None)
    assert "does not verify" in str(entry.reason)


@pytest.mark.parametrize("detached", [None, Detached()])
async def test_without_a_signature_there_is_no_fact(seals: CardVerifier, detached: Detached | None) -> None:
    assert await seals.verify(detached, CARD, Deadline.after(5)) == ()


APPROVAL = sign_off_statement({"model": "credit", "version": "1"}, None, CARD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sign_statement(card_statement(OTHER, {}), KEYS[0]), f"of another card, or .*: {OTHER}"),
        (sign_statement(card_statement(CARD, {}), STRANGER), "not recognised"),
        (sign_statement(APPROVAL, KEYS[0]), "states https://mlgate.dev/sign-off"),
        ("", "cannot be parsed"),
        ("not a signature", "cannot be parsed"),
        ("{}", "payloadType"),
        ('{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}', "not configured for Sigstore"),
        ("x" * 300_000, "cannot be parsed"),
    ],
)
async def test_what_does_not_count_is_invalid_and_says_why(seals: CardVerifier, text: str, told: str) -> None:
    (entry,) = await found(seals, text)
    assert entry.status == "invalid"
    assert (entry.key_id, entry.identity, entry.issuer) == (None, None, None)
    assert re.search(told, str(entry.reason))


async def test_a_card_without_a_digest_is_signed_by_nobody(seals: CardVerifier) -> None:
    (entry,) = await seals.verify(Detached((SIGNED,)), None, Deadline.after(5))
    assert entry.status == "invalid"


async def test_the_file_or_artifact_may_be_what_was_signed(seals: CardVerifier) -> None:
    text = sign_statement(card_statement(OTHER, {}), KEYS[0])
    (entry,) = await found(seals, text, digests=frozenset({OTHER}))
    assert entry.status == "verified"


async def test_no_byte_can_be_flipped(seals: CardVerifier) -> None:
    envelope = json.loads(SIGNED)
    payload = base64.b64decode(envelope["payload"])
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    altered = [(flipped, signature) for flipped in _flipped(payload)]
    altered += [(payload, flipped) for flipped in _flipped(signature)]
    for body, name in altered:
        text = {
            "payloadType": envelope["payloadType"],
            "payload": base64.b64encode(body).decode(),
            "signatures": [{"sig": base64.b64encode(name).decode()}],
        }
        (entry,) = await found(seals, json.dumps(text))
        assert (entry.status, entry.key_id) == ("invalid", None)
    assert len(altered) == len(payload) + len(signature)


def _flipped(data: bytes) -> list[bytes]:
    return [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))]


async def test_a_flipped_byte_of_the_text_counts_only_where_what_was_signed_stays_the_same(
    seals: CardVerifier,
) -> None:
    """That is in what nobody signs, such as the name of the key."""
    spared = 0
    for at in range(len(SIGNED)):
        raw = bytearray(SIGNED.encode())
        raw[at] ^= 1
        text = raw.decode(errors="replace")
        (entry,) = await found(seals, text)
        if entry.status == "verified":
            assert _meant(text) == _meant(SIGNED)
            assert entry.key_id == RING_ID[0]
            spared += 1
    assert 0 < spared < len(SIGNED) // 4


def _meant(text: str) -> tuple[str, bytes, list[bytes]]:
    """Type, payload and signatures of an envelope."""
    envelope = json.loads(text)
    signatures = [base64.b64decode(entry["sig"]) for entry in envelope["signatures"]]
    return envelope["payloadType"], base64.b64decode(envelope["payload"]), signatures


async def test_a_bad_signature_hides_no_good_one(seals: CardVerifier) -> None:
    bad = sign_statement(card_statement(OTHER, {}), KEYS[1])
    for texts in ((bad, SIGNED), (SIGNED, bad)):
        (entry,) = await found(seals, *texts)
        assert (entry.status, entry.key_id) == ("verified", RING_ID[0])


async def test_all_that_verified_are_told_and_each_once(seals: CardVerifier) -> None:
    second = sign_statement(card_statement(CARD, {}), KEYS[1])
    entries = await found(seals, SIGNED, second, SIGNED)
    assert [entry.key_id for entry in entries] == RING_ID


async def test_of_bad_ones_the_first_is_told_and_only_so_many_are_looked_at(seals: CardVerifier) -> None:
    bad = sign_statement(card_statement(OTHER, {}), KEYS[1])
    (entry,) = await found(seals, *[bad] * MOST_SIGNATURES, SIGNED)
    assert (entry.status, "of another card" in str(entry.reason)) == ("invalid", True)
    (entry,) = await found(seals, *[bad] * (MOST_SIGNATURES - 1), SIGNED)
    assert entry.status == "verified"


async def test_what_could_not_be_looked_for_is_unavailable_unless_a_good_one_was_found(
    seals: CardVerifier,
) -> None:
    for texts in ((), ("bad",)):
        (entry,) = await found(seals, *texts, unread="the registry did not answer")
        assert (entry.status, entry.method) == ("unavailable", None)
        assert entry.reason == "the registry did not answer"
    (entry,) = await found(seals, SIGNED, unread="the registry did not answer")
    assert entry.status == "verified"


async def test_it_ends_with_the_deadline(seals: CardVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    held = asyncio.Event()

    async def never(*_: Any) -> None:
        await held.wait()

    monkeypatch.setattr("mlgate.evidence.cards.sealed.asyncio.to_thread", never)
    start = time.monotonic()
    (entry,) = await seals.verify(Detached((SIGNED,)), CARD, Deadline.after(0.05))
    assert (entry.status, entry.reason) == ("unavailable", "was not verified in time")
    assert time.monotonic() - start < 2


async def test_what_verified_of_an_artifact_is_remembered_for_a_time(
    seals: CardVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seals.recall(OTHER) == ()
    await found(seals, "bad", SIGNED, artifact=OTHER)
    assert seals.recall(OTHER) == (SIGNED,)
    await found(seals, "bad", artifact="sha256:" + "0" * 64)
    assert seals.recall("sha256:" + "0" * 64, stale=True) == ()
    monkeypatch.setattr("mlgate.evidence.cards.sealed.time.monotonic", lambda: time.time() * 2)
    assert seals.recall(OTHER) == ()
    assert seals.recall(OTHER, stale=True) == (SIGNED,)


async def test_only_so_many_are_remembered(seals: CardVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.evidence.cards.sealed._REMEMBERED", 1)
    for artifact in (CARD, OTHER):
        await found(seals, SIGNED, artifact=artifact)
    assert (seals.recall(CARD), seals.recall(OTHER)) == ((), (SIGNED,))


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (SIGNED, (SIGNED,)),
        (SIGNED + "\n", (SIGNED,)),
        (json.dumps(json.loads(SIGNED), indent=1), (json.dumps(json.loads(SIGNED), indent=1),)),
        ("a\n\n b\n", ("a", " b")),
        ("", ("",)),
        (" \n", ("",)),
        (None, ("",)),
        ({"payload": "x"}, ("",)),
    ],
)
def test_signatures_stand_one_on_a_line_or_alone_over_several(value: Any, texts: tuple[str, ...]) -> None:
    assert signature_texts(value) == texts
