"""Functions of Python that load models and are used otherwise than by a call: nobody knows what they load."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from mlgate.workloads.python.calls import Uses
from mlgate.workloads.python.names import Names

Loading = Callable[[str], bool]
"""Whether the function of this name loads models."""
_MADE = frozenset({"__init__", "__new__", "__call__"})
_LOOKED_AT = ast.Expr | ast.Compare | ast.ImportFrom | ast.Call | ast.keyword | ast.Delete


def kept(tree: ast.Module, names: Names, uses: Uses, is_loader: Loading) -> Iterator[str]:
    """The function of each such use, as in a list, a map, a class or above another function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of_class(node, names, is_loader)
        if isinstance(node, ast.Call):
            dotted, _, method = (names.dotted(node.func) or "").rpartition(".")
            if method in _MADE and is_loader(dotted):
                yield dotted
        if not isinstance(node, ast.Name | ast.Attribute) or not uses.is_whole(node):
            continue
        found = names.dotted(node)
        if found is not None and is_loader(found) and _is_kept(node, uses):
            yield found


def _is_kept(node: ast.Name | ast.Attribute, uses: Uses) -> bool:
    parent = uses.parent(node)
    if not isinstance(node.ctx, ast.Load) or isinstance(parent, _LOOKED_AT):
        return False
    if isinstance(parent, ast.ClassDef):
        return node in parent.decorator_list
    return not uses.is_alias(node)


def _of_class(node: ast.ClassDef, names: Names, is_loader: Loading) -> Iterator[str]:
    """A class that is made from one that loads, and gives it something itself; an import within a class."""
    for part in node.body:
        if isinstance(part, ast.ImportFrom):
            yield from (found for a in part.names if is_loader(found := f"{part.module}.{a.name}"))
    base = next((found for base in node.bases if is_loader(found := names.dotted(base) or "")), None)
    if base is None:
        return
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and (call.args or call.keywords)
        ):
            owner = call.func.value
            if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
                yield base
                return
