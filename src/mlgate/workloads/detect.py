"""Finds models in ordinary containers: well-known servers, flags and variables that name a model.

Every conclusion says what it was drawn from: `<image|command|arg|env|port|volume|gpu|label>:<what>@<path>`.
A database, an exporter, a web server or a client that mentions a model is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import ModelRole, Switch
from mlgate.workloads.catalog import Catalog, Program, catalog
from mlgate.workloads.containers import Slot
from mlgate.workloads.reading import dig
from mlgate.workloads.uris import Address, hub, in_image, looks_like_hub_id, normalise, tagged
from mlgate.workloads.volumes import VolumeSlot, resolve_path
from mlgate.workloads.words import CommandLine, Word, read_words

_TRUE = {"1", "true", "yes", "on"}
_MODEL_MOUNT = "/mnt/models"


@dataclass(frozen=True)
class FoundModel:
    """A model a container names."""

    address: Address
    role: ModelRole
    path: str
    name: str | None = None
    adapter: str | None = None
    """Name of the adapter, for adapters."""


@dataclass(frozen=True)
class Detection:
    """What one container is found to do, and from what."""

    serves: bool = False
    trains: bool = False
    evidence: tuple[str, ...] = ()
    models: tuple[FoundModel, ...] = ()
    datasets: tuple[tuple[Address, str], ...] = ()
    trust_remote_code: Switch = Switch()  # noqa: RUF009 - frozen
    runtime_lora: Switch = Switch()  # noqa: RUF009 - frozen
    complete: bool = True
    """False when the command line was too long to be read."""


def detect(
    slot: Slot,
    volumes: tuple[VolumeSlot, ...],
    *,
    presumed: bool = False,
    batch: bool = False,
    platform_mount: bool = False,
) -> Detection:
    """What the container serves or trains.

    `presumed`: its kind serves models, so that every word that can name a model does. `batch`: its kind
    runs to an end, so that a GPU points to training. `platform_mount`: /mnt/models is where the platform puts
    a model that is named elsewhere.
    """
    return _Detector(
        slot, volumes, presumed=presumed, batch=batch, platform_mount=platform_mount or presumed
    ).result()


@dataclass(frozen=True)
class _Flag:
    name: str
    value: str | None
    path: str
    index: int


class _Detector:
    """One container under examination."""

    def __init__(
        self,
        slot: Slot,
        volumes: tuple[VolumeSlot, ...],
        *,
        presumed: bool,
        batch: bool,
        platform_mount: bool,
    ) -> None:
        self._slot = slot
        self._volumes = volumes
        self._presumed = presumed
        self._batch = batch
        self._platform_mount = platform_mount
        self._catalog: Catalog = catalog()
        items = [(text, f"{slot.path}.command[{i}]") for i, text in enumerate(slot.command)]
        items += [(text, f"{slot.path}.args[{i}]") for i, text in enumerate(slot.args)]
        self._line: CommandLine = read_words(items)
        self._flags = tuple(self._read_flags())
        self._evidence: list[str] = []
        self._program, self._behind = self._find_program()

    def result(self) -> Detection:
        """The conclusion."""
        tables = self._catalog
        models = tuple(self._models())
        trains = self._trains()
        serves = not trains and (self._program is not None or bool(models))
        if not (trains or serves) and self._runs_on_gpu():
            trains, serves = self._batch, not self._batch
        if trains:
            models = tuple(_as_base(model) for model in models)
        return Detection(
            serves=serves,
            trains=trains,
            evidence=tuple(self._evidence),
            models=models,
            datasets=tuple(self._datasets()) if trains else (),
            trust_remote_code=self._switch(
                tables.flags["trustRemoteCode"], tables.variables["trustRemoteCode"]
            ),
            runtime_lora=self._switch(tables.flags["runtimeLora"], tables.variables["runtimeLora"]),
            complete=self._line.complete,
        )

    def _find_program(self) -> tuple[Program | None, int]:
        """The known program, by image or command line, and the index of the word behind its command."""
        by_image = self._catalog.program_of_image(self._slot.image) if self._slot.image else None
        if by_image is not None:
            self._note("image", by_image.name, f"{self._slot.path}.image")
        for index, word in enumerate(self._line.words):
            if word.base not in self._catalog.first_words:
                continue
            for program in self._catalog.programs:
                length = program.command_at(self._line.words, index)
                if length:
                    self._note("command", program.name, word.path)
                    return program, index + length
        return by_image, 0

    def _read_flags(self) -> Iterator[_Flag]:
        words = self._line.words
        for index, word in enumerate(words):
            if word.text.startswith("-") and word.text.strip("-"):
                name, equals, value = word.text.lstrip("-").partition("=")
                if not equals:
                    after = words[index + 1].text if index + 1 < len(words) else None
                    value = after if after is not None and not after.startswith("-") else ""
                yield _Flag(name.replace("_", "-"), value or None, word.path, index)

    def _trains(self) -> bool:
        if self._program is not None:
            return self._program.trains
        flag = next((flag for flag in self._flags if flag.name in self._catalog.flags["training"]), None)
        if flag is not None:
            self._note("arg", f"--{flag.name}", flag.path)
        return flag is not None

    def _models(self) -> Iterator[FoundModel]:
        """Models named by flags, variables or position, each address once."""
        seen: set[tuple[str, str]] = set()
        found = [*self._from_flags(), *self._from_variables(), *self._from_position()]
        known = self._program is not None or self._presumed or bool(found)
        for model in [*found, *(self._companions() if known else ())]:
            key = (model.address.uri, model.role)
            if key not in seen:
                seen.add(key)
                yield model

    def _from_flags(self) -> Iterator[FoundModel]:
        flags = self._catalog.flags
        own = self._program.flags if self._program is not None else frozenset()
        for flag in self._flags:
            strong = flag.name in flags["strong"] or flag.name in own
            if flag.value is None or not (strong or flag.name in flags["weak"]):
                continue
            if strong or self._counts(flag.value):
                self._note("arg", f"--{flag.name}", flag.path)
                yield from self._found(flag.value.partition("=")[2] or flag.value, flag.path)

    def _from_variables(self) -> Iterator[FoundModel]:
        variables = self._catalog.variables
        for name in sorted(variables["strong"] | variables["weak"]):
            env = self._slot.variable(name)
            if env is None or not env.value:
                continue
            if name in variables["strong"] or self._counts(
                env.value, is_name=name in {"MODEL_NAME", "MODEL_DIR"}
            ):
                self._note("env", name, env.path)
                yield from self._found(env.value, env.path)

    def _from_position(self) -> Iterator[FoundModel]:
        """The word right behind the command (`vllm serve <model>`), or the first one of a downloader."""
        program = self._program
        if program is None or not (program.follows or program.positional):
            return
        if program.follows and not self._behind:
            return
        word = next(iter(self._line.words[self._behind : self._behind + 1]), None)
        if word is not None and not word.text.startswith("-") and word.text.strip(";&|()<>\n"):
            yield from self._found(word.text, word.path)

    def _companions(self) -> Iterator[FoundModel]:
        """Adapters, draft models and tokenizers beside a model."""
        flags = self._catalog.flags
        for flag in self._flags:
            if flag.name in flags["adapters"]:
                yield from self._adapters(flag)
            elif flag.value and flag.name in flags["drafts"]:
                yield from self._found(flag.value, flag.path, role="draft")
            elif flag.value and flag.name in flags["tokenizers"]:
                yield from self._found(flag.value, flag.path, role="tokenizer")

    def _adapters(self, flag: _Flag) -> Iterator[FoundModel]:
        words: list[Word] = list(self._line.words[flag.index + 1 :])
        values = [word.text for word in takewhile(lambda word: not word.text.startswith("-"), words)]
        own = self._line.words[flag.index].text.partition("=")[2]
        for value in [own] if own else values:
            name, address = _adapter(value)
            yield from self._found(address, flag.path, role="adapter", adapter=name)

    def _found(
        self, value: str, path: str, role: ModelRole = "primary", adapter: str | None = None
    ) -> Iterator[FoundModel]:
        if self._platform_mount and (value.rstrip("/") + "/").startswith(_MODEL_MOUNT + "/"):
            return
        names = self._catalog.flags["names"]
        name = next((flag.value for flag in self._flags if flag.name in names), None)
        yield FoundModel(self._address(value), role, path, name if role == "primary" else None, adapter)

    def _address(self, value: str) -> Address:
        library = self._program.library if self._program is not None else None
        if "://" in value or value.startswith("models:/") or "$" in value or "{{" in value:
            return normalise(value)
        if value.startswith(("/", "./", "../")):
            target = resolve_path(value, self._slot.mounts, self._volumes)
            return normalise(target) if target is not None else in_image(self._slot.image or "")
        if library in {"ollama", "ngc"}:
            return tagged(library, value)
        if library == "hub" or looks_like_hub_id(value):
            return hub(value, self._revision())
        return Address(value, "unknown")

    def _revision(self) -> str | None:
        flags, variables = self._catalog.flags, self._catalog.variables
        given = next((flag.value for flag in self._flags if flag.name in flags["revision"]), None)
        found = (self._slot.variable(name) for name in sorted(variables["revision"]))
        return given or next((env.value for env in found if env is not None and env.value), None)

    def _counts(self, value: str, *, is_name: bool = False) -> bool:
        """Whether the value of a weak word names a model."""
        if self._reads_as_address(value):
            return self._program is not None or self._presumed or not self._is_client()
        if is_name:
            return False
        return self._program is not None or self._presumed

    def _reads_as_address(self, value: str) -> bool:
        scheme, separator, rest = value.partition("://")
        lower = value.lower().rstrip("/")
        has_extension = lower.endswith(self._catalog.extensions)
        if value.startswith("models:/"):
            return True
        if separator:
            return (
                has_extension
                or (scheme.lower() in self._catalog.schemes and "model" in rest.lower())
                or (scheme.lower() in {"hf", "models", "model-registry", "ngc"})
            )
        if value.startswith("/"):
            return has_extension or "model" in lower
        return has_extension or (
            looks_like_hub_id(value) and not lower.endswith((".py", ".yaml", ".yml", ".json"))
        )

    def _is_client(self) -> bool:
        """Whether something says that the program talks to a model server of others."""
        if any(flag.name in self._catalog.client_flags for flag in self._flags):
            return True
        return any(env.name in self._catalog.client_variables for env in self._slot.env)

    def _runs_on_gpu(self) -> bool:
        """A GPU together with another sign is a model being run."""
        gpu = self._gpu()
        sign = next(self._signs(), None) if gpu is not None else None
        if gpu is None or sign is None:
            return False
        self._evidence += [gpu, sign]
        return True

    def _gpu(self) -> str | None:
        for part in ("limits", "requests"):
            resources = dig(self._slot.raw, "resources", part)
            for name, amount in resources.items() if isinstance(resources, dict) else ():
                if _positive(amount) and any(
                    fnmatchcase(str(name), pattern) for pattern in self._catalog.gpus
                ):
                    return f"gpu:{name}@{self._slot.path}.resources.{part}"
        return None

    def _signs(self) -> Iterator[str]:
        for target, volume, _ in self._slot.mounts:
            if target.rstrip("/").startswith(self._catalog.sign_mounts):
                yield f"volume:{volume}@{self._slot.path}.volumeMounts"
        for env in self._slot.env:
            if self._catalog.sign_variables.fullmatch(env.name):
                yield f"env:{env.name}@{env.path}"
        for port in self._slot.ports:
            if port in self._catalog.sign_ports:
                yield f"port:{port}@{self._slot.path}.ports"

    def _datasets(self) -> Iterator[tuple[Address, str]]:
        for flag in self._flags:
            if flag.value and flag.name in self._catalog.flags["datasets"]:
                yield self._address(flag.value), flag.path

    def _switch(self, flags: frozenset[str], variables: frozenset[str]) -> Switch:
        for flag in self._flags:
            if flag.name in flags and (flag.value is None or flag.value.lower() not in {"false", "0", "no"}):
                return Switch(enabled=True, path=flag.path)
        for name in sorted(variables):
            env = self._slot.variable(name)
            if env is not None and env.value is not None and env.value.lower() in _TRUE:
                return Switch(enabled=True, path=env.path)
        return Switch()

    def _note(self, kind: str, what: str, path: str) -> None:
        entry = f"{kind}:{what}@{path}"
        if entry not in self._evidence:
            self._evidence.append(entry)


def _as_base(model: FoundModel) -> FoundModel:
    role: ModelRole = "base" if model.role == "primary" else model.role
    return FoundModel(model.address, role, model.path, model.name, model.adapter)


def _adapter(value: str) -> tuple[str | None, str]:
    """Name and address of an adapter: `name=address`, a JSON object, or an address alone."""
    if value.startswith("{"):
        try:
            data: Json = json.loads(value)
        except ValueError:
            return None, value
        path, name = dig(data, "path"), dig(data, "name")
        return (name if isinstance(name, str) else None), (path if isinstance(path, str) else value)
    name, equals, address = value.partition("=")
    return (name, address) if equals else (None, value)


def _positive(amount: Json) -> bool:
    return str(amount).strip() not in {"", "0", "None"}
