"""Callers that hold on to a server without asking it anything it would have to answer."""

from __future__ import annotations

import contextlib
import select
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

Closed = list[float]
"""For each connection of an attack, the seconds it was open."""

_LONGEST = 30.0
"""Seconds after which a connection counts as held for ever."""
_HEAD = b"POST /validate HTTP/1.1\r\nHost: mlgate\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Victim:
    """Where to connect."""

    port: int
    trust: ssl.SSLContext

    def plain(self, source: str = "127.0.0.2") -> socket.socket:
        """A connection without handshake."""
        return socket.create_connection(
            ("127.0.0.1", self.port), timeout=_LONGEST, source_address=(source, 0)
        )

    def secure(self, receive_buffer: int | None = None) -> ssl.SSLSocket:
        """A connection after its handshake."""
        plain = socket.socket()
        plain.settimeout(_LONGEST)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.bind(("127.0.0.2", 0))
        plain.connect(("127.0.0.1", self.port))
        return self.trust.wrap_socket(plain, server_hostname="127.0.0.1")


Attack = Callable[[Victim], Closed]
"""Holds on, or floods, until the server ends it."""


def tcp_without_handshake(victim: Victim) -> Closed:
    """Connects, and that is all."""
    return [_seconds_until_closed(victim.plain())]


def handshake_by_the_byte(victim: Victim) -> Closed:
    """Announces a long hello, and sends a byte of it now and then."""
    sock = victim.plain()
    sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    return [_trickle(sock, b"\0")]


def idle_tls(victim: Victim) -> Closed:
    """Shakes hands, and asks nothing."""
    return [_seconds_until_closed(victim.secure())]


def head_by_the_byte(victim: Victim) -> Closed:
    """Sends a field of the head without end."""
    sock = victim.secure()
    sock.sendall(_HEAD + b"X-Y: ")
    return [_trickle(sock, b"z")]


def body_by_the_byte(victim: Victim) -> Closed:
    """Announces a body, and sends a byte of it now and then."""
    sock = victim.secure()
    sock.sendall(_HEAD + b"Content-Length: 1000\r\n\r\n")
    return [_trickle(sock, b"{")]


def answers_read_by_the_byte(victim: Victim) -> Closed:
    """Asks for more than its buffer holds, and reads a byte of it now and then."""
    started = time.monotonic()
    sock = victim.secure(receive_buffer=2048)
    sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: mlgate\r\n\r\n" * 8)
    try:
        while time.monotonic() - started < _LONGEST and sock.recv(1):
            if _is_reset(sock):
                break
            time.sleep(0.2)
    except OSError:
        pass
    finally:
        sock.close()
    return [time.monotonic() - started]


def a_thousand_idle(victim: Victim) -> Closed:
    """Connects a thousand times, from the address the API server has, and asks nothing."""
    return _all_closed(victim.plain("127.0.0.1") for _ in range(1000))


def bodies_that_lack_their_end(victim: Victim) -> Closed:
    """Sends all but the end of many large bodies, far more than is held at once."""

    def begin() -> Iterator[socket.socket]:
        for _ in range(24):
            sock = victim.secure()
            with contextlib.suppress(OSError):  # it may have had to go already
                sock.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % (7 * 1024**2) + b" " * (6 * 1024**2))
            yield sock

    return _all_closed(begin())


def ten_gib_announced(victim: Victim) -> Closed:
    """Announces a body of 10 GiB, and sends it."""
    sock = victim.secure()
    sock.sendall(_HEAD + b"Content-Length: %d\r\n\r\n" % (10 * 1024**3))
    return [_flood(sock, b"x" * 65536)]


def chunks_without_end(victim: Victim) -> Closed:
    """Sends chunk after chunk."""
    sock = victim.secure()
    sock.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    return [_flood(sock, b"10000\r\n" + b"x" * 65536 + b"\r\n")]


ATTACKS: tuple[Attack, ...] = (
    tcp_without_handshake,
    handshake_by_the_byte,
    idle_tls,
    head_by_the_byte,
    body_by_the_byte,
    answers_read_by_the_byte,
    a_thousand_idle,
    bodies_that_lack_their_end,
    ten_gib_announced,
    chunks_without_end,
)


def _all_closed(connections: Iterable[socket.socket]) -> Closed:
    """Hold all of them until the server has ended the last."""
    started = time.monotonic()
    closed: Closed = []
    with selectors.DefaultSelector() as watched, contextlib.ExitStack() as held:
        for sock in connections:
            watched.register(held.enter_context(sock), selectors.EVENT_READ)
        while watched.get_map() and time.monotonic() - started < _LONGEST:
            for key, _ in watched.select(1):
                watched.unregister(key.fileobj)
                closed.append(time.monotonic() - started)
    return closed


def _is_reset(sock: socket.socket) -> bool:
    """Whether the server has ended the connection, although there is still something to read."""
    watch = select.poll()
    watch.register(sock, 0)
    return bool(watch.poll(0))


def _seconds_until_closed(sock: socket.socket) -> float:
    started = time.monotonic()
    with sock, contextlib.suppress(OSError):
        while sock.recv(65536):
            pass
    return time.monotonic() - started


def _trickle(sock: socket.socket, byte: bytes) -> float:
    """Send a byte five times a second; the seconds until the server ends that."""
    started = time.monotonic()
    with sock, contextlib.suppress(OSError):
        sock.settimeout(0.2)
        while time.monotonic() - started < _LONGEST:
            sock.sendall(byte)
            with contextlib.suppress(TimeoutError):
                if not sock.recv(65536):
                    break
    return time.monotonic() - started


def _flood(sock: socket.socket, data: bytes) -> float:
    """Send as much as is taken; the seconds until the server ends that."""
    started = time.monotonic()
    with sock, contextlib.suppress(OSError):
        while time.monotonic() - started < _LONGEST:
            sock.sendall(data)
    return time.monotonic() - started
