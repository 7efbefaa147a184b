"""Which programs are known to run models or others, and what their arguments read as."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

from mlgate.workloads.commands.bystanders import INTERPRETER, SHELLS
from mlgate.workloads.commands.executed import Argument, Arguments, Executed
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.programs.known_commands import commands

_CODE_LIKE = re.compile(r"[;`\n]|\$\(|\|\||&&")
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
"""What an operator fills in."""


def starts(base: str) -> bool:
    """Whether a word is a shell, an interpreter of Python or an installer of its packages."""
    return base in SHELLS or INTERPRETER.fullmatch(base) is not None or base in {"uv", "pip", "pip3"}


def is_known_name(name: str) -> bool:
    """Whether a program of that name is known to run models or other programs."""
    table = commands()
    return (
        starts(name)
        or name in catalog().by_first_word
        or table.starter(name) is not None
        or table.installer(name) is not None
        or name in table.languages | table.runners
    )


def is_server(words: tuple[str, str]) -> bool:
    """Whether two words begin the command of a known program."""
    rows = catalog().by_first_word.get(words[0], ())
    return any(
        fnmatchcase(words[1], command[1]) for row in rows for command in row.commands if len(command) > 1
    )


def is_bare(word: Argument) -> bool:
    """Whether it stands for words that nobody can see, from its beginning."""
    return word.open and word.text.startswith(("$", "`", "<("))


def is_path(text: str) -> bool:
    """Whether it names a file or a folder, and no address elsewhere."""
    return "/" in text and "://" not in text.removeprefix("file://")


def is_code(text: str) -> bool:
    """Whether an argument reads as code, or as a line for a shell."""
    text = _TEMPLATE.sub("", text)
    if not any(char.isspace() for char in text) or _is_json(text):
        return False
    first = next(iter(text.split(maxsplit=1)), "")
    return _CODE_LIKE.search(text) is not None or is_known_name(first.rpartition("/")[2])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def written_out(text: str, item: Executed) -> Arguments:
    """The values of a list of the line, if all of them are written out."""
    match = re.fullmatch(r"\$\{(\w+)\[[@*]\]\}", text)
    if match is None or item.line is None:
        return ()
    values = [
        value
        for command in item.line.commands
        for name, _, value in command.sets
        if name == match.group(1) and value.open
    ]
    if not values or any(part.kind != "text" for value in values for part in value.parts):
        return ()
    return tuple(Argument(word, item.path) for value in values for word in value.text.split())
