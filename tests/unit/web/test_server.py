"""The server: a busy port is told, the address is told when it is open, and SIGTERM loses no review."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from mlgate.errors import SettingsError
from mlgate.live_policy import LivePolicy
from mlgate.settings import ListenSettings, PolicySettings, ServerSettings, Settings, TlsSettings
from mlgate.web.routes import Server
from mlgate.web.server import serve
from mlgate.web.tls import ServingCertificate

LOOPBACK = "127.0.0.1"


def _settings(host: str = LOOPBACK, port: int = 0, drain_seconds: float = 0) -> Settings:
    return Settings(
        listen=ListenSettings(host=host, port=port),
        server=ServerSettings(drain_seconds=drain_seconds),
        tls=TlsSettings(reload_seconds=0.001),
    )


@asynccontextmanager
async def _serving(server: Server) -> AsyncIterator[tuple[str, asyncio.Task[None]]]:
    """The address of a server that runs in a task of its own."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(server, address.set_result))
    try:
        async with asyncio.timeout(30):
            yield await address, task
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
            await task


async def test_the_address_that_is_told_takes_connections_at_once(server: Server) -> None:
    server.settings = _settings()

    async with _serving(server) as (address, _), httpx.AsyncClient() as client:
        answer = await client.get(f"http://{address}/livez")

    assert answer.status_code == 200
    assert "server" not in answer.headers


async def test_a_caller_may_want_no_address(server: Server) -> None:
    server.settings = _settings()
    task = asyncio.create_task(serve(server))
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        await asyncio.sleep(0.001)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(task, 30)

    assert server.draining is True


async def test_an_address_of_ipv6_is_told_in_brackets(server: Server) -> None:
    server.settings = _settings("::1")

    async with _serving(server) as (address, _), httpx.AsyncClient() as client:
        answer = await client.get(f"http://{address}/livez")

    assert address.startswith("[::1]:")
    assert answer.status_code == 200


async def test_a_busy_port_is_told_and_names_the_setting(server: Server) -> None:
    with socket.socket() as busy:
        busy.bind((LOOPBACK, 0))
        busy.listen()
        port = busy.getsockname()[1]
        server.settings = _settings(port=port)

        with pytest.raises(SettingsError, match=f"setting listen: cannot listen on 127.0.0.1:{port}"):
            await serve(server)


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
async def test_the_order_to_stop_drains_and_returns(server: Server, order: signal.Signals) -> None:
    server.settings = _settings()

    async with _serving(server) as (_, task):
        os.kill(os.getpid(), order)
        await task

    assert server.draining is True
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_the_policy_is_loaded_at_once_when_that_is_ordered(
    server: Server, policy: LivePolicy, source: Any
) -> None:
    never = PolicySettings(reload_seconds=0)
    server.settings, server.policy = _settings().model_copy(update={"policy": never}), policy

    async with _serving(server):
        source.revision = "v2"
        server.reload_ordered.set()
        async with asyncio.timeout(30):
            while policy.judging != "v2":
                await asyncio.sleep(0.001)


async def test_reviews_are_still_judged_while_draining_and_no_reply_keeps_its_connection(
    server: Server, review: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.settings = _settings(drain_seconds=7)
    slept, over = asyncio.Event(), asyncio.Event()
    sleep = asyncio.sleep

    async def drained(seconds: float) -> None:
        if seconds != 7:  # another's
            await sleep(seconds)
            return
        slept.set()
        await over.wait()

    monkeypatch.setattr(asyncio, "sleep", drained)

    async with _serving(server) as (address, task), httpx.AsyncClient(base_url=f"http://{address}") as client:
        os.kill(os.getpid(), signal.SIGTERM)
        await slept.wait()
        answer = await client.post("/validate", json=review())
        ready = await client.get("/readyz")
        over.set()
        await task

    assert (answer.json()["response"]["allowed"], answer.headers["connection"]) == (True, "close")
    assert (ready.status_code, ready.json()["problems"]) == (503, {"server": "draining"})


async def test_the_certificate_is_served_and_watched_until_the_end(server: Server, tmp_path: Path) -> None:
    authority = trustme.CA()

    def write() -> ServingCertificate:
        issued = authority.issue_cert(LOOPBACK)
        issued.private_key_pem.write_to_path(str(tmp_path / "key"))
        issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert"))
        return ServingCertificate(tmp_path / "cert", tmp_path / "key")

    server = replace(server, settings=_settings(), certificate=(first_pair := write()))
    trust = httpx.create_ssl_context()
    authority.configure_trust(trust)

    async with _serving(server) as (address, _), httpx.AsyncClient(verify=trust) as client:
        base = f"https://{address}"
        first = await client.get(f"{base}/readyz")
        (tmp_path / "cert").write_text("half")
        while not (await client.get(f"{base}/readyz")).json()["notes"]:
            await asyncio.sleep(0.001)
        write()
        while (await client.get(f"{base}/readyz")).json()["notes"]:
            await asyncio.sleep(0.001)
        metrics = (await client.get(f"{base}/metrics")).text

    expiry = re.search(r"^mlgate_certificate_expiry_timestamp_seconds (.*)$", metrics, re.MULTILINE)
    assert (first.status_code, first.json()["notes"]) == (200, [])
    assert expiry is not None
    assert float(expiry[1]) == first_pair.expires_at.timestamp()
