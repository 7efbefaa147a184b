"""Models that Ollama makes of a Modelfile: what it is made from stands in that file, and nobody reads it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mlgate.workloads.commands.executed import Arguments, Executed
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.unfollowed.descriptions import Told
from mlgate.workloads.unfollowed.rules import Rules

MADE = "makes a model from a file that the reader does not follow"
_FILE = frozenset({"-f", "--file"})
_DEFAULT = "Modelfile"
_OPEN = ("-", "<(", "/dev/", "/proc/")


def of_ollama(rules: Rules, words: Arguments, _item: Executed, _depth: int) -> Iterator[Told] | None:
    """Ollama where it makes a model; None for everything else it is told."""
    return _made(words, rules.places) if _is_made(words) else None


def _is_made(words: Arguments) -> bool:
    """Whether a command line makes a model of a Modelfile."""
    return any(word.text == "create" for word in words[1:])


def _made(words: Arguments, places: AuthorsPlaces) -> Iterator[tuple[str, str]]:
    """The problem with such a line, unless the file is one of the image."""
    file, is_open, path = _DEFAULT, False, words[0].path
    for before, word in pairwise(words[1:]):
        if before.text in _FILE:
            file, is_open, path = word.text, word.open, word.path
    for word in words[1:]:
        flag, equals, value = word.text.partition("=")
        if equals and flag in _FILE:
            file, is_open, path = value, word.open, word.path
        elif word.text.startswith("-f") and len(word.text) > len("-f"):
            file, is_open, path = word.text[2:], word.open, word.path
    if is_open or "$" in file or file.startswith(_OPEN) or places.hold(file):
        yield path, MADE
