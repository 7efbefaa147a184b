"""Whether a program of Python means its own function where it uses a name that the language has, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mlgate.workloads.python.functions import FINDING, LANGUAGE

_WORDS = LANGUAGE | FINDING


class _Scope:
    def __init__(self, outer: _Scope | None, *, is_class: bool = False) -> None:
        self.outer, self.is_class = outer, is_class
        self.names: set[str] = set()
        self.elsewhere: set[str] = set()
        """Names that are declared to be those of an outer scope."""


class Scopes:
    """The scopes of one program, as far as they concern names that the language has."""

    def __init__(self, tree: ast.Module) -> None:
        self._module = _Scope(None)
        self._scopes: dict[int, _Scope] = {}
        self._lost: set[str] = set()
        """Names that may be taken away again: the language's own are seen then."""
        self._since = dict(reversed(list(_bound(tree))))
        stack: list[tuple[ast.AST, _Scope]] = [(tree, self._module)]
        while stack:
            node, scope = stack.pop()
            self._note(node, scope)
            stack += _within(node, scope)

    def is_own(self, node: ast.Name) -> bool:
        """Whether the name is surely one the program gave a value, wherever it comes to this place."""
        scope = self._scopes.get(id(node))
        if scope is None or node.id in self._lost:
            return False
        while scope is not self._module and scope is not None:
            if node.id in scope.names and node.id not in scope.elsewhere:
                return not scope.is_class
            scope = scope.outer
        since = self._since.get(node.id)
        return since is not None and since < (node.lineno, node.col_offset)

    def _note(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if name in _WORDS:
                scope.names.add(name)
            case ast.Name(id=name, ctx=ast.Del()):
                self._lost.add(name)
            case ast.Name(id=name) if name in _WORDS:
                self._scopes[id(node)] = scope
            case ast.arg(arg=name):
                scope.names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                scope.names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                scope.names.update(alias.asname or alias.name for alias in aliases)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                scope.elsewhere.update(names)
            case ast.ExceptHandler(name=str(name)):
                self._lost.add(name)


def _within(node: ast.AST, scope: _Scope) -> Iterator[tuple[ast.AST, _Scope]]:
    """The parts of a node with the scope each is in."""
    inner = scope
    outside: list[ast.AST] = []
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner = _Scope(scope)
            outside = [*node.decorator_list, *_defaults(node.args), *([node.returns] if node.returns else [])]
        case ast.Lambda():
            inner = _Scope(scope)
            outside = _defaults(node.args)
        case ast.ClassDef():
            inner = _Scope(scope, is_class=True)
            outside = [*node.decorator_list, *node.bases, *node.keywords]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = _Scope(scope)
            outside = [node.generators[0].iter]
        case ast.NamedExpr(target=target, value=value):
            # What it gives a value in a comprehension is a name around that: left out, as if it were none.
            yield value, scope
            yield target, _Scope(None)
            return
    apart = set(map(id, outside))
    yield from ((part, scope) for part in outside)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.arguments):
            yield from ((part, inner) for part in ast.walk(child) if isinstance(part, ast.arg))
        elif isinstance(child, ast.comprehension):
            parts = [child.target, child.iter, *child.ifs]
            yield from ((part, inner) for part in parts if id(part) not in apart)
        elif id(child) not in apart:
            yield child, inner


def _defaults(arguments: ast.arguments) -> list[ast.AST]:
    named = [value for value in arguments.kw_defaults if value is not None]
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    hints = [part.annotation for part in given if part.annotation is not None]
    return [*arguments.defaults, *named, *hints]


def _bound(tree: ast.Module) -> Iterator[tuple[str, tuple[int, int]]]:
    """Names that the program surely gives a value on its way, and the end of the statement that does."""
    for node in tree.body:
        names: list[str] = []
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                names = [name]
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names = [alias.asname or alias.name for alias in aliases]
        for name in names:
            yield name, (node.end_lineno or node.lineno, node.end_col_offset or 0)
