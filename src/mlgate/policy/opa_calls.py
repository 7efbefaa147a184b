"""Calls of OPA that run now, so that an order to stop need not wait for them."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Calls:
    """The calls of one piece of work."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._ended = False

    @contextmanager
    def running(self, call: subprocess.Popen[str]) -> Iterator[None]:
        """For as long as a call runs. One that begins after the end is ended at once."""
        with self._lock:
            self._running.add(call)
            if self._ended:
                call.kill()
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(call)

    def end(self) -> None:
        """End what runs, and whatever would begin."""
        with self._lock:
            self._ended = True
            for call in self._running:
                call.kill()


_CURRENT: ContextVar[Calls | None] = ContextVar("opa_calls", default=None)


@contextmanager
def stoppable() -> Iterator[Calls]:
    """The calls that are made within, in threads that the work is handed to as well, can be ended."""
    token = _CURRENT.set(Calls())
    try:
        yield current()
    finally:
        _CURRENT.reset(token)


def current() -> Calls:
    """The calls of the work this belongs to; where nobody can end it, calls of their own."""
    return _CURRENT.get() or Calls()


def handed_over(function: Callable[P, T]) -> Callable[P, T]:
    """A function for a thread of a pool, whose calls belong to the work of whoever hands it over."""
    context = copy_context()
    return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function comes to that calls OPA; whoever is told to stop ends the calls it waits for."""
    with stoppable() as calls:
        work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            calls.end()
            await asyncio.gather(work, return_exceptions=True)
            raise
