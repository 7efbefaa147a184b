"""A bundle in a registry: followed by its tag, verified by its digests, and nothing else is taken for one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from registry import Handler, Registry

from mlgate.errors import PolicyError, SettingsError
from mlgate.policy.remote_bundle import RemoteBundle, check_url


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as running:
        yield running


@pytest.fixture
def remote(registry: Registry, tmp_path: Path) -> RemoteBundle:
    authority = tmp_path / "ca.pem"
    registry.authority.cert_pem.write_to_path(str(authority))
    url = f"oci://{registry.host}/team/policy:stable"
    return RemoteBundle(url, tmp_path / "cache" / "fetched.tar.gz", 60, ca=authority)


def tag(registry: Registry, *layers: bytes) -> str:
    """Push an artifact and let the tag lead to it."""
    digest = registry.push_artifact(*layers)
    registry.content["stable"] = registry.content[digest]
    return digest


async def test_it_is_fetched_and_its_layer_not_again_where_it_is_the_same(
    registry: Registry, remote: RemoteBundle
) -> None:
    tag(registry, b"one")
    await remote.refresh()
    remote.demand()
    assert remote.file.read_bytes() == b"one"
    await remote.refresh(at_once=True)
    assert [path.split("/")[4] for path in registry.asked] == ["manifests", "blobs", "manifests"]
    tag(registry, b"two")
    await remote.refresh(at_once=True)
    assert remote.file.read_bytes() == b"two"
    assert remote.problem is None


async def test_a_digest_names_one_artifact_for_good(registry: Registry, remote: RemoteBundle) -> None:
    digest = registry.push_artifact(b"one")
    remote.url = f"oci://{registry.host}/team/policy@{digest}"
    await remote.refresh()
    assert remote.file.read_bytes() == b"one"
    registry.content[digest] = b'{"layers": []}'
    await remote.refresh(at_once=True)
    assert remote.problem == "the registry sent something else than what has the digest"
    assert remote.file.read_bytes() == b"one"


async def test_a_layer_with_another_digest_is_refused(registry: Registry, remote: RemoteBundle) -> None:
    digest = tag(registry, b"one")
    layer = json.loads(registry.content[digest])["layers"][0]["digest"]
    registry.content[layer] = b"other"
    await remote.refresh()
    with pytest.raises(PolicyError, match="something else than what has the digest"):
        remote.demand()
    assert not remote.file.exists()


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"layers": null}',
        b'{"layers": []}',
        b'{"layers": [{"digest": 7}]}',
        b'{"layers": [{"digest": "sha256:short"}]}',
        b'{"layers": [{"digest": "../manifests/x"}]}',
        b'{"layers": [{"digest": "a"}, {"digest": "b"}]}',
    ],
)
async def test_an_artifact_without_one_layer_is_none(
    registry: Registry, remote: RemoteBundle, manifest: bytes
) -> None:
    registry.content["stable"] = manifest
    await remote.refresh()
    assert remote.problem == "the artifact must have one layer, which is the bundle"


async def test_what_is_not_there_is_told(remote: RemoteBundle) -> None:
    await remote.refresh()
    assert remote.problem == "the registry answered HTTP 404"


async def test_a_user_and_password_come_from_the_file(
    registry: Registry, remote: RemoteBundle, tmp_path: Path
) -> None:
    tag(registry, b"one")
    registry.login = ("robot", "s3cret")
    await remote.refresh()
    assert remote.problem == "it asks for a token of another server, or for credentials that are not there"
    remote.token_file = tmp_path / "login"
    remote.token_file.write_text("robot:s3cret\n")
    await remote.refresh(at_once=True)
    remote.demand()
    assert remote.file.read_bytes() == b"one"


async def test_a_token_is_asked_of_the_registry_itself(
    registry: Registry, remote: RemoteBundle, tmp_path: Path
) -> None:
    tag(registry, b"one")
    registry.login, registry.token = ("robot", "s3cret"), "t0ken"
    remote.token_file = tmp_path / "login"
    remote.token_file.write_text("robot:s3cret\n")
    await remote.refresh()
    remote.demand()
    assert remote.file.read_bytes() == b"one"
    remote.token_file.write_text("t0ken\n")
    await remote.refresh(at_once=True)
    remote.demand()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token": 7}', b"[" * 100_000])
async def test_a_token_that_is_none_is_told(
    registry: Registry, remote: RemoteBundle, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    registry.token = "t"
    monkeypatch.setattr(Handler, "_token", lambda handler: handler.answer(200, body))
    await remote.refresh()
    assert remote.problem == "it gives no token"


@pytest.mark.parametrize("realm", ["https://evil.example/token", "http://169.254.169.254/x", "", "//["])
async def test_no_password_is_sent_to_another_server(
    registry: Registry, remote: RemoteBundle, realm: str
) -> None:
    told = f'Bearer realm="{realm}",service="s"'
    registry.fault = lambda handler: handler.answer(401, WWW_Authenticate=told)
    await remote.refresh()
    assert remote.problem is not None
    assert "token of another server" in remote.problem
    assert len(registry.asked) == 1


async def test_a_redirect_elsewhere_is_not_followed(registry: Registry, remote: RemoteBundle) -> None:
    registry.fault = lambda handler: handler.answer(307, Location="https://storage.example/x")
    await remote.refresh()
    assert remote.problem == "it redirects to another server; name that one"


@pytest.mark.parametrize(
    "url",
    [
        "oci://registry.example/policy:v1",
        "oci://registry.example:5000/team/a/policy:v1.2-x_y",
        "oci://registry.example/policy@sha256:" + "0" * 64,
    ],
)
def test_what_artifacts_are_fetched_from(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "oci://registry.example/policy",
        "oci://registry.example",
        "oci://registry.example/Policy:v1",
        "oci://user@registry.example/policy:v1",
        "oci://registry.example/../x:v1",
        "oci://registry.example/policy:v1#x",
        "oci://registry.example/policy@sha256:short",
        "oci://registry.example/policy:v1\n",
    ],
)
def test_what_they_are_not_fetched_from(url: str) -> None:
    with pytest.raises(SettingsError, match=r"oci://HOST/REPOSITORY:TAG"):
        check_url(url)
