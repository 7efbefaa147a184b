"""How much of a document is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

_KIB = 1024
_MIB = 1024 * _KIB


@dataclass(frozen=True)
class Limits:
    """Caps on one document; a document at a cap is still read, one past it is an error."""

    max_bytes: int
    """Size of the encoded text."""
    max_depth: int
    """Levels of lists and maps within each other."""
    max_nodes: int
    """Values, keys not counted."""


CARD_LIMITS = Limits(max_bytes=256 * _KIB, max_depth=64, max_nodes=20_000)
STATEMENT_LIMITS = Limits(max_bytes=64 * _KIB, max_depth=32, max_nodes=5_000)
"""A signed statement as the schema of the card admits it."""
MANIFEST_LIMITS = Limits(max_bytes=3 * _MIB, max_depth=200, max_nodes=200_000)
"""One object as the API server accepts it: requests end at 3 MiB."""
REVIEW_LIMITS = Limits(max_bytes=7 * _MIB, max_depth=220, max_nodes=450_000)
"""An AdmissionReview holds the object, the old object and little else."""
