"""Flags of command lines: their names, and which of them take the word behind them as their value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import SEPARATORS, Word

_SWITCHING = ("enable-", "disable-", "no-")
"""Beginnings of names of flags that stand alone."""


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


def flags_of(words: tuple[Word, ...], taken: set[int]) -> Iterator[Flag]:
    """The flags among words; `taken` are those that belong to commands."""
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
