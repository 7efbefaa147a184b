"""Signatures of cosign before version 3: found under their tag, and worth what they prove."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from older_cosign import CERTIFICATE, LOG, SIGNATURE, by_certificate, by_key, payload_of, push
from registry import Registry
from sigstore_chain import SigstoreChain

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import StatementSignature
from mlgate.domain.lookups import Served
from mlgate.domain.verified import ImageSignature
from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE as BUNDLE
from mlgate.evidence.signatures.bundles import BundleVerifier
from mlgate.evidence.signatures.keys import KeyRing, key_id
from mlgate.evidence.signatures.served import ServedVerifier
from mlgate.evidence.signatures.simple_signing import tag_of, verify_simple
from mlgate.evidence.signatures.verify import StatementVerifier
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

IMAGE = "sha256:" + "a1" * 32
PAYLOAD = payload_of(IMAGE)
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_ID = key_id(KEY.public_key())
WHO, ISSUER = "builder@example.com", "https://accounts.example"


@pytest.fixture(scope="module")
def chain() -> SigstoreChain:
    return SigstoreChain()


@pytest.fixture(scope="module")
def root(chain: SigstoreChain, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("trust") / "trusted_root.json"
    file.write_text(json.dumps(chain.trusted_root()))
    return file


@pytest.fixture(scope="module")
def verifier(root: Path) -> StatementVerifier:
    return StatementVerifier(KeyRing(((KEY_ID, KEY.public_key()),)), BundleVerifier.load(root))


def signer(
    verifier: StatementVerifier, annotations: dict[str, Any], payload: bytes = PAYLOAD
) -> StatementSignature:
    return verify_simple(payload, annotations, IMAGE, verifier)


def test_a_signature_by_a_key_is_told_with_the_key(verifier: StatementVerifier) -> None:
    found = signer(verifier, by_key(PAYLOAD, KEY))
    assert (found.method, found.key_id, found.identity) == ("key", KEY_ID, None)


def test_a_signature_by_a_certificate_is_told_with_its_identity(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    found = signer(verifier, by_certificate(PAYLOAD, chain, WHO, ISSUER))
    assert (found.method, found.identity, found.issuer, found.key_id) == ("sigstore", WHO, ISSUER, None)


def test_no_byte_of_payload_or_signature_can_be_flipped(verifier: StatementVerifier) -> None:
    annotations = by_key(PAYLOAD, KEY)
    raw = base64.b64decode(annotations[SIGNATURE])
    altered = [(flipped, annotations) for flipped in _flipped(PAYLOAD)]
    altered += [(PAYLOAD, {SIGNATURE: base64.b64encode(flipped).decode()}) for flipped in _flipped(raw)]
    for payload, notes in altered:
        with pytest.raises(StatementRefused):
            signer(verifier, notes, payload)


def _flipped(data: bytes) -> list[bytes]:
    return [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))]


# A flipped byte can make the serial number negative, of which the library warns before it refuses it one day.
@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_byte_of_a_certificate_or_log_entry_can_be_flipped_and_name_somebody_else(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    good = by_certificate(PAYLOAD, chain, WHO, ISSUER)
    passed = []
    for name in (SIGNATURE, CERTIFICATE, LOG):
        for flipped in _flipped(good[name].encode()):
            try:
                passed.append(signer(verifier, {**good, name: flipped.decode(errors="replace")}))
            except StatementRefused:
                continue
    assert all((found.identity, found.issuer) == (WHO, ISSUER) for found in passed)


def _log(annotations: dict[str, str], **changed: Any) -> dict[str, str]:
    log = json.loads(annotations[LOG])
    log["Payload"] |= changed
    return {**annotations, LOG: json.dumps(log)}


def _without_promise(annotations: dict[str, str]) -> dict[str, str]:
    log = json.loads(annotations[LOG])
    del log["SignedEntryTimestamp"]
    return {**annotations, LOG: json.dumps(log)}


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (lambda good: _log(good, integratedTime=1), "does not verify"),
        (lambda good: _log(good, integratedTime=1795165201), "does not verify"),
        (lambda good: _log(good, logIndex=7), "does not verify"),
        (lambda good: _log(good, body="e30="), "does not verify"),
        (lambda good: _log(good, logID="00" * 32), "does not verify"),
        (lambda good: _log(good, logID="x"), "64 hex digits"),
        (lambda good: _log(good, logIndex=True), "whole numbers"),
        (lambda good: _log(good, integratedTime="1"), "whole numbers"),
        (_without_promise, "does not verify"),
        (lambda good: {**good, LOG: "x"}, "cannot be parsed"),
        (lambda good: {**good, LOG: "[]"}, "64 hex digits"),
        (lambda good: {**good, CERTIFICATE: "x"}, "a certificate in PEM"),
        (lambda good: {**good, CERTIFICATE: 7}, "must be text"),
        (lambda good: {**good, SIGNATURE: "é"}, "must be base64"),
        (lambda good: {**good, SIGNATURE: "x"}, "must be base64"),
        (lambda good: {SIGNATURE: good[SIGNATURE]}, "any key that is recognised here, and names none"),
        (lambda good: {CERTIFICATE: good[CERTIFICATE], SIGNATURE: good[SIGNATURE]}, "must be text"),
        (lambda _: {}, "must be base64"),
    ],
)
def test_nothing_can_be_left_out_or_altered(
    verifier: StatementVerifier,
    chain: SigstoreChain,
    alter: Callable[[dict[str, str]], dict[str, Any]],
    told: str,
) -> None:
    with pytest.raises(StatementRefused, match=told):
        signer(verifier, alter(by_certificate(PAYLOAD, chain, WHO, ISSUER)))


def test_an_entry_of_another_signature_vouches_for_nothing(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    one, other = (by_certificate(PAYLOAD, chain, WHO, ISSUER) for _ in range(2))
    with pytest.raises(StatementRefused, match="does not verify"):
        signer(verifier, {**one, LOG: other[LOG]})


@pytest.mark.parametrize("part", ["authority", "certificate_log", "log"])
def test_each_part_of_the_chain_counts(verifier: StatementVerifier, chain: SigstoreChain, part: str) -> None:
    keys = {name: getattr(chain, name) for name in ("authority", "certificate_log", "log")}
    keys[part] = getattr(SigstoreChain(), part)
    with pytest.raises(StatementRefused, match="does not verify"):
        signer(verifier, by_certificate(PAYLOAD, SigstoreChain(**keys), WHO, ISSUER))


def test_a_certificate_that_had_expired_counts_for_nothing(
    verifier: StatementVerifier, chain: SigstoreChain
) -> None:
    keys = {name: getattr(chain, name) for name in ("authority", "certificate_log", "log")}
    late = SigstoreChain(logged_after=timedelta(minutes=10), **keys)
    with pytest.raises(StatementRefused, match="does not verify"):
        signer(verifier, by_certificate(PAYLOAD, late, WHO, ISSUER))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (payload_of("sha256:" + "0" * 64), "about something else"),
        (PAYLOAD.replace(b"cosign container", b"atomic container"), "of the type cosign"),
        (b"not json", "cannot be parsed"),
        (b"[]", "of the type cosign"),
        (b'{"critical": {"type": "cosign container image signature", "image": 7}}', "something else"),
    ],
)
def test_a_sound_signature_of_something_else_does_not_count(
    verifier: StatementVerifier, payload: bytes, told: str
) -> None:
    with pytest.raises(StatementRefused, match=told):
        signer(verifier, by_key(payload, KEY), payload)


def test_nobody_is_recognised_where_nobody_is_configured(chain: SigstoreChain) -> None:
    for notes in (by_key(PAYLOAD, KEY), by_certificate(PAYLOAD, chain, WHO, ISSUER)):
        with pytest.raises(StatementRefused, match="not configured"):
            signer(StatementVerifier(), notes)


# In a registry.


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
async def served(registry: Registry, root: Path, tmp_path: Path) -> AsyncIterator[ServedVerifier]:
    authority, public = tmp_path / "ca.pem", tmp_path / "builder.pem"
    registry.authority.cert_pem.write_to_path(str(authority))
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    oci = {"registries": [registry.host], "private": [registry.host], "ca": authority}
    signatures = {"served": True, "trusted_root": root, "keys": [public]}
    _, found = options_for(load_settings({"evidence": {"oci": oci}, "signatures": signatures}))
    async with closing_registries(found):
        assert found.served is not None
        yield found.served


async def told(served: ServedVerifier, registry: Registry, digest: str) -> tuple[ImageSignature, ...]:
    item = Served(kind="image", id="it", registry=registry.host, repository="team/cards", digest=digest)
    return (await served.verify((item,), Deadline.after(10))).evidence.image_signatures


async def test_they_are_found_under_the_tag_and_a_bad_one_hides_no_good_one(
    served: ServedVerifier, registry: Registry, chain: SigstoreChain
) -> None:
    digest = registry.push_artifact(b"an image")
    payload, other = payload_of(digest), payload_of(IMAGE)
    push(registry, digest, (other, by_key(other, KEY)))
    assert [entry.status for entry in await told(served, registry, digest)] == ["invalid"]
    by_name = by_certificate(payload, chain, WHO, ISSUER)
    push(registry, digest, (other, by_key(other, KEY)), (payload, by_key(payload, KEY)), (payload, by_name))
    found = await told(served, registry, digest)
    assert [(entry.status, entry.key_id, entry.identity) for entry in found] == [
        ("verified", KEY_ID, None),
        ("verified", None, WHO),
    ]
    registry.fault = lambda handler: handler.answer(503)
    assert [entry.status for entry in await told(served, registry, digest)] == ["verified", "verified"]


@pytest.mark.parametrize("manifest", [b"[]", b"{", b'{"layers": 7}', b'{"layers": [7, {"digest": "x"}]}'])
async def test_what_is_no_manifest_holds_no_signature(
    served: ServedVerifier, registry: Registry, manifest: bytes
) -> None:
    digest = registry.push_artifact(b"an image")
    registry.tags[tag_of(digest)] = registry.push(manifest)
    (entry,) = await told(served, registry, digest)
    assert entry.status == ("missing" if manifest.startswith(b'{"') else "invalid")


async def test_a_payload_that_is_gone_or_too_large_verifies_nothing(
    served: ServedVerifier, registry: Registry
) -> None:
    digest = registry.push_artifact(b"an image")
    payload = payload_of(digest)
    push(registry, digest, (payload, by_key(payload, KEY)))
    registry.content = {name: data for name, data in registry.content.items() if data != payload}
    assert [entry.status for entry in await told(served, registry, digest)] == ["invalid"]
    large = payload + b" " * 70_000
    push(registry, digest, (large, by_key(large, KEY)))
    assert [entry.status for entry in await told(served, registry, digest)] == ["unavailable"]


async def test_a_bundle_that_verified_needs_no_tag(
    served: ServedVerifier, registry: Registry, chain: SigstoreChain
) -> None:
    digest = registry.push_artifact(b"an image")
    registry.fault = _refuse_tags
    assert [entry.status for entry in await told(served, registry, digest)] == ["unavailable"]
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": digest.removeprefix("sha256:")}}],
        "predicateType": "https://sigstore.dev/cosign/sign/v1",
    }
    bundle = chain.bundle(statement, WHO, ISSUER).encode()
    registry.push_artifact(bundle, kind=BUNDLE, subject={"digest": digest})
    assert [entry.status for entry in await told(served, registry, digest)] == ["verified"]


def _refuse_tags(handler: Any) -> None:
    if handler.path.endswith(".sig"):
        handler.answer(403)
    else:
        handler.content()
