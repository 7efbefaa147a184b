"""From where servers take their configuration: files of ConfigMaps are followed, others cannot be."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mlgate.domain.base import Json
from mlgate.domain.lookups import ObjectReference
from mlgate.workloads.config_variables import variables
from mlgate.workloads.detect import Configured, Detection
from mlgate.workloads.kinds import FileField
from mlgate.workloads.manifest import Named
from mlgate.workloads.parts import Part
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.scripts import arguments_of
from mlgate.workloads.slots import Slot
from mlgate.workloads.volumes import PLATFORM_VOLUME, VolumeSlot, mount_of, plain_path, resolve_path, within

_FILE = "file://"
_MAX_DEPTH = 64
"""Folders of a model's address that are looked at; a volume is mounted above few of them."""
_UNREAD = {
    False: "takes a configuration from where the reader cannot look",
    True: "runs a program from where the reader cannot look",
}


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


def configurations(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[Named]:
    """The ConfigMaps that containers are told to take their configuration from.

    A configuration in another volume cannot be read: a problem, unless the model lies there too.
    """
    yield from variables(reader, part, detections)
    here = inline_files(reader, part)
    unread, followed = dict[str, str](), set[str]()
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        models, holding = _as_models(detection), holding_models(slot, part.pod, detection)
        for given in (*detection.configured, *models, *detection.scripts):
            if plain_path(given.file) in here:
                continue
            found = locate(part.pod, slot, given, holding)
            for entry in found.entries:
                yield _named(part, given, entry, slot)
            if found.entries and found.settled:
                followed.add(given.path)
            if given not in models and found.hidden is not None and (detection.serves or not given.runs):
                unread[given.path] = found.hidden
    for path, told in unread.items():
        if path not in followed:
            reader.problem(path, told)


def inline_files(reader: Reader, part: Part) -> dict[str, tuple[str, str]]:
    """Files whose text stands in the object: by their path, where it stands and how it reads."""
    return {path: entry for field in part.component.files for path, entry in _files(reader, part, field)}


def _files(reader: Reader, part: Part, field: FileField) -> Iterator[tuple[str, tuple[str, str]]]:
    for path, value in part.select(reader, field.path):
        given = reader.mapping(value, path)
        at = reader.text(given.get(field.at), f"{path}.{field.at}")
        text = reader.text(given.get(field.content), f"{path}.{field.content}")
        if at and text:
            yield plain_path(at), (f"{path}.{field.content}", text)


def locate(pod: Pod, slot: Slot, given: Configured, holding: set[str]) -> Located:
    """The entries of ConfigMaps a file can be. `holding`: volumes that hold a model of the container."""
    mounts, sure = _mounts(slot, given.file)
    entries = [entry for mount, inner in mounts for entry in _entries(pod, mount, inner)]
    only = sure and len(entries) == 1
    # A configuration beside the model is judged with it; a program there could load any other.
    beside = {mount[1] for mount, _ in mounts} - (set() if given.runs else holding)
    hidden = given.must or given.made or (sure and not entries and bool(beside))
    return Located(
        entries=tuple(replace(entry, sure=only and entry.sure) for entry in entries),
        settled=sure,
        hidden=_UNREAD[given.runs] if hidden else None,
    )


def _named(part: Part, given: Configured, entry: Entry, slot: Slot) -> Named:
    lookup = ObjectReference(kinds=(("v1", "ConfigMap", True),), name=entry.name, path=given.path)
    return Named(
        lookup,
        part.pod.template.path,
        None,
        "configuration",
        key=entry.key,
        sure=entry.sure,
        role=part.component.role,
        runs=given.runs,
        args=arguments_of(slot, given.file) if given.runs else (),
    )


def _as_models(detection: Detection) -> tuple[Configured, ...]:
    """Folders of models that are mounted: in one of a ConfigMap stands from where the models are loaded."""
    return tuple(
        Configured(model.address.uri.removeprefix(_FILE), model.path)
        for model in detection.models
        if model.address.uri.startswith(_FILE)
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
