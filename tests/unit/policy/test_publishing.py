"""OPA gets what was handed over last, waits where there is nothing new, and says why it does not take it."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mlgate.errors import PolicyError, SettingsError
from mlgate.policy.publishing import STATUS_LIMITS, Publisher


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def publisher(port: int, tmp_path: Path) -> AsyncIterator[Publisher]:
    async with Publisher.on(port, tmp_path) as running:
        yield running


@pytest.fixture
async def opa(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def fetch(opa: aiohttp.ClientSession, **headers: str) -> tuple[int, str | None, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with opa.get("/bundle.tar.gz", headers=named) as response:
        return response.status, response.headers.get("ETag"), await response.read()


async def test_nothing_is_there_before_something_is_handed_over(
    publisher: Publisher, opa: aiohttp.ClientSession
) -> None:
    assert (await fetch(opa))[0] == 503
    await publisher.publish(b"one")
    assert await fetch(opa) == (200, publisher.tag, b"one")
    assert publisher.file.read_bytes() == b"one"


async def test_a_question_that_waits_is_answered_by_the_next_policy(
    publisher: Publisher, opa: aiohttp.ClientSession
) -> None:
    await publisher.publish(b"one")
    first = publisher.tag
    waiting = asyncio.create_task(fetch(opa, If_None_Match=first, Prefer="modes=snapshot,delta;wait=30"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await publisher.publish(b"two")
    async with asyncio.timeout(5):
        assert await waiting == (200, publisher.tag, b"two")
    assert publisher.tag != first


async def test_a_policy_that_comes_back_is_new_again(
    publisher: Publisher, opa: aiohttp.ClientSession
) -> None:
    for content in (b"one", b"two", b"one"):
        before = publisher.tag
        await publisher.publish(content)
        assert await fetch(opa, If_None_Match=before) == (200, publisher.tag, content)


@pytest.mark.parametrize("prefer", ["modes=snapshot", "wait=0", "wait=x", ""])
async def test_nothing_new_is_told_at_once_where_nobody_asked_to_wait(
    publisher: Publisher, opa: aiohttp.ClientSession, prefer: str
) -> None:
    await publisher.publish(b"one")
    async with asyncio.timeout(5):
        assert await fetch(opa, If_None_Match=publisher.tag, Prefer=prefer) == (304, publisher.tag, b"")


async def test_it_stops_though_somebody_waits(port: int, tmp_path: Path, opa: aiohttp.ClientSession) -> None:
    async with Publisher.on(port, tmp_path) as publisher:
        await publisher.publish(b"one")
        waiting = asyncio.create_task(fetch(opa, If_None_Match=publisher.tag, Prefer="wait=30"))
        await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        found = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(found[0], aiohttp.ClientError) or found[0][0] == 503


async def test_a_folder_that_cannot_be_written_is_named_and_nothing_changes(
    publisher: Publisher, opa: aiohttp.ClientSession, tmp_path: Path
) -> None:
    await publisher.publish(b"one")
    publisher.file = tmp_path / "missing" / "bundle.tar.gz"
    with pytest.raises(PolicyError, match=r"opa\.shared_dir: .*missing.* cannot be written: No such file"):
        await publisher.publish(b"two")
    assert (await fetch(opa))[2] == b"one"


async def test_a_port_that_is_taken_is_named(port: int, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(
            SettingsError, match=rf"opa\.bundle_port: nobody can listen on 127\.0\.0\.1:{port}"
        ):
            async with Publisher.on(port, tmp_path):
                pytest.fail("it listens")


async def told(opa: aiohttp.ClientSession, body: Any) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with opa.post("/status", data=io.BytesIO(data)) as response:
        return response.status


async def test_what_opa_says_of_the_bundle_is_kept_until_it_takes_one(
    publisher: Publisher, opa: aiohttp.ClientSession
) -> None:
    refusal = {"bundles": {"mlgate": {"code": "bundle_error", "message": "no\nkey"}}}
    assert await told(opa, refusal) == 200
    assert publisher.problem is None  # nothing was handed over that it could mean
    await publisher.publish(b"one")
    assert await told(opa, refusal) == 200
    assert publisher.problem == r"'no\nkey'"
    assert await told(opa, {"bundles": {"mlgate": {"name": "mlgate"}}}) == 200
    assert publisher.problem is None
    await told(opa, refusal)
    await publisher.publish(b"two")
    assert publisher.problem is None


@pytest.mark.parametrize(
    "body", [{}, [], {"bundles": []}, {"bundles": {"mlgate": 1}}, {"bundles": {"mlgate": {"code": "x"}}}]
)
async def test_other_words_mean_nothing(publisher: Publisher, opa: aiohttp.ClientSession, body: Any) -> None:
    await publisher.publish(b"one")
    assert await told(opa, body) == 200
    assert publisher.problem is None


async def test_what_cannot_be_read_is_refused(publisher: Publisher, opa: aiohttp.ClientSession) -> None:
    assert await told(opa, b"{") == 400
    assert await told(opa, b" " * (STATUS_LIMITS.max_bytes + 1)) == 413
