"""Remembers what cards said, by their bytes, because one card is read at every review of its model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from mlgate.domain.base import Json
from mlgate.evidence.cards.formats.conversion import NOWHERE, Origin
from mlgate.evidence.cards.formats.modelcard import CardContent, Scan, no_scan
from mlgate.evidence.recent import Recent
from mlgate.evidence.weight import weight_of

MOST_BYTES = 32 * 1024 * 1024
"""Of memory that all contents together take: some 800 complete cards, or eight of the largest."""


class CardMemory:
    """Contents of cards by the digest of their bytes, bounded by the memory that they take.

    By content and not by name or resourceVersion: a changed card can never be answered from here.
    What `scan` finds in a card is remembered with it.
    """

    def __init__(self, scan: Scan = no_scan, max_bytes: int = MOST_BYTES) -> None:
        self.scan = scan
        self._max_bytes = max_bytes
        self._known: Recent[bytes, CardContent] = Recent(max_bytes)

    def __len__(self) -> int:
        return len(self._known)

    def recall(self, data: bytes, read: Callable[[], CardContent], origin: Origin = NOWHERE) -> CardContent:
        """The content of a card with these bytes from there; `read` is called when they are new."""
        key = hashlib.sha256(data).digest() + repr(origin).encode()
        known = self._known.get(key)
        if known is not None:
            return known
        content = read()
        weight = weight_of((key, content))
        if weight <= self._max_bytes:
            self._known.keep(key, content, weight)
        return content

    def recall_object(self, value: Json, read: Callable[[], CardContent]) -> CardContent:
        """As `recall`, for a part of an object that is parsed already."""
        try:
            data = json.dumps(value).encode()
        except RecursionError:
            return read()
        return self.recall(data, read)
