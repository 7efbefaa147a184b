"""Which models a command line and its variables name, and at which address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import takewhile

from mlgate.domain.workload import ModelRole
from mlgate.workloads.addresses.uris import Address, addresses_in, tagged
from mlgate.workloads.commands.bystanders import runs_bystanders
from mlgate.workloads.commands.flags import Flag, flag_name, is_plain, takes
from mlgate.workloads.commands.invocation import Call, Invocation
from mlgate.workloads.models.companions import draft_of, named_values, sent, weights_of
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.places import NO_REPOSITORY, Places
from mlgate.workloads.models.signs import has_gpu
from mlgate.workloads.pods.volumes import MODEL_MOUNT, VolumeSlot, plain_path, within
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import Word

_NAMES_ONLY = {"MODEL_NAME", "MODEL_DIR"}
"""Variables that often hold a name for callers: they count only with an address in them."""
_MODEL_FLAGS = {"model", "model-id", "model-path", "hf-model-id"}
_ALL = "all"
_MAX_REQUEST = 20
"""Words behind the address of a request that are looked at for what is sent."""
_NO_NAME = re.compile(r"(?i:true|false|yes|no|on|off)|[0-9.]+")
"""Values of switches, which nobody calls a model."""
_UNVERIFIED = {"--insecure", "--insecure=true"}
"""Flags with which Ollama and the tools of registries fetch without TLS."""
_SERVICE = re.compile(r"(?i:https?|grpcs?)://")
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
            *self._from_nested(),
            *self._from_position(),
            *self._from_code(),
            *self._from_requests(),
        ]
        found += self._from_variables({model.path for model in found})
        if self._known or found:
            found += self._companions()
        once = {(model.address.uri, model.role): model for model in reversed(found)}
        return tuple(map(self._as_loaded, once.values()))[::-1]

    def _as_loaded(self, model: FoundModel) -> FoundModel:
        """The model; a version of an object pins none where a program beside it does not ask for it."""
        address = model.address
        if not address.immutable or address.scheme not in self._invocation.unversioned:
            return model
        return replace(model, address=replace(address, immutable=False))

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
            for value in self._addresses_of(flag):
                if strong or self._counts(value, flag.name):
                    yield from self._found(value, flag.path, f"arg:--{flag.name}", at=flag.index)

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
                yield from self._found(text, flag.path, f"arg:--{flag.name}", _role(flag.name), at=flag.index)

    def _from_nested(self) -> Iterator[FoundModel]:
        """Weights that a map in a flag names, which are loaded in place of the model's own."""
        for flag in self._invocation.flags:
            name, _, entry = flag.name.partition(".")
            if flag.value and name in self._catalog.flags["nested"]:
                for text in weights_of(self._invocation.expand(flag.value), entry):
                    yield from self._found(text, flag.path, f"arg:--{flag.name}", at=flag.index)

    @cached_property
    def _read(self) -> frozenset[str]:
        """Names of flags that are read otherwise, or are known to hold no model."""
        flags = self._catalog.flags
        keys = (*_VALUED, "strong", "weak", "configuration")
        return frozenset[str]().union(*(flags[key] for key in keys)) - {"model-name"}

    def _addresses_of(self, flag: Flag) -> Iterator[str]:
        """The address behind a flag; of one that takes a list, each, but the word for all that lie there."""
        if flag.name not in self._catalog.flags["lists"]:
            yield self._invocation.expand(flag.value or "")
            return
        for value in self._values(flag):
            yield from (text for _, text in named_values(self._invocation.expand(value)) if text != _ALL)

    def _from_variables(self, named: set[str]) -> Iterator[FoundModel]:
        """`named` are the places where the command line names models: what they refer to is used up."""
        variables = self._catalog.variables
        own = {name for program in self._invocation.programs for name in program.variables}
        for env in self._invocation.variables:
            strong = env.name in variables["strong"] or env.name in own
            if not (strong or env.name in variables["weak"] or self._is_beside(env.name)):
                continue
            if named and not strong and self._is_used_up(env.name, named):
                continue
            if env.value is None:
                if self._known and env.from_ is not None:
                    address = Address(f"$({env.name})", "unknown")
                    yield FoundModel(address, "primary", env.path, f"env:{env.name}", self._served_name)
                continue
            value = self._invocation.expand(env.value).strip()
            if value and (strong or self._counts(value, env.name)):
                yield from self._found(value, env.path, f"env:{env.name}")

    def _is_beside(self, name: str) -> bool:
        """Whether clients have a variable of that name too, and a GPU says that this is none."""
        return name in self._catalog.variables["withGpu"] and has_gpu(self._invocation.slot)

    def _is_used_up(self, name: str, named: set[str]) -> bool:
        """Whether the one server there is takes the variable from its command line."""
        return len(self._invocation.programs) <= 1 and self._invocation.mention(name, named)

    def _from_code(self) -> Iterator[FoundModel]:
        """Models that programs in the arguments load through a library, or give to what is called a model."""
        known = self._known or has_gpu(self._invocation.slot)
        for code, path in self._invocation.code:
            for load in code.loaded:
                evidence = f"command:{load.function}"
                value = None if load.address is None else self._invocation.expand(load.address)
                if value is None:
                    unknown = Address(f"{load.function}(...)", "unknown")
                    yield FoundModel(unknown, "primary", path, evidence)
                elif self._is_loaded(value, certain=load.certain or known):
                    yield from self._found(value, path, evidence)
            for name, text in code.named if self._known or code.loaded else ():
                value = self._invocation.expand(text)
                if not value.startswith("/") and self._places.reads_as_address(value):
                    yield from self._found(value, path, "command:python", _role(name.lower()))

    def _is_loaded(self, value: str, *, certain: bool) -> bool:
        """Whether what a function is given that loads models is one; `certain`: any word that can be is."""
        if "$" in value or self._places.reads_as_address(value):
            return True
        return (
            certain and bool(value) and not value.endswith(NO_REPOSITORY) and not any(map(str.isspace, value))
        )

    def _from_requests(self) -> Iterator[FoundModel]:
        """Models that a server which runs already is told to load, by a command that calls it."""
        words = self._invocation.words
        for index, word in enumerate(words):
            request = next((part for part in self._catalog.requests if part in word.text), None)
            if request is None:
                continue
            role, library = self._catalog.requests[request]
            behind = words[index + 1 : index + 1 + _MAX_REQUEST]
            said = [text for text in map(sent, (word, *behind)) if text]
            for text in said or [word.text]:
                address = (
                    tagged(library, text) if library and said else self._places.address(text, role, index)
                )
                yield FoundModel(address, role, word.path, f"command:{request}")

    def _from_position(self) -> Iterator[FoundModel]:
        """The model that stands behind a command without a flag, as in `vllm serve <model>`."""
        named = any(flag.name in _MODEL_FLAGS and flag.value for flag in self._invocation.flags)
        seen: set[int] = set()
        for call in self._invocation.calls:
            evidence = f"command:{call.program.name}"
            if call.program.fetches:
                yield from self._fetched(call, evidence, seen)
            word = self._behind(call, named=named) if call.follows else None
            if word is not None:
                text = self._invocation.expand(word.text)
                if any(said.text in _UNVERIFIED for said in call.behind):
                    text = f"{text}?insecure=true"
                yield from self._found(text, word.path, evidence, at=call.index)
        image = self._invocation.by_image
        plain = [word for word in self._invocation.words if is_plain(word)]
        for index, word in enumerate(plain if image is not None and image.positional else ()):
            # It takes pairs of an address and a folder.
            if index == 0 or "://" in word.text:
                evidence = f"command:{image.name if image else ''}"
                yield from self._found(self._invocation.expand(word.text), word.path, evidence)

    def _behind(self, call: Call, *, named: bool) -> Word | None:
        """The word that names the model; between flags it is told from a value by how it reads."""
        previous = None
        unsure = None
        for word in call.behind:
            if is_plain(word) and not _NO_NAME.fullmatch(word.text):
                if previous is None or not takes(previous):
                    return word
                name = flag_name(previous)
                if unsure is None and name not in self._valued and self._places.reads_as_address(word.text):
                    unsure = word
            previous = word
        return None if named else unsure

    def _fetched(self, call: Call, evidence: str, seen: set[int]) -> Iterator[FoundModel]:
        """What a program that copies files is told to fetch, if it reads as a model.

        `seen` are the words that were looked at: calls without an end between them share most of theirs.
        """
        target = _target(call)
        for word in call.behind:
            if id(word) in seen or word is target:
                continue
            seen.add(id(word))
            value = self._invocation.expand(word.text)
            if "://" in value and self._places.reads_as_address(value):
                yield from self._found(value, word.path, evidence, at=call.index)

    def fetched(self) -> Iterator[FoundModel]:
        """Everything that programs which copy files are told to fetch, however it reads."""
        for call in self._invocation.calls:
            for word in call.behind if call.program.fetches else ():
                value = self._invocation.expand(word.text)
                if "://" in value and word is not _target(call):
                    yield from self._found(value, word.path, f"command:{call.program.name}", at=call.index)

    def _companions(self) -> Iterator[FoundModel]:
        """Adapters, draft models and tokenizers beside a model."""
        flags, variables = self._catalog.flags, self._catalog.variables
        for flag in self._invocation.flags:
            evidence = f"arg:--{flag.name}"
            if flag.name in flags["adapters"]:
                for value in self._values(flag):
                    yield from self._adapters(value, flag.path, evidence, None)
            elif flag.value and flag.name in flags["drafts"]:
                yield from self._draft(flag.value, flag.path, evidence, flag.index)
            elif flag.value and flag.name in flags["tokenizers"]:
                text = self._invocation.expand(flag.value)
                yield from self._found(text, flag.path, evidence, "tokenizer", at=flag.index)
        for env in self._invocation.variables:
            if env.value and env.name in variables["adapters"]:
                yield from self._adapters(env.value, env.path, f"env:{env.name}", env.name)
            elif env.value and env.name in variables["drafts"]:
                yield from self._draft(env.value, env.path, f"env:{env.name}")

    def _adapters(self, text: str, path: str, evidence: str, nameless: str | None) -> Iterator[FoundModel]:
        for name, address in named_values(self._invocation.expand(text)):
            yield from self._found(address, path, evidence, "adapter", name or nameless)

    def _draft(self, text: str, path: str, evidence: str, at: int = -1) -> Iterator[FoundModel]:
        draft = draft_of(self._invocation.expand(text))
        if draft is not None:
            yield from self._found(draft, path, evidence, "draft", at=at)

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
        at: int = -1,
    ) -> Iterator[FoundModel]:
        """`at`: the word that names it or calls its program; a revision counts in its own command alone."""
        if self._is_platform_s(value):
            return
        name = self._served_name if role == "primary" else None
        address = self._places.address(value, role, at)
        yield FoundModel(address, role, path, evidence, name, adapter, value)

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
            # A name of a model is what clients have; where its files lie is not.
            return "://" in value and self._places.is_stored(value)
        return self._places.reads_as_address(value) or (
            "model" in word.lower() and self._places.is_stored(value)
        )

    @cached_property
    def _is_client(self) -> bool:
        """Whether something says that the program talks to a model server, and nothing that it is one.

        Anyone can add a variable that only clients have: it does not outweigh a GPU, or flags of servers.
        """
        if not (runs_bystanders(self._invocation) or self._calls_others()):
            return False
        flags = {flag.name for flag in self._invocation.flags}
        return not (flags & self._catalog.flags["serving"] or has_gpu(self._invocation.slot))

    def _calls_others(self) -> bool:
        """A flag or a variable that tells a program where the model server is."""
        flags = [(flag.name, flag.value) for flag in self._invocation.flags]
        if any(name in self._catalog.client_flags for name, _ in flags):
            return True
        variables = [(env.name, env.value) for env in self._invocation.slot.env]
        if any(self._catalog.client_variables.fullmatch(name) for name, _ in variables):
            return True
        given = [value for name, value in flags + variables if name in self._catalog.client_addresses]
        return any(
            _SERVICE.match(value) and not self._places.reads_as_address(value) for value in given if value
        )


def _role(name: str) -> ModelRole:
    return next((role for word, role in _ROLES if word in name), "primary")


def _target(call: Call) -> Word | None:
    """Where a command copies to: its last word, if another that is no value of a flag stands before it."""
    if not call.program.target or call.cut:
        return None
    plain = [(word, before) for before, word in zip((None, *call.behind), call.behind, strict=False)]
    plain = [(word, before) for word, before in plain if is_plain(word)]
    # Of one letter are only switches of theirs.
    free = [
        word
        for word, before in plain[:-1]
        if before is None or len(flag_name(before)) == 1 or not takes(before)
    ]
    return plain[-1][0] if free else None
