"""One connection: HTTP/1.1 as uvicorn speaks it, but for its boundless patience.

uvicorn waits without limit for the head of a request and for answers to be read, and reads a head
of any size. So whoever reaches the port could hold connections and memory for as long as he likes.
Deadlines here are absolute: a byte now and then prolongs none of them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from mlgate.web.crowd import Caller, Crowd

if sys.platform == "linux":
    import fcntl
    import termios

MAX_HEAD_BYTES = 32 * 1024
"""Of one request; an API server sends some hundred bytes."""
_MOST_PIPELINED = 8
"""Requests sent ahead of the answers to those before; no client of ours does."""
_REFUSED_SECONDS = 0.5
"""For the answer to a body that was not read to its end."""
_REFUSED_BYTES = 1024 * 1024
"""Of such a body that are still taken, so that whoever sends a little too much gets to read the answer."""
_LAST_WORDS = 0.1
"""Seconds in which a request may still arrive on an idle connection when the server ends."""


@dataclass(frozen=True)
class Patience:
    """How long a connection waits, in seconds."""

    head_seconds: float
    answer_seconds: float
    """For an answer to be read, from when it was written."""


class _Line:
    """The transport as one request sees it: how it is closed depends on whether the request is there."""

    def __init__(self, transport: asyncio.Transport, hang_up: Callable[[], None]) -> None:
        self.write, self.is_closing, self.close = transport.write, transport.is_closing, hang_up


class Connection(HttpToolsProtocol):
    """Closes when the head of a request does not come in time, or an answer is not read."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        caller: Caller,
        crowd: Crowd,
        patience: Patience,
        dropped: Callable[[str], None],
    ) -> None:
        super().__init__(config, server_state, {"caller": caller})
        self._caller, self._crowd, self._patience, self._dropped = caller, crowd, patience, dropped
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._fields = 0
        self._unfinished = 0
        self._refused: int | None = None
        """Bytes that came of a body since it was refused."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base
        """Wait for the first head."""
        super().connection_made(transport)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self._caller.certificate = tls.getpeercert(binary_form=True) if tls else None
        self._caller.drop, self._caller.connected = self._drop, True
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait_no_more()
        self._read_at_last()
        self._crowd.leave(self._caller)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes between two requests are the start of a head, whatever they turn out to be."""
        if self._refused is not None:
            self._throw_away(len(data))
            return
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        super().data_received(data)
        if self._waiting is not None and not self.transport.is_closing():
            self._unfinished += len(data)
            if self._unfinished > MAX_HEAD_BYTES:
                self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """A new head begins, perhaps behind a request that came in the same bytes."""
        super().on_message_begin()
        self._fields = 0
        self._wait()
        self._crowd.begin(self._caller)
        if self._unread is not None and not self._has_unread():
            self._read_at_last()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the fields; the parser turns the error into status 400."""
        self._fields += len(name) + len(value)
        if self._fields > MAX_HEAD_BYTES:
            raise ValueError("the head of the request is too large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; what follows has limits of its own."""
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise ValueError("too many requests ahead of their answers")
        super().on_headers_complete()
        cycle = self.cycle
        cycle.transport = _Line(self.transport, lambda: self._hang_up(cycle))  # type: ignore[assignment]  # all it asks for
        self._wait_no_more()

    def on_message_complete(self) -> None:
        """The request is there; whoever waits for an answer is not dropped."""
        super().on_message_complete()
        if not self.cycle.response_complete:
            self._crowd.wait(self._caller)

    def on_response_complete(self) -> None:
        """The answer is written, which is not to say that anybody reads it."""
        if self._refused is None:
            super().on_response_complete()
        self._crowd.rest(self._caller)
        self._expect_reading()

    def pause_writing(self) -> None:
        """An answer is not read as fast as it is written."""
        super().pause_writing()
        self._expect_reading()

    def send_400_response(self, msg: str) -> None:
        """Count what is no HTTP, or too much of it."""
        self._dropped("bad_request")
        super().send_400_response(msg)

    def shutdown(self) -> None:
        """End, but answer the request that is on its way while we say so."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(_LAST_WORDS, super().shutdown)
        else:
            super().shutdown()

    def _hang_up(self, cycle: RequestResponseCycle) -> None:
        """Close, unless there is more to come of a refused body.

        A transport that closes goes on to decrypt what comes, for as long as the other end sends. So it ends
        by force, after time for the answer.
        """
        if not cycle.more_body:
            self.transport.close()
        elif self._refused is None:
            self._refused = 0
            self.flow.resume_reading()
            self.loop.call_later(_REFUSED_SECONDS, self.transport.abort)

    def _throw_away(self, size: int) -> None:
        """Take a little of a refused body, then no more: the kernel makes the sender wait."""
        assert self._refused is not None  # noqa: S101 - else it is not called
        self._refused += size
        if self._refused > _REFUSED_BYTES:
            self.flow.pause_reading()

    def _wait(self) -> None:
        """Give the head its time, from now on; a wait that has begun is not prolonged."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(self._patience.head_seconds, self._drop, "head_timeout")

    def _wait_no_more(self) -> None:
        """The head is complete, or there will be none."""
        self._unfinished = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _expect_reading(self) -> None:
        """Give the answer its time to be read; further answers do not prolong it."""
        if self._unread is None and not self.transport.is_closing():
            self._unread = self.loop.call_later(self._patience.answer_seconds, self._look_whether_read)

    def _read_at_last(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _look_whether_read(self) -> None:
        self._unread = None
        if self._has_unread():
            self._forget_unread()
            self._drop("answer_timeout")

    def _forget_unread(self) -> None:
        """Let the kernel forget what it still has; else it would go on offering that after the end."""
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _has_unread(self) -> bool:
        """Whether the other end has not taken all that was written.

        One that asks again has, or else it asks without reading: its request acknowledges what came before.
        """
        if self.transport.get_write_buffer_size():
            return True
        sock = self.transport.get_extra_info("socket")
        return sock is not None and _unacknowledged(sock.fileno()) > 0

    def _drop(self, reason: str) -> None:
        """End at once, whatever is under way."""
        self._wait_no_more()
        self._read_at_last()
        if not self.transport.is_closing():
            self._dropped(reason)
        self._crowd.leave(self._caller)
        self.transport.abort()


def _unacknowledged(descriptor: int) -> int:
    """Bytes in the kernel's queue that the other end has not acknowledged; Linux alone can tell."""
    if sys.platform != "linux":
        return 0
    try:
        queue = fcntl.ioctl(descriptor, termios.TIOCOUTQ, struct.pack("i", 0))
    except OSError:  # closed meanwhile
        return 0
    return int(struct.unpack("i", queue)[0])
