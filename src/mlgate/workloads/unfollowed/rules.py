"""What the rules for all commands share: lines within them, files they run, and what they are given."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.commands.executed import Argument, Arguments, Executed, commands_of
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.references import is_given, is_open
from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.shell.lines import Line
from mlgate.workloads.shell.words import Word
from mlgate.workloads.unfollowed.descriptions import (
    ALIAS,
    ARGUMENTS,
    BROKEN,
    DEEP,
    GIVEN,
    INSTALLED,
    NAMED,
    PIPED,
    Told,
)
from mlgate.workloads.unfollowed.installs import installs_foreign
from mlgate.workloads.unfollowed.recognised import is_bare, is_code, is_known_name, is_path, starts

MAX_DEPTH = 8
"""Programs that start one another, at most."""
MOST_WORDS = 200
"""Words of one command that are looked at."""
_NOT_FOUND = "command_not_found_handle"
OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/", "/dev/tcp/", "/proc/self/cwd")
"""Beginnings of paths that lead to what a process has open."""


class Rules:
    """Judges what commands are given; `files` are those they were found to run."""

    def __init__(self, invocation: Invocation, places: AuthorsPlaces) -> None:
        self.invocation = invocation
        self.places = places
        self.files: list[Word] = []
        self.installs = False
        self.codes = {code for code, _ in invocation.code}

    def command(self, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
        """The judgement on a command by its words; `depth`: how many programs started one another."""
        raise NotImplementedError

    def item(self, item: Executed, depth: int) -> Iterator[Told]:
        """The judgement on a command where it stands."""
        if item.command is None and not item.words:
            yield item.path, BROKEN
            return
        if depth > MAX_DEPTH:
            yield item.path, DEEP
            return
        if item.line is not None and item.command is item.line.commands[0]:
            yield from self._functions(item.line, item.path)
        if item.command is not None and item.command.loop:
            return
        if item.words and not self._is_argument(item):
            yield from self.command(item.words, item, depth)

    def _functions(self, line: Line, path: str) -> Iterator[Told]:
        names = {name for name in line.functions if is_known_name(name) or name == _NOT_FOUND}
        if names:
            yield path, ALIAS

    def _is_argument(self, item: Executed) -> bool:
        """Whether the image settles the program, so that the first word is an argument of it."""
        slot, lead = self.invocation.slot, item.words[0]
        if item.command is not None or slot.command or not lead.path.startswith(slot.at("args")):
            return False
        return not (starts(lead.base) or lead.base in commands().languages)

    def line(self, texts: Arguments, depth: int) -> Iterator[Told]:
        """The judgement on a line for a shell that stands in arguments."""
        if depth >= MAX_DEPTH:
            yield texts[0].path, DEEP
            return
        for text in texts:
            if text.open and not is_given(text.text, self.invocation):
                yield text.path, NAMED
                return
        whole = " ".join(text.text for text in texts)
        for inner in commands_of(self.invocation, whole, texts[0].path):
            yield from self.item(inner, depth + 1)

    def file(self, word: Argument) -> Iterator[Told]:
        """A file that is run, if anybody can know which."""
        if word.text.startswith((*OPEN_FILES, "<(")):
            yield word.path, PIPED
        elif word.open and is_bare(word):
            yield word.path, NAMED
        else:
            self.run(word)

    def given(self, words: Arguments, item: Executed, depth: int, *, strict: bool = False) -> Iterator[Told]:
        """What a program of the image is given; `strict`: it runs whatever files it is given."""
        previous = ""
        for at, word in enumerate(words[:MOST_WORDS]):
            flag, joined, value = word.text.partition("=")
            named = flag if joined or word.text.startswith("-") else previous
            text = value if joined and not word.text.startswith("{") else word.text
            previous = word.text if word.text.startswith("-") and not joined else ""
            is_data = not strict and named.startswith("-") and any(part in named for part in commands().data)
            if is_data:
                continue
            if word.open and is_bare(word) and not joined and not self.is_settled(word):
                yield word.path, ARGUMENTS
            elif self._is_foreign(text, strict=strict):
                yield word.path, GIVEN
            elif not word.text.startswith("-") and starts(word.base) and at + 1 < len(words):
                yield from self.command(words[at:], item, depth + 1)
                return

    def _is_foreign(self, text: str, *, strict: bool) -> bool:
        if text.startswith("git+") or is_code(text) or (is_path(text) and self.places.hold(text)):
            return True
        return strict and (any(char.isspace() for char in text) or self.places.mentioned(text))

    def is_settled(self, word: Argument) -> bool:
        """Whether everybody can know what stands for its references."""
        return not is_open(word.text, self.invocation)

    def install(self, words: Arguments) -> Iterator[Told]:
        """An installer of packages, if it takes them from a place of the author's."""
        installer = commands().installer(words[0].text if " " in words[0].text else words[0].base)
        self.installs = True
        if installer is not None and installs_foreign(self.places, installer, words[:MOST_WORDS]):
            yield words[0].path, INSTALLED

    def run(self, word: Argument) -> None:
        """Keep the file as one that is run."""
        self.files.append(Word(word.text, word.path))
