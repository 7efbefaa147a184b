"""Approvals beside a card in a registry that can be asked no more, or only in part."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tools"))

from registry import LISTINGS, Handler, Registry

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference, CardSource
from mlgate.evidence.cards.load import LoadedCard, load
from mlgate.evidence.cards.statements import MOST_ARTIFACTS
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.sign import sign_off_statement, sign_statement
from mlgate.parsing.limits import CARD_LIMITS

README = Path(__file__).resolve().parents[4] / "examples" / "cards" / "huggingface" / "ticket-router.md"
SIGN_OFF = "application/vnd.mlgate.sign-off.v1+json"
KEY, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


@dataclass
class Shelf:
    """A card of another format in a registry, with approvals beside it."""

    registry: Registry
    options: EvidenceOptions
    cluster: Any
    digest: str

    def state(self, decision: str, key: Ed25519PrivateKey = KEY) -> str:
        """Attach a statement; its text."""
        predicate = {"model": "credit", "version": "1", "decision": decision}
        text = sign_statement(sign_off_statement(predicate, None, self.digest), key)
        self.attach(text)
        return text

    def attach(self, text: str) -> str:
        """Attach a text as it is; the digest of the artifact."""
        return self.registry.push_artifact(text.encode(), kind=SIGN_OFF, subject={"digest": self.digest})

    def refer(self, **entry: Any) -> None:
        """Write something that lies nowhere into the list of what refers to the card."""
        unknown = {"digest": "sha256:" + "1" * 64, "size": 1, "artifactType": "junk/x"}
        self.registry.referrers[self.digest].append(unknown | entry)

    async def loaded(self, repository: str = "team/cards") -> LoadedCard:
        source = CardSource(type="oci", reference=f"oci://{self.registry.host}/{repository}")
        asked = CardReference(model=None, source=source, pinned_digest=self.digest)
        return await load(asked, "prod", self.cluster, self.options, Deadline.after(10))

    async def told(self) -> tuple[list[str], str | None]:
        """The statements, and why they may not be all."""
        loaded = await self.loaded()
        assert loaded.card.status == "found"
        return [claim.entry["statement"] for claim in loaded.claims], loaded.unread

    def fail(self, when: Callable[[str], bool] = lambda _: True) -> None:
        """Let the registry fail at these paths."""

        def fault(handler: Handler) -> None:
            if when(handler.path):
                handler.answer(503)
            else:
                handler.content()

        self.registry.fault = fault


@pytest.fixture(params=LISTINGS)
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    with Registry(listing=request.param) as running:
        yield running


@pytest.fixture
async def shelf(registry: Registry, cluster: Any, recognising: Any) -> AsyncIterator[Shelf]:
    async with recognising(registry, KEY, ("oci",)) as options:
        yield Shelf(registry, options, cluster, registry.push_artifact(README.read_bytes()))


async def test_what_verified_outlives_the_registry_whatever_it_says(shelf: Shelf) -> None:
    texts = [shelf.state(decision) for decision in ("approved", "rejected")]
    shelf.state("approved", STRANGER)
    shelf.attach("no statement")
    assert len((await shelf.told())[0]) == 4
    shelf.fail()
    assert await shelf.told() == (texts, None)


async def test_that_nothing_lay_beside_it_outlives_the_registry_too(shelf: Shelf) -> None:
    assert await shelf.told() == ([], None)
    shelf.fail()
    assert await shelf.told() == ([], None)


async def test_what_was_never_read_is_not_known(shelf: Shelf) -> None:
    shelf.state("rejected")
    shelf.fail(lambda path: "/referrers/" in path or "/manifests/sha256-" in path)
    texts, unread = await shelf.told()
    assert (texts, "answered with 503" in str(unread)) == ([], True)


async def test_another_repository_with_the_same_card_is_another_place(shelf: Shelf) -> None:
    shelf.state("approved")
    await shelf.told()
    shelf.fail()
    loaded = await shelf.loaded("stranger/cards")
    assert (loaded.claims, "answered with 503" in str(loaded.unread)) == ((), True)


async def test_what_was_taken_away_is_forgotten_once_that_is_seen(shelf: Shelf) -> None:
    shelf.state("approved")
    await shelf.told()
    shelf.registry.referrers.clear()
    assert await shelf.told() == ([], None)
    shelf.fail()
    assert await shelf.told() == ([], None)


async def test_one_that_came_since_and_is_listed_is_missed(shelf: Shelf) -> None:
    """It may be a rejection."""
    known = shelf.state("approved")
    assert await shelf.told() == ([known], None)
    store = shelf.options.registries
    assert store is not None
    new = json.loads(shelf.registry.content[shelf.attach("new")])["layers"][0]["digest"]
    shelf.fail(lambda path: new in path)
    texts, unread = await shelf.told()
    assert (texts, "answered with 503" in str(unread)) == ([known], True)


async def test_one_that_was_read_before_is_not_missed_where_only_its_content_is_gone(shelf: Shelf) -> None:
    texts = [shelf.state(decision) for decision in ("approved", "rejected")]
    assert await shelf.told() == (texts, None)
    store = shelf.options.registries
    assert store is not None
    shelf.fail(lambda path: "/blobs/" in path)
    card = json.loads(shelf.registry.content[shelf.digest])["layers"][0]["digest"]
    kept = store.store._kept
    for digest in [entry for entry in kept._kept if entry != card]:
        kept.forget(digest)
    assert await shelf.told() == (texts, None)


async def test_more_than_are_looked_at_stay_more(shelf: Shelf) -> None:
    known = shelf.state("approved")
    assert await shelf.told() == ([known], None)
    for at in range(MOST_ARTIFACTS):
        shelf.attach(f"{at}")
    _, unread = await shelf.told()
    assert "has more than" in str(unread)
    shelf.fail()
    assert await shelf.told() == ([known], None)


async def test_one_long_entry_in_the_list_hides_nothing_that_came_since(shelf: Shelf) -> None:
    """Whoever may push can make the list too long to be read; no outage can."""
    known = shelf.state("approved")
    assert await shelf.told() == ([known], None)
    shelf.state("rejected")
    shelf.refer(annotations={"a": "x" * CARD_LIMITS.max_bytes})
    _, unread = await shelf.told()
    assert "has a longer list of artifacts beside it than is read" in str(unread)


async def test_a_long_manifest_of_no_known_type_hides_nothing(shelf: Shelf) -> None:
    texts = [shelf.state("approved")]
    assert await shelf.told() == (texts, None)
    texts.append(shelf.state("rejected"))
    shelf.registry.push_artifact(
        b"x", kind="junk/x", subject={"digest": shelf.digest}, annotations={"a": "x" * CARD_LIMITS.max_bytes}
    )
    assert await shelf.told() == (texts, None)


async def test_a_type_that_is_no_text_is_no_type(shelf: Shelf) -> None:
    texts = [shelf.state("approved")]
    shelf.refer(artifactType=["x"])
    assert await shelf.told() == (texts, None)


async def test_pages_after_the_first_are_told(shelf: Shelf) -> None:
    """The rejection is on the second."""
    known = shelf.state("approved")
    shelf.state("rejected")
    shelf.registry.listing, shelf.registry.page = "api", 1
    texts, unread = await shelf.told()
    assert (texts, "than the registry lists on one page" in str(unread)) == ([known], True)
    shelf.registry.page = 2
    texts, unread = await shelf.told()
    assert (len(texts), unread) == (2, None)
