"""The detector's data, checked and indexed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any, Literal

from mlgate.domain.workload import ModelRole
from mlgate.workloads.addresses.images import parse_image
from mlgate.workloads.shell.words import Word
from mlgate.workloads.tables import shipped_table

_NAMING = ("strong", "weak", "adapters", "drafts", "tokenizers", "configuration")
"""Flags that name a model, or the file that does."""
_SHORTEST = 4


@dataclass(frozen=True)
class Program:
    """A well-known model server, a trainer, or a program that is neither."""

    name: str
    role: Literal["server", "trainer", "bystander"]
    library: Literal["hub", "modelscope", "ollama", "ngc"] | None
    positional: bool
    fetches: bool
    target: bool
    images: tuple[tuple[str, ...], ...]
    commands: tuple[tuple[str, ...], ...]
    follows: frozenset[tuple[str, ...]]
    """The commands behind which the model may stand without a flag."""
    entrypoint: tuple[str, ...]
    flags: frozenset[str]
    variables: frozenset[str]
    settings: frozenset[str]
    """Flags that name a file with the rest of its configuration."""
    unversioned: frozenset[str]
    """Schemes of object stores whose versions it does not ask for."""

    @property
    def loads(self) -> bool:
        """Whether it loads models, by itself and not only as one of the files it copies."""
        return self.role != "bystander" and not self.fetches

    @property
    def trains(self) -> bool:
        """Whether it trains models."""
        return self.role == "trainer"

    def runs_image(self, raw: str) -> bool:
        """Whether the image is one of the program's, in whatever registry or mirror it lies."""
        repository = parse_image(raw).repository
        segments = (repository or "").split("/")
        return any(_ends_with(segments, pattern) for pattern in self.images)

    def command_at(self, words: tuple[Word, ...], index: int) -> tuple[str, ...]:
        """The longest command that begins at `index`; empty if none does."""
        found: tuple[str, ...] = ()
        for command in self.commands:
            part = words[index : index + len(command)]
            if len(part) < len(command) or (len(command) == 1 and not words[index].leads):
                continue
            texts = (part[0].base, *(word.text for word in part[1:]))
            if len(command) > len(found) and all(map(fnmatchcase, texts, command)):
                found = command
        return found


