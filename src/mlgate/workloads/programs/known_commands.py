"""What programs of command lines are known to do, checked and indexed once: the tables of `commands.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from mlgate.workloads.tables import shipped_table


@dataclass(frozen=True)
class Starter:
    """A program that runs what stands behind it, and how that is told from its own words."""

    valued: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()
    """Flags whose word is a line for a shell."""
    program: frozenset[str] = frozenset()
    """Flags whose word is the program."""
    skip: int = 0
    assigns: bool = False
    verb: str | None = None
    """The word behind which it starts something; behind others it does not."""
    python: bool = False
    """A script of Python stands behind it, unless a flag says otherwise."""
    plain: frozenset[str] = frozenset()
    """Flags that say so."""
    module: frozenset[str] = frozenset()
    foreign: bool = False
    """Where it starts something, nobody can see it."""


@dataclass(frozen=True)
class Installer:
    """A program that brings programs in."""

    verbs: frozenset[str]
    system: bool
    """It installs packages of the system."""
    files: bool
    """It takes lists of packages from files."""


@dataclass(frozen=True)
class Commands:
    """The tables of `commands.yaml`."""

    harmless: frozenset[str]
    watched: dict[str, tuple[str, ...]]
    starters: tuple[tuple[str, Starter], ...]
    installers: tuple[tuple[str, Installer], ...]
    runners: frozenset[str]
    languages: frozenset[str]
    installing: dict[str, frozenset[str]]
    variables: dict[str, tuple[str, ...]]
    data: tuple[str, ...]
    facts: dict[str, frozenset[str]]

    def starter(self, name: str) -> Starter | None:
        """What is known of a program that starts others."""
        return _starter(name)

    def installer(self, name: str) -> Installer | None:
        """What is known of a program that installs others; modules as `python -m name`."""
        return _installer(name)

    def is_variable(self, kind: str, name: str) -> bool:
        """Whether the variable is one of a kind."""
        return any(fnmatchcase(name, pattern) for pattern in self.variables[kind])


@lru_cache(maxsize=1)
def commands() -> Commands:
    """The tables, read once."""
    data = shipped_table("mlgate.workloads.programs", "commands.yaml")
    return Commands(
        harmless=frozenset([*data["harmless"], *data["watched"]]),
        watched={name: tuple(patterns) for name, patterns in data["watched"].items()},
        starters=tuple((name, _read(row)) for row in data["starters"] for name in row["names"]),
        installers=tuple(
            (
                name,
                Installer(frozenset(row.get("verbs", ())), row.get("system", False), row.get("files", False)),
            )
            for row in data["installers"]
            for name in row["names"]
        ),
        runners=frozenset(data["runners"]),
        languages=frozenset(data["languages"]),
        installing={key: frozenset(values) for key, values in data["installing"].items()},
        variables={key: tuple(values) for key, values in data["variables"].items()},
        data=tuple(data["data"]),
        facts={key: frozenset(values) for key, values in data["facts"].items()},
    )


def _read(row: dict[str, Any]) -> Starter:
    sets = {key: frozenset(row.get(key, ())) for key in ("valued", "text", "program", "plain", "module")}
    return Starter(
        **sets,
        skip=row.get("skip", 0),
        assigns=row.get("assigns", False),
        verb=row.get("verb"),
        python=row.get("python", False),
        foreign=row.get("foreign", False),
    )


@lru_cache(maxsize=4096)
def _starter(name: str) -> Starter | None:
    return next((row for pattern, row in commands().starters if fnmatchcase(name, pattern)), None)


@lru_cache(maxsize=4096)
def _installer(name: str) -> Installer | None:
    return next((row for pattern, row in commands().installers if fnmatchcase(name, pattern)), None)
