"""Signatures and attestations of images and models: found in a registry, verified, and told by signer."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import LISTINGS, Registry
from sigstore_chain import SigstoreChain

from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import Served
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE as BUNDLE
from mlgate.evidence.signatures.served import MOST_BUNDLES, MOST_SERVED, ServedVerifier
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

COSIGN = "https://sigstore.dev/cosign/sign/v1"
OMS = "https://model_signing/signature/v1.0"
SLSA = "https://slsa.dev/provenance/v1"
WHO, ISSUER = "builder@example.com", "https://accounts.example"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def chain() -> SigstoreChain:
    return SigstoreChain()


@pytest.fixture(params=LISTINGS)
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    with Registry(listing=request.param) as running:
        yield running


@pytest.fixture
async def options(registry: Registry, chain: SigstoreChain, tmp_path: Path) -> AsyncIterator[EvidenceOptions]:
    authority, root = tmp_path / "ca.pem", tmp_path / "trusted_root.json"
    registry.authority.cert_pem.write_to_path(str(authority))
    root.write_text(json.dumps(chain.trusted_root()))
    oci = {"registries": [registry.host], "private": [registry.host], "ca": authority}
    signatures = {"served": True, "trusted_root": root}
    _, found = options_for(load_settings({"evidence": {"oci": oci}, "signatures": signatures}))
    async with closing_registries(found):
        yield found


@pytest.fixture
def verifier(options: EvidenceOptions) -> ServedVerifier:
    assert options.served is not None
    return options.served


class Shelf:
    """An artifact in the registry, and what refers to it."""

    def __init__(self, registry: Registry, chain: SigstoreChain) -> None:
        self.registry, self.chain = registry, chain
        self.digest = registry.push_artifact(b"weights")

    def served(self, kind: Literal["model", "image"], name: str = "it") -> Served:
        return Served(
            kind=kind, id=name, registry=self.registry.host, repository="team/cards", digest=self.digest
        )

    def attach(
        self,
        predicate_type: str,
        *,
        about: str | None = None,
        chain: Any = None,
        subject: Any = None,
        **predicate: Any,
    ) -> None:
        digest = (about or self.digest).removeprefix("sha256:")
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject or [{"name": "it", "digest": {"sha256": digest}}],
            "predicateType": predicate_type,
            "predicate": predicate,
        }
        bundle = (chain or self.chain).bundle(statement, WHO, ISSUER)
        self.push(bundle.encode())

    def push(self, data: bytes) -> None:
        self.registry.push_artifact(data, kind=BUNDLE, subject={"digest": self.digest})


@pytest.fixture
def shelf(registry: Registry, chain: SigstoreChain) -> Shelf:
    return Shelf(registry, chain)


async def told(verifier: ServedVerifier, *served: Served) -> Any:
    return await verifier.verify(served, Deadline.after(10))


async def test_a_signed_image_is_told_with_its_signer(verifier: ServedVerifier, shelf: Shelf) -> None:
    shelf.attach(COSIGN)
    checked = await told(verifier, shelf.served("image"))
    (entry,) = checked.evidence.image_signatures
    assert (entry.image, entry.status) == ("it", "verified")
    assert (entry.identity, entry.issuer) == (WHO, ISSUER)
    assert (checked.evidence.model_signatures, checked.evidence.attestations, checked.failed) == ((), (), {})


async def test_a_signed_model_is_told_with_the_digest_that_was_signed(
    verifier: ServedVerifier, shelf: Shelf
) -> None:
    root = "sha256:" + "c" * 64
    shelf.attach(COSIGN)
    shelf.attach(OMS, about=root)
    found = (await told(verifier, shelf.served("model"))).evidence.model_signatures
    assert {(entry.method, entry.digest) for entry in found} == {("cosign", shelf.digest), ("oms", root)}


async def test_two_models_signed_at_once_are_none(verifier: ServedVerifier, shelf: Shelf) -> None:
    subject = [{"name": name, "digest": {"sha256": name * 64}} for name in "ab"]
    shelf.attach(OMS, subject=subject)
    (entry,) = (await told(verifier, shelf.served("model"))).evidence.model_signatures
    assert (entry.status, "several subjects" in str(entry.reason)) == ("invalid", True)


async def test_provenance_is_told_with_its_commit(verifier: ServedVerifier, shelf: Shelf) -> None:
    git = {"uri": "git+https://git.example/m", "digest": {"gitCommit": COMMIT}}
    shelf.attach(SLSA, buildDefinition={"resolvedDependencies": [git]})
    evidence = (await told(verifier, shelf.served("model"))).evidence
    (entry,) = evidence.attestations
    assert (entry.subject.kind, entry.subject.id, entry.subject.digest) == ("model", "it", shelf.digest)
    assert (entry.status, entry.predicate_type, entry.source_revision) == ("verified", SLSA, COMMIT)
    assert [signature.status for signature in evidence.model_signatures] == ["missing"]


@pytest.mark.parametrize("kind", ["model", "image"])
async def test_without_a_signature_it_is_missing(
    verifier: ServedVerifier, shelf: Shelf, kind: Literal["model", "image"]
) -> None:
    evidence = (await told(verifier, shelf.served(kind))).evidence
    (entry,) = evidence.model_signatures or evidence.image_signatures
    assert entry.status == "missing"


async def test_a_signature_of_something_else_is_invalid(verifier: ServedVerifier, shelf: Shelf) -> None:
    shelf.attach(COSIGN, about="sha256:" + "d" * 64)
    (entry,) = (await told(verifier, shelf.served("image"))).evidence.image_signatures
    assert (entry.status, entry.reason) == ("invalid", "is about something else")


async def test_a_signature_of_another_sigstore_is_invalid(verifier: ServedVerifier, shelf: Shelf) -> None:
    shelf.attach(COSIGN, chain=SigstoreChain())
    (entry,) = (await told(verifier, shelf.served("image"))).evidence.image_signatures
    assert entry.status == "invalid"


async def test_a_bad_bundle_hides_no_good_one(verifier: ServedVerifier, shelf: Shelf) -> None:
    shelf.push(b"not a bundle")
    shelf.push(b"\xff\xfe")
    shelf.attach(COSIGN, chain=SigstoreChain())
    shelf.attach(COSIGN)
    (entry,) = (await told(verifier, shelf.served("image"))).evidence.image_signatures
    assert entry.status == "verified"


async def test_many_bad_bundles_may_hide_a_good_one_and_that_is_told(
    verifier: ServedVerifier, shelf: Shelf
) -> None:
    """Whoever may push can do so; it must read like nothing else."""
    for at in range(MOST_BUNDLES - 1):
        shelf.push(b"%d" % at)
    shelf.attach(COSIGN)
    evidence = (await told(verifier, shelf.served("image"))).evidence
    assert [entry.status for entry in evidence.image_signatures] == ["verified"]
    shelf.push(b"one more")
    listed = shelf.registry.referrers[shelf.digest]
    listed.append(listed.pop(MOST_BUNDLES - 1))
    kinds: tuple[Literal["image", "model"], ...] = ("image", "model")
    for kind in kinds:
        afresh = ServedVerifier(verifier.registries, verifier.statements)
        evidence = (await told(afresh, shelf.served(kind))).evidence
        (entry,) = evidence.image_signatures or evidence.model_signatures
        assert (entry.status, f"more than {MOST_BUNDLES}" in str(entry.reason)) == ("invalid", True)
        (attested,) = evidence.attestations
        assert (attested.status, attested.reason) == ("unavailable", entry.reason)


async def test_what_verified_outlives_the_registry_and_what_did_not_is_sought_again(
    verifier: ServedVerifier, shelf: Shelf, registry: Registry
) -> None:
    assert (await told(verifier, shelf.served("image"))).evidence.image_signatures[0].status == "missing"
    shelf.attach(COSIGN)
    assert (await told(verifier, shelf.served("image"))).evidence.image_signatures[0].status == "verified"
    registry.fault = lambda handler: handler.answer(503)
    again = await told(verifier, shelf.served("image"), shelf.served("model"))
    assert again.evidence.image_signatures[0].status == "verified"
    assert again.evidence.model_signatures[0].status == "unavailable"
    assert list(again.failed) == ["model"]
    assert "503" in str(again.failed["model"])


async def test_a_registry_that_does_not_answer_ends_with_the_deadline(
    verifier: ServedVerifier, shelf: Shelf, registry: Registry
) -> None:
    registry.fault = lambda handler: handler.trickle(0.2)
    checked = await verifier.verify((shelf.served("image"),), Deadline.after(0.3))
    assert checked.evidence.image_signatures[0].status == "unavailable"


async def test_of_a_crowd_only_so_many_are_sought(verifier: ServedVerifier, shelf: Shelf) -> None:
    crowd = [shelf.served("image", f"i{index}") for index in range(MOST_SERVED + 2)]
    found = (await verifier.verify(crowd, Deadline.after(60))).evidence.image_signatures
    assert [entry.status for entry in found[-3:]] == ["missing", "unavailable", "unavailable"]


async def test_only_so_much_is_remembered(
    verifier: ServedVerifier, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.evidence.signatures.served._REMEMBERED", 1)
    shelf.attach(COSIGN)
    await told(verifier, shelf.served("image"), shelf.served("model"))
    assert len(verifier._known) == 1
