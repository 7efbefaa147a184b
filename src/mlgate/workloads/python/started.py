"""The command line that a call of Python starts, for every function that runs a program."""

from __future__ import annotations

import ast

from mlgate.workloads.python.given import Given
from mlgate.workloads.python.names import Names, quoted

_NOT_THE_FIRST = frozenset({"executable", "preexec_fn"})
"""Arguments by which something else runs than the first word."""


def started(dotted: str, found: Given, names: Names) -> str | None:
    """The line a call of the function `dotted` starts; null where nobody can know it."""
    command = _command(dotted, found, names)
    if command is None:
        return None
    if {"input", "stdin"} & found.words.keys() or (dotted.endswith("popen") and found.args[1:]):
        command = f"echo | {command}"
    folder = names.text(found.words.get("cwd"))
    if folder is not None:
        command = f"cd {quoted(folder)}; {command}"
    return f"pip {command}" if dotted.startswith("pip.") else command


def _command(dotted: str, found: Given, names: Names) -> str | None:  # noqa: PLR0911 - one for each signature
    """The command line a call starts: a text, a list of words, or words one by one."""
    name, args = dotted.rpartition(".")[2], found.args
    if found.more_args or found.more_words:
        return None
    if not args:
        args = [found.words[key] for key in ("args", "cmd", "command", "argv") if key in found.words]
    if not args:
        return None
    if not _NOT_THE_FIRST.isdisjoint(found.words) or (dotted.startswith("subprocess.") and len(args) > 1):
        return None
    if name.startswith(("execv", "posix_spawn")) and len(args) > 1:
        return _of_program(args[0], args[1], names)
    if name.startswith("spawnv") and len(args) > 2:  # noqa: PLR2004 - mode, program, words
        return _of_program(args[1], args[2], names)
    if name.startswith(("execl", "spawnl")):
        skipped = 1 if name.startswith("execl") else 2
        texts = args[skipped:-1] if name.endswith("e") else args[skipped:]
        return _of_program(args[skipped - 1], ast.List(texts, ast.Load()), names)
    if name in {"create_subprocess_exec", "subprocess_exec"}:
        return names.line(ast.List(args[int(name == "subprocess_exec") :], ast.Load()))
    return names.line(args[int(name == "subprocess_shell") :][0] if len(args) > 1 else args[0])


def _of_program(program: ast.expr, words: ast.expr, names: Names) -> str | None:
    """The words of a command, its first replaced by the program that really runs."""
    name, line = names.text(program), names.words(words)
    return None if name is None or line is None else " ".join(map(quoted, [name, *line[1:]]))
