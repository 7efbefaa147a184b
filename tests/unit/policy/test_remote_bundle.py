"""A bundle is fetched within bounds, from the server that is named, and what fails changes nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from mlgate.errors import PolicyError, SettingsError
from mlgate.policy import remote_bundle as module
from mlgate.policy.remote_bundle import RemoteBundle, check_url, remote_bundle
from mlgate.settings import PolicySettings


class Server:
    """Gives what a test wants, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.url = ""
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] = self.bundle

    async def bundle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"one"':
            return web.Response(status=304)
        return web.Response(body=b"one", headers={"ETag": '"one"'})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", found.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


@pytest.fixture
def remote(server: Server, tmp_path: Path) -> RemoteBundle:
    return RemoteBundle(f"{server.url}/policy.tar.gz", tmp_path / "cache" / "fetched.tar.gz", 60)


def says(status: int = 200, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=b"other", headers=headers)

    return answer


async def test_it_is_fetched_and_not_again_where_it_is_the_same(server: Server, remote: RemoteBundle) -> None:
    await remote.refresh()
    remote.demand()
    assert remote.file.read_bytes() == b"one"
    assert remote.file.stat().st_mode & 0o077 == 0
    first = remote.answered_at
    await remote.refresh(at_once=True)
    assert [request.headers.get("If-None-Match") for request in server.asked] == [None, '"one"']
    assert first is not None
    assert remote.answered_at is not None
    assert remote.answered_at > first
    remote.file.unlink()
    await remote.refresh(at_once=True)
    assert remote.file.read_bytes() == b"one"


async def test_it_is_asked_when_it_is_time_or_somebody_orders_it(
    server: Server, remote: RemoteBundle
) -> None:
    now = 1000.0
    remote.clock = lambda: now
    for seconds, at_once, times in (
        (0, False, 1),
        (59, False, 1),
        (59, True, 2),
        (61, False, 2),
        (120, False, 3),
    ):
        now = 1000.0 + seconds
        await remote.refresh(at_once=at_once)
        assert len(server.asked) == times, seconds


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (says(404), "the server answered HTTP 404"),
        (says(500), "the server answered HTTP 500"),
        (says(204), "the server answered HTTP 204"),
        (says(302, Location="http://127.0.0.1:1/policy.tar.gz"), "redirects to another server"),
        (says(302, Location="https://example.com/"), "redirects to another server"),
        (says(302, Location="file:///etc/passwd"), "redirects to another server"),
        (says(302, Location="http://[bad"), "redirects to another server"),
        (says(302, Location="http://127.0.0.1:99999/"), "redirects to another server"),
        (says(302, Location="/policy.tar.gz"), "redirects more than 3 times"),
        (says(307), "redirects more than 3 times"),
    ],
)
async def test_any_other_answer_is_told_and_changes_no_file(
    server: Server, remote: RemoteBundle, answer: Any, told: str
) -> None:
    await remote.refresh()
    server.answer = answer
    await remote.refresh(at_once=True)
    with pytest.raises(PolicyError, match=rf"policy\.url: {remote.url}: .*{told}.*; look after the server"):
        remote.demand()
    assert remote.file.read_bytes() == b"one"
    server.answer = server.bundle
    await remote.refresh(at_once=True)
    remote.demand()


async def test_a_redirect_on_the_same_server_is_followed(server: Server, remote: RemoteBundle) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/policy.tar.gz":
            return web.Response(status=302, headers={"Location": "/v2/policy.tar.gz"})
        return web.Response(body=b"two")

    server.answer = answer
    await remote.refresh()
    assert remote.file.read_bytes() == b"two"


async def test_a_304_nobody_asked_for_is_no_answer(server: Server, remote: RemoteBundle) -> None:
    server.answer = says(304)
    await remote.refresh()
    assert remote.problem == "the server answered HTTP 304"


async def test_a_bundle_that_is_too_large_is_not_read_to_its_end(
    server: Server, remote: RemoteBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PACKED", 1024 * 1024)
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)
            sent += 65536

    server.answer = endless
    await remote.refresh()
    assert remote.problem == "it is larger than 1 MiB"
    assert sent < 16 * 1024 * 1024
    assert not remote.file.exists()


