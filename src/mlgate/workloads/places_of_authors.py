"""Places in a container whose files its author decides: volumes, and what the command line writes itself."""

from __future__ import annotations

import posixpath

from mlgate.workloads.invocation import Invocation
from mlgate.workloads.scripts import places_of
from mlgate.workloads.volumes import VolumeSlot, mount_of, plain_path
from mlgate.workloads.written import Writes


class AuthorsPlaces:
    """Looks paths up in the volumes of one container."""

    def __init__(self, invocation: Invocation, volumes: tuple[VolumeSlot, ...], writes: Writes) -> None:
        self._invocation = invocation
        self._writes = writes
        self._kinds = {item.volume.name: item.volume.kind for item in volumes}

    def volume(self, path: str) -> str | None:
        """The name of the volume a path lies in."""
        best = mount_of(plain_path(path), self._invocation.slot.mounts)
        return None if best is None else best[1]

    def kind(self, path: str) -> str | None:
        """The kind of the volume a path lies in."""
        name = self.volume(path)
        return None if name is None else self._kinds.get(name, "other")

    def mentioned(self, text: str) -> bool:
        """Whether a text names one of the volumes by its place."""
        return any(target in text for target, _, _ in self._invocation.slot.mounts if target != "/")

    def hold(self, text: str) -> bool:
        """Whether a file or a folder is the author's."""
        path = text.removeprefix("file://").removeprefix("@")
        if "://" in path or not path:
            return False
        relative = not path.startswith("/")
        if not relative and self.volume(path) is not None:
            return True
        places = places_of(self._invocation, posixpath.normpath(path) if relative else path)
        if any(place.startswith("/") and self.volume(place) is not None for place in places):
            return True
        return self._writes.may_make(self._invocation, path)
