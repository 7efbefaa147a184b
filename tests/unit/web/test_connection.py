"""One connection: it waits for a head so long and no longer, and reads one so large and no larger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from mlgate.web.connection import MAX_HEAD_BYTES, Connection, Patience
from mlgate.web.crowd import Caller, Crowd, Standing

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"POST / HTTP/1.1\r\nHost: mlgate\r\n"
CALL = HEAD + b"Content-Length: 2\r\n\r\n{}"
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Answering:
    """An application that answers each call, once it may."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = 0
        self.body = b"ok"
        self.headers: list[tuple[bytes, bytes]] = []
        self.connections: set[Any] = set()
        self.drops: list[str] = []
        self.crowd = Crowd(10, 10)
        self.caller = Caller("192.0.2.1", self.drops.append)

    async def __call__(self, scope: dict[str, Any], receive: object, send: Send) -> None:
        self.asked += 1
        await self.may_answer.wait()
        headers = [(b"content-length", str(len(self.body)).encode()), *self.headers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@asynccontextmanager
async def _connected(
    application: Answering, head_seconds: float, answer_seconds: float = 30
) -> AsyncIterator[Pair]:
    """A connection to a server of that patience."""
    config = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False)
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()

    application.connections = state.connections

    def connection() -> Connection:
        patience = Patience(head_seconds, answer_seconds)
        return Connection(
            config, state, application.caller, application.crowd, patience, application.drops.append
        )

    application.crowd.admit(application.caller)
    listener = await loop.create_server(connection, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        listener.close()
        await listener.wait_closed()


async def _ok(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 200 ") and await reader.readexactly(2) == b"ok"


async def _refused(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends with status 400; a reset may overtake it while more is being sent."""
    try:
        return (await reader.read()).startswith(b"HTTP/1.1 400 ")
    except ConnectionError:
        return True


async def _ended_unanswered(reader: asyncio.StreamReader) -> bool:
    """Whether the connection ends without an answer; with a reset, where the server left bytes unread."""
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def _ended_short_of(reader: asyncio.StreamReader, size: int) -> bool:
    """Whether the connection ends before that many bytes were read."""
    try:
        return len(await reader.read()) < size
    except ConnectionError:
        return True


@pytest.mark.parametrize("start", [b"", b"\r\n", b"PO", HEAD, HEAD + b"X-Y: z"])
async def test_a_head_that_does_not_come_ends_the_connection(start: bytes) -> None:
    async with _connected(Answering(), 0.01) as (reader, writer):
        writer.write(start)

        assert await _ended_unanswered(reader)


async def test_bytes_that_trickle_prolong_nothing() -> None:
    async with _connected(Answering(), 0.05) as (reader, writer):

        async def trickle() -> None:
            while True:
                writer.write(b"\r\n")
                await asyncio.sleep(0.001)

        dripping = asyncio.create_task(trickle())
        try:
            assert await _ended_unanswered(reader)
        finally:
            dripping.cancel()


async def test_an_answered_connection_takes_the_next_call() -> None:
    async with _connected(Answering(), 30) as (reader, writer):
        for _ in range(3):
            writer.write(CALL)
            assert await _ok(reader)


async def test_half_a_head_after_an_answer_ends_the_connection() -> None:
    async with _connected(Answering(), 0.5) as (reader, writer):
        writer.write(CALL)
        assert await _ok(reader)
        writer.write(HEAD)

        assert await _ended_unanswered(reader)


async def test_half_a_head_behind_a_call_ends_the_connection() -> None:
    async with _connected(Answering(), 0.5) as (reader, writer):
        writer.write(CALL + HEAD)

        assert (await reader.read()).endswith(b"ok")


async def test_a_call_that_is_being_judged_is_not_hurried() -> None:
    application = Answering()
    application.may_answer.clear()
    async with _connected(application, 0.2) as (reader, writer):
        writer.write(CALL)
        while not application.asked:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.3)
        application.may_answer.set()

        assert await _ok(reader)


async def test_a_body_in_pieces_is_no_head() -> None:
    application = Answering()
    application.may_answer.clear()
    async with _connected(application, 0.2) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 4\r\n\r\nab")
        while not application.asked:
            await asyncio.sleep(0.001)
        writer.write(b"cd")
        await asyncio.sleep(0.3)
        application.may_answer.set()

        assert await _ok(reader)
    assert application.asked == 1


async def test_a_field_in_a_single_piece_that_is_too_large_is_refused() -> None:
    application = Answering()
    async with _connected(application, 30) as (reader, writer):
        writer.write(HEAD + b"X-Y: " + b"z" * MAX_HEAD_BYTES + b"\r\n\r\n")

        assert await _refused(reader)
    assert application.asked == 0


async def test_many_fields_are_too_large_together() -> None:
    application = Answering()
    async with _connected(application, 30) as (reader, writer):
        writer.write(HEAD + b"X-Y: z\r\n" * MAX_HEAD_BYTES + b"\r\n")

        assert await _refused(reader)
    assert application.asked == 0


async def test_a_field_without_end_is_refused_while_it_comes() -> None:
    async with _connected(Answering(), 30) as (reader, writer):
        writer.write(HEAD + b"X-Y: ")
        await writer.drain()
        writer.write(b"z" * 2 * MAX_HEAD_BYTES)

        assert await _refused(reader)


async def test_what_is_no_http_is_refused() -> None:
    async with _connected(Answering(), 30) as (reader, writer):
        writer.write(b"\x16\x03\x01\x00")

        assert await _refused(reader)


async def test_heads_of_a_usual_size_are_counted_anew_for_each_call() -> None:
    call = HEAD + b"X-Y: " + b"z" * (MAX_HEAD_BYTES // 2) + b"\r\nContent-Length: 2\r\n\r\n{}"
    async with _connected(Answering(), 30) as (reader, writer):
        for _ in range(4):
            writer.write(call)
            assert await _ok(reader)


async def test_more_requests_ahead_of_their_answers_than_anybody_needs_are_refused() -> None:
    application = Answering()
    application.may_answer.clear()
    async with _connected(application, 30) as (reader, writer):
        writer.write(CALL * 1000)

        assert await _refused(reader)
    assert application.asked <= 1
    assert application.drops == ["bad_request"]


async def test_an_answer_that_is_not_read_ends_the_connection() -> None:
    application = Answering()
    application.body = b"x" * 50_000_000
    async with _connected(application, 30, 0.05) as (reader, writer):
        writer.write(CALL)

        while not application.drops:
            await asyncio.sleep(0.001)
        assert await _ended_short_of(reader, len(application.body))
    assert application.drops == ["answer_timeout"]


async def test_asking_on_without_reading_prolongs_nothing() -> None:
    application = Answering()
    application.body = b"x" * 3_000_000
    async with _connected(application, 30, 0.2) as (_, writer):

        async def insist() -> None:
            while True:
                writer.write(CALL)
                await asyncio.sleep(0.01)

        asking = asyncio.create_task(insist())
        while not application.drops:
            await asyncio.sleep(0.001)
        asking.cancel()
    assert application.drops == ["answer_timeout"]


async def test_who_reads_may_ask_for_as_long_as_it_likes() -> None:
    application = Answering()
    async with _connected(application, 30, 0.001) as (reader, writer):
        for _ in range(20):
            writer.write(CALL)
            assert await _ok(reader)
            await asyncio.sleep(0.002)
    assert application.drops == []


async def test_a_connection_stands_as_what_it_has_done() -> None:
    application = Answering()
    async with _connected(application, 30) as (reader, writer):
        silent = application.caller.standing
        writer.write(CALL)
        assert await _ok(reader)
        answered = application.caller.standing
        application.caller.reviewed = True
        writer.write(CALL)
        assert await _ok(reader)
        reviewed = application.caller.standing
        application.may_answer.clear()
        writer.write(HEAD)
        while application.caller.standing is not Standing.SENDING:
            await asyncio.sleep(0.001)
        writer.write(CALL.removeprefix(HEAD))
        while application.caller.standing is not Standing.BUSY:
            await asyncio.sleep(0.001)
        application.may_answer.set()
        assert await _ok(reader)

    assert (silent, answered, reviewed) == (Standing.SILENT, Standing.BYSTANDER, Standing.REVIEWER)
    while application.crowd.size:
        await asyncio.sleep(0.001)


async def test_a_connection_that_is_dropped_ends_at_once_and_is_counted_once() -> None:
    application = Answering()
    async with _connected(application, 30) as (reader, writer):
        writer.write(CALL)
        assert await _ok(reader)

        application.crowd.displace()
        application.caller.drop("displaced")

        assert await _ended_unanswered(reader)
    assert application.drops == ["displaced"]
    assert application.crowd.size == 0


@pytest.mark.parametrize("late", [False, True])
async def test_a_request_that_was_on_its_way_when_the_server_ends_is_answered(*, late: bool) -> None:
    application = Answering()
    async with _connected(application, 30) as (reader, writer):
        writer.write(CALL)
        assert await _ok(reader)
        (served,) = application.connections
        served.shutdown()
        if not late:
            writer.write(CALL)
            assert await _ok(reader)

        assert await _ended_unanswered(reader)


async def test_a_body_that_was_refused_is_not_taken_for_long() -> None:
    application = Answering()
    application.headers = [(b"connection", b"close")]
    async with _connected(application, 30) as (_, writer):
        writer.write(HEAD + b"Content-Length: 10000000000\r\n\r\n")

        async def flood() -> None:
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()

        while not application.connections:
            await asyncio.sleep(0.001)
        (served,) = application.connections
        with pytest.raises(ConnectionError):
            await flood()
    assert application.crowd.size == 0
    assert 2**20 < served._refused < 2 * 2**20


async def test_whoever_sends_a_little_too_much_reads_the_answer() -> None:
    application = Answering()
    application.headers = [(b"connection", b"close")]
    async with _connected(application, 30) as (reader, writer):
        writer.write(HEAD + b"Content-Length: 10000000000\r\n\r\n")
        for _ in range(8):
            writer.write(b"x" * 65536)
            await writer.drain()

        assert await _ok(reader)


class Reading(Answering):
    """An application that reads the body before it answers."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await super().__call__(scope, receive, send)


async def test_a_body_that_waits_to_be_asked_for_is_asked_for() -> None:
    async with _connected(Reading(), 30) as (reader, writer):
        writer.write(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"{}")

        assert await _ok(reader)
