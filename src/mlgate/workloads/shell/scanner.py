"""Words of shells as a shell takes them apart: plain text, quotes, lists and documents."""

from __future__ import annotations

import re

from mlgate.workloads.shell.quotes import Quotes
from mlgate.workloads.shell.written import Document, Part, ShellWord, Unreadable

_PLAIN = re.compile(r"""[^\s;&|()<>`"'\\$*?\[{}~]+""")
_RESERVED = re.compile(r"""[^\s;&|()<>`"'\\$]+(?=[\s;&|()<>]|\Z)""")
_BLANK = re.compile(r"(?:[ \t\r]+|\\\r?\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_IN_DOCUMENT = re.compile(r"[^\\$`]+")
_BRACES = re.compile(r"\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
_STANDING_FOR_FILES = "*?["


class Scanner(Quotes):
    """Words, one after another, and the documents that stand behind the line that asks for them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._documents: list[Document] = []

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
                parts += self.special(char)
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
                parts += self.special(self.text[self.at], quoted=True)
        return parts

    def _process(self) -> Part:
        start = self.at
        self.at += 2
        self.within(")")
        return Part(self.text[start : self.at], "commands")
