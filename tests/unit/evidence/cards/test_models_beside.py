"""Signatures of models beside a card: where they are read, and what is told when they cannot be."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import Registry
from signed_model import oms_statement, root_of

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cards.load import load
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.bundles import BUNDLE_TYPE
from mlgate.evidence.signatures.sign import sign_statement

FILES = {"a.bin": b"a", "b.bin": b"b"}
KEY = Ed25519PrivateKey.generate()
SIGNED = sign_statement(oms_statement(FILES), KEY)
BUNDLE = json.dumps(
    {
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []},
        "dsseEnvelope": json.loads(SIGNED),
    }
)
MODELS = {"predictor": "s3://b/m", "adapter:sql": "s3://b/a"}
Ref = Callable[..., CardReference]
Told = list[tuple[str, str, str | None]]


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
async def options(registry: Registry, recognising: Any) -> AsyncIterator[EvidenceOptions]:
    async with recognising(registry, KEY, ("modelcard", "configmap", "oci"), served=True) as found:
        yield replace(found, card_sources=found.card_sources | {"file"})


class Asks:
    """Loads one card."""

    def __init__(
        self, cluster: Any, options: EvidenceOptions, reference: Callable[..., CardReference]
    ) -> None:
        self.cluster, self.options, self.reference = cluster, options, reference
        self.seconds = 10.0

    async def told(self, text: str = "modelcard/credit", pinned: str | None = None, **changed: Any) -> Told:
        """Model, status and root of each signature."""
        asked = self.reference(text, pinned=pinned).model_copy(update=changed)
        deadline = Deadline.after(self.seconds)
        loaded = await load(asked, "prod", self.cluster, self.options, deadline, MODELS)
        assert loaded.card.status == "found"
        return [(entry.model, entry.status, entry.digest or entry.reason) for entry in loaded.models]


@pytest.fixture
def asks(cluster: Any, options: EvidenceOptions, reference: Ref) -> Asks:
    return Asks(cluster, options, reference)


def annotated(made: dict[str, Any], value: Any = SIGNED) -> dict[str, Any]:
    return {**made, "metadata": {**made["metadata"], "annotations": {"mlgate.dev/model-signature": value}}}


GOOD = [(model, "verified", root_of(FILES)) for model in MODELS]


async def test_an_annotation_counts_for_each_model_and_needs_no_second_look(
    asks: Asks, model_card: Any
) -> None:
    asks.cluster.objects = [annotated(model_card())]
    assert await asks.told() == GOOD
    assert asks.cluster.calls == [("get", "ModelCard/credit", False)]


async def test_a_reference_that_names_a_model_is_about_no_other(asks: Asks, model_card: Any) -> None:
    asks.cluster.objects = [annotated(model_card())]
    assert await asks.told(model="adapter:sql") == [("adapter:sql", "verified", root_of(FILES))]


async def test_that_there_is_no_good_signature_does_not_rest_on_a_cache(asks: Asks, model_card: Any) -> None:
    for before in (model_card(), annotated(model_card(), "outdated")):
        asks.cluster.objects, asks.cluster.calls = [before], []
        found = asks.cluster.get

        async def get(*names: Any, found: Any = found, **how: Any) -> Any:
            return annotated(await found(*names, **how)) if how.get("fresh") else await found(*names, **how)

        asks.cluster.get = get
        assert await asks.told() == GOOD
        asks.cluster.get = found


async def test_a_second_look_that_fails_makes_the_signature_unavailable(asks: Asks, model_card: Any) -> None:
    asks.cluster.objects = [model_card()]
    found = asks.cluster.get

    async def get(*names: Any, **how: Any) -> Any:
        if how.get("fresh"):
            raise EvidenceUnavailable("the API server did not answer")
        return await found(*names, **how)

    asks.cluster.get = get
    assert await asks.told() == [(model, "unavailable", "the API server did not answer") for model in MODELS]


@pytest.mark.parametrize("value", ["", "no signature", None, 7, ["x"]])
async def test_what_is_no_signature_is_told_as_a_bad_one(asks: Asks, model_card: Any, value: Any) -> None:
    asks.cluster.objects = [annotated(model_card(), value)]
    assert [entry[:2] for entry in await asks.told()] == [(model, "invalid") for model in MODELS]


async def test_where_signatures_of_models_are_not_sought_there_is_no_fact(
    asks: Asks, model_card: Any
) -> None:
    asks.cluster.objects = [annotated(model_card())]
    asks.options = replace(asks.options, served=None)
    assert await asks.told() == []


async def test_a_file_is_signed_by_what_the_caller_found_beside_it(asks: Asks, spec: dict[str, Any]) -> None:
    files, beside = {"card.json": json.dumps(spec).encode()}, {"card.json": ("of the card", SIGNED)}
    asks.options = replace(asks.options, card_files=files, card_signatures=beside)
    assert await asks.told("file/card.json") == GOOD


async def test_a_signature_in_a_config_map_stands_beside_the_card(asks: Asks, spec: dict[str, Any]) -> None:
    data = {"card": json.dumps(spec), "card.model.sig": SIGNED}
    metadata = {"name": "cards", "namespace": "prod"}
    asks.cluster.objects = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}]
    assert await asks.told("configmap/cards/card") == GOOD


async def test_in_a_registry_it_refers_to_the_card_and_is_remembered(
    asks: Asks, registry: Registry, spec: dict[str, Any]
) -> None:
    digest, place = registry.push_artifact(json.dumps(spec).encode()), f"oci://{registry.host}/team/cards"
    registry.push_artifact(b"a scan", kind=BUNDLE_TYPE, subject={"digest": digest})
    assert await asks.told(place, digest) == []
    registry.push_artifact(BUNDLE.encode(), kind=BUNDLE_TYPE, subject={"digest": digest})
    assert await asks.told(place, digest) == GOOD
    registry.fault = lambda handler: handler.answer(503)
    assert await asks.told(place, digest) == GOOD


async def test_what_a_registry_does_not_list_is_unavailable_and_not_missing(
    asks: Asks, registry: Registry, spec: dict[str, Any]
) -> None:
    digest = registry.push_artifact(json.dumps(spec).encode())
    registry.fault = lambda handler: (
        handler.answer(500) if "/referrers/" in handler.path else handler.content()
    )
    told = await asks.told(f"oci://{registry.host}/team/cards", digest)
    assert [entry[:2] for entry in told] == [(model, "unavailable") for model in MODELS]
    assert all("answered with 500" in str(reason) for *_, reason in told)


async def test_it_ends_with_the_deadline(
    asks: Asks, model_card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()

    async def never(*_: Any) -> None:
        await held.wait()

    asks.cluster.objects = [annotated(model_card())]
    asks.seconds = 0.2
    monkeypatch.setattr("mlgate.evidence.cards.load.asyncio.to_thread", never)
    assert await asks.told() == [(model, "unavailable", "was not verified in time") for model in MODELS]
