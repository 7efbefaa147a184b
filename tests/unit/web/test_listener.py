"""The listener: counts from the first packet, gives a handshake its time, survives a lack of descriptors."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from mlgate.errors import SettingsError
from mlgate.web import listener
from mlgate.web.crowd import Caller, Crowd, peer_of
from mlgate.web.listener import Greeting, Listener, allow_files, bind
from mlgate.web.tls import ServingCertificate

LOOPBACK = "127.0.0.1"


class Talker(asyncio.Protocol):
    """Says which connection it is on, and holds it until the other end goes."""

    def __init__(self, caller: Caller, crowd: Crowd) -> None:
        self.caller, self.crowd = caller, crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.caller.connected = True
        self.caller.drop = lambda _: transport.abort()
        transport.write(b"hello")

    def connection_lost(self, _: Exception | None) -> None:
        self.crowd.leave(self.caller)


class Stage:
    """A listener with its crowd, and the reasons it told."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.drops: list[str] = []
        self.callers: list[Caller] = []
        self.sock = bind(LOOPBACK, 0)
        self.address = self.sock.getsockname()
        self.listener: Listener

    def greet(self, caller: Caller) -> asyncio.Protocol:
        self.callers.append(caller)
        return Talker(caller, self.crowd)


@asynccontextmanager
async def _stage(
    certificate: ServingCertificate | None = None, *, most: int = 100, handshake_seconds: float = 30
) -> AsyncIterator[Stage]:
    stage = Stage(Crowd(most, most))
    credentials = lambda: certificate.credentials if certificate else None  # noqa: E731
    greeting = Greeting(stage.greet, credentials, handshake_seconds, 0.1)
    stage.listener = Listener(stage.sock, stage.crowd, greeting, stage.drops.append)
    try:
        async with asyncio.timeout(30):
            yield stage
            stage.listener.close()
            await stage.listener.wait_closed()
            while stage.crowd.size:
                stage.crowd.displace()
                await asyncio.sleep(0.001)
    finally:
        stage.sock.close()


