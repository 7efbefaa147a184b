"""Accept connections, so that each counts from its first packet and none is waited for without end.

asyncio accepts as many as come, keeps those in their handshake to itself, and serves the TLS
context it was given at the start. Here the caps hold before the handshake, the handshake has a
deadline, and each connection gets the certificate that is served at that moment.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlgate.errors import SettingsError
from mlgate.web.crowd import Caller, Crowd, peer_of
from mlgate.web.newcomers import Newcomer, Newcomers
from mlgate.web.tls import Credentials

_AT_ONCE = 32
"""Connections accepted before others get their turn."""
_BREATH = 0.01
"""Seconds until more are at most, and as long as those took: a flood gets no more than half of the loop."""
_SPARE_FILES = 512
"""File descriptors beside those of connections: the engine, the API server, files, the runtime."""
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_EVERYWHERE, _EVERYWHERE_IPV4 = "::", "0.0.0.0"  # noqa: S104 - the API server calls the Pod from outside it
_WITHOUT_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}
_PAUSE = 0.1
"""Seconds without accepting when the system has nothing left; else the loop would spin."""


@dataclass(frozen=True)
class Greeting:
    """How a connection begins: what speaks on it, behind which certificate, and how soon."""

    connection: Callable[[Caller], asyncio.Protocol]
    credentials: Callable[[], Credentials | None]
    """What is served now; none where there is no TLS."""
    handshake_seconds: float
    goodbye_seconds: float
    """Time for the rest of an answer, and for the other end to say goodbye, once a connection is closed."""


class Listener:
    """A listening socket; stands where uvicorn expects a server of asyncio."""

    def __init__(
        self, sock: socket.socket, crowd: Crowd, greeting: Greeting, dropped: Callable[[str], None]
    ) -> None:
        """Start to accept, in the loop that runs.

        Args:
            sock: bound already.
            crowd: who is connected.
            greeting: how a connection begins.
            dropped: told the reason when a connection does not come about.
        """
        self._sock, self._crowd, self._greeting, self._dropped = sock, crowd, greeting, dropped
        self._greeted: set[asyncio.Task[None]] = set()
        self._accepted: dict[Caller, socket.socket] = {}
        """Sockets that nothing speaks on yet; whoever drops such a caller leaves the socket to us."""
        self._newcomers = Newcomers(crowd, greeting.handshake_seconds, self._begin, dropped)
        self._loop = asyncio.get_running_loop()
        self._closed = False
        sock.setblocking(False)  # noqa: FBT003 - named so by the standard library
        sock.listen(2048)
        self._listen()

    def close(self) -> None:
        """Accept no more, and give up handshakes that are not done."""
        self._closed = True
        self._loop.remove_reader(self._sock)
        self._newcomers.close()
        for task in self._greeted:
            task.cancel()

    async def wait_closed(self) -> None:
        """Until the last handshake has been given up."""
        await asyncio.gather(*self._greeted, return_exceptions=True)

    def _listen(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._sock, self._accept)

    def _accept(self) -> None:
        """Take what has come."""
        began = self._loop.time()
        for _ in range(_AT_ONCE):
            try:
                sock, address = self._sock.accept()
            except BlockingIOError:
                return
            except OSError as problem:
                if problem.errno in _EXHAUSTED:
                    self._recover()
                    return
                continue  # the other end has gone again
            self._receive(sock, address)
        self._pause(min(_BREATH, self._loop.time() - began))

    def _recover(self) -> None:
        """The system has no descriptor or memory left: free one, and try again in a moment."""
        self._dropped("exhausted")
        self._crowd.displace()
        self._pause(_PAUSE)

    def _pause(self, seconds: float) -> None:
        """Accept none for a while; they wait in the kernel."""
        self._loop.remove_reader(self._sock)
        self._loop.call_later(seconds, self._listen)

    def _receive(self, sock: socket.socket, address: Any) -> None:
        """Begin one connection, unless there is no room."""
        sock.setblocking(False)  # noqa: FBT003 - named so by the standard library
        self._configure(sock)
        caller = Caller(peer_of(address[0]), self._dropped)
        if not self._crowd.admit(caller):
            self._dropped("refused")
            sock.close()
            return
        if self._greeting.credentials() is None:
            deadline = self._loop.time() + self._greeting.handshake_seconds
            self._crowd.hear(caller)
            self._begin(Newcomer(caller, sock, deadline))
        else:
            self._newcomers.receive(caller, sock)

    def _begin(self, newcomer: Newcomer) -> None:
        """Begin to speak on a connection."""
        caller = newcomer.caller
        self._accepted[caller] = newcomer.sock
        task = self._loop.create_task(self._greet(newcomer))
        self._greeted.add(task)

        def ended(_: object) -> None:
            self._greeted.discard(task)
            if not caller.connected:
                self._crowd.leave(caller)
            if never_spoken_on := self._accepted.pop(caller, None):
                never_spoken_on.close()

        def drop(reason: str) -> None:
            self._dropped(reason)
            task.cancel()

        task.add_done_callback(ended)
        caller.drop = drop

    def _configure(self, sock: socket.socket) -> None:
        """Send at once, and let the kernel too give up whoever does not take what was sent."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if sys.platform == "linux":
            patience = int(self._greeting.goodbye_seconds * 1000)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)

    async def _greet(self, newcomer: Newcomer) -> None:
        """Shake hands; from then on the connection looks after itself."""
        try:
            async with asyncio.timeout_at(newcomer.deadline):
                await self._shake_hands(self._accepted.pop(newcomer.caller), newcomer.caller)
        except TimeoutError:
            self._dropped("handshake_timeout")
        except ssl.SSLCertVerificationError:
            self._dropped("client_certificate")
        except OSError:
            self._dropped("handshake_failed")

    async def _shake_hands(self, sock: socket.socket, caller: Caller) -> None:
        credentials = self._greeting.credentials()
        limits: dict[str, Any] = {}
        if credentials is not None:
            caller.authority = credentials.authority
            # The deadline is ours; asyncio's own must only not come before it.
            limits = {
                "ssl": credentials.context,
                "ssl_handshake_timeout": self._greeting.handshake_seconds + 60,
                "ssl_shutdown_timeout": self._greeting.goodbye_seconds,
            }
        await self._loop.connect_accepted_socket(lambda: self._greeting.connection(caller), sock, **limits)


def bind(host: str, port: int) -> socket.socket:
    """A socket bound before anything else starts, so that a busy port is told at once.

    Args:
        host: an address of this machine; `::` means all of them, those of IPv4 too, and those alone where the
            kernel knows no others.
        port: 0 lets the system choose.

    Raises:
        SettingsError: the address is not free, or not ours.
    """
    try:
        return _bound(host, port)
    except OSError as problem:
        if host == _EVERYWHERE and problem.errno in _WITHOUT_IPV6:
            return bind(_EVERYWHERE_IPV4, port)
        raise SettingsError(
            f"setting listen: cannot listen on {host}:{port}: {problem.strerror}"
        ) from problem


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == _EVERYWHERE:
            # The system's own default may be to leave IPv4 out.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def allow_files(connections: int) -> None:
    """Let this process open as many files as its connections take.

    Raises:
        SettingsError: it may not.
    """
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    needed = connections + _SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SettingsError(
            f"setting server.max_connections: {connections} connections take {needed} open files,"
            f" and this process may have {hard}; lower the setting or raise the limit"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
