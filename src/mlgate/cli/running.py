"""Run a command's asynchronous work so that an order to stop leaves no child and no temporary file."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
STOPPED = 128 + signal.SIGTERM
"""The exit code a shell gives to a process that SIGTERM ended."""


def run_unless_stopped(
    work: Coroutine[Any, Any, T], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> T:
    """What the work comes to. SIGTERM cancels it, unless the work takes the signal over.

    Left alone, the kernel would end the process on the spot, and ignore the signal altogether in the
    first process of a container. SIGINT is asyncio's own, and does the same.

    Raises:
        SystemExit: the order came.
    """
    stopped = asyncio.Event()

    async def watched() -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it is this one

        def stop() -> None:
            stopped.set()
            task.cancel()

        with contextlib.suppress(NotImplementedError):  # not every platform has signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        return await work

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            return runner.run(watched())
        except asyncio.CancelledError:
            if stopped.is_set():
                raise SystemExit(STOPPED) from None
            raise
