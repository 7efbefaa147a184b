"""How many bytes of reviews are held at once, and whose go when there are too many.

Connections times the largest review is far more than a process has. So bytes count from when they come until
their review is answered; what is merely announced counts nothing, or announcing would be enough to lock
others out. When there is no room, the body goes that is worth least: not complete yet, of a caller that never
brought a review, and the largest. A review that is being judged never goes, and one that finds no room beside
those is refused at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlgate.errors import ReviewError
from mlgate.web.crowd import Caller

_NO_ROOM = 503


class Holding:
    """The bytes of one review."""

    def __init__(self, holdings: Holdings, caller: Caller | None) -> None:
        self._holdings, self._caller = holdings, caller
        self.size = 0
        self.complete = False
        """Whether all of it is there; such a body does not go."""

    @property
    def worth(self) -> tuple[bool, int]:
        """The less it is, the sooner it goes."""
        return self._caller is not None and self._caller.reviewed, -self.size

    def add(self, size: int) -> None:
        """So many more bytes have come.

        Raises:
            ReviewError: 503, there is no room for them.
        """
        self._holdings.add(self, size)

    def drop(self) -> None:
        """End the connection it comes from."""
        if self._caller is not None:
            self._caller.drop("no_room")


class Holdings:
    """All reviews that are held."""

    def __init__(self, most: int) -> None:
        """Hold at most so many bytes."""
        self._most = most
        self._held: dict[Holding, None] = {}
        self.size = 0
        """Bytes that are held."""

    @contextmanager
    def holding(self, caller: Caller | None) -> Iterator[Holding]:
        """What is held of a caller, until its review is answered."""
        held = Holding(self, caller)
        self._held[held] = None
        try:
            yield held
        finally:
            self._let_go(held)

    def add(self, grown: Holding, size: int) -> None:
        """Hold so many bytes more of one, at the cost of others where need be.

        Raises:
            ReviewError: 503, all others are worth more, or are being judged; or this one had to go meanwhile.
        """
        while grown in self._held and self.size + size > self._most:
            weakest = min((held for held in self._held if not held.complete), key=lambda held: held.worth)
            self._let_go(weakest)
            if weakest is not grown:
                weakest.drop()
        if grown not in self._held:
            raise ReviewError("no room for this review beside those under way; try again", status=_NO_ROOM)
        grown.size += size
        self.size += size

    def _let_go(self, held: Holding) -> None:
        """Count it no more; to say so twice does no harm."""
        if held in self._held:
            del self._held[held]
            self.size -= held.size
