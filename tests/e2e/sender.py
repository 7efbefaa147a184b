"""Ask an API server to create objects at a fixed rate, and write down what came of each.

Usage: python sender.py PLAN

The plan (JSON) names url, authority, token, rate and objects, each with its path and the code its refusal
names, or none when it is allowed. Nothing is stored: these are dry runs, which the webhook is asked about all
the same. A line of JSON is printed for each answer. SIGTERM ends the questions; those under way are answered
first. While as many are under way as a few clients would have, no more are sent: a machine that is too slow
for the rate would only be asked for ever more.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

_SECONDS = 30.0
_AT_ONCE = 16
_BEHIND = 10.0
"""Seconds whose questions are asked later, once answers come faster again."""


async def _ask(session: aiohttp.ClientSession, plan: dict[str, Any], item: dict[str, Any]) -> None:
    """Create one object, and print what came of it."""
    sent = time.monotonic()
    headers = {"Authorization": f"Bearer {plan['token']}"}
    try:
        async with session.post(
            f"{plan['url']}{item['path']}?dryRun=All", json=item["object"], headers=headers
        ) as answer:
            text = await answer.text()
            outcome = _outcome(answer.status, text, item["refusal"])
    except (aiohttp.ClientError, TimeoutError) as problem:
        outcome = f"no answer: {problem!r}"
    line = {
        "sent": sent,
        "answered": time.monotonic(),
        "bad": item["refusal"] is not None,
        "outcome": outcome,
    }
    print(json.dumps(line), flush=True)  # noqa: T201 - this is its output


def _outcome(status: int, text: str, refusal: str | None) -> str:
    """`allowed`, `refused` for the reason it has, or all that was said instead."""
    if status == 201:
        return "allowed"
    by_gate = status == 403 and ".mlgate.dev" in text and "denied the request" in text
    if by_gate and refusal is not None and refusal in text:
        return "refused"
    return f"{status}: {text[:600]}"


async def main(plan: dict[str, Any]) -> None:
    """Ask until told to stop."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=plan["authority"]))
    timeout, room = aiohttp.ClientTimeout(total=_SECONDS), asyncio.Semaphore(_AT_ONCE)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        asyncio.TaskGroup() as answers,
    ):
        due = time.monotonic()
        for item in itertools.cycle(plan["objects"]):
            await room.acquire()
            if ended.is_set():
                break
            answer = answers.create_task(_ask(session, plan, item))
            answer.add_done_callback(lambda _: room.release())
            due = max(due + 1 / plan["rate"], time.monotonic() - _BEHIND)
            await asyncio.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
