"""A policy judges once OPA answers with it, the one before until then. With a real OPA: test_sidecar.py."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.archive import pack, unpack
from mlgate.policy.handover import HandedOver, unsigned
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.opa import OpaEngine
from mlgate.policy.publishing import Publisher
from mlgate.policy.signature import Signature


class Opa:
    """In the place of the client of an OPA: it answers with what it took."""

    def __init__(self, known: list[BundleManifest]) -> None:
        self.known = known
        self.loaded: str | None = None
        self.has: str | None = None
        self.closed = False

    async def ready(self) -> str | None:
        found = self.has if self.has in {manifest.revision for manifest in self.known} else None
        self.loaded = found
        return None if found else f"OPA has loaded another policy: revision {self.has}"

    async def aclose(self) -> None:
        self.closed = True


@dataclass
class Place:
    """In the place of the publisher."""

    opa: Opa
    given: list[bytes] = field(default_factory=list)
    problem: str | None = None
    takes: bool = True

    async def publish(self, content: bytes) -> None:
        self.given.append(content)
        if self.takes:
            self.opa.has = content.decode()


@dataclass
class Hands:
    known: list[BundleManifest]
    opa: Opa
    place: Place
    tried: list[bytes]
    engine: HandedOver


@pytest.fixture
def hands() -> Hands:
    known: list[BundleManifest] = []
    opa = Opa(known)
    place, tried = Place(opa), list[bytes]()

    async def trial(manifest: BundleManifest, content: bytes) -> None:
        tried.append(content)
        if manifest.revision == "bad":
            raise PolicyError("decides nothing")

    engine = HandedOver(cast("OpaEngine", opa), known, cast("Publisher", place), trial, seconds=0.3)
    return Hands(known, opa, place, tried, engine)


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], BundleManifest]:
    def make(revision: str) -> BundleManifest:
        path = tmp_path / revision
        path.write_text(revision)
        digest = f"sha256:{hashlib.sha256(revision.encode()).hexdigest()}"
        return BundleManifest(revision, frozenset({"a.b"}), path, digest=digest)

    return make


Policies = Callable[[str], BundleManifest]


def revisions(hands: Hands) -> list[str]:
    return [manifest.revision for manifest in hands.known]


async def test_the_first_is_handed_over_without_waiting_and_the_one_of_an_earlier_life_counts(
    hands: Hands, policy: Policies
) -> None:
    hands.place.takes = False
    await hands.engine.begin(policy("one"), policy("zero"))
    assert (hands.place.given, revisions(hands)) == ([b"one"], ["one", "zero"])
    await hands.engine.begin(policy("one"))
    assert revisions(hands) == ["one"]


async def test_it_comes_back_once_opa_answers_with_the_new_one(hands: Hands, policy: Policies) -> None:
    await hands.engine.begin(policy("one"))
    hands.place.takes = False
    taking = asyncio.create_task(hands.engine.use(policy("two")))
    await asyncio.sleep(0.05)
    assert not taking.done()
    assert revisions(hands) == ["two", "one"]
    assert (await hands.engine.ready(), hands.engine.loaded) == (None, "one")
    hands.opa.has = "two"
    await taking
    assert (hands.engine.loaded, revisions(hands)) == ("two", ["two", "one"])


@pytest.mark.parametrize(
    ("says", "told"), [("'no key'", "'no key'"), (None, "it answers with the one before")]
)
async def test_what_opa_does_not_take_is_given_up_and_the_one_before_given_again(
    hands: Hands, policy: Policies, says: str | None, told: str
) -> None:
    await hands.engine.begin(policy("one"))
    hands.place.takes, hands.place.problem = False, says
    with pytest.raises(PolicyError, match=rf"did not take policy two in 0\.3 s: {told}; see its log"):
        await hands.engine.use(policy("two"))
    assert hands.place.given == [b"one", b"two", b"one"]
    # It may take it at the last moment: then its answers count until it is back.
    assert revisions(hands) == ["one", "two"]
    hands.place.takes = True
    await hands.engine.use(policy("three"))
    assert (hands.engine.loaded, revisions(hands)) == ("three", ["three", "one"])


async def test_what_answers_nothing_is_not_handed_over(hands: Hands, policy: Policies) -> None:
    with pytest.raises(PolicyError, match="decides nothing"):
        await hands.engine.begin(policy("bad"))
    await hands.engine.begin(policy("one"))
    with pytest.raises(PolicyError, match="decides nothing"):
        await hands.engine.use(policy("bad"))
    assert (hands.place.given, revisions(hands)) == ([b"one"], ["one"])
    assert hands.tried == [b"bad", b"one", b"bad"]


async def test_a_file_that_was_changed_since_it_was_checked_is_not_handed_over(
    hands: Hands, policy: Policies
) -> None:
    await hands.engine.begin(policy("one"))
    changed = policy("two")
    assert changed.path is not None
    changed.path.write_text("three")
    with pytest.raises(PolicyError, match="changes while it is read"):
        await hands.engine.use(changed)
    changed.path.unlink()
    with pytest.raises(PolicyError, match="two: No such file"):
        await hands.engine.use(changed)
    assert hands.place.given == [b"one"]


async def test_why_it_is_not_ready_is_told_in_opas_words(hands: Hands, policy: Policies) -> None:
    hands.place.takes = False
    await hands.engine.begin(policy("one"))
    hands.place.problem = "'no key'"
    assert await hands.engine.ready() == "OPA has loaded another policy: revision None; it says 'no key'"
    hands.opa.has = "one"
    assert await hands.engine.ready() is None
    await hands.engine.aclose()
    assert hands.opa.closed


def test_a_signature_is_left_out_for_an_opa_that_knows_no_key(tmp_path: Path) -> None:
    files = {"data.json": b"{}", ".signatures.json": b"{}"}
    assert unpack(unsigned(pack(files))) == {"data.json": b"{}"}


@pytest.mark.parametrize("verified", [True, False])
async def test_a_verified_signature_is_handed_on(hands: Hands, tmp_path: Path, *, verified: bool) -> None:
    content = pack({"data.json": b"{}", ".signatures.json": b"{}"})
    (tmp_path / "signed").write_bytes(content)
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    signature = Signature("ES256", None, verified=verified)
    manifest = BundleManifest("one", frozenset(), tmp_path / "signed", digest=digest, signature=signature)
    hands.place.takes = False
    await hands.engine.begin(manifest)
    assert hands.place.given == [content if verified else unsigned(content)]
