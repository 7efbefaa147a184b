"""Where a file that a server is told of can lie: in an entry of a ConfigMap, or where nobody can look."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlgate.domain.base import Json
from mlgate.workloads.models.detection import Configured, Detection
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import (
    PLATFORM_VOLUME,
    VolumeSlot,
    mount_of,
    plain_path,
    resolve_path,
    within,
)
from mlgate.workloads.reading import dig

_MAX_DEPTH = 64
"""Folders of a model's address that are looked at; a volume is mounted above few of them."""
UNREAD = {
    False: "takes a configuration from where the reader cannot look",
    True: "runs a program from where the reader cannot look",
}
"""What is told of a file in a volume: whether it is run, or read."""


@dataclass(frozen=True)
class Entry:
    """An entry of a ConfigMap, or all of them; `sure`: the file can be no other."""

    name: str
    key: str | None
    sure: bool


@dataclass(frozen=True)
class Located:
    """What a file that is named can be."""

    entries: tuple[Entry, ...]
    settled: bool
    """It can lie in no other volume."""
    hidden: str | None
    """What is wrong where none of the entries is it: it lies in a volume nobody can look into."""


def locate(pod: Pod, slot: Slot, given: Configured, holding: set[str]) -> Located:
    """The entries of ConfigMaps a file can be. `holding`: volumes that hold a model of the container."""
    mounts, sure = _mounts(slot, given.file)
    entries = [entry for mount, inner in mounts for entry in _entries(pod, mount, inner)]
    only = sure and len(entries) == 1
    # A configuration beside the model is judged with it; a program there could load any other.
    beside = {mount[1] for mount, _ in mounts} - (set() if given.runs else holding)
    hidden = given.must or given.made or (sure and not entries and bool(beside))
    return Located(
        entries=tuple(replace(entry, sure=only and entry.sure and not given.maybe) for entry in entries),
        settled=sure,
        hidden=UNREAD[given.runs] if hidden else None,
    )


def holding_models(slot: Slot, pod: Pod, detection: Detection) -> set[str]:
    """Volumes in which a model of the container lies, the platform's own among them."""
    above = {place for model in detection.models for place in _above(model.address.uri)}
    volumes = {item.volume.name: (item,) for item in reversed(pod.volumes)}
    found = {
        name
        for target, name, inner in slot.mounts
        for place in [resolve_path(target, ((target, name, inner),), volumes.get(name, ()))]
        if place is not None and place.rstrip("/") in above
    }
    return {PLATFORM_VOLUME} | found


def _above(uri: str) -> Iterator[str]:
    """The address and every folder it lies in."""
    parts = uri.rstrip("/").split("/", _MAX_DEPTH)
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _mounts(slot: Slot, file: str) -> tuple[list[tuple[tuple[str, str, str], str]], bool]:
    """The mounts in which a file can lie, its place below each, and whether it can be in no other.

    One decides for a whole path. Where the image settles the working folder, it can be any.
    """
    folder = slot.raw.get("workingDir")
    if not file.startswith("/") and isinstance(folder, str) and folder:
        file = posixpath.join("/", folder, file)
    if file.startswith("/"):
        file = plain_path(file)
        best = mount_of(file, slot.mounts)
        return ([] if best is None else [(best, file[len(best[0].rstrip("/")) :].strip("/"))]), True
    segments = posixpath.normpath(file).split("/")
    fitting = [
        (mount, "/".join(segments[taken:]))
        for taken in range(len(segments), 0, -1)
        for mount in slot.mounts
        if mount[0].endswith(f"/{'/'.join(segments[:taken])}")
    ]
    return fitting or [(mount, "/".join(segments)) for mount in slot.mounts if not mount[2]], bool(fitting)


def _entries(pod: Pod, mount: tuple[str, str, str], inner: str) -> Iterator[Entry]:
    """The entries of ConfigMaps that a place in a mounted volume can be."""
    _, name, sub_path = mount
    volume = next((item for item in pod.volumes if item.volume.name == name), None)
    # What a variable settles when the pod starts can be any entry.
    place = "" if "$(" in sub_path else "/".join(part for part in (sub_path.strip("/"), inner) if part)
    sources = _sources(volume) if volume is not None else []
    for source in sources:
        found = dig(source, "name")
        items = dig(source, "items")
        if not isinstance(found, str):
            continue
        if not isinstance(items, list):
            yield Entry(found, place or None, len(sources) == 1)
            continue
        for item in items:
            key, path = dig(item, "key"), dig(item, "path")
            if isinstance(key, str) and isinstance(path, str) and (not place or within(path, place)):
                yield Entry(found, key, path == place)


def _sources(volume: VolumeSlot) -> list[Json]:
    projected = dig(volume.raw, "projected", "sources")
    given = [volume.raw, *(projected if isinstance(projected, list) else [])]
    return [source for source in (dig(entry, "configMap") for entry in given) if source is not None]
