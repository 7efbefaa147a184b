"""What the names of a program of Python are given: imports, values, and what nobody knows."""

from __future__ import annotations

import ast
import sys

from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.python.changes import changed_in_place
from mlgate.workloads.python.functions import FINDING, LANGUAGE, contradict, weight

NAMESPACES = frozenset({"globals", "locals", "vars"})
MOST_MEANT = 20
_PUBLIC = (
    frozenset(sys.stdlib_module_names)
    | catalog().libraries
    | {"torch", "numpy", "tensorflow", "jax", "fastapi"}
)
"""Modules that are not the author's."""


class Bindings:
    """Every name of one program, with all it is given anywhere."""

    def __init__(self, tree: ast.Module) -> None:
        self.modules: dict[str, str] = {}
        """What names are imported as: the name in use, and the module or function it is."""
        self.stars: list[str] = []
        """Modules of which every name is imported."""
        self.confused: set[str] = set()
        """Names that stand for several things, of which one can run something or load a model."""
        self._given: dict[str, list[ast.expr | None]] = {}
        self._grown: dict[str, list[ast.expr]] = {}
        self._files: dict[str, list[ast.expr]] = {}
        self._changed = changed_in_place(tree)
        self._aliases: dict[str, str] = {}
        for node in ast.walk(tree):
            self._bind(node)

    def _bind(self, node: ast.AST) -> None:  # noqa: C901, PLR0912 - one case for each form
        match node:
            case ast.Import(names=names):
                for alias in names:
                    base = alias.name.partition(".")[0]
                    self._import(alias.asname or base, alias.name if alias.asname else base)
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    if alias.name == "*":
                        self.stars.append(module or "")
                    self._import(alias.asname or alias.name, f"{module or ''}.{alias.name}".lstrip("."))
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                self._given.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self._given.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                self._grown.setdefault(name, []).append(value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._given.setdefault(target.id, []).append(value)
                    else:
                        self._unknown(target)
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                self._unknown(target)
            case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
                self._unknown(target)
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                self._given.setdefault(name, []).append(None)
                self._files.setdefault(name, []).append(value)
            case ast.withitem(optional_vars=ast.expr() as target):
                self._unknown(target)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                self._given.setdefault(name, []).append(None)
            case (
                ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
                | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="__setitem__"))
            ):
                self._given.setdefault(name, []).append(None)
            case ast.ClassDef(name=name, bases=bases) if bases:
                self._given.setdefault(name, []).extend(bases)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._given.setdefault(name, []).append(None)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="extend"), args=args):
                self._grown.setdefault(name, []).extend(args)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "insert"), args=args):
                self._grown.setdefault(name, []).append(ast.List(args[-1:], ast.Load()))

    def _unknown(self, target: ast.expr) -> None:
        """What a target is given is not known."""
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._given.setdefault(node.id, []).append(None)
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                inner = node.value
                if self._is_namespace(inner):
                    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
                    self._given.setdefault(str(key), []).append(None)

    def _is_namespace(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.plain(node.func) in NAMESPACES

    def _import(self, name: str, module: str) -> None:
        """Of several things that are imported under one name, that which matters most."""
        before = self.modules.get(name)
        if before is None or weight(module) > weight(before):
            self.modules[name] = module
        if before is not None and contradict({before, module}, of_imports=True):
            self.confused.add(name)

    def _only(self, name: str) -> ast.expr | None:
        """The one value a name is ever given; null if there are several, or it grows."""
        values = self._given.get(name, ())
        return (
            values[0]
            if len(values) == 1
            and name not in self._grown
            and name not in self.modules
            and not self._overlaid()
            else None
        )

    def _overlaid(self) -> bool:
        """Whether a module that can be the author's own gives the program names nobody sees."""
        return any(star.partition(".")[0] not in _PUBLIC for star in self.stars)

    def plain(self, node: ast.expr) -> str:
        """The module and function that names and dots stand for; with `?` for any other expression."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        base = self._known(node.id) if isinstance(node, ast.Name) else "?"
        return ".".join([base, *reversed(parts)])

    def _known(self, name: str) -> str:
        if name in self.modules:
            return self.modules[name]
        if name in self._aliases:
            return self._aliases[name]
        if self.stars and name not in self._given and name not in LANGUAGE | FINDING:
            return max((f"{star}.{name}" for star in self.stars[:MOST_MEANT]), key=weight)
        return "builtins" if name == "__builtins__" else name

    def imports(self, name: str) -> bool:
        """Whether a name is that of a module or of a part of one."""
        return name in self.modules

    def is_given(self, name: str) -> bool:
        """Whether the program gives the name a value of its own."""
        return name in self._given

    def values(self, name: str) -> list[ast.expr | None]:
        """Every value a name is given anywhere; null for one that is not written out."""
        return self._given.get(name, [])

    def is_changed(self, name: str) -> bool:
        """Whether a list or a map of this name is changed in place, other than as variables of a process."""
        return name in self._changed and "env" not in name.lower()

    def is_other_name(self, name: str) -> bool:
        """Whether it is imported, or another name of something that counts."""
        return name in self.modules or name in self._aliases
