"""Cards in a registry: found by the digest of their artifact, in any format; nothing else is one."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import LISTINGS, Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, CardReference
from mlgate.evidence.cards.load import LoadedCard, load
from mlgate.evidence.cards.statements import MOST_ARTIFACTS
from mlgate.evidence.digest import card_digest
from mlgate.evidence.options import EvidenceOptions
from mlgate.options import closing_registries, options_for
from mlgate.settings import load_settings

README = Path(__file__).resolve().parents[4] / "examples" / "cards" / "huggingface" / "ticket-router.md"
Ref = Callable[..., CardReference]


@pytest.fixture(params=LISTINGS)
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    with Registry(listing=request.param) as running:
        yield running


@pytest.fixture
async def options(registry: Registry, tmp_path: Path) -> AsyncIterator[EvidenceOptions]:
    authority = tmp_path / "ca.pem"
    registry.authority.cert_pem.write_to_path(str(authority))
    oci = {"registries": [registry.host], "private": [registry.host], "ca": authority}
    settings = load_settings({"evidence": {"card_sources": ["modelcard", "oci"], "oci": oci}})
    _, found = options_for(settings)
    async with closing_registries(found):
        yield found


@pytest.fixture
def load_card(
    registry: Registry, options: EvidenceOptions, cluster: Any, reference: Ref, deadline: Deadline
) -> Callable[[str], Any]:
    async def ask(digest: str) -> LoadedCard:
        asked = reference(f"oci://{registry.host}/team/cards", pinned=digest)
        return await load(asked, "prod", cluster, options, deadline)

    return ask


@pytest.fixture
def look(load_card: Any) -> Callable[[str], Any]:
    async def ask(digest: str) -> Card:
        loaded: LoadedCard = await load_card(digest)
        return loaded.card

    return ask


async def test_a_card_is_found_by_the_digest_of_its_artifact(
    registry: Registry, look: Any, spec: dict[str, Any]
) -> None:
    card = await look(registry.push_artifact(json.dumps(spec).encode()))
    assert (card.status, card.format, card.problems) == ("found", "modelcard", ())
    # Approvals name the digest of the card alone, wherever it lies; the pin was kept by the fetch.
    assert card.digest == card.pinned_digest == card_digest(spec)


async def test_a_card_of_another_format_has_the_digest_of_its_artifact(registry: Registry, look: Any) -> None:
    digest = registry.push_artifact(README.read_bytes())
    card = await look(digest)
    assert (card.status, card.format) == ("found", "huggingface")
    assert card.digest == card.pinned_digest == digest


async def test_of_a_bill_with_several_models_the_reference_says_which_is_meant(
    registry: Registry, options: EvidenceOptions, cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    source = {"type": "distribution", "url": "s3://b/m"}
    model = {"type": "machine-learning-model", "version": "1", "externalReferences": [source]}
    models = [{**model, "bom-ref": name, "name": name} for name in ("one", "two")]
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": models}
    digest = registry.push_artifact(json.dumps(bill).encode())
    kind, subject = "application/vnd.mlgate.sign-off.v1+json", {"digest": digest}
    registry.push_artifact(b"a statement", kind=kind, subject=subject)
    for name in ("one", "two"):
        asked = reference(f"oci://{registry.host}/team/cards#{name}", pinned=digest, component=name)
        loaded = await load(asked, "prod", cluster, options, deadline)
        assert loaded.card.card is not None
        assert loaded.card.card["model"]["name"] == name
        assert loaded.card.digest == digest
        assert [claim.entry for claim in loaded.claims] == [{"statement": "a statement"}]


async def test_statements_that_refer_to_a_card_of_another_format_are_read_with_it(
    registry: Registry, load_card: Any
) -> None:
    digest = registry.push_artifact(README.read_bytes())
    subject = {"digest": digest}
    registry.push_artifact(b"a statement", kind="application/vnd.mlgate.sign-off.v1+json", subject=subject)
    bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
    registry.push_artifact(b"a bundle", kind=bundle, subject=subject)
    registry.push_artifact(b"a scan", kind="application/vnd.example.scan", subject=subject)
    registry.push_artifact(b"two", b"layers", kind=bundle, subject=subject)
    registry.push_artifact(b"\xff", kind=bundle, subject=subject)
    loaded = await load_card(digest)
    assert [claim.entry for claim in loaded.claims] == [
        {"statement": "a statement"},
        {"statement": "a bundle"},
    ]
    assert loaded.unread is None


async def test_more_statements_than_are_looked_at_are_told(registry: Registry, load_card: Any) -> None:
    """A rejection could hide behind them as well as an approval."""
    digest = registry.push_artifact(README.read_bytes())
    kind = "application/vnd.mlgate.sign-off.v1+json"
    for at in range(MOST_ARTIFACTS):
        registry.push_artifact(b"%d" % at, kind=kind, subject={"digest": digest})
    loaded = await load_card(digest)
    assert (len(loaded.claims), loaded.unread) == (MOST_ARTIFACTS, None)
    registry.push_artifact(b"hidden", kind=kind, subject={"digest": digest})
    loaded = await load_card(digest)
    assert len(loaded.claims) == MOST_ARTIFACTS
    assert f"has more than {MOST_ARTIFACTS} artifacts of type {kind} beside it" in loaded.unread


async def test_a_list_of_referrers_that_cannot_be_had_is_told(registry: Registry, load_card: Any) -> None:
    digest = registry.push_artifact(README.read_bytes())
    fails = ("/referrers/", "/manifests/sha256-")
    registry.fault = lambda handler: (
        handler.answer(500) if any(part in handler.path for part in fails) else handler.content()
    )
    loaded = await load_card(digest)
    assert (loaded.card.status, loaded.claims) == ("found", ())
    assert "answered with 500" in loaded.unread


async def test_a_card_that_was_seen_outlives_the_registry(
    registry: Registry, look: Any, spec: dict[str, Any]
) -> None:
    digest = registry.push_artifact(json.dumps(spec).encode())
    await look(digest)
    registry.fault = lambda handler: handler.answer(503)
    assert (await look(digest)).status == "found"
    other = await look("sha256:" + "0" * 64)
    assert (other.status, "answered with 503" in other.problems[0].message) == ("unavailable", True)


async def test_an_artifact_that_is_not_there_is_missing(look: Any) -> None:
    assert (await look("sha256:" + "0" * 64)).status == "missing"


@pytest.mark.parametrize("layers", [(), (b"{}", b"{}")])
async def test_an_artifact_with_none_or_several_layers_is_no_card(
    registry: Registry, look: Any, layers: tuple[bytes, ...]
) -> None:
    card = await look(registry.push_artifact(*layers))
    assert (card.status, card.problems[0].message) == (
        "invalid",
        "the artifact must have one layer, which is what is meant",
    )


async def test_a_layer_that_is_too_large_is_not_read_to_its_end(registry: Registry, look: Any) -> None:
    card = await look(registry.push_artifact(b" " * (256 * 1024 + 1)))
    assert (card.status, "has more than" in card.problems[0].message) == ("unavailable", True)


async def test_a_registry_that_sends_something_else_is_not_believed(
    registry: Registry, look: Any, spec: dict[str, Any]
) -> None:
    digest = registry.push_artifact(json.dumps(spec).encode())
    registry.content[digest] = b'{"layers": []}'
    card = await look(digest)
    assert (card.status, "has the digest" in card.problems[0].message) == ("invalid", True)


async def test_a_layer_that_is_gone_is_missing(registry: Registry, look: Any) -> None:
    digest = registry.push_artifact(b"a card")
    registry.content = {digest: registry.content[digest]}
    assert (await look(digest)).status == "missing"


async def test_another_registry_is_not_asked(
    options: EvidenceOptions, cluster: Any, reference: Ref, deadline: Deadline
) -> None:
    asked = reference("oci://evil.example/team/cards", pinned="sha256:" + "0" * 64)
    card = (await load(asked, "prod", cluster, options, deadline)).card
    assert (card.status, "none of the registries" in card.problems[0].message) == ("unavailable", True)
