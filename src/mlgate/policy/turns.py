"""Whose question OPA works on next: of many that come together each would be answered late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mlgate.domain.deadline import Deadline
from mlgate.errors import EngineOverloaded

_LONG = 0.1
"""Seconds a question keeps its turn: many times what one about a large object takes."""
_SHARE = 0.5
"""Of the time until the deadline that a question waits for its turn; OPA needs the rest."""


class Turns:
    """OPA shares its processors among all questions it has, so it is given a few, in the order they came.

    A question that takes long gives up its turn and shares OPA with those that come after it, so that whoever
    makes a few that take very long holds up nobody else.
    """

    def __init__(self, most: int) -> None:
        """Turns for one event loop.

        Args:
            most: how many there are at the same time.
        """
        self._free = asyncio.Semaphore(most)

    @asynccontextmanager
    async def one(self, deadline: Deadline) -> AsyncIterator[None]:
        """For as long as a question is asked.

        Raises:
            EngineOverloaded: there was no turn in time.
        """
        try:
            async with asyncio.timeout(deadline.remaining * _SHARE):
                await self._free.acquire()
        except TimeoutError as error:
            raise EngineOverloaded("there was no turn at the policy engine in time") from error
        turn = _Turn(self._free)
        late = asyncio.get_running_loop().call_later(_LONG, turn.give_up)
        try:
            yield
        finally:
            late.cancel()
            turn.give_up()


class _Turn:
    """A turn, which can be given up once."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free, self._held = free, True

    def give_up(self) -> None:
        """Let the next one have it."""
        if self._held:
            self._held = False
            self._free.release()
