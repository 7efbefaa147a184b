"""What a container runs: its command line as words, its flags, the known programs among them."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile

from mlgate.domain.workload import EnvVar
from mlgate.workloads.addresses.uris import looks_like_hub_id
from mlgate.workloads.commands.shell_values import Doubts, doubts_of
from mlgate.workloads.commands.shell_variables import (
    Assigned,
    assigned_by,
    expand,
    facts_of,
    replaced,
    with_arguments,
)
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path, within
from mlgate.workloads.programs.catalog import Program, catalog
from mlgate.workloads.python.inline_code import Code, codes_in
from mlgate.workloads.python.text import without_programs
from mlgate.workloads.reading import dig
from mlgate.workloads.shell.words import (
    MAX_LENGTH,
    MAX_WORDS,
    SCRIPT,
    SEPARATORS,
    WRAPPERS,
    Word,
    ends_command,
    read_words,
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_LINE = re.compile(r"[\s;&|]")
"""What only lines of shells hold, and no word."""
_MAX_BEHIND = 200
"""Words behind a command that are looked at where there are many commands; behind a few, all."""
_MAX_VALUE = 4096
_MOST_LISTS = 200
_SWITCHING = ("enable-", "disable-", "no-")
"""Beginnings of names of flags that stand alone."""
_CHANGING = frozenset({"cd", "pushd"})
_MOST_FOLDERS = 20
_SERVING = "vllm"
FALSE = {"", "0", "false", "f", "no", "n", "off"}
"""What servers read as no; some take every other word for yes."""
_HOOKS = (
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
)
"""Fields of a container that run a command of their own: `exec.command` below each."""


@dataclass(frozen=True)
class Flag:
    """One flag; its name without dashes, underscores read as dashes."""

    name: str
    value: str | None
    path: str
    index: int
    joined: bool
    """Written as `--name=value`."""
    setting: bool = False
    """It stands in a map of settings, so that its name can be anything."""


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


def read_invocation(slot: Slot, told: Told | None = None) -> Invocation:
    """What the container runs, or what it is told in other places than its own fields."""
    by_image = catalog().program_of_image(slot.image) if slot.image else None
    elsewhere = told
    told = told or Told((*_begun(slot, by_image), *_items(slot)), in_shell=slot.in_shell)
    items = [(text[: MAX_LENGTH + 1], path) for text, path in told.lines]
    code = tuple(codes_in(items, told.code))
    items = without_programs(items)
    for program, path in code:
        items += [item for command in program.commands for item in ((";", path), (command, path))]
    line, assigned, doubts = read_words(items, in_shell=told.in_shell), Assigned(), Doubts()
    if any("$" in text for text, _ in items):
        # Programs and flags can come from variables, and those from the command line itself.
        doubts = doubts_of(replaced(text, slot) for text, _ in items if _LINE.search(text))
        assigned = assigned_by(line.words, slot, (text for text, _ in items), doubts)
        expanded = ((expand(text, slot, assigned, MAX_LENGTH), path) for text, path in items)
        line = read_words(expanded, in_shell=told.in_shell)
    found = list(_calls(line.words))
    taken = {index for start, command, _ in found for index in range(start, start + len(command))}
    most = max(_MAX_BEHIND, MAX_WORDS // max(1, len(found)))
    calls = tuple(_call(line.words, start, command, program, most) for start, command, program in found)
    return Invocation(
        slot=slot,
        lines=tuple(items[:MAX_WORDS]),
        words=line.words,
        flags=(*told.flags, *_flags(line.words, taken)),
        calls=calls,
        by_image=by_image,
        complete=line.complete and not any(call.cut and call.names for call in calls),
        assigned=assigned,
        told_library=told.library,
        code=code,
        told=elsewhere,
        facts=facts_of(doubts, slot, assigned),
    )


def _begun(slot: Slot, program: Program | None) -> Iterator[tuple[str, str]]:
    """The words the image itself begins the command with, as far as the arguments do not say them again."""
    if slot.command or not slot.args:
        return
    if program is None and slot.args[0] == "serve" and looks_like_hub_id("".join(slot.args[1:2])):
        yield _SERVING, slot.at("image")  # no other server is begun so
    if program is None or not program.entrypoint:
        return
    words = program.entrypoint
    said = next((n for n in range(len(words), 0, -1) if slot.args[:n] == words[-n:]), 0)
    if said or _continues(slot.args[0], slot):
        yield from ((word, slot.at("image")) for word in words[: len(words) - said])


def _continues(word: str, slot: Slot) -> bool:
    """Whether the first argument goes on with the command of the image, and is no program of its own."""
    if "/" not in word or "://" in word:
        return (
            word.startswith("-")
            or "://" in word
            or (
                _NAME.fullmatch(word) is not None
                and word not in WRAPPERS | catalog().starters
                and not word.startswith("python")
            )
        )
    if word.startswith(("/", ".")):
        return "model" in word.lower() or any(
            within(plain_path(word), target) for target, _, _ in slot.mounts
        )
    return looks_like_hub_id(word)


def _items(slot: Slot) -> Iterator[tuple[str, str]]:
    """Text and path of everything the container runs, commands of its hooks and probes behind its own."""
    own = [
        *((text, f"{slot.at('command')}[{index}]") for index, text in enumerate(slot.command)),
        *((text, f"{slot.at('args')}[{index}]") for index, text in enumerate(slot.args)),
    ]
    script = next((at for at, (text, _) in enumerate(own[:-1]) if SCRIPT.fullmatch(text)), None)
    if script is not None:
        given = tuple(text for text, _ in own[script + 2 :])
        own[script + 1] = (with_arguments(own[script + 1][0], given), own[script + 1][1])
    yield from own
    for var in slot.env:
        if var.value and var.name in catalog().variables["arguments"]:
            yield var.value, var.path
    for keys in _HOOKS:
        command = dig(slot.raw, *keys, "exec", "command")
        if isinstance(command, list):
            path = ".".join((slot.at(keys[0]), *keys[1:], "exec.command"))
            yield ";", path
            yield from (
                (text, f"{path}[{index}]") for index, text in enumerate(command) if isinstance(text, str)
            )


def _calls(words: tuple[Word, ...]) -> Iterator[tuple[int, tuple[str, ...], Program]]:
    """Index, command and program of every known command."""
    known, longest = catalog().by_first_word, catalog().longest_command
    # A script can repeat one command thousands of times: each is looked up once.
    matched: dict[tuple[tuple[str, bool], ...], tuple[tuple[str, ...], Program]] = {}
    for index, word in enumerate(words):
        if word.base not in known:
            continue
        key = tuple((item.text, item.leads) for item in words[index : index + longest])
        if key not in matched:
            matches = [(program.command_at(words, index), program) for program in known[word.base]]
            matched[key] = max(matches, key=lambda match: len(match[0]))
        command, program = matched[key]
        if command:
            yield index, command, program


def _call(words: tuple[Word, ...], start: int, command: tuple[str, ...], program: Program, most: int) -> Call:
    end = start + len(command)
    behind = tuple(takewhile(lambda word: word.text.strip(SEPARATORS), words[end : end + most + 1]))
    return Call(
        program,
        start,
        words[start].path,
        behind[:most],
        follows=command in program.follows,
        cut=len(behind) > most,
    )


def _flags(words: tuple[Word, ...], taken: set[int]) -> Iterator[Flag]:
    for index, word in enumerate(words):
        if index in taken or not word.text.startswith("-") or not word.text.strip("-"):
            continue
        _, equals, value = word.text.partition("=")
        name = flag_name(word)
        if not equals and index + 1 < len(words) and takes(word) and is_plain(words[index + 1]):
            value = words[index + 1].text
        name = catalog().unshortened(name, value)
        yield Flag(name, value or None, word.path, index, joined=bool(equals))


def is_plain(word: Word) -> bool:
    """Whether it is neither a flag nor the end of a command."""
    return not word.text.startswith("-") and bool(word.text.strip(SEPARATORS))


def flag_name(word: Word) -> str:
    """Name of a flag without dashes at its beginning, underscores read as dashes."""
    return word.text.lstrip("-").partition("=")[0].replace("_", "-")


def takes(word: Word) -> bool:
    """Whether the word behind this one can be its value: it is a flag without one, and no known switch."""
    return word.text.startswith("-") and "=" not in word.text and _takes_value(flag_name(word))


def _takes_value(name: str) -> bool:
    return name not in catalog().flags["switches"] and not name.startswith(_SWITCHING)


def _is_written_out(words: tuple[Word, ...], name: str) -> bool:
    places = [at for at, word in enumerate(words[:-1]) if word.text in {f"{name}=", f"{name}+="}]
    lists = [at for at in places[:_MOST_LISTS] if words[at + 1].text.startswith("(")]
    inside = (takewhile(lambda word: ")" not in word.text, words[at + 2 :]) for at in lists)
    known = all(not word.text.startswith("$") for found in inside for word in found)
    return bool(lists) and len(lists) == len(places) and known
