"""Send the same request over and over and say how long the answers took."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import aiohttp


@dataclass(frozen=True)
class Target:
    """One address and the request it gets."""

    name: str
    url: str
    body: bytes
    headers: dict[str, str]
    expect: bytes
    """Bytes that every right answer holds; a fast wrong answer is a failure."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds of all answers of one run."""

    p50: float
    p99: float
    per_second: float
    wrong: int


def _summary(seconds: list[float], wrong: int, elapsed: float) -> Latency:
    """Percentiles of a run."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return Latency(cuts[49] * 1000, cuts[98] * 1000, len(seconds) / elapsed, wrong)


async def _ask(session: aiohttp.ClientSession, target: Target) -> tuple[float, bool]:
    """One request: seconds, and whether the answer was right."""
    started = time.perf_counter()
    async with session.post(target.url, data=target.body, headers=target.headers) as response:
        answer = await response.read()
        right = response.status == 200 and target.expect in answer  # noqa: PLR2004 - HTTP
    return time.perf_counter() - started, right


def _session(connections: int) -> aiohttp.ClientSession:
    """A client with that many connections, which trusts the bench's own certificate only."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections, ssl=context))


async def closed_loop(target: Target, connections: int, requests: int) -> Latency:
    """Each connection asks again as soon as it has its answer."""
    took: list[float] = []
    wrong = 0

    async def worker(session: aiohttp.ClientSession, count: int) -> None:
        nonlocal wrong
        for _ in range(count):
            seconds, right = await _ask(session, target)
            took.append(seconds)
            wrong += not right

    async with _session(connections) as session:
        await asyncio.gather(*(worker(session, 10) for _ in range(connections)))
        took.clear()
        wrong = 0
        started = time.perf_counter()
        await asyncio.gather(*(worker(session, requests // connections) for _ in range(connections)))
        return _summary(took, wrong, time.perf_counter() - started)


async def open_loop(targets: Sequence[Target], per_second: int, seconds: float) -> Latency:
    """Requests of each target in turn start at a fixed rate, whether or not earlier ones were answered."""
    tasks: list[asyncio.Task[tuple[float, bool]]] = []
    async with _session(256) as session:
        started = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
            tasks.append(asyncio.create_task(_ask(session, targets[number % len(targets)])))
        answers = await asyncio.gather(*tasks)
        elapsed = time.perf_counter() - started
    return _summary([item[0] for item in answers], sum(not item[1] for item in answers), elapsed)
