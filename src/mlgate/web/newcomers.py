"""Connections on which nothing was said yet, and who of those that speak is greeted next.

Whoever connects and is silent must cost next to nothing: what speaks TLS on a connection is made when the
first bytes of a hello are there. Handshakes are the dearest thing a stranger can have for nothing, so only a
few begin before reviews that are under way go on, and callers of different addresses take turns: a thousand
hellos of one do not stand in front of another's.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from mlgate.web.crowd import Caller, Crowd

_GREETED_AT_ONCE = 4
"""Handshakes that begin before others get their turn; each takes about a millisecond."""
_ENDED_AT_ONCE = 32
"""Silent connections that are ended before others get their turn."""
_BREATH = 0.01
"""Seconds until more are."""


@dataclass(frozen=True)
class Newcomer:
    """A connection that was accepted, and the time of the loop until which its handshake must be done."""

    caller: Caller
    sock: socket.socket
    deadline: float


class Newcomers:
    """All of them; each has the same time, so that those who came first are due first."""

    def __init__(
        self, crowd: Crowd, seconds: float, greet: Callable[[Newcomer], None], dropped: Callable[[str], None]
    ) -> None:
        """None so far, in the loop that runs.

        Args:
            crowd: who is connected.
            seconds: the time from coming to the end of the handshake.
            greet: takes over a connection whose first bytes are there.
            dropped: told the reason when one is ended here.
        """
        self._crowd, self._seconds, self._greet, self._dropped = crowd, seconds, greet, dropped
        self._waiting: dict[Caller, Newcomer] = {}
        self._spoken: dict[str, deque[Caller]] = {}
        """Those whose first bytes are there, by their address; some may be gone again."""
        self._turn: asyncio.Handle | None = None
        self._due: asyncio.Handle | None = None
        self._loop = asyncio.get_running_loop()

    def receive(self, caller: Caller, sock: socket.socket) -> None:
        """Wait for what a caller says first."""
        found = Newcomer(caller, sock, self._loop.time() + self._seconds)
        self._waiting[caller] = found
        caller.drop = lambda reason: self._end(caller, reason)
        self._loop.add_reader(sock, self._hear, found)
        if self._due is None:
            self._due = self._loop.call_at(found.deadline, self._end_late)

    def close(self) -> None:
        """End all of them."""
        for handle in (self._turn, self._due):
            if handle is not None:
                handle.cancel()
        for found in list(self._waiting.values()):
            self._forget(found)

    def _hear(self, found: Newcomer) -> None:
        """The first bytes are there, or the other end has gone."""
        try:
            gone = not found.sock.recv(1, socket.MSG_PEEK)
        except OSError:
            gone = True
        if gone:
            self._end(found.caller, "handshake_failed")
            return
        self._loop.remove_reader(found.sock)
        self._crowd.hear(found.caller)
        self._spoken.setdefault(found.caller.peer, deque()).append(found.caller)
        if self._turn is None:
            self._turn = self._loop.call_soon(self._greet_some)

    def _greet_some(self) -> None:
        """Begin a few handshakes, each of another address while there are several."""
        begun = 0
        while self._spoken and begun < _GREETED_AT_ONCE:
            found = self._waiting.pop(self._next(), None)
            if found is not None:
                begun += 1
                self._greet(found)
        self._turn = self._loop.call_soon(self._greet_some) if self._spoken else None

    def _next(self) -> Caller:
        """Whose turn it is; the others of its address come after those of all other addresses."""
        peer = next(iter(self._spoken))
        callers = self._spoken.pop(peer)
        caller = callers.popleft()
        if callers:
            self._spoken[peer] = callers
        return caller

    def _end_late(self) -> None:
        """End those whose time is up, a few at a time."""
        now = self._loop.time()
        for found in list(islice(self._waiting.values(), _ENDED_AT_ONCE)):
            if found.deadline > now:
                break
            self._end(found.caller, "handshake_timeout")
        first = next(iter(self._waiting.values()), None)
        if first is None:
            self._due = None
        else:
            self._due = self._loop.call_at(max(first.deadline, now + _BREATH), self._end_late)

    def _end(self, caller: Caller, reason: str) -> None:
        found = self._waiting.get(caller)
        if found is not None:
            self._dropped(reason)
            self._forget(found)

    def _forget(self, found: Newcomer) -> None:
        del self._waiting[found.caller]
        self._loop.remove_reader(found.sock)
        found.sock.close()
        self._crowd.leave(found.caller)
