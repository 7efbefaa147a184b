"""What is remembered within bounds; what was asked for longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, bounded by the sum of their weights and, if asked for, by their number."""

    def __init__(self, most: int, entries: int | None = None) -> None:
        """Nothing yet.

        Args:
            most: weight of all values together.
            entries: of them at most; None for any number.
        """
        self._most = most
        self._entries = entries
        self._kept: OrderedDict[K, tuple[int, V]] = OrderedDict()
        self.weight = 0
        """Of all values together."""

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K) -> V | None:
        """The value, if it is kept; it was asked for now."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def keep(self, key: K, value: V, weight: int) -> None:
        """Keep a value in place of what was there. One that is too heavy by itself leaves nothing."""
        self.forget(key)
        self._kept[key] = weight, value
        self.weight += weight
        while self.weight > self._most or (self._entries is not None and len(self._kept) > self._entries):
            self.forget(next(iter(self._kept)))

    def forget(self, key: K) -> None:
        """Keep it no longer, if it was kept."""
        found = self._kept.pop(key, None)
        if found is not None:
            self.weight -= found[0]
