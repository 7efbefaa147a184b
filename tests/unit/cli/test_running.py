"""An order to stop unwinds the work, and is told from whatever else may end it."""

from __future__ import annotations

import asyncio
import signal

import pytest

from mlgate.cli.running import STOPPED, run_unless_stopped


def test_work_that_nobody_stops_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert run_unless_stopped(work()) == 7


def test_an_order_to_stop_unwinds_the_work_and_ends_with_its_own_code() -> None:
    left: list[str] = []

    async def work() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            left.append("unwound")

    with pytest.raises(SystemExit) as ended:
        run_unless_stopped(work())

    assert (ended.value.code, left) == (STOPPED, ["unwound"])
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_work_that_is_cancelled_without_an_order_is_a_fault() -> None:
    async def work() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_unless_stopped(work())


def test_work_may_take_the_signal_over() -> None:
    async def work() -> str:
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        signal.raise_signal(signal.SIGTERM)
        await told.wait()
        return "drained"

    assert run_unless_stopped(work()) == "drained"


def test_work_is_done_where_there_are_no_signals() -> None:
    class Silent(asyncio.SelectorEventLoop):
        def add_signal_handler(self, *_: object) -> None:
            raise NotImplementedError

    async def work() -> int:
        return 7

    assert run_unless_stopped(work(), Silent) == 7
