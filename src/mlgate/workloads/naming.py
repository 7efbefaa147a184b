"""Which models a command line and its variables name, and at which address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import ModelRole
from mlgate.workloads.catalog import catalog
from mlgate.workloads.invocation import Flag, Invocation
from mlgate.workloads.reading import dig
from mlgate.workloads.uris import Address, hub, in_image, looks_like_hub_id, normalise, tagged
from mlgate.workloads.volumes import VolumeSlot, resolve_path

_MODEL_MOUNT = "/mnt/models/"
_NAMES_ONLY = {"MODEL_NAME", "MODEL_DIR"}
"""Variables that often hold a name for callers: they count only with an address in them."""
_ALWAYS_MODELS = {"hf", "models", "model-registry", "ngc"}
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
            if strong or self._counts(value):
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
                    yield FoundModel(address, "primary", env.path, f"env:{env.name}", self._served_name())
                continue
            value = self._invocation.expand(env.value)
            if value and (strong or self._counts(value, is_name=env.name in _NAMES_ONLY)):
                yield from self._found(value, env.path, f"env:{env.name}")

    def _from_position(self) -> Iterator[FoundModel]:
        """The word right behind a command (`vllm serve <model>`), or the first one of a downloader."""
        behind = [(call.behind, call.program.name) for call in self._invocation.calls if call.program.follows]
        image = self._invocation.by_image
        if image is not None and image.positional:
            behind.append((next(iter(self._invocation.words), None), image.name))
        for word, program in behind:
            if word is not None and not word.text.startswith("-") and word.text.strip(";&|()<>\n"):
                yield from self._found(self._invocation.expand(word.text), word.path, f"command:{program}")

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

    def _values(self, flag: Flag) -> list[str]:
        """The values of a flag that takes several."""
        if flag.joined:
            return [flag.value] if flag.value else []
        rest = self._invocation.words[flag.index + 1 :]
        return [word.text for word in takewhile(lambda word: not word.text.startswith("-"), rest)]

    def _found(
        self,
        value: str,
        path: str,
        evidence: str,
        role: ModelRole = "primary",
        adapter: str | None = None,
    ) -> Iterator[FoundModel]:
        if self._platform_mount and f"{value.rstrip('/')}/".startswith(_MODEL_MOUNT):
            return
        name = self._served_name() if role == "primary" else None
        yield FoundModel(self._address(value), role, path, evidence, name, adapter)

    def _served_name(self) -> str | None:
        names = self._catalog.flags["names"]
        return next((flag.value for flag in self._invocation.flags if flag.name in names), None)

    def _address(self, value: str) -> Address:
        if "://" in value or value.startswith("models:/") or "$" in value or "{{" in value:
            return normalise(value)
        if value.startswith(("/", "./", "../")):
            slot = self._invocation.slot
            target = resolve_path(value, slot.mounts, self._volumes)
            return normalise(target) if target is not None else in_image(slot.image or "")
        library = self._invocation.library
        if library in {"ollama", "ngc"}:
            return tagged(library, value)
        if library == "hub" or looks_like_hub_id(value):
            return hub(value, self._revision())
        return Address(value, "unknown")

    def _revision(self) -> str | None:
        flags, variables = self._catalog.flags["revision"], self._catalog.variables["revision"]
        given = next(
            (flag.value for flag in self._invocation.flags if flag.name in flags and flag.value), None
        )
        by_variable = (env.value for env in self._invocation.slot.env if env.name in variables)
        return given or next((value for value in by_variable if value), None)

    def _counts(self, value: str, *, is_name: bool = False) -> bool:
        """Whether the value of a weak word names a model."""
        if self._known:
            return not is_name or self._reads_as_address(value)
        return self._reads_as_address(value) and not self._is_client()

    def _reads_as_address(self, value: str) -> bool:
        scheme, separator, rest = value.partition("://")
        lower = value.lower().rstrip("/")
        if value.startswith("models:/") or lower.endswith(self._catalog.extensions):
            return True
        if separator:
            known = scheme.lower() in self._catalog.schemes and "model" in rest.lower()
            return known or scheme.lower() in _ALWAYS_MODELS
        if value.startswith("/"):
            return "model" in lower
        return looks_like_hub_id(value) and not lower.endswith(_NO_REPOSITORY)

    def _is_client(self) -> bool:
        """Whether something says that the program talks to a model server of others."""
        if any(flag.name in self._catalog.client_flags for flag in self._invocation.flags):
            return True
        return any(env.name in self._catalog.client_variables for env in self._invocation.slot.env)


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
