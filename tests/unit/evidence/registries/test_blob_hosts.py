"""Registries that keep their blobs elsewhere: one hop, to hosts an operator names, without credentials."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from registry import Handler, Registry

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable, OtherContent
from mlgate.evidence.registries.client import RegistryClient
from mlgate.evidence.registries.credentials import DockerConfig
from mlgate.evidence.registries.reference import RepositoryName
from mlgate.evidence.registries.transport import Caller, Places

NONE = "sha256:" + "0" * 64
MOST = 100


@pytest.fixture
def store(registry: Registry) -> Iterator[Registry]:
    """Where the registry keeps its blobs."""
    with Registry(authority=registry.authority) as running:
        yield running


@pytest.fixture
def moving(registry: Registry, store: Registry, caller: Caller) -> RegistryClient:
    """A client that may go there, of a registry that sends everybody on to it."""
    places = Places(
        frozenset({registry.host}),
        frozenset({registry.host, store.host}),
        {registry.host: frozenset({store.host})},
    )
    send_on(registry, f"https://{store.host}/v2/blobs/{{digest}}?signature=abc")
    return RegistryClient(replace(caller, places=places), DockerConfig(None))


def send_on(registry: Registry, target: str, status: int = 307) -> None:
    def fault(handler: Handler) -> None:
        digest = handler.path.rsplit("/", 1)[1]
        handler.answer(status, b"moved", Location=target.format(digest=digest))

    registry.fault = fault


async def blob(client: RegistryClient, registry: Registry, digest: str, seconds: float = 5) -> bytes | None:
    at = RepositoryName(registry.host, "team/cards")
    return await client.blob(at, digest, MOST, Deadline.after(seconds))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_blob_is_read_where_the_registry_sends_on_to(
    registry: Registry, store: Registry, moving: RegistryClient, status: int
) -> None:
    send_on(registry, f"https://{store.host}/v2/blobs/{{digest}}?signature=abc", status)
    digest = store.push(b"a card")
    assert await blob(moving, registry, digest) == b"a card"
    assert store.asked == [f"/v2/blobs/{digest}?signature=abc"]


async def test_no_credentials_are_sent_there(
    registry: Registry, store: Registry, moving: RegistryClient, tmp_path: Path
) -> None:
    config = tmp_path / "config.json"
    auth = base64.b64encode(b"robot:s3cret").decode()
    config.write_text(json.dumps({"auths": {host: {"auth": auth} for host in (registry.host, store.host)}}))
    client = replace(moving, config=DockerConfig(config))
    digest = store.push(b"a card")
    told: list[str | None] = []
    data = store.content[digest]

    def challenge(handler: Handler) -> None:
        given = handler.headers.get("Authorization")
        if given is None:
            handler.answer(401, WWW_Authenticate='Basic realm="registry"')
        else:
            handler.answer(307, Location=f"https://robot:s3cret@{store.host}/v2/blobs/{digest}")

    def kept(handler: Handler) -> None:
        told.append(handler.headers.get("Authorization"))
        handler.answer(200, data)

    registry.fault, store.fault = challenge, kept
    assert await blob(client, registry, digest) == b"a card"
    assert told == [None]


async def test_a_host_that_is_not_named_is_told_with_the_setting(
    registry: Registry, store: Registry, client: RegistryClient
) -> None:
    send_on(registry, f"https://{store.host}/v2/blobs/{{digest}}")
    with pytest.raises(EvidenceUnavailable) as refused:
        await blob(client, registry, store.push(b"a card"))
    assert str(refused.value) == (
        f"{registry.host} keeps its blobs at {store.host}, which evidence.oci.blobHosts does not name for it"
    )
    assert store.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "http://STORE/v2/blobs/x",
        "https://evil.example/v2/blobs/x",
        "https://STORE.evil.example/v2/blobs/x",
        "https://STORE@evil.example/v2/blobs/x",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "//169.254.169.254/latest/meta-data",
        "https://[::1/",
        "https://xn--/",
        "https://localhost:99999999/",
        "file:///etc/passwd",
        "/v2/other",
        "",
        "https://" + "x" * 5000 + ".example/",
    ],
)
async def test_no_other_place_is_gone_to(
    registry: Registry, store: Registry, moving: RegistryClient, target: str
) -> None:
    send_on(registry, target.replace("STORE", store.host))
    with pytest.raises(EvidenceUnavailable) as refused:
        await blob(moving, registry, store.push(b"a card"))
    assert len(str(refused.value)) < 500
    assert store.asked == []
    assert len(registry.asked) == 1


async def test_a_host_that_is_named_may_still_not_be_where_credentials_are_told(
    registry: Registry, moving: RegistryClient
) -> None:
    inside = "169.254.169.254"
    places = replace(
        moving.caller.places,
        private=moving.caller.places.private | {inside},
        blobs={registry.host: frozenset({inside})},
    )
    send_on(registry, f"https://{inside}/latest/meta-data")
    with pytest.raises(EvidenceUnavailable, match="may only be at a public address"):
        await blob(
            replace(moving, caller=replace(moving.caller, places=places)), registry, "sha256:" + "0" * 64
        )


async def test_a_private_address_needs_leave_there_too(
    registry: Registry, store: Registry, moving: RegistryClient
) -> None:
    places = replace(moving.caller.places, private=frozenset({registry.host}))
    with pytest.raises(EvidenceUnavailable, match="may only be at a public address"):
        await blob(
            replace(moving, caller=replace(moving.caller, places=places)), registry, store.push(b"a card")
        )
    assert store.asked == []


async def test_leave_is_for_one_registry_and_not_for_all(
    registry: Registry, store: Registry, moving: RegistryClient
) -> None:
    places = replace(moving.caller.places, blobs={"other.example": frozenset({store.host})})
    with pytest.raises(EvidenceUnavailable, match="does not name for it"):
        await blob(
            replace(moving, caller=replace(moving.caller, places=places)), registry, store.push(b"a card")
        )
    assert store.asked == []


async def test_nobody_is_sent_on_twice(registry: Registry, store: Registry, moving: RegistryClient) -> None:
    digest = store.push(b"a card")
    send_on(store, f"https://{store.host}/v2/blobs/{digest}/again")
    with pytest.raises(EvidenceUnavailable, match=f"{store.host} answered with 307"):
        await blob(moving, registry, digest)
    assert len(store.asked) == 1


async def test_only_blobs_lie_elsewhere(registry: Registry, store: Registry, moving: RegistryClient) -> None:
    at = RepositoryName(registry.host, "team/cards")
    digest = store.push(b"{}")
    with pytest.raises(EvidenceUnavailable, match=f"{registry.host} answered with 307"):
        await moving.manifest(at, digest, Deadline.after(5))
    with pytest.raises(EvidenceUnavailable, match=f"{registry.host} answered with 307"):
        await moving.referrers(at, digest, Deadline.after(5))
    assert store.asked == []


async def test_what_lies_elsewhere_is_verified_bounded_and_in_time(
    registry: Registry, store: Registry, moving: RegistryClient
) -> None:
    digest = store.push(b"a card")
    store.content[digest] = b"another card"
    with pytest.raises(OtherContent, match="has the digest sha256:"):
        await blob(moving, registry, digest)
    store.fault = Handler.flood
    with pytest.raises(EvidenceUnavailable, match=f"has more than {MOST} bytes"):
        await blob(moving, registry, digest)
    store.fault = lambda handler: handler.trickle(0.2)
    with pytest.raises(EvidenceUnavailable, match="in time"):
        await blob(moving, registry, digest, 0.5)
    store.fault = None
    del store.content[digest]
    assert await blob(moving, registry, digest) is None
