"""Whether the variables a line sets have their values where they are asked for.

What is set in a branch, a function or a shell of its own, behind `&&`, or only for one command, may not be
there; what is taken away, read, or set under another name can be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.shell.lines import Block, Command, Line
from mlgate.workloads.shell.syntax import DECLARING, read_line
from mlgate.workloads.shell.written import Part, ShellWord

_REFERENCE = re.compile(r"\$\{?[#!]?([A-Za-z_]\w*)")
_DEFAULT = re.compile(r"\$\{([A-Za-z_]\w*):?=([^{}]{0,4096})\}")
_SIMPLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TAKING = frozenset({"unset", "read", "mapfile", "readarray", "getopts", "for"})
"""Commands behind which names stand of variables that lose their values, or get others."""
_SEPARATORS = "IFS"
_MOST_NAMES = 50


@dataclass
class Doubts:
    """What cannot be told of the variables that lines set."""

    missing: set[str] = field(default_factory=set)
    """They may not have been set where they are asked for."""
    anything: set[str] = field(default_factory=set)
    """They can have any value."""
    facts: set[str] = field(default_factory=set)
    """Their value is a number, or what the machine says of itself."""
    leaning: dict[str, set[str]] = field(default_factory=dict)
    """By name of such a variable: others it may take its value from."""
    defaults: dict[str, dict[str, None]] = field(default_factory=dict)
    """Values they are given where they have none."""


@lru_cache(maxsize=32)
def parsed(text: str) -> Line:
    """The line by its grammar; the same text is asked for several times."""
    return read_line(text)


def doubts_of(texts: Iterable[str]) -> Doubts:
    """The doubts about the variables of lines."""
    found, plain = Doubts(), set[str]()
    for text in texts:
        _Walk(found, plain).through(parsed(text))
    found.facts -= plain | found.anything
    return found


class _Walk:
    """Goes through one line in the order of its text."""

    def __init__(self, found: Doubts, plain: set[str]) -> None:
        self._found, self._plain = found, plain
        self._set: dict[int, set[str]] = {}

    def through(self, line: Line) -> None:
        """Every command of the line."""
        for command in line.commands:
            for part in _parts(command):
                self._asked(part, command.block)
            self._taken(command)
            for name, more, value in command.sets:
                is_fact = not more and self._is_fact(name, value)
                (self._found.facts if is_fact else self._plain).add(name)
                if not command.words or command.words[0].plain in DECLARING:
                    self._here(command.block).add(name)
                    if name == _SEPARATORS:
                        self._found.anything |= self._plain | {_SEPARATORS}
                else:
                    self._found.missing.add(name)

    def _is_fact(self, name: str, value: ShellWord) -> bool:
        """Whether it is a number, the output of programs that tell of the machine, or another variable."""
        others = {match.group(1) for part in value.parts if (match := _SIMPLE.fullmatch(part.text))}
        known = all(
            part.number
            or (part.kind == "commands" and _tells(part.text))
            or (part.kind == "variable" and _SIMPLE.fullmatch(part.text))
            for part in value.parts
        )
        if known and value.parts:
            self._found.leaning.setdefault(name, set()).update(others)
        return known and bool(value.parts)

    def _here(self, block: Block) -> set[str]:
        while not block.own and block.parent is not None:
            block = block.parent
        return self._set.setdefault(id(block), set())

    def _asked(self, part: Part, block: Block) -> None:
        for match in _DEFAULT.finditer(part.text):
            self._found.defaults.setdefault(match.group(1), {})[match.group(2)] = None
            self._plain.add(match.group(1))
            self._here(block).add(match.group(1))
        for match in _REFERENCE.finditer(part.text):
            around: Block | None = block
            while around is not None and match.group(1) not in self._set.get(id(around), ()):
                around = around.parent
            if around is None:
                self._found.missing.add(match.group(1))

    def _taken(self, command: Command) -> None:
        """Names behind words of shells that take values away or set others."""
        lead = command.words[0].plain if command.words else ""
        texts = [word.text for word in command.words[1:_MOST_NAMES]]
        flags = "".join(text[1:] for text in texts if text.startswith("-"))
        names = [text for text in texts if _NAME.fullmatch(text)]
        if lead == "for":
            self._found.anything.update(names[:1])
        elif lead in _TAKING or (lead == "export" and "n" in flags) or (lead == "printf" and "v" in flags):
            self._found.anything.update(names)
        elif lead in DECLARING and "n" in flags:
            self._found.anything.update(name for name, _, _ in command.sets)
            self._found.anything.update(value.text for _, _, value in command.sets)
        elif lead == "local":
            self._found.anything.update(names)


def _parts(command: Command) -> Iterator[Part]:
    for word in command.words:
        yield from word.parts
    for _, _, value in command.sets:
        yield from value.parts
    for item in command.redirected:
        yield from item.target.parts
        yield from item.document.text.parts if item.document is not None else ()


def _tells(text: str) -> bool:
    line = parsed(text[2:-1] if text.startswith("$(") else text[1:-1])
    table = commands().facts
    leads = [command.words[0].plain if command.words else "" for command in line.commands]
    known = all(lead in table["sources"] | table["filters"] for lead in leads)
    begun = all(
        command.piped is not None or lead in table["sources"]
        for command, lead in zip(line.commands, leads, strict=True)
    )
    files = any("/" in word.text for command in line.commands for word in command.words) or any(
        item.operator.startswith("<") for command in line.commands for item in command.redirected
    )
    return bool(leads) and known and begun and not files and not line.broken
