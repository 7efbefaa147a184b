"""Commands of shells that hold others: conditions, loops, cases, functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.workloads.shell.lines import Block, Command, Line
from mlgate.workloads.shell.scanner import Scanner
from mlgate.workloads.shell.written import ShellWord, Unreadable

FUNCTION = re.compile(r"[ \t]*\([ \t]*\)")
"""The brackets behind the name of a function."""


class Compounds(Scanner):
    """Reads commands that hold others; what they hold is handed to whoever reads commands."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.line = Line()

    def commands(self, block: Block, ends: frozenset[str]) -> None:
        """A list of commands, up to a word that ends it or a bracket."""
        raise NotImplementedError

    def command(self, block: Block, piped: Command | None) -> None:
        """One command of any form; `piped`: the one whose output it reads."""
        raise NotImplementedError

    def compound(self, word: str, block: Block, piped: Command | None) -> None:
        """The command that begins with this word of the grammar."""
        if word == "[[":
            self._condition(block, piped)
            return
        self.word()
        match word:
            case "{":
                self.commands(block, frozenset({"}"}))
                self._end("}")
            case "if":
                self._if(block)
            case "while" | "until":
                self.commands(block, frozenset({"do"}))
                self._body(block)
            case "for" | "select":
                self._for(block, piped)
            case "case":
                self._case(block)
            case "function":
                self.blanks()
                self.function(self.word().plain, block)
            case _:
                self.blanks()
                if re.compile(r"[A-Za-z_]\w*[ \t]+[({]").match(self.text, self.at):
                    self.word()
                    self.blanks()
                self.command(Block(block), None)

    def _end(self, *words: str) -> str:
        self.blanks(lines=True)
        found = self.peek_word()
        if found not in words:
            raise Unreadable
        self.word()
        return found

    def _if(self, block: Block) -> None:
        found = "if"
        while found != "fi":
            if found != "else":
                self.commands(block if found == "if" else Block(block), frozenset({"then"}))
                self._end("then")
            self.commands(Block(block), frozenset({"elif", "else", "fi"}))
            found = self._end("elif", "else", "fi")

    def _body(self, block: Block) -> None:
        self._end("do")
        self.commands(Block(block), frozenset({"done"}))
        self._end("done")

    def _for(self, block: Block, piped: Command | None) -> None:
        self.blanks()
        words: list[ShellWord] = []
        if not self.skip_arithmetic():
            words.append(self.word())
            self.blanks(lines=True)
            if self.peek_word() == "in":
                self.word()
                words += self._words()
        self.line.commands.append(Command((ShellWord.of("for"), *words), (), (), block, piped, loop=True))
        self.blanks()
        if self.text.startswith(";", self.at):
            self.at += 1
        self.blanks(lines=True)
        if self.peek_word() == "{":
            self.command(Block(block), None)
        else:
            self._body(block)

    def _words(self) -> Iterator[ShellWord]:
        self.blanks()
        while self.at < len(self.text) and self.text[self.at] not in ";\n&|)":
            yield self.word()
            self.blanks()

    def _case(self, block: Block) -> None:
        self.blanks()
        self.line.commands.append(Command((ShellWord.of("case"), self.word()), (), (), block, loop=True))
        self._end("in")
        while True:
            self.blanks(lines=True)
            if self.peek_word() == "esac":
                self.word()
                return
            if self.text.startswith("(", self.at):
                self.at += 1
            self._pattern()
            self.commands(Block(block), frozenset({"esac"}))
            self.blanks(lines=True)
            if self.text.startswith(";;", self.at):
                self.at += 3 if self.text.startswith(";;&", self.at) else 2
            elif self.peek_word() != "esac":
                raise Unreadable

    def _pattern(self) -> None:
        while True:
            self.blanks()
            self.word()
            self.blanks()
            if self.text.startswith("|", self.at):
                self.at += 1
                continue
            self.expect(")")
            return

    def function(self, name: str, block: Block) -> None:
        """The brackets and the body of a function of this name."""
        match = FUNCTION.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        self.line.functions[name] = None
        self.blanks(lines=True)
        self.command(Block(block), None)

    def _condition(self, block: Block, piped: Command | None) -> None:
        """What stands between double brackets, where signs of comparison redirect nothing."""
        self.word()
        words = [ShellWord.of("[[")]
        while True:
            self.blanks(lines=True)
            if self.at >= len(self.text):
                raise Unreadable
            if self.text[self.at] in "<>|&();":
                self.at += 1
                continue
            words.append(self.word())
            if words[-1].plain == "]]":
                break
        self.line.commands.append(Command(tuple(words), (), (), block, piped))
