"""What refers to a manifest: as the registry lists it, or as clients do under a tag where it cannot."""

from __future__ import annotations

import json

import pytest
from registry import LISTINGS, Listing, Registry

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.registries.artifact import MOST_UNCLEAR, Artifact
from mlgate.evidence.registries.client import RegistryClient
from mlgate.evidence.registries.reference import RepositoryName

NONE = "sha256:" + "0" * 64
CARD, NOTE, SCAN = (
    "application/vnd.example.card",
    "application/vnd.example.note",
    "application/vnd.example.scan",
)


@pytest.fixture
def artifact(registry: Registry, client: RegistryClient) -> Artifact:
    return Artifact(client, RepositoryName(registry.host, "team/cards"), Deadline.after(10))


@pytest.mark.parametrize("listing", LISTINGS)
async def test_what_refers_to_a_manifest_is_listed_by_type(
    registry: Registry, artifact: Artifact, listing: Listing
) -> None:
    registry.listing = listing
    subject = {"digest": registry.push_artifact(b"a card")}
    first, _, last = (
        registry.push_artifact(kind.encode(), kind=kind, subject=subject) for kind in (NOTE, SCAN, CARD)
    )
    found = await artifact.listed(subject["digest"], (NOTE, CARD), 8)
    assert (found.found, found.beyond) == (((NOTE, first), (CARD, last)), None)
    assert (await artifact.listed(NONE, (NOTE,), 8)).found == ()


async def test_the_tag_is_asked_for_only_where_the_registry_cannot_list(
    registry: Registry, artifact: Artifact
) -> None:
    await artifact.listed(NONE, (NOTE,), 8)
    assert registry.asked == [f"/v2/team/cards/referrers/{NONE}"]
    registry.listing = "tag"
    await artifact.listed(NONE, (NOTE,), 8)
    assert registry.asked[1:] == [
        f"/v2/team/cards/referrers/{NONE}",
        f"/v2/team/cards/manifests/{NONE.replace(':', '-')}",
    ]


async def test_an_older_artifact_has_the_type_of_its_config(registry: Registry, artifact: Artifact) -> None:
    registry.listing = "untyped tag"
    subject = {"digest": registry.push_artifact(b"a card")}
    config = {"mediaType": NOTE, "digest": NONE, "size": 2}
    mine = registry.push_artifact(b"x", kind="", config=config, subject=subject)
    for odd in ({"config": 7}, {"artifactType": 7}, {"config": {"mediaType": [NOTE]}}):
        registry.push_artifact(b"x", kind="", subject=subject, **odd)
    gone = registry.push_artifact(b"gone", kind=NOTE, subject=subject)
    del registry.content[gone]
    other = registry.push_artifact(b"other", kind=NOTE, subject=subject)
    registry.content[other] = b"{}"
    assert (await artifact.listed(subject["digest"], (NOTE,), 8)).found == ((NOTE, mine),)


@pytest.mark.parametrize("listing", ["api", "tag"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"manifests": 7}', b'{"layers": []}'])
async def test_a_list_that_is_none_is_not_taken_for_an_empty_one(
    registry: Registry, artifact: Artifact, body: bytes, listing: Listing
) -> None:
    is_list = "/referrers/" if listing == "api" else "/manifests/sha256-"
    registry.fault = lambda handler: handler.answer(*((200, body) if is_list in handler.path else (404,)))
    with pytest.raises(EvidenceUnavailable, match="sent no list of referrers"):
        await artifact.listed(NONE, (NOTE,), 8)


@pytest.mark.parametrize("entry", [1, None, {}, {"digest": "sha256:x", "artifactType": NOTE}, {"digest": 7}])
async def test_entries_that_name_nothing_are_passed_over(
    registry: Registry, artifact: Artifact, entry: object
) -> None:
    registry.fault = lambda handler: handler.answer(200, json.dumps({"manifests": [entry]}).encode())
    assert (await artifact.listed(NONE, (NOTE,), 8)).found == ()


@pytest.mark.parametrize("status", [403, 429, 500, 503])
async def test_where_the_registry_fails_nothing_is_known(
    registry: Registry, artifact: Artifact, status: int
) -> None:
    for fails in ("/referrers/", "/manifests/"):
        registry.fault = lambda handler, at=fails: handler.answer(status if at in handler.path else 404)
        with pytest.raises(EvidenceUnavailable, match=f"answered with {status}"):
            await artifact.listed(NONE, (NOTE,), 8)


@pytest.mark.parametrize("listing", LISTINGS)
async def test_more_than_are_looked_at_is_told(
    registry: Registry, artifact: Artifact, listing: Listing
) -> None:
    """Whoever may push could hide one behind many."""
    registry.listing = listing
    subject = {"digest": registry.push_artifact(b"a card")}
    pushed = [registry.push_artifact(b"%d" % at, kind=NOTE, subject=subject) for at in range(3)]
    found = await artifact.listed(subject["digest"], (NOTE,), 3)
    assert (len(found.found), found.beyond) == (3, None)
    found = await artifact.listed(subject["digest"], (NOTE,), 2)
    assert [digest for _, digest in found.found] == pushed[:2]
    assert (
        found.beyond
        == f"has more than 2 artifacts of type {NOTE} beside it, and the others are not looked at"
    )


async def test_more_of_no_known_type_than_are_asked_for_theirs_is_told(
    registry: Registry, artifact: Artifact
) -> None:
    registry.listing = "untyped tag"
    subject = {"digest": registry.push_artifact(b"a card")}
    for at in range(MOST_UNCLEAR):
        registry.push_artifact(b"%d" % at, kind=SCAN, subject=subject)
    assert (await artifact.listed(subject["digest"], (NOTE,), 8)).beyond is None
    registry.push_artifact(b"hidden", kind=NOTE, subject=subject)
    found = await artifact.listed(subject["digest"], (NOTE,), 8)
    assert found.found == ()
    assert f"more than {MOST_UNCLEAR} artifacts of no known type" in str(found.beyond)
