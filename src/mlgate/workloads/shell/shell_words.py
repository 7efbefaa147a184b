"""Words of shells as a shell takes them apart: quotes, references to variables, substitutions, documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mlgate.workloads.shell.words import unquoted_ansi

_PLAIN = re.compile(r"""[^\s;&|()<>`"'\\$*?\[{}~]+""")
_RESERVED = re.compile(r"""[^\s;&|()<>`"'\\$]+(?=[\s;&|()<>]|\Z)""")
_BLANK = re.compile(r"(?:[ \t\r]+|\\\r?\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9]|[@*#?$!-]", re.ASCII)
_KUBELET = re.compile(r"\$\([A-Z_][A-Z0-9_]*\)")
_IN_DOUBLE = re.compile(r'[^"\\$`]+')
_IN_DOCUMENT = re.compile(r"[^\\$`]+")
_BRACES = re.compile(r"\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
_STANDING_FOR_FILES = "*?["


class Unreadable(Exception):
    """It is no text that a shell would take."""


@dataclass(frozen=True)
class Part:
    """A piece of a word: text, a reference to a variable as it is written, or the output of commands."""

    text: str
    kind: Literal["text", "variable", "commands"] = "text"
    quoted: bool = False
    number: bool = False
    """It stands for a number that is counted."""


@dataclass(frozen=True)
class ShellWord:
    """One word, as it is written."""

    parts: tuple[Part, ...]
    open: bool = False
    """It stands for several words or for names of files, which only the shell knows."""

    @classmethod
    def of(cls, text: str) -> ShellWord:
        """A word that is nothing but this text."""
        return cls((Part(text, quoted=True),))

    @property
    def plain(self) -> str:
        """The word if all of it is written out; else nothing."""
        return "".join(p.text for p in self.parts) if all(p.kind == "text" for p in self.parts) else ""

    @property
    def text(self) -> str:
        """The word without its quotes, references and substitutions as they are written."""
        return "".join(part.text for part in self.parts)


@dataclass
class Document:
    """A document whose text stands behind the line that asks for it."""

    end: ShellWord
    strip: bool
    text: ShellWord = ShellWord(())


class Scanner:
    """A text and a place in it. What stands in a substitution is handed to whoever reads commands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._documents: list[Document] = []

    def within(self, closing: str) -> None:
        """Commands up to a closing bracket."""
        raise NotImplementedError

    def inner(self, text: str) -> None:
        """Commands between accents grave."""
        raise NotImplementedError

    def blanks(self, *, lines: bool = False) -> None:
        """Pass over white space and comments; `lines`: also over the ends of lines."""
        while True:
            if match := _BLANK.match(self.text, self.at):
                self.at = match.end()
            if match := _COMMENT.match(self.text, self.at):
                self.at = match.end()
            if self.text.startswith("\n", self.at) and lines:
                self.newline()
            elif self.text.startswith(";", self.at) and lines and not self.text.startswith(";;", self.at):
                self.at += 1
            else:
                return

    def newline(self) -> None:
        """The end of a line, behind which the documents stand that it asks for."""
        self.at += 1
        documents, self._documents = self._documents, []
        for document in documents:
            self._read_document(document)

    def expect(self, text: str) -> None:
        """Pass over a text that has to stand here."""
        if not self.text.startswith(text, self.at):
            raise Unreadable
        self.at += len(text)

    def peek_word(self) -> str:
        """The word that stands here, if it is written out without quotes."""
        match = _RESERVED.match(self.text, self.at)
        return match.group() if match is not None else ""

    def word(self, *, empty: bool = False) -> ShellWord:
        """The word that stands here; `empty`: there may be none."""
        parts: list[Part] = []
        is_open, start = False, self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if match := _PLAIN.match(self.text, self.at):
                self.at = match.end()
                parts.append(Part(match.group()))
            elif char in _STANDING_FOR_FILES or char in "{}~]":
                is_open = (
                    is_open or char in _STANDING_FOR_FILES or _BRACES.match(self.text, self.at) is not None
                )
                self.at += 1
                parts.append(Part(char))
            elif char in "<>" and self.text.startswith("(", self.at + 1) and self.at == start:
                parts.append(self._process())
            elif char in "\"'\\$`":
                parts += self._special(char)
            else:
                break
        if self.at == start and not empty:
            raise Unreadable
        return ShellWord(tuple(parts), is_open and len(parts) > 1)

    def list_of_values(self) -> ShellWord:
        """The values of a list, as one word with white space between them."""
        self.at += 1
        parts: list[Part] = []
        while True:
            self.blanks(lines=True)
            if self.text.startswith(")", self.at):
                self.at += 1
                return ShellWord(tuple(parts), open=True)
            parts += [*self.word().parts, Part(" ")]

    def skip_arithmetic(self) -> bool:
        """Pass over arithmetic in two brackets, if it is that; commands within it run all the same."""
        if not self.text.startswith("((", self.at):
            return False
        depth, end = 0, self.at
        while end < len(self.text):
            depth += {"(": 1, ")": -1}.get(self.text[end], 0)
            end += 1
            if depth == 1 and self.text[end - 1] == ")":
                break
        if not self.text.startswith(")", end):
            return False
        while self.at < end:
            if self.text[self.at] in "$`":
                self._special(self.text[self.at], quoted=True)
            else:
                self.at += 1
        self.at = end + 1
        return True

    def ask_for_document(self, *, strip: bool) -> Document:
        """The document that begins behind this line; `strip`: it may be indented by tabs."""
        document = Document(self.word(), strip)
        self._documents.append(document)
        return document

    def _read_document(self, document: Document) -> None:
        start, end = self.at, document.end.text
        position = start
        while True:
            if position >= len(self.text):  # shells take the end of the text for the end of the document
                stop = len(self.text)
                break
            line_end = self.text.find("\n", position)
            line_end = len(self.text) if line_end < 0 else line_end
            line = self.text[position:line_end]
            if (line.lstrip("\t") if document.strip else line).rstrip("\r") == end:
                stop = position
                position = line_end
                break
            position = line_end + 1
        if any(part.quoted for part in document.end.parts):
            document.text = ShellWord((Part(self.text[start:stop], quoted=True),))
        else:
            document.text = ShellWord(tuple(self._until(stop)))
        self.at = min(position, len(self.text))

    def _until(self, stop: int) -> list[Part]:
        parts: list[Part] = []
        while self.at < stop:
            if match := _IN_DOCUMENT.match(self.text, self.at, stop):
                self.at = match.end()
                parts.append(Part(match.group(), quoted=True))
            elif self.text[self.at] == "\\":
                parts.append(Part(self.text[self.at + 1 : self.at + 2], quoted=True))
                self.at += 2
            else:
                parts += self._special(self.text[self.at], quoted=True)
        return parts

    def _process(self) -> Part:
        start = self.at
        self.at += 2
        self.within(")")
        return Part(self.text[start : self.at], "commands")

    def _special(self, char: str, *, quoted: bool = False) -> list[Part]:
        start = self.at
        if char == "\\":
            self.at = min(self.at + 2, len(self.text))
            following = self.text[start + 1 : self.at]
            return [] if following == "\n" else [Part(following, quoted=True)]
        if char == "'":
            return [self._single()]
        if char == '"' or (self.text.startswith('$"', start) and not quoted):
            self.at += char == "$"
            return self._double()
        if self.text.startswith("$'", start) and not quoted:
            return [self._ansi()]
        return [self._accents(quoted=quoted) if char == "`" else self._dollar(quoted=quoted)]

    def _single(self) -> Part:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise Unreadable
        text, self.at = self.text[self.at + 1 : end], end + 1
        return Part(text, quoted=True)

    def _ansi(self) -> Part:
        end = self.at + 2
        while end < len(self.text) and self.text[end] != "'":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise Unreadable
        text, self.at = self.text[self.at + 2 : end], end + 1
        return Part(unquoted_ansi(text), quoted=True)

    def _double(self) -> list[Part]:
        self.at += 1
        parts: list[Part] = [Part("", quoted=True)]
        while self.at < len(self.text) and self.text[self.at] != '"':
            if match := _IN_DOUBLE.match(self.text, self.at):
                self.at = match.end()
                parts.append(Part(match.group(), quoted=True))
            elif self.text[self.at] == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                self.at += 2
                kept = following if following in '"\\$`' else f"\\{following}"
                parts.append(Part("" if following == "\n" else kept, quoted=True))
            else:
                parts += self._special(self.text[self.at], quoted=True)
        self.expect('"')
        return parts

    def _accents(self, *, quoted: bool) -> Part:
        start, end = self.at, self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise Unreadable
        self.at = end + 1
        self.inner(re.sub(r"\\([`\\$])", r"\1", self.text[start + 1 : end]))
        return Part(self.text[start : self.at], "commands", quoted)

    def _dollar(self, *, quoted: bool) -> Part:
        start = self.at
        if match := _KUBELET.match(self.text, start):
            self.at = match.end()
            return Part(match.group(), "variable", quoted)
        self.at += 1
        if self.text.startswith("(", self.at):
            if not self.skip_arithmetic():
                self.at += 1
                self.within(")")
                return Part(self.text[start : self.at], "commands", quoted)
            return Part("1", quoted=True, number=True)
        if self.text.startswith("{", self.at):
            self._braces()
            return Part(self.text[start : self.at], "variable", quoted)
        name = _NAME.match(self.text, self.at)
        if name is None:
            return Part("$", quoted=quoted)
        self.at = name.end()
        return Part(self.text[start : self.at], "variable", quoted)

    def _braces(self) -> None:
        """Up to the bracket that closes a reference, with whatever stands in the place of no value."""
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != "}":
            if self.text[self.at] in '"\\$`':
                self._special(self.text[self.at], quoted=True)
            else:
                self.at += 1
        self.expect("}")
