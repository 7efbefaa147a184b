"""Which models a command line and its variables name, and at which address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import ModelRole
from mlgate.workloads.catalog import catalog
from mlgate.workloads.invocation import Call, Flag, Invocation, is_plain, takes_value
from mlgate.workloads.places import Places
from mlgate.workloads.reading import dig
from mlgate.workloads.signs import has_gpu
from mlgate.workloads.uris import Address, addresses_in
from mlgate.workloads.volumes import MODEL_MOUNT, VolumeSlot, plain_path, within
from mlgate.workloads.words import Word

_NAMES_ONLY = {"MODEL_NAME", "MODEL_DIR"}
"""Variables that often hold a name for callers: they count only with an address in them."""
_MODEL_FLAGS = {"model", "model-id", "model-path", "hf-model-id"}
_VALUED = ("names", "revision", "adapters", "drafts", "tokenizers", "datasets")
"""Flags whose value is no model to be served by itself."""
_SAY_MODEL = ("model", "checkpoint", "weights", "repo", "adapter", "lora", "tokenizer", "processor")
"""Parts of the name of a setting that say what its value is."""
_ROLES: tuple[tuple[str, ModelRole], ...] = (
    ("lora", "adapter"),
    ("adapter", "adapter"),
    ("tokenizer", "tokenizer"),
    ("draft", "draft"),
    ("speculative", "draft"),
)


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
        self._places = Places(invocation, volumes)
        self._known = presumed or bool(invocation.programs)
        self._platform_mount = platform_mount
        self._catalog = catalog()
        flags = self._catalog.flags
        self._valued = frozenset[str]().union(*(flags[key] for key in _VALUED))

    def models(self) -> tuple[FoundModel, ...]:
        """The models, each address once in each role."""
        found = [
            *self._from_flags(),
            *self._from_settings(),
            *self._from_variables(),
            *self._from_position(),
        ]
        if self._known or found:
            found += self._companions()
        return tuple({(model.address.uri, model.role): model for model in reversed(found)}.values())[::-1]

    def datasets(self) -> Iterator[tuple[Address, str]]:
        """Data that flags name as input of training."""
        for flag in self._invocation.flags:
            if flag.value and flag.name in self._catalog.flags["datasets"]:
                yield self._places.address(flag.value), flag.path

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

    def _from_settings(self) -> Iterator[FoundModel]:
        """Settings can have any name: what reads as the address of a model is one; its name says which."""
        for flag in self._invocation.flags:
            if not flag.setting or flag.value is None or flag.name in self._read:
                continue
            value = self._invocation.expand(flag.value)
            told = [url for url in addresses_in(value) if self._places.reads_as_address(url)]
            if (
                not told
                and any(word in flag.name for word in _SAY_MODEL)
                and self._places.reads_as_address(value)
            ):
                told = [value]
            for text in told:
                yield from self._found(text, flag.path, f"arg:--{flag.name}", _role(flag.name))

    @cached_property
    def _read(self) -> frozenset[str]:
        """Names of flags that are read otherwise, or are known to hold no model."""
        flags = self._catalog.flags
        keys = (*_VALUED, "strong", "weak", "configuration")
        return frozenset[str]().union(*(flags[key] for key in keys)) - {"model-name"}

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
                if unsure is None and name not in self._valued and self._places.reads_as_address(word.text):
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
            if "://" in value and self._places.reads_as_address(value):
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
        yield FoundModel(self._places.address(value), role, path, evidence, name, adapter)

    def _is_platform_s(self, value: str) -> bool:
        """Whether it lies where the platform puts a model, and nothing of the author's is mounted there."""
        value = plain_path(value)
        if not self._platform_mount or not within(value, MODEL_MOUNT):
            return False
        return not value.startswith(self._places.filled)

    @cached_property
    def _served_name(self) -> str | None:
        names = self._catalog.flags["names"]
        return next((flag.value for flag in self._invocation.flags if flag.name in names), None)

    def _counts(self, value: str, word: str) -> bool:
        """Whether the value of a weak word names a model."""
        if self._known:
            return word not in _NAMES_ONLY or self._places.reads_as_address(value)
        if self._is_client:
            return False
        return self._places.reads_as_address(value) or (
            "model" in word.lower() and self._places.is_stored(value)
        )

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


def _role(name: str) -> ModelRole:
    return next((role for word, role in _ROLES if word in name), "primary")


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
