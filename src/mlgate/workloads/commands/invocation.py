"""What a container runs, once it is read: words of its command line, flags, the known programs among them."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile

from mlgate.domain.workload import EnvVar
from mlgate.workloads.commands.flags import Flag
from mlgate.workloads.commands.shell_variables import Assigned, expand
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.programs.catalog import Program, catalog
from mlgate.workloads.python.inline_code import Code
from mlgate.workloads.shell.words import Word, ends_command

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_MAX_VALUE = 4096
_MOST_LISTS = 200
_CHANGING = frozenset({"cd", "pushd"})
_MOST_FOLDERS = 20
FALSE = {"", "0", "false", "f", "no", "n", "off"}
"""What servers read as no; some take every other word for yes."""


@dataclass(frozen=True)
class Told:
    """What a server is told: lines of a command with their paths, and settings that count like flags."""

    lines: tuple[tuple[str, str], ...] = ()
    flags: tuple[Flag, ...] = ()
    in_shell: bool = False
    """A shell runs the lines as one."""
    library: str | None = None
    """Where a bare model name is looked up, if no program says so."""
    code: tuple[tuple[str, str], ...] = ()
    """Programs of Python it runs, with their paths."""
    is_line: bool = False
    """The lines are a script, or a line for a shell, and no settings."""


@dataclass(frozen=True)
class Call:
    """A known program that is called, and the words behind its command."""

    program: Program
    index: int
    path: str
    behind: tuple[Word, ...]
    follows: bool
    """The model may be the first of them that stands behind no flag."""
    cut: bool = False
    """There are more than are looked at."""

    @property
    def names(self) -> bool:
        """Whether words behind it can name models without a flag."""
        return self.follows or self.program.fetches


@dataclass(frozen=True)
class Invocation:
    """Everything a container's image, command and arguments say."""

    slot: Slot
    lines: tuple[tuple[str, str], ...]
    """Text and path of everything it is told to run, as far as it is read."""
    words: tuple[Word, ...]
    flags: tuple[Flag, ...]
    calls: tuple[Call, ...]
    by_image: Program | None
    complete: bool
    assigned: Assigned = field(default_factory=dict)
    """Variables that the command line sets itself (`MODEL=... ; vllm serve $MODEL`)."""
    told_library: str | None = None
    code: tuple[tuple[Code, str], ...] = ()
    """What programs of Python do that stand in it."""
    facts: frozenset[str] = frozenset()
    """Variables it sets to numbers, or to what the machine says of itself."""
    told: Told | None = None
    """What it is told in other places than its own fields, if that is what was read."""

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """The known servers and trainers, those of the command line before that of the image."""
        called = [call.program for call in self.calls]
        found = [*called, *([self.by_image] if self.by_image else [])]
        # Told apart by their names: hashing the whole row of a program each time costs far more.
        programs = {program.name: program for program in found if program.loads}
        return tuple(programs.values())

    @cached_property
    def unversioned(self) -> frozenset[str]:
        """Schemes of object stores whose versions one of its programs does not ask for."""
        programs = [call.program for call in self.calls] + ([self.by_image] if self.by_image else [])
        return frozenset[str]().union(*(program.unversioned for program in programs))

    @cached_property
    def library(self) -> str | None:
        """Where a bare model name is looked up; a variable can choose another hub."""
        if any(var.value and var.value.lower() not in FALSE for var in self._hub_choices):
            return "modelscope"
        known = next((program.library for program in self.programs if program.library), self.told_library)
        return known or (
            "hub" if any(load.certain for code, _ in self.code for load in code.loaded) else None
        )

    @property
    def _hub_choices(self) -> Iterator[EnvVar]:
        return (var for var in self.variables if var.name in catalog().variables["modelscope"])

    @cached_property
    def variables(self) -> tuple[EnvVar, ...]:
        """The variables of the container as they count, and behind them those its command line sets."""
        own = tuple(env for env in self.slot.env if env is self.slot.variable(env.name))
        matches = ((_ASSIGNMENT.fullmatch(word.text), word.path) for word in self.words)
        return own + tuple(
            EnvVar(name=match.group(1), value=match.group(2), path=path)
            for match, path in matches
            if match is not None and match.group(1) in self.assigned_names
        )

    @cached_property
    def assigned_names(self) -> frozenset[str]:
        """Names of the variables in which a command line can be told what to load, or from where."""
        own = frozenset[str]().union(*(program.variables for program in self.programs))
        return frozenset[str]().union(own, *catalog().variables.values())

    @cached_property
    def _ends(self) -> list[int]:
        return [index for index, word in enumerate(self.words) if ends_command(word.text)]

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The working folders a command line names, the last one first: its own, and those it changes to."""
        given = self.slot.raw.get("workingDir")
        own = given if isinstance(given, str) and given.startswith("/") else ""
        found = {own: None} if own else {}
        for word, behind in pairwise(self.words):
            target = self.expand(behind.text) if word.leads and word.text in _CHANGING else ""
            if len(found) < _MOST_FOLDERS and (target.startswith("/") or (target and own)):
                found[plain_path(posixpath.join(own or "/", target))] = None
        return tuple(reversed(found))

    def command_of(self, index: int) -> int:
        """Number of the simple command a word stands in; the words of tools stand in none."""
        return bisect(self._ends, index)

    @cached_property
    def idle(self) -> frozenset[int]:
        """Simple commands that run a tool, which loads nothing."""
        tools = catalog().tools
        leads = (i for i, word in enumerate(self.words) if word.leads and word.base in tools)
        return frozenset(map(self.command_of, leads))

    @cached_property
    def _lists(self) -> dict[str, bool]:
        return {}

    def is_written_out(self, name: str) -> bool:
        """Whether every value of a list stands in the line, where it is read like any other word."""
        if name not in self._lists:
            self._lists[name] = _is_written_out(self.words, name)
        return self._lists[name]

    def mention(self, name: str, paths: set[str]) -> bool:
        """Whether one of the items at these paths refers to the variable."""
        words = re.compile(rf"\$\({name}\)|\$\{{{name}\b|\${name}\b")
        return any(path in paths and words.search(text) for text, path in self.lines)

    def expand(self, text: str) -> str:
        """The text with references to variables replaced by their values, as far as they are known."""
        if "$" not in text:
            return text
        return expand(text[:_MAX_VALUE], self.slot, self.assigned, _MAX_VALUE)[:_MAX_VALUE]


def _is_written_out(words: tuple[Word, ...], name: str) -> bool:
    places = [at for at, word in enumerate(words[:-1]) if word.text in {f"{name}=", f"{name}+="}]
    lists = [at for at in places[:_MOST_LISTS] if words[at + 1].text.startswith("(")]
    inside = (takewhile(lambda word: ")" not in word.text, words[at + 2 :]) for at in lists)
    known = all(not word.text.startswith("$") for found in inside for word in found)
    return bool(lists) and len(lists) == len(places) and known
