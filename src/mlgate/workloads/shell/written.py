"""Words of shells as they are written: the text, references and substitutions they consist of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
