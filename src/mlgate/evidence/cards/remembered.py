"""Remembers what lay beside a card in a registry, whose outage must stop nothing that was seen before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from mlgate.errors import StatementRefused
from mlgate.evidence.recent import Recent
from mlgate.evidence.weight import weight_of

_REMEMBERED = 2048
"""Cards."""
_MAX_BYTES = 16 * 1024 * 1024
"""Of memory that all their statements together take."""

Beside = Mapping[str, str | None]
"""Digest of each artifact that refers to a card -> the statement in it; None where none is that counts."""


@dataclass
class StatementMemory:
    """What referred to a card when all of it could last be read; approvals and rejections alike.

    Of the statements only those that verified are kept: what strangers push takes no room, and a signature is
    about a digest, so it holds whatever the registry answers later. Reviews are judged in several threads.
    """

    _known: Recent[str, Beside] = field(
        default_factory=lambda: Recent(_MAX_BYTES, entries=_REMEMBERED), init=False
    )
    _turn: Lock = field(default_factory=Lock, init=False)

    def recall(self, artifact: str) -> Beside | None:
        """What is known of the card; None where nothing ever was, which is not as if nothing lay there."""
        with self._turn:
            return self._known.get(artifact)

    def remember(self, artifact: str, beside: Beside, verify: Callable[[str], object]) -> None:
        """Keep what was read, in place of what was known before.

        Args:
            artifact: the card's repository and the digest of its manifest.
            beside: what refers to it.
            verify: raises StatementRefused for what nobody who is recognised signed.
        """
        kept = {digest: text if _verifies(text, verify) else None for digest, text in beside.items()}
        with self._turn:
            self._known.keep(artifact, kept, weight_of((artifact, kept)))


def _verifies(text: str | None, verify: Callable[[str], object]) -> bool:
    if text is None:
        return False
    try:
        verify(text)
    except StatementRefused:
        return False
    return True
