"""Whoever is told to stop does not wait for OPA."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlgate.policy.opa_calls import current, handed_over, in_thread, stoppable
from mlgate.policy.opa_command import call_opa


@pytest.fixture
def hanging(tmp_path: Path) -> Callable[[], list[Path]]:
    """The files that say of calls that they have begun."""
    program = tmp_path / "opa"
    program.write_text('#!/bin/sh\ntouch "$1.begun"\nexec sleep 600\n')
    program.chmod(0o755)
    return lambda: sorted(tmp_path.glob("*.begun"))


def test_calls_in_threads_that_were_handed_over_end_together(
    hanging: Callable[[], list[Path]], tmp_path: Path
) -> None:
    with stoppable() as calls, ThreadPoolExecutor(2) as pool:
        made = [
            pool.submit(handed_over(call_opa), tmp_path / "opa", name, folder=tmp_path) for name in ("a", "b")
        ]
        while len(hanging()) < 2:
            assert not any(call.done() for call in made)
        calls.end()
        assert [call.result().code for call in made] == [-9, -9]
        assert call_opa(tmp_path / "opa", "c", folder=tmp_path).code == -9


def test_an_end_is_that_of_one_piece_of_work(tmp_path: Path) -> None:
    program = tmp_path / "opa"
    program.write_text("#!/bin/sh\necho done\n")
    program.chmod(0o755)
    with stoppable() as calls:
        calls.end()
        assert current() is calls
    assert call_opa(program, "a").out == "done\n"
    with stoppable():
        assert call_opa(program, "a").out == "done\n"


async def test_who_is_told_to_stop_ends_the_calls_it_waits_for(
    hanging: Callable[[], list[Path]], tmp_path: Path
) -> None:
    waiting = asyncio.create_task(in_thread(call_opa, tmp_path / "opa", "a", folder=tmp_path))
    async with asyncio.timeout(60):
        while not hanging():
            await asyncio.sleep(0.001)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await in_thread(str, 1) == "1"
