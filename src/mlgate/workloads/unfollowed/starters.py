"""Programs that start others: which one, and with which words."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.workloads.commands.executed import Argument, Arguments
from mlgate.workloads.programs.known_commands import Starter
from mlgate.workloads.shell.words import ASSIGNMENT

_SEPARATOR = "--"
_ASKING = frozenset({"-v", "-V"})


@dataclass(frozen=True)
class Started:
    """What a program starts: words, a line for a shell, or a script of Python or a module behind its name."""

    words: Arguments = ()
    line: Argument | None = None
    python: bool = False
    module: bool = False
    own: Arguments = ()
    """The words of the program itself."""


def started(starter: Starter, words: Arguments) -> Started | None:
    """What stands behind a program that starts others; None where it starts nothing."""
    rest, verb = list(words[1:]), None
    if starter.verb is not None:
        at = next((at for at, word in enumerate(rest) if word.text == starter.verb), None)
        if at is None:
            return None
        verb, rest = rest[at], rest[at + 1 :]
    asks = words[0].base == "command" and any(word.text in _ASKING for word in rest[:1])
    return None if asks else _Rest(starter, (words[0], verb) if verb else words[:1], rest).read()


class _Rest:
    """The words behind the name of a starter, read one by one."""

    def __init__(self, starter: Starter, lead: Arguments, rest: list[Argument]) -> None:
        self._starter, self._lead, self._rest = starter, lead, rest
        self._skip = starter.skip

    def read(self) -> Started | None:
        """What is started."""
        starter, rest, at = self._starter, self._rest, 0
        plain = False
        while at < len(rest):
            text = rest[at].text
            flag, joined, value = text.partition("=")
            own = (*self._lead, *rest[:at])
            if text == _SEPARATOR:
                at += 1
                break
            if starter.assigns and ASSIGNMENT.fullmatch(text):
                at += 1
            elif flag in starter.text and text.startswith("-"):
                return self._line(at, joined=bool(joined), value=value)
            elif flag in starter.program:
                found = Argument(value, rest[at].path) if joined else next(iter(rest[at + 1 :]), None)
                return Started((found, *rest[at + 2 :]) if found else (), own=own)
            elif flag in starter.module:
                return Started(tuple(rest[at + 1 :]), python=True, module=True, own=own)
            elif text.startswith("-") and len(text) > 1:
                plain = plain or flag in starter.plain
                at += 2 if flag in starter.valued and not joined else 1
            elif self._skip:
                self._skip, at = self._skip - 1, at + 1
            else:
                break
        at += self._skip
        own = (*self._lead, *rest[:at])
        python = starter.python and not plain
        return Started(tuple(rest[at:]), python=python, own=own) if at < len(rest) else None

    def _line(self, at: int, *, joined: bool, value: str) -> Started:
        word = self._rest[at]
        line = Argument(value, word.path, word.open) if joined else next(iter(self._rest[at + 1 :]), None)
        return Started(line=line or word, own=(*self._lead, *self._rest[:at]))
