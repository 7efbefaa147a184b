"""What was fetched by digest, kept by digest: an outage of a registry stops nothing that was seen before."""

from __future__ import annotations

from collections import OrderedDict


class DigestStore:
    """Bytes by their digest, bounded by their size; what was asked for longest ago goes first."""

    def __init__(self, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are kept."""
        found = self._kept.get(digest)
        if found is not None:
            self._kept.move_to_end(digest)
        return found

    def keep(self, digest: str, data: bytes) -> None:
        """Keep bytes whose digest was verified."""
        if digest in self._kept or len(data) > self._max_bytes:
            return
        self._kept[digest] = data
        self._size += len(data)
        while self._size > self._max_bytes:
            self._size -= len(self._kept.popitem(last=False)[1])
