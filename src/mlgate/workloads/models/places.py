"""What a word of a command line leads to: a repository, a folder in a volume, the image itself."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cached_property
from heapq import merge

from mlgate.workloads.addresses.uris import (
    Address,
    host_of,
    hub,
    in_image,
    looks_like_hub_id,
    normalise,
    tagged,
)
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.credentials.shown import shown
from mlgate.workloads.pods.volumes import EMPTY, VolumeSlot, plain_path, resolve_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import dig

_FLAT = {"configMap", "secret"}
_ALWAYS_MODELS = {"hf", "models", "model-registry", "ngc"}
_MAX_PATH = 4096
_MAX_DEPTH = 32
"""Segments of a mount that a bare name is compared with; repositories have two, folders a few more."""
_REVISIONS = {
    "primary": "revision",
    "tokenizer": "tokenizerRevision",
    "draft": "draftRevision",
}
"""Flags with the revision of a model, by its role."""
NO_REPOSITORY = (".py", ".yaml", ".yml", ".json", ".sh", ".txt")


class Places:
    """Looks up the words of one container."""

    def __init__(self, invocation: Invocation, volumes: tuple[VolumeSlot, ...]) -> None:
        self._invocation = invocation
        self._slot = invocation.slot
        self._volumes = volumes
        self._addresses: dict[tuple[str, str | None], Address] = {}

    def address(self, value: str, role: str = "primary", at: int = -1) -> Address:
        """The address a value stands for, looked up once; `at` is the word it was named by."""
        key = (value, self._revision(role, at))
        if key not in self._addresses:
            self._addresses[key] = self._looked_up(shown(value), key[1])
        return self._addresses[key]

    def reads_as_address(self, value: str) -> bool:
        """Whether it reads as the address of a model, whatever word it stands behind."""
        scheme, separator, rest = value.partition("://")
        lower = value.lower().rstrip("/")
        if value.partition(":")[0].lower() in catalog().schemes and not separator:
            return True  # as rclone writes them, or a slash short
        if value.startswith("models:/") or lower.partition("?")[0].endswith(catalog().extensions):
            return True
        if separator:
            known = scheme.lower() in catalog().schemes and "model" in rest.lower()
            return known or scheme.lower() in _ALWAYS_MODELS or host_of(value) in catalog().hubs
        if value.startswith("/"):
            return "model" in lower
        return looks_like_hub_id(value) and not lower.endswith(NO_REPOSITORY)

    def is_stored(self, value: str) -> bool:
        """Whether it leads to a store of files; a word that says `model` says which files."""
        scheme, separator, _ = value.partition("://")
        if separator:
            return scheme.lower() in catalog().schemes
        target = self._resolved(value)
        return target is not None and not target.startswith("file://")

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """Where volumes are mounted that can hold a model of the author's."""
        kinds = {item.volume.name: item.volume.kind for item in self._volumes}
        return tuple(
            target for target, name, _ in self._slot.mounts if kinds.get(name, "emptyDir") not in EMPTY
        )

    def _looked_up(self, value: str, revision: str | None) -> Address:
        if "://" in value or value.startswith("models:/") or "$" in value or "{{" in value:
            return normalise(value)
        library = self._invocation.library
        if library in {"ollama", "ngc"} and not value.startswith((".", "/")):
            return tagged(library, value)
        target = next((found for path in self._places(value) if (found := self._resolved(path))), None)
        if target is not None:
            return normalise(target)
        if value.startswith(("/", "./", "../")):
            return in_image(self._slot.image or "")
        return self._in_library(value, revision)

    def _in_library(self, value: str, revision: str | None) -> Address:
        """A name that leads to no file: of the library its server looks in, or of the Hub by its form."""
        library = self._invocation.library
        if library == "modelscope":
            return tagged(library, f"{value}:{revision}" if revision else value)
        if library == "hub" or looks_like_hub_id(value):
            return hub(value, revision)
        return Address(value, "unknown")

    def _resolved(self, path: str) -> str | None:
        """Where a path in the container leads; null for the image itself."""
        path = plain_path(path)
        whole = f"{path}/"
        ends = (end for end in self._mount_lengths if whole.startswith("/", end))
        mount = next((self._mounts[path[:end]] for end in ends if path[:end] in self._mounts), None)
        if mount is None:
            return None
        return resolve_path(path, (mount,), self._volumes_by_name.get(mount[1], ()))

    def _is_flat(self, folder: str) -> bool:
        """Whether it lies in a ConfigMap or Secret that is mounted whole, which holds no folders."""
        path = plain_path(folder)
        mount = next(
            (self._mounts[path[:end]] for end in self._mount_lengths if path[:end] in self._mounts), None
        )
        slot = next(iter(self._volumes_by_name.get(mount[1], ())), None) if mount is not None else None
        source = dig(slot.raw, slot.volume.kind) if slot is not None else None
        return slot is not None and slot.volume.kind in _FLAT and not dig(source, "items")

    @cached_property
    def _mounts(self) -> dict[str, tuple[str, str, str]]:
        """Mounts by their path; of two at the same one the first counts."""
        return {mount[0].rstrip("/"): mount for mount in reversed(self._slot.mounts)}

    @cached_property
    def _mount_lengths(self) -> list[int]:
        """The longest first, because the longest mount that holds a path decides."""
        return sorted({len(path) for path in self._mounts}, reverse=True)

    @cached_property
    def _volumes_by_name(self) -> dict[str, tuple[VolumeSlot, ...]]:
        return {item.volume.name: (item,) for item in reversed(self._volumes)}

    def _places(self, value: str) -> Iterator[str]:
        """Paths a value can stand for: servers take a folder of that name before a repository of the Hub.

        Where the working folder is the image's, it can be any one that a mount fits to.
        """
        if value.startswith("/"):
            yield value
            return
        for folder in self._invocation.folders:
            if not ("/" in value and self._is_flat(folder)):
                yield posixpath.join(folder, value)
        given = self._slot.raw.get("workingDir")
        if isinstance(given, str) and given:
            if not given.startswith("/"):
                yield posixpath.join("/", given, value)
            return
        segments = posixpath.normpath(value).split("/")
        longest = min(len(segments), _MAX_DEPTH)
        fitting = (self._endings.get("/".join(segments[:length]), ()) for length in range(1, longest + 1))
        for index, taken in merge(*fitting):
            target, _, _ = self._slot.mounts[index]
            yield "/".join([target.rstrip("/"), *segments[-taken:]])

    @cached_property
    def _mount_segments(self) -> list[list[str]]:
        """Mount paths in pieces; one the kernel finds too long has none, because nothing starts with it."""
        paths = [plain_path(target) for target, _, _ in self._slot.mounts]
        return [path.split("/") if len(path) <= _MAX_PATH else [] for path in paths]

    @cached_property
    def _endings(self) -> dict[str, list[tuple[int, int]]]:
        """Index of the mounts that end so, in their order; a longer ending of a mount goes first."""
        found: dict[str, list[tuple[int, int]]] = {}
        for index, segments in enumerate(self._mount_segments):
            for length in range(1, min(len(segments), _MAX_DEPTH + 1)):
                found.setdefault("/".join(segments[-length:]), []).append((index, -length))
        return found

    def _revision(self, role: str, at: int) -> str | None:
        """The revision of a model of that role: by a flag of the same command, or else by a variable."""
        command = None if at < 0 else self._invocation.command_of(at)
        given = self._revisions.get((role, command))
        return given or (self._revision_by_variable if role == "primary" else None)

    @cached_property
    def _revisions(self) -> dict[tuple[str, int | None], str]:
        """By role and simple command; without one, what any command says that is no tool's.

        Of a flag that is given twice servers take the last.
        """
        flags = catalog().flags
        names = {name: role for role, key in _REVISIONS.items() for name in flags[key]}
        found: dict[tuple[str, int | None], str] = {}
        for flag in self._invocation.flags:
            role = names.get(flag.name)
            if role is None or not flag.value:
                continue
            command = None if flag.index < 0 else self._invocation.command_of(flag.index)
            if command is not None:
                found[role, command] = flag.value
            if command not in self._invocation.idle:
                found[role, None] = flag.value
        return found

    @cached_property
    def _revision_by_variable(self) -> str | None:
        variables = catalog().variables["revision"]
        by_variable = (env.value for env in self._invocation.variables if env.name in variables)
        return next((value for value in by_variable if value), None)
