"""What is wrong with a policy, in the form every check tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    """One breach: where, what, and what to do."""

    file: str
    line: int
    """From 1; 0 where the whole policy is meant."""
    check: str
    """Name of the check, as the list of exceptions names it."""
    what: str
    fix: str
    name: str = ""
    """The file by its name in the policy tree."""
    rule: str = ""
    """The rule it stands in, where there is one."""

    @property
    def text(self) -> str:
        """One line for a person."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what} [{self.check}]; {self.fix}"

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        shown = ("file", "line", "check", "rule", "what", "fix")
        return {key: getattr(self, key) for key in shown}


@dataclass(frozen=True)
class Report:
    """All problems of a policy."""

    problems: tuple[Problem, ...]
    files: int
    """How many files were looked at."""

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return {"files": self.files, "problems": [problem.wire() for problem in self.problems]}
