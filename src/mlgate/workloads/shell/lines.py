"""What lines and scripts of shells consist of: simple commands, what they read, and under what they run."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate.workloads.shell.written import Document, ShellWord


@dataclass(eq=False)
class Block:
    """Commands that run together or not at all: what is set in one that may not run is not sure behind it."""

    parent: Block | None = None
    own: bool = True
    """It may not run, or runs in a shell of its own; else it is part of the one around it."""


@dataclass(frozen=True)
class Redirected:
    """A redirection, what stands behind it, and the text of a document."""

    operator: str
    target: ShellWord
    document: Document | None = None


@dataclass(frozen=True)
class Command:
    """One simple command; of `for`, `case` and the like, the words they begin with."""

    words: tuple[ShellWord, ...]
    sets: tuple[tuple[str, bool, ShellWord], ...]
    """Variables set before it: name, whether something is added to the value, and the value."""
    redirected: tuple[Redirected, ...]
    block: Block = field(repr=False)
    piped: Command | None = None
    """The command whose output it reads."""
    loop: bool = False
    """It is the head of a loop, a condition or a function and runs nothing by itself."""


@dataclass
class Line:
    """What a line or a script consists of."""

    commands: list[Command] = field(default_factory=list)
    functions: dict[str, None] = field(default_factory=dict)
    broken: bool = False
    """It is none that a shell would take, or nests too deeply, so that nobody knows what it does."""
