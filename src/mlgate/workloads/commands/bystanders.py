"""Containers that run nothing but tools, and programs known to load no model: they wait, measure, call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.pods.containers import REFERENCE
from mlgate.workloads.pods.volumes import plain_path, within
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import ASSIGNMENT, SCRIPT, SEPARATORS, Word, is_redirection, simple_commands

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
INTERPRETER = re.compile(r"python[0-9.]*")
_JOINTS = frozenset({"then", "do", "else", "{", "!", "exec"})
"""Words of shells that run nothing by themselves."""
_PROGRAM_FOLDERS = ("/bin", "/sbin", "/usr", "/lib", "/lib64", "/opt")
_START_FILES = re.compile(r"/|/etc(?:/(?:ld\.so|profile|bash|environment).*)?")
"""Places whose files decide what every program does."""
_TAMPERING = re.compile(r"PATH|ENV|BASH_.*|LD_.*|PYTHON.*|PIP_.*|UV_.*|SHELLOPTS|PROMPT_COMMAND")
"""Variables that put other code in the place of a program."""
_MAX_PATH = 4096
_NOWHERE = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "1", "2"})


def runs_bystanders(invocation: Invocation) -> bool:
    """Whether every program of its command line, hooks and probes is known to load no model."""
    if not invocation.slot.command or not invocation.complete:
        return False
    if any(call.program.loads for call in invocation.calls):
        return False
    return all(program is not None for program in _programs(invocation))


def is_bystander(invocation: Invocation) -> bool:
    """The same of a container in which nothing else can stand in the place of these programs.

    An image that holds a server may be used for its tools; but what is mounted, fetched or written over one
    of them is no tool.
    """
    slot = invocation.slot
    names = {env.name for env in slot.env} | invocation.assigned.keys()
    if slot.env_from or any(_TAMPERING.fullmatch(name) for name in names):
        return False
    if any(call.program.fetches for call in invocation.calls) or _writes(invocation.words):
        return False
    if not runs_bystanders(invocation):
        return False
    mounts = [target for target, _, _ in slot.mounts]
    if any(_START_FILES.fullmatch(target.rstrip("/") or "/") for target in mounts):
        return False
    if any(within(target, folder) for target in mounts for folder in _PROGRAM_FOLDERS):
        return False
    files = {program for program in _programs(invocation) if program is not None and "/" in program}
    targets = set(mounts)
    return not any(_may_lie_in(file, targets) for file in files)


def _may_lie_in(file: str, targets: set[str]) -> bool:
    """Whether a file lies below one of the places, or counts from a working folder that may."""
    if not file.startswith("/") or len(file) > _MAX_PATH:
        return True
    parts = plain_path(file).split("/")
    return any("/".join(parts[:length]) in targets for length in range(2, len(parts) + 1))


def _programs(invocation: Invocation) -> Iterator[str | None]:
    """The programs that are run, as they are called; null for one nobody knows.

    What stands in the place of a reference decides what runs, until a shell has split the line.
    """
    if any("$(" in word.text and REFERENCE.search(word.text) for word in invocation.words):
        yield None
    starts = {call.index for call in invocation.calls if call.program.role == "bystander"}
    for start, end in simple_commands(invocation.words):
        words = invocation.words[start:end]
        lead = next((index for index, word in enumerate(words) if word.leads), None)
        if lead is None:
            yield "" if _runs_nothing(words) else None
        elif words[lead].base in catalog().tools or start + lead in starts:
            yield words[lead].text
        elif words[lead].text.startswith("#"):
            yield ""
        else:
            yield _interpreted(words[lead:], starts, start + lead)


def _runs_nothing(words: tuple[Word, ...]) -> bool:
    """A command without a program: variables that are set, and the shell that is given the script itself."""
    files = {index + 1 for index, word in enumerate(words) if is_redirection(word.text)}
    rest = [w for index, w in enumerate(words) if index not in files and index + 1 not in files]
    while len(rest) > 1 and rest[0].base in SHELLS and SCRIPT.fullmatch(rest[1].text):
        del rest[:2]
    return all(word.text in _JOINTS or ASSIGNMENT.fullmatch(word.text) for word in rest)


def _interpreted(words: tuple[Word, ...], starts: set[int], index: int) -> str | None:
    """What an interpreter of Python is told to run, if it is known; behind flags without a value."""
    if not INTERPRETER.fullmatch(words[0].base):
        return None
    for offset, word in enumerate(words[1:], 1):
        if index + offset in starts:
            return words[0].text
        if not word.text.startswith("-"):
            return word.text if word.base in catalog().scripts else None
    return None


def _writes(words: tuple[Word, ...]) -> bool:
    """Whether output goes to a file."""
    return any(
        not word.text.strip(SEPARATORS) and ">" in word.text and behind.text not in _NOWHERE
        for word, behind in pairwise(words)
    )
