"""Which models a command line and its variables name, and at which address."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import merge
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import ModelRole
from mlgate.workloads.catalog import catalog
from mlgate.workloads.credentials import shown
from mlgate.workloads.invocation import Call, Flag, Invocation, is_plain, takes_value
from mlgate.workloads.reading import dig
from mlgate.workloads.signs import has_gpu
from mlgate.workloads.uris import Address, host_of, hub, in_image, looks_like_hub_id, normalise, tagged
from mlgate.workloads.volumes import EMPTY, MODEL_MOUNT, VolumeSlot, plain_path, resolve_path, within
from mlgate.workloads.words import Word

_NAMES_ONLY = {"MODEL_NAME", "MODEL_DIR"}
"""Variables that often hold a name for callers: they count only with an address in them."""
_ALWAYS_MODELS = {"hf", "models", "model-registry", "ngc"}
_MODEL_FLAGS = {"model", "model-id", "model-path", "hf-model-id"}
_VALUED = ("names", "revision", "adapters", "drafts", "tokenizers", "datasets")
"""Flags whose value is no model to be served by itself."""
_MAX_PATH = 4096
_MAX_DEPTH = 32
"""Segments of a mount that a bare name is compared with; repositories have two, folders a few more."""
_NO_REPOSITORY = (".py", ".yaml", ".yml", ".json", ".sh", ".txt")


@dataclass(frozen=True)
class FoundModel:
    """A model a container names."""

    address: Address
    role: ModelRole
    path: str
    evidence: str
    name: str | None = None
    adapter: str | None = None
    """Name of the adapter, for adapters."""


class Naming:
    """Finds the models of one container.

    `presumed`: its kind serves models, so that every word that can name a model does. `platform_mount`:
    /mnt/models is where the platform puts a model that is named elsewhere.
    """

    def __init__(
        self, invocation: Invocation, volumes: tuple[VolumeSlot, ...], *, presumed: bool, platform_mount: bool
    ) -> None:
        self._invocation = invocation
        self._volumes = volumes
        self._known = presumed or bool(invocation.programs)
        self._platform_mount = platform_mount
        self._catalog = catalog()
        flags = self._catalog.flags
        self._valued = frozenset[str]().union(*(flags[key] for key in _VALUED))
        self._addresses: dict[str, Address] = {}

    def models(self) -> tuple[FoundModel, ...]:
        """The models, each address once in each role."""
        found = [*self._from_flags(), *self._from_variables(), *self._from_position()]
        if self._known or found:
            found += self._companions()
        return tuple({(model.address.uri, model.role): model for model in reversed(found)}.values())[::-1]

    def datasets(self) -> Iterator[tuple[Address, str]]:
        """Data that flags name as input of training."""
        for flag in self._invocation.flags:
            if flag.value and flag.name in self._catalog.flags["datasets"]:
                yield self._address(flag.value), flag.path

    def _from_flags(self) -> Iterator[FoundModel]:
        flags = self._catalog.flags
        own = {name for program in self._invocation.programs for name in program.flags}
        for flag in self._invocation.flags:
            strong = flag.name in flags["strong"] or flag.name in own
            if flag.value is None or not (strong or flag.name in flags["weak"]):
                continue
            value = self._invocation.expand(flag.value)
            if strong or self._counts(value, flag.name):
                yield from self._found(value, flag.path, f"arg:--{flag.name}")

    def _from_variables(self) -> Iterator[FoundModel]:
        variables = self._catalog.variables
        for env in self._invocation.slot.env:
            strong = env.name in variables["strong"]
            if not (strong or env.name in variables["weak"]) or env != self._invocation.slot.variable(
                env.name
            ):
                continue
            if env.value is None:
                if self._known and env.from_ is not None:
                    address = Address(f"$({env.name})", "unknown")
                    yield FoundModel(address, "primary", env.path, f"env:{env.name}", self._served_name)
                continue
            value = self._invocation.expand(env.value).strip()
            if value and (strong or self._counts(value, env.name)):
                yield from self._found(value, env.path, f"env:{env.name}")

    def _from_position(self) -> Iterator[FoundModel]:
        """The model that stands behind a command without a flag, as in `vllm serve <model>`."""
        named = any(flag.name in _MODEL_FLAGS and flag.value for flag in self._invocation.flags)
        seen: set[int] = set()
        for call in self._invocation.calls:
            evidence = f"command:{call.program.name}"
            if call.program.fetches:
                yield from self._fetched(call, evidence, seen)
            word = self._behind(call, named=named) if call.program.follows else None
            if word is not None:
                yield from self._found(self._invocation.expand(word.text), word.path, evidence)
        image = self._invocation.by_image
        word = next(iter(self._invocation.words), None)
        if image is not None and image.positional and word is not None and is_plain(word):
            yield from self._found(self._invocation.expand(word.text), word.path, f"command:{image.name}")

    def _behind(self, call: Call, *, named: bool) -> Word | None:
        """The word that names the model; between flags it is told from a value by how it reads."""
        previous = None
        unsure = None
        for word in call.behind:
            flag = previous is not None and previous.text.startswith("-") and "=" not in previous.text
            if is_plain(word):
                name = previous.text.lstrip("-").replace("_", "-") if flag and previous is not None else ""
                if not flag or not takes_value(name):
                    return word
                if unsure is None and name not in self._valued and self._reads_as_address(word.text):
                    unsure = word
            previous = word
        return None if named else unsure

    def _fetched(self, call: Call, evidence: str, seen: set[int]) -> Iterator[FoundModel]:
        """What a program that copies files is told to fetch, if it reads as a model.

        `seen` are the words that were looked at: calls without an end between them share most of theirs.
        """
        for word in call.behind:
            if id(word) in seen:
                continue
            seen.add(id(word))
            value = self._invocation.expand(word.text)
            if "://" in value and self._reads_as_address(value):
                yield from self._found(value, word.path, evidence)

    def _companions(self) -> Iterator[FoundModel]:
        """Adapters, draft models and tokenizers beside a model."""
        flags = self._catalog.flags
        for flag in self._invocation.flags:
            if flag.name in flags["adapters"]:
                for value in self._values(flag):
                    name, address = _adapter(self._invocation.expand(value))
                    yield from self._found(address, flag.path, f"arg:--{flag.name}", "adapter", name)
            elif flag.value and flag.name in flags["drafts"]:
                yield from self._found(flag.value, flag.path, f"arg:--{flag.name}", "draft")
            elif flag.value and flag.name in flags["tokenizers"]:
                yield from self._found(flag.value, flag.path, f"arg:--{flag.name}", "tokenizer")
        for env in self._invocation.slot.env:
            if env.value and env.name in self._catalog.variables["adapters"]:
                yield from self._found(
                    self._invocation.expand(env.value), env.path, f"env:{env.name}", "adapter", env.name
                )

    def _values(self, flag: Flag) -> list[str]:
        """The values of a flag that takes several."""
        if flag.joined:
            return [flag.value] if flag.value else []
        words = self._invocation.words
        rest = (words[index] for index in range(flag.index + 1, len(words)))
        return [word.text for word in takewhile(lambda word: not word.text.startswith("-"), rest)]

    def _found(
        self,
        value: str,
        path: str,
        evidence: str,
        role: ModelRole = "primary",
        adapter: str | None = None,
    ) -> Iterator[FoundModel]:
        if self._is_platform_s(value):
            return
        name = self._served_name if role == "primary" else None
        yield FoundModel(self._address(value), role, path, evidence, name, adapter)

    def _is_platform_s(self, value: str) -> bool:
        """Whether it lies where the platform puts a model, and nothing of the author's is mounted there."""
        value = plain_path(value)
        if not self._platform_mount or not within(value, MODEL_MOUNT):
            return False
        return not value.startswith(self._filled)

    @cached_property
    def _filled(self) -> tuple[str, ...]:
        """Where volumes are mounted that can hold a model of the author's."""
        kinds = {item.volume.name: item.volume.kind for item in self._volumes}
        mounts = self._invocation.slot.mounts
        return tuple(target for target, name, _ in mounts if kinds.get(name, "emptyDir") not in EMPTY)

    @cached_property
    def _served_name(self) -> str | None:
        names = self._catalog.flags["names"]
        return next((flag.value for flag in self._invocation.flags if flag.name in names), None)

    def _address(self, value: str) -> Address:
        """The address a value stands for, looked up once."""
        if value not in self._addresses:
            self._addresses[value] = self._looked_up(shown(value))
        return self._addresses[value]

    def _looked_up(self, value: str) -> Address:
        if "://" in value or value.startswith("models:/") or "$" in value or "{{" in value:
            return normalise(value)
        slot, library = self._invocation.slot, self._invocation.library
        if library in {"ollama", "ngc"} and not value.startswith((".", "/")):
            return tagged(library, value)
        target = next((found for path in self._places(value) if (found := self._resolved(path))), None)
        if target is not None:
            return normalise(target)
        if value.startswith(("/", "./", "../")):
            return in_image(slot.image or "")
        if library == "hub" or looks_like_hub_id(value):
            return hub(value, self._revision)
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

    @cached_property
    def _mounts(self) -> dict[str, tuple[str, str, str]]:
        """Mounts by their path; of two at the same one the first counts."""
        return {mount[0].rstrip("/"): mount for mount in reversed(self._invocation.slot.mounts)}

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
        given = self._invocation.slot.raw.get("workingDir")
        if isinstance(given, str) and given:
            yield posixpath.join("/", given, value)
            return
        segments = posixpath.normpath(value).split("/")
        longest = min(len(segments), _MAX_DEPTH)
        fitting = (self._endings.get("/".join(segments[:length]), ()) for length in range(1, longest + 1))
        for index, taken in merge(*fitting):
            target, _, _ = self._invocation.slot.mounts[index]
            yield "/".join([target.rstrip("/"), *segments[-taken:]])

    @cached_property
    def _mount_segments(self) -> list[list[str]]:
        """Mount paths in pieces; one the kernel finds too long has none, because nothing starts with it."""
        paths = [plain_path(target) for target, _, _ in self._invocation.slot.mounts]
        return [path.split("/") if len(path) <= _MAX_PATH else [] for path in paths]

    @cached_property
    def _endings(self) -> dict[str, list[tuple[int, int]]]:
        """Index of the mounts that end so, in their order; a longer ending of a mount goes first."""
        found: dict[str, list[tuple[int, int]]] = {}
        for index, segments in enumerate(self._mount_segments):
            for length in range(1, min(len(segments), _MAX_DEPTH + 1)):
                found.setdefault("/".join(segments[-length:]), []).append((index, -length))
        return found

    @cached_property
    def _revision(self) -> str | None:
        flags, variables = self._catalog.flags["revision"], self._catalog.variables["revision"]
        given = next(
            (flag.value for flag in self._invocation.flags if flag.name in flags and flag.value), None
        )
        by_variable = (env.value for env in self._invocation.slot.env if env.name in variables)
        return given or next((value for value in by_variable if value), None)

    def _counts(self, value: str, word: str) -> bool:
        """Whether the value of a weak word names a model."""
        if self._known:
            return word not in _NAMES_ONLY or self._reads_as_address(value)
        if self._is_client:
            return False
        return self._reads_as_address(value) or ("model" in word.lower() and self._is_stored(value))

    def _reads_as_address(self, value: str) -> bool:
        scheme, separator, rest = value.partition("://")
        lower = value.lower().rstrip("/")
        if value.startswith("models:/") or lower.partition("?")[0].endswith(self._catalog.extensions):
            return True
        if separator:
            known = scheme.lower() in self._catalog.schemes and "model" in rest.lower()
            return known or scheme.lower() in _ALWAYS_MODELS or host_of(value) in self._catalog.hubs
        if value.startswith("/"):
            return "model" in lower
        return looks_like_hub_id(value) and not lower.endswith(_NO_REPOSITORY)

    def _is_stored(self, value: str) -> bool:
        """Whether it leads to a store of files; a word that says `model` says which files."""
        scheme, separator, _ = value.partition("://")
        if separator:
            return scheme.lower() in self._catalog.schemes
        target = self._resolved(value)
        return target is not None and not target.startswith("file://")

    @cached_property
    def _is_client(self) -> bool:
        """Whether something says that the program talks to a model server, and nothing that it is one.

        Anyone can add a variable that only clients have: it does not outweigh a GPU, or flags of servers.
        """
        flags = {flag.name for flag in self._invocation.flags}
        names = {env.name for env in self._invocation.slot.env}
        if not (flags & self._catalog.client_flags or names & self._catalog.client_variables):
            return False
        return not (flags & self._catalog.flags["serving"] or has_gpu(self._invocation.slot))


def _adapter(value: str) -> tuple[str | None, str]:
    """Name and address of an adapter: `name=address`, a JSON object, or an address alone."""
    if value.startswith("{"):
        try:
            data: Json = json.loads(value)
        except (ValueError, RecursionError):
            return None, value
        path, name = dig(data, "path"), dig(data, "name")
        return (name if isinstance(name, str) else None), (path if isinstance(path, str) else value)
    name, equals, address = value.partition("=")
    return (name, address) if equals else (None, value)
