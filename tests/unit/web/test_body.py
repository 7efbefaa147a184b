"""The body of a review: of one type, and bounded in size and time whatever the caller announces."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from mlgate.errors import ReviewError
from mlgate.web.body import read_body
from mlgate.web.holdings import Holdings

LIMIT = 10
Headers = dict[str, str]
JSON: Headers = {"content-type": "application/json"}


def _request(parts: Iterable[bytes | None], headers: Headers = JSON) -> Request:
    """A call whose body comes in these parts; None stands for a caller that hangs up."""
    messages: list[dict[str, Any]] = [
        {"type": "http.disconnect"}
        if part is None
        else {"type": "http.request", "body": part, "more_body": True}
        for part in parts
    ]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": encoded}, receive)


async def _read(request: Request, *, seconds: float = 60, room: int = 1000) -> bytes:
    with Holdings(room).holding(None) as held:
        return await read_body(request, held, max_bytes=LIMIT, seconds=seconds)


async def _status(request: Request, seconds: float = 60, room: int = 1000) -> int:
    with pytest.raises(ReviewError) as problem:
        await _read(request, seconds=seconds, room=room)
    assert "\n" not in str(problem.value)
    return problem.value.status


async def test_the_parts_are_put_together() -> None:
    assert await _read(_request([b"{", b"}"])) == b"{}"


async def test_a_body_at_the_limit_is_read_and_one_past_it_is_not() -> None:
    at_limit = await _read(_request([b"x" * LIMIT]))

    assert at_limit == b"x" * LIMIT
    assert await _status(_request([b"x" * LIMIT, b"x"])) == 413


async def test_nothing_is_read_of_a_body_that_is_announced_as_too_large() -> None:
    unread = _request([], JSON | {"content-length": str(LIMIT + 1)})

    assert await _status(unread) == 413
    assert (await unread.receive())["type"] == "http.request"


@pytest.mark.parametrize("announced", ["ten", "-1", "", "\xb2", "1e3"])
async def test_a_length_that_is_no_number_is_left_to_the_count(announced: str) -> None:
    headers = JSON | {"content-length": announced}

    assert await _read(_request([b"{}"], headers)) == b"{}"
    assert await _status(_request([b"x" * LIMIT, b"x"], headers)) == 413


async def test_a_length_of_hundreds_of_digits_is_too_large() -> None:
    assert await _status(_request([b"{}"], JSON | {"content-length": "1" + "0" * 400})) == 413


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON ;v=1"]
)
async def test_json_is_recognised_with_its_parameters(kind: str) -> None:
    found = await _read(_request([b"{}"], {"content-type": kind}))

    assert found == b"{}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json2"},
        {"content-type": "text/plain; application/json"},
        JSON | {"content-encoding": "gzip"},
        JSON | {"content-encoding": "identity, br"},
    ],
)
async def test_another_type_or_coding_is_refused(headers: Headers) -> None:
    assert await _status(_request([b"{}"], headers)) == 415


async def test_a_caller_that_hangs_up_is_told_from_one_that_is_slow() -> None:
    request = _request([])

    async def never() -> Any:
        await asyncio.Event().wait()

    slow = Request(request.scope, never)

    assert await _status(_request([b"{", None])) == 400
    assert await _status(slow, seconds=0.001) == 408


async def test_a_body_for_which_there_is_no_room_is_not_read_on() -> None:
    request = _request([b"x" * 4, b"x" * 4, b"x"])

    assert await _status(request, room=7) == 503
    assert (await request.receive())["body"] == b"x"


async def test_bytes_are_held_while_they_come_and_stay_when_all_are_there() -> None:
    holdings = Holdings(1000)
    with holdings.holding(None) as held:
        await read_body(_request([b"x" * 3, b"x" * 4]), held, max_bytes=LIMIT, seconds=60)
        assert (held.size, held.complete, holdings.size) == (7, True, 7)
    assert holdings.size == 0