@pytest.mark.parametrize("begun", [False, True])
async def test_a_server_that_takes_too_long_is_given_up(
    server: Server, remote: RemoteBundle, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.2)

    async def hangs(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if begun:
            await response.prepare(request)
            await response.write(b"x")
        await asyncio.sleep(30)
        return response

    server.answer = hangs
    await remote.refresh()
    assert remote.problem == "it did not come within 0.2 s"


async def test_nobody_there_is_told(tmp_path: Path) -> None:
    remote = RemoteBundle("http://127.0.0.1:1/x", tmp_path / "x", 60)
    await remote.refresh()
    assert remote.problem == "it cannot be fetched (ClientConnectorError)"
    assert remote.answered_at is None


async def test_the_token_goes_with_every_question(
    server: Server, remote: RemoteBundle, tmp_path: Path
) -> None:
    remote.token_file = tmp_path / "token"
    await remote.refresh()
    assert "policy.url_token_file" in str(remote.problem)
    assert server.asked == []
    remote.token_file.write_text("s3cret\n")
    await remote.refresh(at_once=True)
    assert server.asked[0].headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize("tag", ["", "x" * 300])
async def test_a_tag_that_is_none_is_not_sent_back(server: Server, remote: RemoteBundle, tag: str) -> None:
    server.answer = says(ETag=tag)
    await remote.refresh()
    await remote.refresh(at_once=True)
    assert "If-None-Match" not in server.asked[-1].headers


async def test_a_server_is_known_by_the_authority_that_is_named(server: Server, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/policy.tar.gz"
    try:
        trusted = RemoteBundle(url, tmp_path / "a", 60, ca=tmp_path / "ca.pem")
        await trusted.refresh()
        assert (trusted.problem, trusted.file.read_bytes()) == (None, b"one")
        stranger = RemoteBundle(url, tmp_path / "b", 60)
        await stranger.refresh()
        assert stranger.problem == "it cannot be fetched (ClientConnectorCertificateError)"
        nobody = RemoteBundle(url, tmp_path / "c", 60, ca=tmp_path / "missing.pem")
        await nobody.refresh()
        assert "policy.url_ca" in str(nobody.problem)
    finally:
        await runner.cleanup()


GOOD = "https://policy.example.com/bundles/policy.tar.gz"
KEY = Path("key.pub")


def test_where_no_address_is_named_nothing_is_fetched(tmp_path: Path) -> None:
    assert remote_bundle(PolicySettings(), tmp_path) is None


def test_each_address_has_a_file_of_its_own(tmp_path: Path) -> None:
    found = [
        remote_bundle(PolicySettings(url=url, verification_key=KEY), tmp_path)
        for url in (GOOD, f"{GOOD}?v=2", GOOD)
    ]
    files = [one.file for one in found if one is not None]
    assert files[0] == files[2] != files[1]
    assert files[0].parent == tmp_path


@pytest.mark.parametrize(
    ("beside", "named"),
    [
        ({}, "policy.verification_key"),
        ({"verification_key": KEY, "bundle": KEY}, "policy.bundle"),
        ({"verification_key": KEY, "packages": (KEY,)}, "policy.packages"),
        ({"verification_key": KEY, "settings": KEY}, "policy.settings"),
    ],
)
def test_a_fetched_bundle_is_signed_and_stands_alone(
    tmp_path: Path, beside: dict[str, Any], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        remote_bundle(PolicySettings(url=GOOD, **beside), tmp_path)


@pytest.mark.parametrize("url", [GOOD, "https://h:8443/", "http://127.0.0.1:8080/x", "http://[::1]/x"])
def test_what_bundles_are_fetched_from(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "policy.tar.gz", "http://policy.example.com/x", "ftp://h/x", "file:///etc/passwd"),
        *(
            "oci://registry/x",
            "https://",
            "https://user:pw@h/x",
            "https://h/x#y",
            "https://h:port/x",
            "http://[x",
        ),
    ],
)
def test_what_they_are_not_fetched_from(url: str) -> None:
    with pytest.raises(SettingsError, match=r"setting policy\.url"):
        check_url(url)
