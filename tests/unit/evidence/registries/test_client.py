"""The client of registries: what has a digest is read and kept; everything else is refused."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from registry import Handler, Registry

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable, OtherContent
from mlgate.evidence.registries.client import RegistryClient
from mlgate.evidence.registries.credentials import DockerConfig
from mlgate.evidence.registries.reference import RepositoryName
from mlgate.evidence.registries.transport import Caller, Places, https_clients

NONE = "sha256:" + "0" * 64


def at(registry: Registry) -> RepositoryName:
    return RepositoryName(registry.host, "team/cards")


def soon(seconds: float = 5) -> Deadline:
    return Deadline.after(seconds)


async def test_manifests_and_blobs_are_read_by_digest(registry: Registry, client: RegistryClient) -> None:
    digest = registry.push_artifact(b"a card")
    manifest = await client.manifest(at(registry), digest, soon())
    assert manifest is not None
    blob = await client.blob(at(registry), manifest["layers"][0]["digest"], 100, soon())
    assert blob == b"a card"


async def test_what_is_not_there_is_none(registry: Registry, client: RegistryClient) -> None:
    assert await client.manifest(at(registry), NONE, soon()) is None
    assert await client.blob(at(registry), NONE, 100, soon()) is None


async def test_what_was_seen_outlives_the_registry(registry: Registry, client: RegistryClient) -> None:
    digest = registry.push(b"{}")
    assert await client.manifest(at(registry), digest, soon()) == {}
    registry.fault = lambda handler: handler.answer(500)
    assert await client.manifest(at(registry), digest, soon()) == {}
    assert len(registry.asked) == 1
    with pytest.raises(EvidenceUnavailable, match="answered with 500"):
        await client.manifest(at(registry), NONE, soon())


async def test_other_content_is_never_taken_or_kept(registry: Registry, client: RegistryClient) -> None:
    digest = registry.push(b"{}")
    registry.content[digest] = b'{"layers": []}'
    with pytest.raises(OtherContent, match="has the digest sha256:"):
        await client.manifest(at(registry), digest, soon())
    registry.content[digest] = b"{}"
    assert await client.manifest(at(registry), digest, soon()) == {}


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}'])
async def test_what_is_no_manifest_is_refused(
    registry: Registry, client: RegistryClient, data: bytes
) -> None:
    with pytest.raises(OtherContent):
        await client.manifest(at(registry), registry.push(data), soon())


async def test_a_registry_nobody_allowed_is_not_asked_even_for_what_is_known(
    registry: Registry, client: RegistryClient
) -> None:
    digest = registry.push(b"{}")
    await client.manifest(at(registry), digest, soon())
    with pytest.raises(EvidenceUnavailable, match="none of the registries"):
        await client.manifest(RepositoryName("evil.example", "team/cards"), digest, soon())


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/x", "http://169.254.169.254/latest/meta-data", "/v2/other", "file:///etc"],
)
async def test_no_redirect_is_followed(registry: Registry, client: RegistryClient, target: str) -> None:
    registry.fault = lambda handler: handler.answer(307, Location=target)
    with pytest.raises(EvidenceUnavailable, match="answered with 307"):
        await client.manifest(at(registry), NONE, soon())
    assert len(registry.asked) == 1


async def test_a_body_of_ten_gigabytes_is_not_read(registry: Registry, client: RegistryClient) -> None:
    registry.fault = Handler.flood
    with pytest.raises(EvidenceUnavailable, match="has more than 100 bytes"):
        await client.blob(at(registry), NONE, 100, soon())


async def test_a_compressed_body_is_taken_as_the_bytes_it_is(
    registry: Registry, client: RegistryClient
) -> None:
    data = base64.b64decode("H4sIAAAAAAACA6uuBQBDv6ajAgAAAA==")  # a gzip of {}
    registry.fault = lambda handler: handler.answer(200, data, Content_Encoding="gzip")
    with pytest.raises(OtherContent):
        await client.manifest(at(registry), registry.push(b"{}"), soon())


async def test_a_slow_body_ends_with_the_deadline(registry: Registry, client: RegistryClient) -> None:
    registry.fault = lambda handler: handler.trickle(0.2)
    with pytest.raises(EvidenceUnavailable, match="in time"):
        await client.blob(at(registry), NONE, 100, soon(0.3))


async def test_a_user_and_password_are_given_where_they_are_asked_for(
    registry: Registry, caller: Caller, tmp_path: Path
) -> None:
    registry.login = ("robot", "s3cret")
    config = tmp_path / "config.json"
    auth = base64.b64encode(b"robot:s3cret").decode()
    config.write_text(json.dumps({"auths": {registry.host: {"auth": auth}}}))
    client = RegistryClient(caller, DockerConfig(config))
    digest = registry.push(b"{}")
    assert await client.manifest(at(registry), digest, soon()) == {}


async def test_a_token_is_fetched_once_and_used_again(
    registry: Registry, caller: Caller, tmp_path: Path
) -> None:
    registry.login, registry.token = ("robot", "s3cret"), "t0ken"
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"auths": {registry.host: {"username": "robot", "password": "s3cret"}}}))
    client = RegistryClient(caller, DockerConfig(config))
    for text in (b"{}", b'{"a": 1}'):
        assert await client.manifest(at(registry), registry.push(text), soon()) is not None
    tokens = [path for path in registry.asked if path.startswith("/token")]
    assert tokens == ["/token?service=registry.example&scope=repository%3Ateam%2Fcards%3Apull"]


async def test_a_manifest_that_names_many_repositories_fills_no_memory(
    registry: Registry, client: RegistryClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlgate.evidence.registries.client.MOST_TOKENS", 2)
    registry.token = "anyone"
    for name in ("a", "b", "c", "c", "a"):
        await client.manifest(RepositoryName(registry.host, name), NONE, soon())
    asked = [path for path in registry.asked if path.startswith("/token")]
    assert len(asked) == 4, "c is kept, a had to go"


async def test_a_token_for_everybody_needs_no_credentials(registry: Registry, client: RegistryClient) -> None:
    registry.token = "anyone"
    assert await client.manifest(at(registry), registry.push(b"{}"), soon()) == {}


async def test_without_credentials_a_registry_that_asks_is_unavailable(
    registry: Registry, client: RegistryClient
) -> None:
    registry.login = ("robot", "s3cret")
    with pytest.raises(EvidenceUnavailable, match="asks for credentials"):
        await client.manifest(at(registry), NONE, soon())
    registry.token = "t"
    with pytest.raises(EvidenceUnavailable, match="gives no token"):
        await client.manifest(at(registry), NONE, soon())


async def test_a_token_is_fetched_from_no_host_that_is_not_allowed(
    registry: Registry, caller: Caller, tmp_path: Path
) -> None:
    """Else a registry could have its credentials sent anywhere, also within the cluster."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"auths": {registry.host: {"username": "robot", "password": "s3cret"}}}))
    client = RegistryClient(caller, DockerConfig(config))
    for realm in ("https://evil.example/token", "http://169.254.169.254/token", "", "x"):
        challenge = f'Bearer realm="{realm}",service="s"'
        registry.fault = lambda handler, told=challenge: handler.answer(401, WWW_Authenticate=told)
        with pytest.raises(EvidenceUnavailable, match="none of the hosts"):
            await client.manifest(at(registry), NONE, soon())
    registry.fault = lambda handler: handler.answer(
        401, WWW_Authenticate='Bearer realm="https://xn--/",service="s"'
    )
    with pytest.raises(EvidenceUnavailable, match="cannot be read"):
        await client.manifest(at(registry), NONE, soon())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"token": 7}', b'{"token": "a\\nb"}', b'{"token": "\xc3\xa4"}']
)
async def test_a_token_that_is_none(
    registry: Registry, client: RegistryClient, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    registry.token = "t"
    monkeypatch.setattr(Handler, "_token", lambda handler: handler.answer(200, body))
    with pytest.raises(EvidenceUnavailable, match="gives no token"):
        await client.manifest(at(registry), NONE, soon())


async def test_loopback_and_private_addresses_need_leave(registry: Registry, caller: Caller) -> None:
    closed = Caller(Places(frozenset({registry.host})), caller.clients)
    with pytest.raises(EvidenceUnavailable, match="may only be at a public address"):
        await RegistryClient(closed, DockerConfig(None)).manifest(at(registry), NONE, soon())
    assert registry.asked == []


async def test_a_certificate_of_another_name_is_not_trusted(registry: Registry, caller: Caller) -> None:
    async def loopback(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    other = f"other.example:{registry.port}"
    places = Places(frozenset({other}), frozenset({other}))
    client = RegistryClient(Caller(places, caller.clients, loopback), DockerConfig(None))
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        await client.manifest(RepositoryName(other, "team/cards"), NONE, soon())


def test_a_store_forgets_what_was_asked_for_longest_ago(client: RegistryClient) -> None:
    store = type(client.store)(max_bytes=10)
    found: list[Any] = []
    for name in ("a", "b"):
        store.keep(name, b"12345")
    store.get("a")
    store.keep("c", b"12345")
    store.keep("d", b"x" * 11)
    found = [store.get(name) for name in "abcd"]
    assert found == [b"12345", None, b"12345", None]


async def test_a_connection_to_one_host_is_never_used_for_another_at_the_same_address(
    registry: Registry, caller: Caller
) -> None:
    """Else whoever has the name of a host lead to another that is allowed gets its password."""

    async def loopback(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    other = f"other.example:{registry.port}"
    hosts = caller.places.hosts | {other}
    client = RegistryClient(replace(caller, places=Places(hosts, hosts), lookup=loopback), DockerConfig(None))
    assert await client.manifest(at(registry), registry.push(b"{}"), soon()) == {}
    with pytest.raises(EvidenceUnavailable, match="did not answer"):
        await client.manifest(RepositoryName(other, "team/cards"), NONE, soon())
    assert len(registry.asked) == 1


async def test_a_host_of_any_script_is_asked_under_the_name_its_certificate_has(tmp_path: Path) -> None:
    looked = []

    async def loopback(host: str, _port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"]

    name, authority = "xn--bcher-kva.example", tmp_path / "authority.pem"
    with Registry(names=(name,)) as registry:
        registry.authority.cert_pem.write_to_path(str(authority))
        hosts = frozenset({f"{name}:{registry.port}"})
        caller = Caller(Places(hosts, hosts), https_clients(authority), loopback)
        digest, hosts_told = registry.push(b"{}"), []
        registry.fault = lambda handler: (hosts_told.append(handler.headers["Host"]), handler.content())
        client = RegistryClient(caller, DockerConfig(None))
        assert await client.manifest(RepositoryName(*hosts, "team/cards"), digest, soon()) == {}
        await caller.close()
    assert (looked, hosts_told) == ([name], [*hosts])


@pytest.mark.parametrize(
    "url",
    [
        "https://xn--bcher-kva.example./v2/",
        "https://xn--bcher-kva.example@evil.example/v2/",
        "https://xn--bcher-kva.example:5000/v2/",
        "https://xn--bcher-kva.example.evil.example/v2/",
        "https://xn--bcher-kva\u00fc.example/v2/",
        "https://xn--zzzzzzzz999.example/v2/",
        "https://bu\u0308cher.example/v2/",
        "https://\uff42\u00fccher.example/v2/",
        "http://xn--bcher-kva.example/v2/",
    ],
)
async def test_no_other_name_is_taken_for_one_that_is_allowed(url: str, caller: Caller) -> None:
    async def asked(host: str, _port: int) -> list[str]:
        raise AssertionError(host)

    hosts = frozenset({"xn--bcher-kva.example"})
    with pytest.raises(EvidenceUnavailable, match=r"none of the hosts|cannot be read"):
        await replace(caller, places=Places(hosts), lookup=asked).get(url, {}, 10, soon())


@pytest.mark.parametrize(
    "host", ["XN--BCHER-KVA.example", "B\u00dcCHER.example", "user:word@b\u00fccher.example"]
)
async def test_every_way_to_write_a_name_that_is_allowed_leads_there(host: str, caller: Caller) -> None:
    looked = []

    async def nowhere(host: str, _port: int) -> list[str]:
        looked.append(host)
        raise OSError

    hosts = frozenset({"xn--bcher-kva.example"})
    with pytest.raises(EvidenceUnavailable, match="does not resolve"):
        await replace(caller, places=Places(hosts), lookup=nowhere).get(f"https://{host}/", {}, 10, soon())
    assert looked == [*hosts]
