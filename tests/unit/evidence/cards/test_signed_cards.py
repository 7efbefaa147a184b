"""Where a card's signature lies, for each place a card can lie in."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import LISTINGS, Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, CardReference
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cards.load import LoadedCard, load
from mlgate.evidence.digest import card_digest
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.card import card_statement
from mlgate.evidence.signatures.in_toto import COSIGN_TYPE, OMS_TYPE
from mlgate.evidence.signatures.keys import key_id
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement

README = Path(__file__).resolve().parents[4] / "examples" / "cards" / "huggingface" / "ticket-router.md"
SIGNATURE = "application/vnd.mlgate.card-signature.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIGN_OFF = "application/vnd.mlgate.sign-off.v1+json"
KEY = Ed25519PrivateKey.generate()
KEY_ID = key_id(KEY.public_key())
STRANGER = Ed25519PrivateKey.generate()
Ref = Callable[..., CardReference]


def sealed(digest: str, key: Ed25519PrivateKey = KEY, **changed: Any) -> str:
    return sign_statement(card_statement(digest, {}) | changed, key)


def file_digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.fixture(params=LISTINGS)
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    with Registry(listing=request.param) as running:
        yield running


@pytest.fixture
async def options(registry: Registry, recognising: Any) -> AsyncIterator[EvidenceOptions]:
    async with recognising(registry, KEY, ("modelcard", "configmap", "oci"), cards=True) as found:
        yield replace(found, card_sources=found.card_sources | {"file"})


def told(card: Card) -> tuple[str, str | None] | None:
    return None if card.signature is None else (card.signature.status, card.signature.key_id)


GOOD = ("verified", KEY_ID)
BAD = ("invalid", None)


class Asks:
    """Loads one card."""

    def __init__(self, cluster: Any, options: EvidenceOptions, reference: Ref, deadline: Deadline) -> None:
        self.cluster, self.options, self.reference, self.deadline = cluster, options, reference, deadline

    async def loaded(self, text: str, pinned: str | None = None) -> LoadedCard:
        asked = self.reference(text, pinned=pinned)
        return await load(asked, "prod", self.cluster, self.options, self.deadline)

    async def card(self, text: str = "modelcard/credit", pinned: str | None = None) -> Card:
        return (await self.loaded(text, pinned)).card


@pytest.fixture
def asks(cluster: Any, options: EvidenceOptions, reference: Ref, deadline: Deadline) -> Asks:
    return Asks(cluster, options, reference, deadline)


# A ModelCard object: an annotation.


def annotated(made: dict[str, Any], value: Any) -> dict[str, Any]:
    return {**made, "metadata": {**made["metadata"], "annotations": {"mlgate.dev/card-signature": value}}}


async def test_an_object_is_signed_by_an_annotation_and_needs_no_second_look(
    asks: Asks, model_card: Any, spec: dict[str, Any]
) -> None:
    asks.cluster.objects = [annotated(model_card(), sealed(card_digest(spec)))]
    card = await asks.card()
    assert (card.status, card.digest, told(card)) == ("found", card_digest(spec), GOOD)
    assert asks.cluster.calls == [("get", "ModelCard/credit", False)]


async def test_of_several_signatures_those_that_verify_are_told_and_each_signer_once(
    asks: Asks, model_card: Any, spec: dict[str, Any]
) -> None:
    digest = card_digest(spec)
    text = "\n".join([sealed(digest, STRANGER), sealed(digest), sealed(digest, model="credit")])
    asks.cluster.objects = [annotated(model_card(), text)]
    card = await asks.card()
    assert (told(card), card.other_signatures) == (GOOD, ())


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no signature",
        None,
        {"a": "b"},
        sealed("sha256:" + "0" * 64),
        sealed("sha256:" + "0" * 64, STRANGER),
    ],
)
async def test_an_annotation_that_is_no_signature_of_the_card_is_invalid(
    asks: Asks, model_card: Any, value: Any
) -> None:
    asks.cluster.objects = [annotated(model_card(), value)]
    assert told(await asks.card()) == BAD


async def test_a_card_that_was_changed_after_it_was_signed_is_invalid(
    asks: Asks, model_card: Any, spec: dict[str, Any]
) -> None:
    made = annotated(model_card(), sealed(card_digest(spec)))
    made["spec"]["risk"]["tier"] = "low"
    asks.cluster.objects = [made]
    assert told(await asks.card()) == BAD


async def test_approvals_are_added_without_breaking_the_signature(
    asks: Asks, model_card: Any, spec: dict[str, Any]
) -> None:
    made = annotated(model_card(), sealed(card_digest(spec)))
    made["spec"]["signOffs"] = [{"role": "legal", "approver": "ana", "decision": "approved"}]
    asks.cluster.objects = [made]
    assert told(await asks.card()) == GOOD


async def test_that_there_is_no_good_signature_does_not_rest_on_a_cache(
    asks: Asks, model_card: Any, spec: dict[str, Any], fake_cluster: Any
) -> None:
    signed = annotated(model_card(), sealed(card_digest(spec)))

    class Lagging(fake_cluster):  # type: ignore[misc]
        async def get(self, *names: Any, **more: Any) -> Any:
            self.calls.append(more["fresh"])
            return signed if more["fresh"] else model_card()

    asks.cluster = Lagging()
    assert told(await asks.card()) == GOOD
    assert asks.cluster.calls == [False, True]


async def test_a_second_look_that_fails_makes_the_signature_unavailable_and_not_the_card(
    asks: Asks, model_card: Any, fake_cluster: Any
) -> None:
    class Failing(fake_cluster):  # type: ignore[misc]
        async def get(self, *names: Any, **more: Any) -> Any:
            if more["fresh"]:
                raise EvidenceUnavailable("the API server answered 500")
            return annotated(model_card(), "no signature")

    asks.cluster = Failing()
    card = await asks.card()
    assert card.status == "found"
    assert card.signature is not None
    assert (card.signature.status, card.signature.reason) == ("unavailable", "the API server answered 500")


async def test_where_signatures_of_cards_are_not_verified_there_is_no_fact(
    asks: Asks, model_card: Any, spec: dict[str, Any]
) -> None:
    asks.options = replace(asks.options, seals=None)
    asks.cluster.objects = [annotated(model_card(), sealed(card_digest(spec)))]
    assert told(await asks.card()) is None
    assert asks.cluster.calls == [("get", "ModelCard/credit", False)]


async def test_a_card_that_cannot_be_used_has_no_signature(asks: Asks, model_card: Any) -> None:
    asks.cluster.objects = [annotated(model_card(spec={"model": {}}), "x")]
    card = await asks.card()
    assert (card.status, told(card)) == ("invalid", None)


# A ConfigMap: the key beside it.


def config_map(data: dict[str, Any]) -> dict[str, Any]:
    about = {"name": "cards", "namespace": "prod"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": data}


async def in_config_map(asks: Asks, text: str, signature: Any, key: str = "card.sig") -> Card:
    asks.cluster.objects = [config_map({"card": text, key: signature})]
    return await asks.card("configmap/cards/card")


async def test_a_card_in_a_config_map_is_signed_by_the_key_beside_it(
    asks: Asks, spec: dict[str, Any]
) -> None:
    text = yaml.safe_dump(spec)
    assert told(await in_config_map(asks, text, sealed(card_digest(spec)))) == GOOD
    assert told(await in_config_map(asks, text, sealed(file_digest(text.encode())))) == GOOD
    assert told(await in_config_map(asks, text, sealed(card_digest(spec)), "other.sig")) is None
    for bad in ("", 7, sealed(card_digest(spec), STRANGER), sealed("sha256:" + "0" * 64)):
        assert told(await in_config_map(asks, text, bad)) == BAD


async def test_a_card_of_another_format_is_signed_by_its_bytes(asks: Asks) -> None:
    text = README.read_text()
    digest = file_digest(text.encode())
    root = file_digest(hashlib.sha256(text.encode()).digest())
    assert told(await in_config_map(asks, text, sealed(digest))) == GOOD
    assert told(await in_config_map(asks, text, sealed(root, predicateType=OMS_TYPE))) == GOOD
    assert told(await in_config_map(asks, text + "\n", sealed(digest))) == BAD


# A file: the caller of a check names it.


async def test_a_file_is_signed_by_what_the_caller_found_beside_it(asks: Asks, spec: dict[str, Any]) -> None:
    data = json.dumps(spec).encode()
    files = {"card.json": data}
    for texts, status in (((sealed(card_digest(spec)),), GOOD), (("x",), BAD), ((), None)):
        asks.options = replace(asks.options, card_files=files, card_signatures={"card.json": texts})
        assert told(await asks.card("file/card.json")) == status


# A registry: artifacts that refer to the card's.


class Shelf:
    """A card in the registry."""

    def __init__(self, registry: Registry, data: bytes) -> None:
        self.registry, self.digest = registry, registry.push_artifact(data)
        self.reference = f"oci://{registry.host}/team/cards"

    def attach(self, text: str | bytes, kind: str = SIGNATURE) -> None:
        data = text if isinstance(text, bytes) else text.encode()
        self.registry.push_artifact(data, kind=kind, subject={"digest": self.digest})


@pytest.fixture(params=["own", "foreign"])
def shelf(request: pytest.FixtureRequest, registry: Registry, spec: dict[str, Any]) -> Shelf:
    own = request.param == "own"
    return Shelf(registry, json.dumps(spec).encode() if own else README.read_bytes())


def bundle_of(text: str) -> str:
    """A bundle that was signed with a key, as OpenSSF model signing and cosign write it."""
    material = {"publicKey": {"hint": "x"}, "tlogEntries": []}
    return json.dumps(
        {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": json.loads(text)}
    )


@pytest.mark.parametrize("kind", [SIGNATURE, BUNDLE])
async def test_a_card_in_a_registry_is_signed_by_what_refers_to_it(
    asks: Asks, shelf: Shelf, kind: str
) -> None:
    assert told(await asks.card(shelf.reference, shelf.digest)) is None
    shelf.attach(bundle_of(sealed(shelf.digest)), kind)
    loaded = await asks.loaded(shelf.reference, shelf.digest)
    assert (told(loaded.card), loaded.claims, loaded.unread) == (GOOD, (), None)


async def test_the_digest_of_the_card_alone_will_do_in_a_registry_too(
    asks: Asks, registry: Registry, spec: dict[str, Any]
) -> None:
    shelf = Shelf(registry, json.dumps(spec).encode())
    shelf.attach(sealed(card_digest(spec)))
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD


async def test_a_signature_of_cosign_counts(asks: Asks, shelf: Shelf) -> None:
    shelf.attach(bundle_of(sealed(shelf.digest, predicateType=COSIGN_TYPE)), BUNDLE)
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD


@pytest.mark.parametrize("bad", [b"", b"\xff", b"x", sealed("sha256:" + "0" * 64).encode()])
async def test_a_bad_signature_is_told_and_hides_no_good_one(asks: Asks, shelf: Shelf, bad: bytes) -> None:
    shelf.attach(bad)
    assert told(await asks.card(shelf.reference, shelf.digest)) == BAD
    shelf.attach(sealed(shelf.digest))
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD


async def test_what_states_something_else_is_no_signature_and_a_signature_is_no_approval(
    asks: Asks, shelf: Shelf, registry: Registry
) -> None:
    approval = sign_statement(sign_off_statement({"model": "credit"}, None, shelf.digest), KEY)
    shelf.attach(bundle_of(approval), BUNDLE)
    shelf.attach(bundle_of(sealed(shelf.digest, predicateType="https://slsa.dev/provenance/v1")), BUNDLE)
    for _ in range(20):
        shelf.attach(b"a scan", "application/vnd.example.scan")
    assert told(await asks.card(shelf.reference, shelf.digest)) is None
    shelf.attach(sealed(shelf.digest))
    loaded = await asks.loaded(shelf.reference, shelf.digest)
    assert told(loaded.card) == GOOD
    assert all("slsa" in str(claim.entry) or "statement" in claim.entry for claim in loaded.claims)


async def test_a_bundle_nobody_can_read_is_no_reason_to_call_a_card_unsigned(
    asks: Asks, registry: Registry, spec: dict[str, Any]
) -> None:
    shelf = Shelf(registry, json.dumps(spec).encode())
    shelf.attach(b"garbage", BUNDLE)
    assert told(await asks.card(shelf.reference, shelf.digest)) == BAD


async def test_what_verified_outlives_the_registry(
    asks: Asks, shelf: Shelf, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.attach(sealed(shelf.digest))
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD
    registry.fault = lambda handler: handler.answer(503)
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD
    monkeypatch.setattr("mlgate.evidence.cards.sealed._SECONDS", -1.0)
    registry.fault = None
    assert asks.options.seals is not None
    asks.options.seals._known.clear()
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD
    registry.fault = lambda handler: handler.answer(503)
    assert told(await asks.card(shelf.reference, shelf.digest)) == GOOD


async def test_a_registry_that_hangs_costs_the_signature_and_not_the_card(
    asks: Asks, shelf: Shelf, registry: Registry
) -> None:
    assert (await asks.card(shelf.reference, shelf.digest)).status == "found"
    registry.fault = lambda handler: handler.trickle(0.2)
    asks.deadline = Deadline.after(0.5)
    async with asyncio.timeout(0.5):
        card = await asks.card(shelf.reference, shelf.digest)
    assert card.status == "found"
    assert card.signature is not None
    assert (card.signature.status, "did not answer in time" in str(card.signature.reason)) == (
        "unavailable",
        True,
    )


async def test_an_artifact_that_cannot_be_had_makes_the_signature_unavailable(
    asks: Asks, shelf: Shelf
) -> None:
    shelf.attach(b" " * 70_000)
    card = await asks.card(shelf.reference, shelf.digest)
    assert card.signature is not None
    assert (card.signature.status, "more than" in str(card.signature.reason)) == ("unavailable", True)
