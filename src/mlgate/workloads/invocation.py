"""What a container runs: its command line as words, its flags, the known programs among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.workloads.catalog import Program, catalog
from mlgate.workloads.containers import Slot
from mlgate.workloads.words import Word, read_words

_VARIABLE = re.compile(
    r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)"
)
_MAX_EXPANDED = 4096


@dataclass(frozen=True)
class Flag:
    """One flag; its name without dashes, underscores read as dashes."""

    name: str
    value: str | None
    path: str
    index: int
    joined: bool
    """Written as `--name=value`."""


@dataclass(frozen=True)
class Call:
    """A known program that is called, and the word behind its command."""

    program: Program
    path: str
    behind: Word | None


@dataclass(frozen=True)
class Invocation:
    """Everything a container's image, command and arguments say."""

    slot: Slot
    words: tuple[Word, ...]
    flags: tuple[Flag, ...]
    calls: tuple[Call, ...]
    by_image: Program | None
    complete: bool

    @property
    def programs(self) -> tuple[Program, ...]:
        """The known programs, those of the command line before that of the image."""
        called = [call.program for call in self.calls]
        return tuple(dict.fromkeys([*called, *([self.by_image] if self.by_image else [])]))

    @property
    def library(self) -> str | None:
        """Where a bare model name is looked up."""
        return next((program.library for program in self.programs if program.library), None)

    def expand(self, text: str) -> str:
        """The text with references to variables of the container replaced by their literal values."""
        if "$" not in text:
            return text
        return _VARIABLE.sub(self._value, text)[:_MAX_EXPANDED]

    def _value(self, match: re.Match[str]) -> str:
        name = next(group for group in match.groups() if group)
        found = self.slot.variable(name)
        return found.value if found is not None and found.value is not None else match.group(0)


def read_invocation(slot: Slot) -> Invocation:
    """What the container runs."""
    items = [(text, f"{slot.path}.command[{index}]") for index, text in enumerate(slot.command)]
    items += [(text, f"{slot.path}.args[{index}]") for index, text in enumerate(slot.args)]
    line = read_words(items)
    calls = list(_calls(line.words))
    taken = {index for start, length, _ in calls for index in range(start, start + length)}
    return Invocation(
        slot=slot,
        words=line.words,
        flags=tuple(_flags(line.words, taken)),
        calls=tuple(_call(line.words, start, length, program) for start, length, program in calls),
        by_image=catalog().program_of_image(slot.image) if slot.image else None,
        complete=line.complete,
    )


def _calls(words: tuple[Word, ...]) -> Iterator[tuple[int, int, Program]]:
    """Index, length and program of every known command."""
    known = catalog()
    for index, word in enumerate(words):
        if word.base not in known.first_words:
            continue
        matches = [(program.command_at(words, index), program) for program in known.programs]
        length, program = max(matches, key=lambda match: match[0])
        if length:
            yield index, length, program


def _call(words: tuple[Word, ...], start: int, length: int, program: Program) -> Call:
    behind = words[start + length] if start + length < len(words) else None
    return Call(program, words[start].path, behind)


def _flags(words: tuple[Word, ...], taken: set[int]) -> Iterator[Flag]:
    for index, word in enumerate(words):
        if index in taken or not word.text.startswith("-") or not word.text.strip("-"):
            continue
        name, equals, value = word.text.lstrip("-").partition("=")
        if not equals and index + 1 < len(words) and not words[index + 1].text.startswith("-"):
            value = words[index + 1].text
        yield Flag(name.replace("_", "-"), value or None, word.path, index, joined=bool(equals))
