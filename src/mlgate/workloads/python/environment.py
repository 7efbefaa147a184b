"""The variables that a program of Python gives another one it starts."""

from __future__ import annotations

import ast

from mlgate.workloads.programs.catalog import telling
from mlgate.workloads.python.given import Given
from mlgate.workloads.python.names import Names, quoted

UNKNOWN = "sets variables that the reader cannot know"
_MOST = 200
_KEEPING = frozenset({"copy", "deepcopy", "dict"})


def variables_of(dotted: str, found: Given, names: Names, commands: list[str]) -> list[str]:
    """What is hidden by the variables a program is started with; those that are known join the commands."""
    name = dotted.rpartition(".")[2]
    values = [found.words["env"]] if "env" in found.words else []
    if name.endswith("e") and name.startswith(("exec", "spawn")):
        values += found.args[-1:]
    elif name.startswith("posix_spawn"):
        values += found.args[2:3]
    return [told for value in values for told in _of(value, names, commands, [_MOST])]


def _of(node: ast.expr, names: Names, commands: list[str], left: list[int]) -> list[str]:
    left[0] -= 1
    if left[0] < 0:
        return [UNKNOWN]
    pairs: list[tuple[ast.expr, ast.expr]] = []
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=None) | ast.Attribute(attr="environ" | "environb"):
            return []
        case ast.Name(id=name):
            values = names.values(name)
            if not values or len(values) > _MOST or None in values or names.is_changed(name):
                return [] if names.plain(node) == "os.environ" else [UNKNOWN]
            parts = [value for value in values if value is not None]
        case ast.Dict(keys=keys, values=values):
            pairs = [(key, value) for key, value in zip(keys, values, strict=True) if key is not None]
            parts = [value for key, value in zip(keys, values, strict=True) if key is None]
        case ast.BinOp(op=ast.BitOr(), left=first, right=second):
            parts = [first, second]
        case ast.Call(func=function, args=args, keywords=words):
            owner = [function.value] if isinstance(function, ast.Attribute) and not args else []
            if names.plain(function).rpartition(".")[2] not in _KEEPING:
                return [UNKNOWN]
            pairs = [(ast.Constant(word.arg), word.value) for word in words if word.arg is not None]
            parts = [*owner, *args, *(word.value for word in words if word.arg is None)]
        case _:
            return [UNKNOWN]
    told = [text for key, value in pairs for text in _set(key, value, names, commands)]
    return told + [text for part in parts for text in _of(part, names, commands, left)]


def _set(key: ast.expr, value: ast.expr, names: Names, commands: list[str]) -> list[str]:
    name, text = names.text(key), names.text(value)
    if name is None:
        return [UNKNOWN]
    if name not in telling():
        return []
    if text is None:
        return [f"sets {name} to what the reader cannot know"]
    commands.append(f"{name}={quoted(text)}")
    return []