@dataclass(frozen=True)
class Catalog:
    """The tables of `servers.yaml`."""

    programs: tuple[Program, ...]
    by_first_word: dict[str, tuple[Program, ...]]
    """Programs by the first word of their commands; no other word needs a look at them."""
    longest_command: int
    flags: dict[str, frozenset[str]]
    variables: dict[str, frozenset[str]]
    client_flags: frozenset[str]
    client_variables: re.Pattern[str]
    client_addresses: frozenset[str]
    """Flags and variables that only a client has if an address stands in them."""
    tools: frozenset[str]
    """Programs of every system that serve nothing."""
    starters: frozenset[str]
    """Words with which a command line of its own begins."""
    scripts: frozenset[str]
    """Programs of one word that load no model."""
    loaders: frozenset[str]
    """Functions of libraries that load a model by its address."""
    unpicklers: frozenset[str]
    """Those that run what they load, by module and name."""
    libraries: frozenset[str]
    """Libraries that load models."""
    requests: dict[str, tuple[ModelRole, str | None]]
    """Parts of addresses by which a running server is told to load a model: its role and its library."""
    gpus: tuple[str, ...]
    sign_mounts: tuple[str, ...]
    sign_variables: re.Pattern[str]
    sign_ports: frozenset[int]
    labels: tuple[str, ...]
    extensions: tuple[str, ...]
    schemes: frozenset[str]
    hubs: frozenset[str]
    configuration: dict[str, str]
    """Keys of configuration files that mean a flag of another name."""
    code: dict[str, tuple[str, ...]]
    """Where programs have their code in an image, and what holds none."""

    @cached_property
    def _shortened(self) -> dict[str, str]:
        """Flags that name models, by the beginnings they can be shortened to."""
        whole = frozenset[str]().union(*self.flags.values())
        names = sorted(frozenset[str]().union(*(self.flags[key] for key in _NAMING)))
        return {
            name[:end]: name
            for name in names
            for end in range(_SHORTEST, len(name))
            if name[:end] not in whole
        }

    def unshortened(self, name: str, value: str) -> str:
        """The flag that is meant by the beginning of its name, if what reads as a model stands behind it."""
        return self._shortened.get(name, name) if "/" in value or value.startswith("{") else name

    def program_of_image(self, raw: str) -> Program | None:
        """The program an image is known to hold."""
        return _program_of_image(raw)


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The shipped tables."""
    data = shipped_table("mlgate.workloads.programs", "servers.yaml")
    programs = (
        *(_program(row, "server") for row in data["servers"]),
        *(_program(row, "trainer") for row in data["trainers"]),
        *(_program(row, "bystander") for row in data["bystanders"]),
    )
    signs = data["signs"]
    return Catalog(
        programs=programs,
        by_first_word=_by_first_word(programs),
        longest_command=max(len(command) for program in programs for command in program.commands),
        flags={key: frozenset(values) for key, values in data["flags"].items()},
        variables={key: frozenset(values) for key, values in data["variables"].items()},
        client_flags=frozenset(data["clients"]["flags"]),
        client_variables=re.compile("|".join(data["clients"]["variables"])),
        client_addresses=frozenset(data["clients"]["addresses"]),
        tools=frozenset(data["tools"]),
        starters=frozenset(
            [*data["starters"], *data["tools"]]
            + [command[0] for program in programs for command in program.commands]
        ),
        scripts=frozenset(
            command[0]
            for program in programs
            if program.role == "bystander"
            for command in program.commands
            if len(command) == 1
        ),
        loaders=frozenset(data["loaders"]),
        unpicklers=frozenset(data["unpicklers"]),
        libraries=frozenset(data["libraries"]),
        requests={part: (row["role"], row.get("library")) for part, row in data["requests"].items()},
        gpus=tuple(data["gpus"]),
        sign_mounts=tuple(signs["mounts"]),
        sign_variables=re.compile("|".join(_as_regex(name) for name in signs["variables"])),
        sign_ports=frozenset(signs["ports"]),
        labels=tuple(data["labels"]),
        extensions=tuple(data["extensions"]),
        schemes=frozenset(data["schemes"]),
        hubs=frozenset(data["hubs"]),
        configuration=data["configuration"],
        code={key: tuple(values) for key, values in data["code"].items()},
    )


@lru_cache(maxsize=4096)
def _program_of_image(raw: str) -> Program | None:
    return next((program for program in catalog().programs if program.runs_image(raw)), None)


def _program(row: dict[str, Any], role: Literal["server", "trainer", "bystander"]) -> Program:
    follows = tuple(tuple(command.split()) for command in row.get("follows", ()))
    return Program(
        name=row["name"],
        role=role,
        library=row.get("library"),
        positional=row.get("positional", False),
        fetches=row.get("fetches", False),
        target=row.get("target", False),
        images=tuple(tuple(image.split("/")) for image in row.get("images", ())),
        commands=(*follows, *(tuple(command.split()) for command in row.get("commands", ()))),
        follows=frozenset(follows),
        entrypoint=tuple(row.get("entrypoint", "").split()),
        flags=frozenset(row.get("model", ())),
        variables=frozenset(row.get("variables", ())),
        settings=frozenset(row.get("config", ())),
        unversioned=frozenset(row.get("unversioned", ())),
    )


def _by_first_word(programs: tuple[Program, ...]) -> dict[str, tuple[Program, ...]]:
    found: dict[str, dict[Program, None]] = {}
    for program in programs:
        for command in program.commands:
            found.setdefault(command[0], {})[program] = None
    return {word: tuple(named) for word, named in found.items()}


def _ends_with(segments: list[str], pattern: tuple[str, ...]) -> bool:
    if len(pattern) > len(segments):
        return False
    tail = segments[len(segments) - len(pattern) :]
    return all(fnmatchcase(segment, part) for segment, part in zip(tail, pattern, strict=True))


def _as_regex(name: str) -> str:
    return re.escape(name.removesuffix("*")) + (".*" if name.endswith("*") else "")


@lru_cache(maxsize=1)
def telling() -> frozenset[str]:
    """Variables that say what a server loads, from where, and where code lies."""
    return frozenset[str](catalog().code["variables"]).union(*catalog().variables.values())