@asynccontextmanager
async def _connected(
    stage: Stage, trust: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(
        *stage.address, ssl=trust, server_hostname=LOOPBACK if trust else None
    )
    try:
        yield reader, writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> ServingCertificate:
    issued = authority.issue_cert(LOOPBACK)
    issued.private_key_pem.write_to_path(str(tmp_path / "key"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca"))
    return ServingCertificate(tmp_path / "cert", tmp_path / "key", tmp_path / "ca")


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def _until(told: Callable[[], object]) -> None:
    while not told():
        await asyncio.sleep(0.001)


async def test_a_connection_is_greeted_with_and_without_tls(
    certificate: ServingCertificate, trust: ssl.SSLContext
) -> None:
    async with _stage() as stage, _connected(stage) as (reader, _):
        plain = await reader.readexactly(5)
    async with _stage(certificate) as stage, _connected(stage, trust) as (reader, _):
        secure = await reader.readexactly(5)
        held = stage.callers[0].authority

    assert (plain, secure) == (b"hello", b"hello")
    assert held is certificate.client_authority


@pytest.mark.parametrize("said", [b"", b"\x16\x03"])
async def test_a_handshake_that_does_not_come_has_its_time_and_no_more(
    certificate: ServingCertificate, said: bytes
) -> None:
    async with _stage(certificate, handshake_seconds=0.05) as stage, _connected(stage) as (reader, writer):
        writer.write(said)

        assert await _read(reader) == b""
        await _until(lambda: stage.crowd.size == 0)

    assert stage.drops == ["handshake_timeout"]


async def test_bytes_that_trickle_do_not_prolong_a_handshake(certificate: ServingCertificate) -> None:
    async with _stage(certificate, handshake_seconds=0.1) as stage, _connected(stage) as (_, writer):
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 400
        for number in range(len(hello)):
            writer.write(hello[number : number + 1])
            await asyncio.sleep(0.005)
            if stage.drops:
                break

    assert stage.drops == ["handshake_timeout"]


async def test_what_is_no_tls_and_who_hangs_up_are_handshakes_that_failed(
    certificate: ServingCertificate,
) -> None:
    async with _stage(certificate) as stage:
        async with _connected(stage) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\n\r\n" * 10)
            assert b"HTTP" not in await asyncio.wait_for(_read(reader), 30)
        async with _connected(stage):
            await _until(lambda: stage.crowd.size)
        await _until(lambda: len(stage.drops) == 2)
        await _until(lambda: stage.crowd.size == 0)

    assert stage.drops == ["handshake_failed"] * 2


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_certificate_of_another_authority_is_told_apart(
    certificate: ServingCertificate, trust: ssl.SSLContext
) -> None:
    trustme.CA().issue_cert("kube-apiserver").configure_cert(trust)

    async with _stage(certificate) as stage:
        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            async with _connected(stage, trust) as (reader, _):
                await reader.readexactly(5)
        await _until(lambda: stage.crowd.size == 0)

    assert stage.drops == ["client_certificate"]


async def test_a_newcomer_displaces_a_handshake_that_hangs(certificate: ServingCertificate) -> None:
    async with _stage(certificate, most=1) as stage, _connected(stage) as (reader, _):
        await _until(lambda: stage.crowd.size)
        async with _connected(stage):
            assert await _read(reader) == b""

    assert stage.drops[0] == "displaced"


async def test_connections_that_come_at_once_displace_each_other_before_they_are_spoken_on(
    certificate: ServingCertificate,
) -> None:
    async with _stage(certificate, most=1) as stage:
        sockets = [socket.create_connection(stage.address) for _ in range(5)]  # all before the loop turns
        await _until(lambda: len(stage.drops) == 4)
        for sock in sockets:
            sock.close()

    assert stage.drops[:4] == ["displaced"] * 4


async def test_many_that_come_together_are_taken_a_few_at_a_time(
    certificate: ServingCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "_AT_ONCE", 2)
    pauses: list[float] = []
    pause = Listener._pause
    monkeypatch.setattr(
        Listener, "_pause", lambda self, seconds: (pauses.append(seconds), pause(self, seconds))
    )
    async with _stage(certificate) as stage:
        sockets = [socket.create_connection(stage.address) for _ in range(5)]
        await _until(lambda: stage.crowd.size == 5)
        for sock in sockets:
            sock.close()

    assert len(pauses) == 2
    assert all(0 <= seconds <= listener._BREATH for seconds in pauses), "at most half of the time is for them"


async def test_nobody_is_let_in_while_all_are_busy() -> None:
    async with _stage(most=1) as stage, _connected(stage) as (reader, _):
        await reader.readexactly(5)
        stage.crowd.wait(stage.callers[0])
        async with _connected(stage) as (other, _):
            assert await _read(other) == b""

    assert stage.drops == ["refused"]


class Broken:
    """A listening socket whose `accept` fails with each error once."""

    def __init__(self, sock: socket.socket, *errors: int) -> None:
        self._sock, self._errors = sock, list(errors)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def accept(self) -> Any:
        if self._errors:
            raise OSError(self._errors.pop(0), "no")
        return self._sock.accept()


async def test_a_lack_of_descriptors_costs_the_weakest_and_passes() -> None:
    async with _stage() as stage, _connected(stage) as (idle, _):
        await idle.readexactly(5)
        stage.listener._sock = Broken(stage.sock, errno.EMFILE, errno.ECONNABORTED)  # type: ignore[assignment]
        async with _connected(stage) as (reader, _):
            assert await reader.readexactly(5) == b"hello"
            assert await _read(idle) == b""

    assert stage.drops == ["exhausted"]


async def test_a_listener_that_is_closed_while_it_recovers_stays_closed() -> None:
    async with _stage() as stage:
        stage.listener._sock = Broken(stage.sock, errno.EMFILE)  # type: ignore[assignment]
        async with _connected(stage):
            await _until(lambda: stage.drops)
            stage.listener.close()
            await asyncio.sleep(0.15)

            assert stage.callers == []


def _limits(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> list[tuple[int, int]]:
    """A process with these limits, and what they are set to."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: given.append(limits))
    return given


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_everywhere_is_at_the_addresses_of_both_families(address: str) -> None:
    with bind("::", 0) as listener:
        listener.listen()
        with socket.create_connection((address, listener.getsockname()[1]), timeout=5):
            connected, (peer, *_) = listener.accept()
            connected.close()
    assert peer_of(peer) == ("127.0.0.1" if address == "127.0.0.1" else "::/64")


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_everywhere_is_ipv4_where_the_kernel_has_nothing_else(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(family: int, *rest: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(number, "no such family")
        return real(family, *rest)

    real = socket.socket
    monkeypatch.setattr("mlgate.web.listener.socket.socket", without)
    with bind("::", 0) as listener:
        assert listener.family == socket.AF_INET
        assert listener.getsockname()[0] == "0.0.0.0"  # noqa: S104 - all there are
    with pytest.raises(SettingsError, match="setting listen: cannot listen on ::1:8443: no such family"):
        bind("::1", 8443)


def test_the_limit_of_open_files_is_raised_where_connections_need_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised = _limits(monkeypatch, 1024, resource.RLIM_INFINITY)
    allow_files(1024)
    enough = _limits(monkeypatch, 4096, 4096)
    allow_files(1024)

    assert raised == [(1536, resource.RLIM_INFINITY)]
    assert enough == []


def test_more_connections_than_open_files_are_allowed_is_an_error_of_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = _limits(monkeypatch, 1024, 1024)

    with pytest.raises(SettingsError, match=r"server\.max_connections: 1024 connections take 1536"):
        allow_files(1024)
    assert given == []
