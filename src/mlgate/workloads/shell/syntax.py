"""Lines and scripts of shells by their grammar.

The words of `words` are for finding: they take every text in quotes for a command that may run. Here is what
a shell does with a line, so that what runs can be judged: the grammar of POSIX and what bash adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.workloads.shell.compounds import FUNCTION, Compounds
from mlgate.workloads.shell.lines import Block, Command, Line, Redirected
from mlgate.workloads.shell.written import ShellWord, Unreadable

DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
"""Words of shells behind which variables are set as well."""
_MAX_DEPTH = 40
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\[[^\]=]*\])?(\+?)=", re.ASCII)
_REDIRECTION = re.compile(r"(?:\d+|\{\w+\})?(<<<|<<-?|<>|<&|<(?!\()|>>|>\||>&|>(?!\()|&>>|&>)")
_DIGITS = re.compile(r"\d+|-")
_OPENING = frozenset({"if", "while", "until", "for", "select", "case", "{", "function", "[[", "coproc"})
_CLOSING = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_PREFIXES = frozenset({"!", "time"})


def read_line(text: str) -> Line:
    """The line or script as its commands, in the order in which they stand."""
    parser = _Parser(text)
    try:
        parser.all()
    except (Unreadable, RecursionError):
        parser.line.broken = True
    return parser.line


class _Parser(Compounds):
    """Reads one text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._block = Block()

    def all(self) -> None:
        """Everything."""
        self.commands(self._block, frozenset())
        if self.at < len(self.text):
            raise Unreadable

    def within(self, closing: str) -> None:
        """The commands of a substitution up to what closes it, in a shell of their own."""
        before = self._block
        self.commands(Block(before), frozenset())
        self._block = before
        self.blanks(lines=True)
        self.expect(closing)

    def inner(self, text: str) -> None:
        """Commands that stand between accents grave."""
        inner = _Parser(text)
        inner.line, inner._depth, inner._block = self.line, self._depth + 1, Block(self._block)
        if inner._depth > _MAX_DEPTH:
            raise Unreadable
        inner.all()

    def commands(self, block: Block, ends: frozenset[str]) -> None:
        """A list of commands, up to a word that ends it or a bracket."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Unreadable
        while True:
            self.blanks(lines=True)
            if self.at >= len(self.text) or self.text[self.at] == ")" or self.text.startswith(";;", self.at):
                break
            if self.peek_word() in ends:
                break
            self._and_or(block)
            self.blanks()
            if self.text.startswith("\n", self.at):
                self.newline()
            elif self.text.startswith((";", "&"), self.at) and not self.text.startswith(";;", self.at):
                self.at += 1
        self._depth -= 1

    def _and_or(self, block: Block) -> None:
        """Pipelines behind one another, of which later ones may not run."""
        whole = Block(block, own=False)
        here, operator = whole, ""
        while True:
            if operator == "||" or (operator and here is whole):
                here = Block(whole)
            self._pipeline(here)
            self.blanks()
            operator = next((o for o in ("&&", "||") if self.text.startswith(o, self.at)), "")
            if not operator:
                break
            self.at += 2
            self.blanks(lines=True)
        if self.text.startswith("&", self.at):
            whole.own = True

    def _pipeline(self, block: Block) -> None:
        before: Command | None = None
        first = Block(block, own=False)
        here = first
        while True:
            self.blanks()
            while self.peek_word() in _PREFIXES:
                self.word()
                self.blanks()
            start = len(self.line.commands)
            self.command(here, before)
            before = self.line.commands[-1] if len(self.line.commands) > start else before
            self.blanks()
            if not self.text.startswith("|", self.at) or self.text.startswith("||", self.at):
                return
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            first.own, here = True, Block(block)
            self.blanks(lines=True)

    def command(self, block: Block, piped: Command | None) -> None:
        outer, self._block = self._block, block
        word = self.peek_word()
        if self.text.startswith("((", self.at) and self.skip_arithmetic():
            pass
        elif self.text.startswith("(", self.at):
            self.at += 1
            self.commands(Block(block), frozenset())
            self.blanks(lines=True)
            self.expect(")")
        elif word in _OPENING:
            self.compound(word, block, piped)
        elif word in _CLOSING:
            raise Unreadable
        else:
            self._simple(block, piped)
            self._block = outer
            return
        redirected = tuple(self._redirections())
        if redirected:
            self.line.commands.append(Command((), (), redirected, block, piped, loop=True))
        self._block = outer

    def _simple(self, block: Block, piped: Command | None) -> None:
        words: list[ShellWord] = []
        sets: list[tuple[str, bool, ShellWord]] = []
        redirected: list[Redirected] = []
        start = self.at
        while True:
            self.blanks()
            redirected += self._redirections()
            if self.at >= len(self.text) or self.text[self.at] in "\n;|)" or self._ends_here():
                break
            match = _ASSIGNMENT.match(self.text, self.at)
            if match is not None and (not words or words[0].plain in DECLARING):
                self.at = match.end()
                value = self.list_of_values() if self.text.startswith("(", self.at) else self.word(empty=True)
                sets.append((match.group(1), bool(match.group(2) or match.group(3)), value))
                continue
            if self.text[self.at] == "(" and len(words) == 1 and not sets:
                self._define(words[0].plain, block)
                return
            words.append(self.word())
        if self.at == start:
            raise Unreadable
        self.line.commands.append(Command(tuple(words), tuple(sets), tuple(redirected), block, piped))

    def _ends_here(self) -> bool:
        return self.text[self.at] == "&" and not self.text.startswith("&>", self.at)

    def _define(self, name: str, block: Block) -> None:
        if not FUNCTION.match(self.text, self.at):
            raise Unreadable
        self.function(name, block)

    def _redirections(self) -> Iterator[Redirected]:
        self.blanks()
        while match := _REDIRECTION.match(self.text, self.at):
            self.at = match.end()
            operator = match.group(1)
            if operator.endswith("&") and (number := _DIGITS.match(self.text, self.at)):
                self.at = number.end()
                yield Redirected(operator, ShellWord.of(number.group()))
            elif operator in {"<<", "<<-"}:
                self.blanks()
                document = self.ask_for_document(strip=operator == "<<-")
                yield Redirected(operator, document.end, document)
            else:
                self.blanks()
                yield Redirected(operator, self.word())
            self.blanks()
