"""Places in a container whose files its author decides: volumes, and what the command line writes itself."""

from __future__ import annotations

import posixpath

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.scripts import places_of
from mlgate.workloads.commands.written import Writes
from mlgate.workloads.pods.volumes import plain_path

_MAX_PATH = 4096
_MOST = 200
"""Mounts whose places are looked for within a text."""


class AuthorsPlaces:
    """Looks paths up in the volumes of one container."""

    def __init__(self, invocation: Invocation, writes: Writes) -> None:
        self._invocation = invocation
        self._writes = writes
        self._mounts = {target.rstrip("/") for target, _, _ in invocation.slot.mounts}
        self._shown = sorted(self._mounts)[:_MOST]

    def in_volume(self, path: str) -> bool:
        """Whether a whole path lies in a volume; one the kernel finds too long leads nowhere."""
        parts = plain_path(path[:_MAX_PATH]).rstrip("/").split("/")
        return any("/".join(parts[:length]) in self._mounts for length in range(1, len(parts) + 1))

    def mentioned(self, text: str) -> bool:
        """Whether a text names one of the volumes by its place."""
        return any(target in text for target in self._shown if target)

    def hold(self, text: str) -> bool:
        """Whether a file or a folder is the author's."""
        path = text.removeprefix("file://").removeprefix("@")
        if "://" in path or not path:
            return False
        relative = not path.startswith("/")
        if not relative and self.in_volume(path):
            return True
        places = places_of(self._invocation, posixpath.normpath(path) if relative else path)
        if any(place.startswith("/") and self.in_volume(place) for place in places):
            return True
        return self._writes.may_make(self._invocation, path)
