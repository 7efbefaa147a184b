"""Volumes that are mounted where programs have their code: what lies there runs in place of the image's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from functools import lru_cache

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.pods.volumes import VolumeSlot, plain_path, within
from mlgate.workloads.programs.catalog import catalog

Mount = tuple[str, str, str]
Parts = tuple[str, ...]
"""The names a path is made of."""
_MAX_PATH = 4096
"""What the kernel finds too long opens nothing."""
_NO_PACKAGES_OF_USERS = "PYTHONNOUSERSITE"
_FILES_ONLY = frozenset({"configMap", "secret"})
_EMPTY = frozenset({"emptyDir", "ephemeral"})


def over_code(invocation: Invocation, volumes: dict[str, VolumeSlot], run: frozenset[str]) -> Iterator[Mount]:
    """The mounts that replace code. `run`: the files the container runs, which are read where they lie."""
    if not invocation.slot.mounts:
        return
    homes = tuple(_of_homes(invocation))
    for mount in invocation.slot.mounts:
        target, name, _ = mount
        volume, parts = volumes.get(name), _parts(target)
        if target in run or len(target) > _MAX_PATH or _is_driver(volume, parts):
            continue
        if _is_code(parts) or _is_of_home(parts, homes, volume) or _is_own(invocation, mount, volume, run):
            yield mount


def _is_code(parts: Parts) -> bool:
    """Whether it is a file of code, or lies in or above a place that holds some."""
    if any(_named(part, "names") for part in parts) or _named("".join(parts[-1:]), "files"):
        return True
    found = {_touches(parts, place) for place in _places()}
    return True in found or (False in found and not _named("".join(parts[-1:]), "data"))


def _touches(parts: Parts, place: Parts) -> bool | None:
    """True for what lies in the place, false for what is above it, null for what is elsewhere."""
    if not all(_fits(part, pattern) for part, pattern in zip(parts, place, strict=False)):
        return None
    return len(parts) >= len(place)


def _is_of_home(parts: Parts, homes: tuple[Parts, ...], volume: VolumeSlot | None) -> bool:
    """Whether shells and Python take code from there, because it is of the user they run as.

    What is above is the user's folder, which may be an empty one of the container's own.
    """
    found = {_touches(parts, place) for place in homes}
    is_own = volume is not None and volume.alone and volume.volume.kind in _EMPTY
    return True in found or (False in found and not is_own)


def _of_homes(invocation: Invocation) -> Iterator[Parts]:
    """The places in folders of users. Python can be told to take no packages from there."""
    code, slot = catalog().code, invocation.slot
    home, switch = slot.variable("HOME"), slot.variable(_NO_PACKAGES_OF_USERS)
    folders = (invocation.expand(home.value),) if home is not None and home.value else code["homes"]
    without_packages = switch is not None and bool(switch.value)
    for folder in folders:
        for name in code["ofHomes"]:
            if not (without_packages and name.startswith(".local")):
                yield _parts(folder) + _parts(name)


def _is_own(invocation: Invocation, mount: Mount, volume: VolumeSlot | None, run: frozenset[str]) -> bool:
    """Whether it lies where images have the program that their own command runs, and no other is given.

    A folder from which a file is run that is read is none of the image's.
    """
    target, _, inner = mount
    program = invocation.by_image
    if invocation.slot.command or (program is not None and program.entrypoint):
        return False
    works = catalog().code["work"]
    is_file = bool(inner) and volume is not None and volume.volume.kind in _FILES_ONLY
    is_program = is_file and "." not in target.rpartition("/")[2]
    if target not in works and not (is_program and any(within(target, folder) for folder in works)):
        return False
    return not any(within(file, target) for file in run)


def _is_driver(volume: VolumeSlot | None, parts: Parts) -> bool:
    if volume is None or volume.volume.kind != "hostPath" or any(_named(part, "names") for part in parts):
        return False
    return any(_named(part.lower(), "drivers") for part in parts)


@lru_cache(maxsize=128)  # the folders of users are the same for hundreds of containers
def _parts(path: str) -> Parts:
    return tuple(part for part in plain_path(path[:_MAX_PATH]).split("/") if part)


@lru_cache(maxsize=1)
def _places() -> tuple[Parts, ...]:
    return tuple(map(_parts, catalog().code["places"]))


def _named(name: str, key: str) -> bool:
    return _pattern(catalog().code[key]).fullmatch(name) is not None


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or ("*" in pattern and _pattern((pattern,)).fullmatch(name) is not None)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, names)))
