"""The body of a review: of one type, and bounded in size and time whatever the caller announces."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from mlgate.errors import ReviewError
from mlgate.web.body import read_body

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


async def _status(request: Request, seconds: float = 60) -> int:
    with pytest.raises(ReviewError) as problem:
        await read_body(request, max_bytes=LIMIT, seconds=seconds)
    assert "\n" not in str(problem.value)
    return problem.value.status


async def test_the_parts_are_put_together() -> None:
    assert await read_body(_request([b"{", b"}"]), max_bytes=LIMIT, seconds=60) == b"{}"


async def test_a_body_at_the_limit_is_read_and_one_past_it_is_not() -> None:
    at_limit = await read_body(_request([b"x" * LIMIT]), max_bytes=LIMIT, seconds=60)

    assert at_limit == b"x" * LIMIT
    assert await _status(_request([b"x" * LIMIT, b"x"])) == 413


async def test_nothing_is_read_of_a_body_that_is_announced_as_too_large() -> None:
    unread = _request([], JSON | {"content-length": str(LIMIT + 1)})

    assert await _status(unread) == 413
    assert (await unread.receive())["type"] == "http.request"


@pytest.mark.parametrize("announced", ["ten", "-1", "", "\xb2", "1e3"])
async def test_a_length_that_is_no_number_is_left_to_the_count(announced: str) -> None:
    headers = JSON | {"content-length": announced}

    assert await read_body(_request([b"{}"], headers), max_bytes=LIMIT, seconds=60) == b"{}"
    assert await _status(_request([b"x" * LIMIT, b"x"], headers)) == 413


async def test_a_length_of_hundreds_of_digits_is_too_large() -> None:
    assert await _status(_request([b"{}"], JSON | {"content-length": "1" + "0" * 400})) == 413


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON ;v=1"]
)
async def test_json_is_recognised_with_its_parameters(kind: str) -> None:
    found = await read_body(_request([b"{}"], {"content-type": kind}), max_bytes=LIMIT, seconds=60)

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
