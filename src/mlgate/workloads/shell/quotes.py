"""Quotes and substitutions of shells: what stands within them, and where they end."""

from __future__ import annotations

import re

from mlgate.workloads.shell.words import unquoted_ansi
from mlgate.workloads.shell.written import Part, Unreadable

_NAME = re.compile(r"[A-Za-z_]\w*|[0-9]|[@*#?$!-]", re.ASCII)
_KUBELET = re.compile(r"\$\([A-Z_][A-Z0-9_]*\)")
_IN_DOUBLE = re.compile(r'[^"\\$`]+')


class Quotes:
    """A text and a place in it. What stands in a substitution is handed to whoever reads commands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def within(self, closing: str) -> None:
        """Commands up to a closing bracket."""
        raise NotImplementedError

    def inner(self, text: str) -> None:
        """Commands between accents grave."""
        raise NotImplementedError

    def expect(self, text: str) -> None:
        """Pass over a text that has to stand here."""
        if not self.text.startswith(text, self.at):
            raise Unreadable
        self.at += len(text)

    def special(self, char: str, *, quoted: bool = False) -> list[Part]:
        """What begins with a sign that means something of its own; `quoted`: within double quotes."""
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
                self.special(self.text[self.at], quoted=True)
            else:
                self.at += 1
        self.at = end + 1
        return True

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
                parts += self.special(self.text[self.at], quoted=True)
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
                self.special(self.text[self.at], quoted=True)
            else:
                self.at += 1
        self.expect("}")
