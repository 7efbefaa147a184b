"""The conditions of the chart's templates, and the chart with one of them decided beforehand.

A condition that can be decided either way while every value set gives the same is one that no test holds, and
so is a loop that need not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ACTION = re.compile(r"\{\{(-?)\s*(else\s+if|if|else\s+with|with|range)\s+(.*?)\s*(-?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """One `if`, `with` or `range`: the template it stands in, where, and what it asks."""

    template: str
    line: int
    start: int
    end: int
    word: str
    asked: str

    @property
    def answers(self) -> tuple[bool, ...]:
        """What it can be decided to; a loop can only be left out."""
        return (False,) if self.word == "range" else (True, False)

    def decided(self, text: str, *, answer: bool) -> str:
        """The text of the template with the condition decided."""
        lead, trail = text[self.start :].startswith("{{-"), text[: self.end].endswith("-}}")
        opened, closed = "{{-" if lead else "{{", "-}}" if trail else "}}"
        return f"{text[: self.start]}{opened} {self.word} {self._decided(answer)} {closed}{text[self.end :]}"

    def _decided(self, answer: bool) -> str:  # noqa: FBT001 - as in decided
        if self.word == "range":
            names, given, _ = self.asked.rpartition(":=")
            return f"{names}{given} (list)"
        if not self.word.endswith("with"):
            return str(answer).lower()
        # What is there stays as it is, so that only a set in which nothing is there can tell the difference.
        return f'(default (list "decided") ({self.asked}))' if answer else "(list)"


def conditions(chart: Path) -> Iterator[Condition]:
    """Every condition of every template."""
    folder = chart / "templates"
    for path in sorted(entry for entry in folder.rglob("*") if entry.is_file()):
        text = path.read_text(encoding="utf-8")
        for found in _ACTION.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            name = path.relative_to(folder).as_posix()
            yield Condition(name, line, *found.span(), " ".join(found[2].split()), found[3])
