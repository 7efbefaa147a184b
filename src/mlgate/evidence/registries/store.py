"""What was fetched by digest, kept by digest: an outage of a registry stops nothing that was seen before."""

from __future__ import annotations

from mlgate.evidence.recent import Recent


class DigestStore:
    """Bytes by their digest, bounded by their size; what was asked for longest ago goes first."""

    def __init__(self, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._kept: Recent[str, bytes] = Recent(max_bytes)

    def get(self, digest: str) -> bytes | None:
        """The bytes, if they are kept."""
        return self._kept.get(digest)

    def keep(self, digest: str, data: bytes) -> None:
        """Keep bytes whose digest was verified."""
        if digest not in self._kept and len(data) <= self._max_bytes:
            self._kept.keep(digest, data, len(data))
