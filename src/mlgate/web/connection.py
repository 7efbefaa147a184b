"""One connection: HTTP/1.1 as uvicorn speaks it, but for its boundless patience.

uvicorn waits without limit for the head of a request, and reads a head of any size. So whoever
reaches the port could hold as many connections as there are file descriptors.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

MAX_HEAD_BYTES = 32 * 1024
"""Of one request; an API server sends some hundred bytes."""


class Connection(HttpToolsProtocol):
    """Closes when the head of a request does not come in time, or is too large."""

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], *, head_seconds: float
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._head_seconds = head_seconds
        self._waiting: asyncio.TimerHandle | None = None
        self._fields = 0
        self._unfinished = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; bytes between two requests are the start of a head, whatever they turn out to be."""
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

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the fields; the parser turns the error into status 400."""
        self._fields += len(name) + len(value)
        if self._fields > MAX_HEAD_BYTES:
            raise ValueError("the head of the request is too large")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; what follows has limits of its own."""
        super().on_headers_complete()
        self._wait_no_more()

    def _wait(self) -> None:
        """Give the head its time, from now on; a wait that has begun is not prolonged."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(self._head_seconds, self._give_up)

    def _wait_no_more(self) -> None:
        """The head is complete, or there will be none."""
        self._unfinished = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        """The time is over."""
        self._waiting = None
        self.transport.close()
