"""Parts of the tree of a program of Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def is_text(node: ast.expr) -> bool:
    """Whether it is written out, or the program's own name."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id == "__name__")


def targets(node: ast.AST | None) -> list[ast.expr]:
    """What an assignment gives a value to; nothing for anything else."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) else []


def said(hint: ast.expr) -> Iterator[ast.AST]:
    """The parts of a type that are only said: what is called in it is run."""
    waiting: list[ast.AST] = [hint]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Call | ast.NamedExpr | ast.Lambda):
            yield node
            waiting += ast.iter_child_nodes(node)


def hints(tree: ast.Module) -> Iterator[ast.expr]:
    """Types that are only said."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns
