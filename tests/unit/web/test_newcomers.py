"""Who said nothing yet costs little, who speaks is greeted in turn, and nobody stays beyond the time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from mlgate.web import newcomers
from mlgate.web.crowd import Caller, Crowd, Standing
from mlgate.web.newcomers import Newcomer, Newcomers

ONE, OTHER, THIRD = "192.0.2.1", "192.0.2.2", "192.0.2.3"


class Door:
    """Newcomers with what became of them."""

    def __init__(self, seconds: float = 30) -> None:
        self.crowd = Crowd(100, 100)
        self.greeted: list[str] = []
        self.turns: list[int] = []
        self.drops: list[str] = []
        self.ends: list[socket.socket] = []
        self.newcomers = Newcomers(self.crowd, seconds, self._greet, self.drops.append)

    def _greet(self, newcomer: Newcomer) -> None:
        self.greeted.append(newcomer.caller.peer)
        newcomer.sock.close()
        self.crowd.leave(newcomer.caller)

    def come(self, peer: str = ONE) -> tuple[Caller, socket.socket]:
        """A caller connects."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)  # noqa: FBT003 - named so by the standard library
        caller = Caller(peer, self.drops.append)
        assert self.crowd.admit(caller)
        self.newcomers.receive(caller, ours)
        self.ends.append(theirs)
        return caller, theirs


@contextmanager
def _door(seconds: float = 30) -> Iterator[Door]:
    door = Door(seconds)
    try:
        yield door
    finally:
        door.newcomers.close()
        for end in door.ends:
            end.close()


async def _until(told: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not told():
            await asyncio.sleep(0)


async def test_nobody_is_greeted_before_a_first_byte() -> None:
    with _door() as door:
        _, silent = door.come()
        _, speaking = door.come(OTHER)
        speaking.send(b"\x16")
        await _until(lambda: door.greeted)

        assert (door.greeted, door.crowd.size) == ([OTHER], 1)
        silent.send(b"\x16")
        await _until(lambda: len(door.greeted) > 1)

    assert door.greeted == [OTHER, ONE]
    assert door.drops == []


async def test_callers_of_different_addresses_take_turns() -> None:
    with _door() as door:
        for peer in [ONE] * 10 + [OTHER, THIRD]:
            door.come(peer)[1].send(b"\x16")
        await _until(lambda: len(door.greeted) == 12)

    assert {OTHER, THIRD} <= set(door.greeted[:4])


async def test_a_few_are_greeted_before_others_get_their_turn() -> None:
    with _door() as door:
        for _ in range(10):
            door.come()[1].send(b"\x16")
        await _until(lambda: door.greeted)
        seen = {len(door.greeted)}
        while len(door.greeted) < 10:
            await asyncio.sleep(0)
            seen.add(len(door.greeted))

    assert seen == {4, 8, 10}


async def test_whoever_is_late_is_ended_however_many_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "_ENDED_AT_ONCE", 2)
    with _door(seconds=0.01) as door:
        ends = [door.come()[1] for _ in range(5)]
        await _until(lambda: door.crowd.size == 0)
        closed = [end.recv(1) for end in ends]
        door.come()
        await _until(lambda: door.crowd.size == 0)

    assert closed == [b""] * 5
    assert door.drops == ["handshake_timeout"] * 6


async def test_the_time_goes_on_for_who_waits_for_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "_GREETED_AT_ONCE", 0)
    with _door(seconds=0.02) as door:
        door.come()[1].send(b"\x16")
        await _until(lambda: door.drops)

    assert (door.drops, door.greeted) == (["handshake_timeout"], [])


async def test_who_hangs_up_or_is_displaced_before_the_turn_is_not_greeted() -> None:
    with _door() as door:
        caller, speaking = door.come()
        speaking.send(b"\x16")
        await _until(lambda: caller.standing is Standing.NEW)
        caller.drop("displaced")
        caller.drop("displaced")
        door.come()[1].close()
        await _until(lambda: door.crowd.size == 0)

    assert (door.drops, door.greeted) == (["displaced", "handshake_failed"], [])


async def test_a_connection_that_was_reset_is_a_handshake_that_failed() -> None:
    with _door() as door:
        _, theirs = door.come()
        await asyncio.sleep(0)
        server = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
        ours.setblocking(False)  # noqa: FBT003 - named so by the standard library
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        caller = Caller(OTHER, door.drops.append)
        door.crowd.admit(caller)
        door.newcomers.receive(caller, ours)
        client.close()
        await _until(lambda: door.drops)
        server.close()

    assert door.drops == ["handshake_failed"]
    assert theirs.fileno() == -1
