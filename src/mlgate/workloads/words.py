"""Command lines as words: `sh -c` strings are opened, quotes removed, wrappers recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;&|()<>"'\\]+)+|[;&|()<>\n]+""",
    re.DOTALL,
)
_QUOTES = re.compile(r"""\\\n|"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)""", re.DOTALL)
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_NUMBER = re.compile(r"[0-9.]+[smh]?")
_MODULE = re.compile(r"-m([A-Za-z_][\w]*(?:\.[\w]+)+)")
_WRAPPERS = frozenset(
    {
        "sh",
        "bash",
        "dash",
        "ash",
        "zsh",
        "busybox",
        "env",
        "exec",
        "nohup",
        "nice",
        "ionice",
        "time",
        "timeout",
    }
    | {"tini", "dumb-init", "numactl", "taskset", "sudo", "gosu", "su-exec", "setsid", "stdbuf", "xvfb-run"}
    | {"catchsegv", "then", "do", "else", "eval", "command"}
)
_MAX_LENGTH = 64 * 1024
_MAX_NESTING = 3
MAX_WORDS = 20_000
"""Longer command lines are read up to here, and reported."""


@dataclass(frozen=True)
class Word:
    """One word of a command line and the item it came from."""

    text: str
    path: str
    leads: bool = False
    """It names a program: the first word of a command, wrappers and assignments passed over."""

    @property
    def base(self) -> str:
        """The program's name without its folder."""
        return self.text.rpartition("/")[2]


@dataclass(frozen=True)
class CommandLine:
    """The words of a container's command and arguments."""

    words: tuple[Word, ...]
    complete: bool
    """False when it was too long to be read to its end."""


def read_words(items: list[tuple[str, str]]) -> CommandLine:
    """The words of (text, path) items; items that hold white space are opened like a shell would."""
    words: list[tuple[str, str]] = []
    complete = True
    for text, path in items:
        complete = complete and len(text) <= _MAX_LENGTH
        words.extend(_open(text[:_MAX_LENGTH], path, _MAX_NESTING))
        if len(words) > MAX_WORDS:
            return CommandLine(tuple(_leading(words[:MAX_WORDS])), complete=False)
    return CommandLine(tuple(_leading(words)), complete)


def _open(text: str, path: str, depth: int) -> Iterator[tuple[str, str]]:
    module = _MODULE.fullmatch(text)
    if module is not None:
        yield "-m", path
        yield module.group(1), path
    elif depth and any(c.isspace() for c in text):
        for piece in _PIECE.findall(text):
            plain = _QUOTES.sub(_unquote, piece)
            # A word that was quoted as a whole is a command again (`sh -c "..."`); a part of one is not.
            yield from _open(plain, path, depth - 1 if plain != text else 0)
    elif text:
        yield text, path


def _unquote(match: re.Match[str]) -> str:
    return match.group(1) or match.group(2) or match.group(3) or ""


def _leading(words: list[tuple[str, str]]) -> Iterator[Word]:
    """The words, with those marked that name a program."""
    at_start, wrapped = True, False
    for text, path in words:
        if text.strip(";&|()<>\n") == "":
            at_start, wrapped = True, False
            yield Word(text, path)
            continue
        if not at_start:
            yield Word(text, path)
            continue
        skipped = _ASSIGNMENT.fullmatch(text) or (
            wrapped and (text.startswith("-") or _NUMBER.fullmatch(text))
        )
        wrapper = text.rpartition("/")[2] in _WRAPPERS
        wrapped = wrapped or wrapper
        at_start = bool(skipped or wrapper)
        yield Word(text, path, leads=not at_start)
