"""Lists and maps that a program of Python changes in place, by whatever name it has for them."""

from __future__ import annotations

import ast

_GROWING = frozenset({"append", "insert", "extend"})
"""What is added so is known, where it is done under the name itself."""
_CHANGING = frozenset(
    {"remove", "pop", "clear", "reverse", "sort", "update", "setdefault", "popitem", "__setitem__"}
    | {"__delitem__", "__iadd__", "setitem", "iadd", "iconcat", "delitem"}
)


def changed_in_place(tree: ast.Module) -> set[str]:  # noqa: C901, PLR0912 - one case for each form
    """Names of what does not keep the value it was given."""
    changed: set[str] = set()
    grown: set[str] = set()
    others: dict[str, set[str]] = {}
    parameters: set[str] = set()
    own: set[str] = set()
    handed: list[tuple[str, str]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                changed.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _CHANGING:
                changed.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _GROWING:
                grown.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                grown.add(name)
            case ast.Assign(targets=targets, value=ast.Name(id=name)):
                for target in targets:
                    if isinstance(target, ast.Name):
                        others.setdefault(target.id, set()).add(name)
            case ast.NamedExpr(target=ast.Name(id=other), value=ast.Name(id=name)):
                others.setdefault(other, set()).add(name)
            case ast.arg(arg=name):
                parameters.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                own.add(name)
        if isinstance(node, ast.Call):
            last = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
            handed += [(last, name) for name in given]
            if last in _CHANGING | _GROWING:  # as in `list.append(words, word)`
                changed.update(given[:1])
    if parameters & (changed | grown):
        changed.update(name for function, name in handed if function in own)
    waiting = [name for name in changed | grown if name in others]
    while waiting:
        found = others.pop(waiting.pop(), set()) - changed
        changed |= found
        waiting += found
    return changed
