"""One deadline for everything that answers one request."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock; immune to wall-clock steps."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left; zero when it has passed."""
        return max(0.0, self.at - time.monotonic())

    def sooner(self, seconds: float) -> float:
        """The smaller of `seconds` and what is left."""
        return min(seconds, self.remaining)
