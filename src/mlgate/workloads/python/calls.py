"""What a program of Python starts and runs: each use of a function that can, as far as it can be read.

Such a function that is used otherwise than by a call that can be read is told: it may be given anything.
"""

from __future__ import annotations

import ast

from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.python.environment import variables_of
from mlgate.workloads.python.functions import (
    FINDING,
    FUNCTION,
    HIDES,
    LANGUAGE,
    MODULES,
    RUNS,
    UNIQUE,
    weight,
)
from mlgate.workloads.python.given import given
from mlgate.workloads.python.itself import Itself
from mlgate.workloads.python.names import Names, quoted
from mlgate.workloads.python.scopes import Scopes
from mlgate.workloads.python.started import started
from mlgate.workloads.python.trees import hints, is_text, said, targets

_LIBRARIES = frozenset({"torch", "numpy", "transformers", "jax", "jax.numpy", "tensorflow"})
"""Modules of which kinds of numbers and the like are often looked up by name."""
_NAMING = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.NamedExpr)
_MOST = 50
_HARMLESS = frozenset({"getattr", "hasattr", "isinstance", "issubclass", "type", "id"})


class Uses:
    """Every use of a function that counts, in one program."""

    def __init__(self, tree: ast.Module, names: Names) -> None:
        self._names = names
        self._parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self._known_modules = frozenset(names.modules.values())
        self._packages = frozenset(module.partition(".")[0] for module in self._known_modules)
        self._types = {id(inner) for hint in hints(tree) for inner in said(hint)}
        self._scopes = Scopes(tree)
        self.commands: list[str] = []
        self.hidden = [f"gives the name {name} to several things" for name in sorted(names.confused)[:_MOST]]
        self.calls: list[tuple[str, ast.Call]] = []
        """Every call with what is called, as far as it has a name."""
        self._itself = Itself(names, self.commands, self.hidden)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self.calls.append((names.dotted(node.func) or "", node))
            if isinstance(node, ast.expr) and self.is_whole(node):
                self._look(node)
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                self._itself.look_at_places(node)
            elif isinstance(node, ast.ClassDef):
                self._look_at_class(node)
        self._look_at_calls()
        self.commands += self._itself.told()

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What it is part of."""
        return self._parents.get(id(node))

    def is_alias(self, node: ast.expr) -> bool:
        """Whether it is given another name under which it is found again, unlike a name of a class."""
        parent = self.parent(node)
        if not isinstance(parent, ast.Assign | ast.NamedExpr | ast.AnnAssign) or parent.value is not node:
            return False
        plain = all(isinstance(target, ast.Name) for target in targets(parent))
        return plain and not isinstance(self.parent(parent), ast.ClassDef)

    def is_whole(self, node: ast.expr) -> bool:
        """Whether it is no part of a longer name, and none that only says a type."""
        if not isinstance(node, _NAMING) or id(node) in self._types:
            return False
        parent = self._parents.get(id(node))
        if isinstance(parent, ast.Subscript) and parent.value is node:
            return not is_text(parent.slice)
        return not (isinstance(parent, ast.Attribute) and parent.value is node)

    def _look(self, node: ast.expr) -> None:
        dotted = self._meant(node)
        if dotted is None:
            return
        called, parent = self._call_of(node), self._parents.get(id(node))
        is_alias = self.is_alias(node)
        if isinstance(parent, ast.Expr | ast.Compare) or (
            isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        ):
            return
        last, base = dotted.rpartition(".")[2], dotted.partition(".")[0]
        unique = "." in dotted and UNIQUE.fullmatch(last) is not None and not self._is_other(base)
        runs = RUNS.fullmatch(dotted) is not None
        if runs or (unique and called is not None and not HIDES.fullmatch(dotted)):
            self._run(dotted, called, is_alias=is_alias)
        elif HIDES.fullmatch(dotted):
            self._hide(dotted, called, is_alias=is_alias)
        elif dotted in FINDING and called is not None:
            self._find(dotted, called)
        elif (
            dotted in MODULES and not is_alias and isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
        ):
            self._hand_on(node, dotted, parent)

    def _meant(self, node: ast.expr) -> str | None:
        """What is used here; null for what is the program's own."""
        dotted = self._names.dotted(node)
        if dotted is None:
            return None
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            self._change(node, self._parents.get(id(node)))
        if isinstance(node, ast.Name):
            if not self._means(node):
                return None
            if node.id in LANGUAGE and not HIDES.fullmatch(dotted) and not self._scopes.is_own(node):
                return node.id  # imported elsewhere only
        return dotted

    def _change(self, node: ast.Attribute, parent: ast.AST | None) -> None:
        """What gives a name of the program or of a library that loads models something that runs."""
        owner = self._names.dotted(node.value) or ""
        if owner == "__main__":
            self.hidden.append("changes its own names as those of a module")
        base = owner.partition(".")[0]
        plain = isinstance(parent, ast.Assign) and isinstance(parent.value, ast.Constant)
        if base in catalog().libraries and base in self._packages and not plain:
            self.hidden.append(f"changes {owner}, so that the reader cannot know what it does")

    def _means(self, node: ast.Name) -> bool:
        """Whether a name is one of the language's own or of an import, and not of the program's."""
        is_own = self._names.is_given(node.id) and not self._names.is_other_name(node.id)
        return not is_own or (node.id in LANGUAGE | FINDING and not self._scopes.is_own(node))

    def _look_at_class(self, node: ast.ClassDef) -> None:
        for part in node.body:
            aliases = part.names if isinstance(part, ast.ImportFrom) else []
            for alias in aliases:
                found = f"{getattr(part, 'module', '')}.{alias.name}"
                if weight(found) == FUNCTION:
                    self.hidden.append(_handed(found))

    def _is_other(self, base: str) -> bool:
        """Whether it is a module that is known to be another one."""
        return self._names.imports(base) or base in self._known_modules

    def _call_of(self, node: ast.expr) -> ast.Call | None:
        parent = self._parents.get(id(node))
        return parent if isinstance(parent, ast.Call) and parent.func is node else None

    def _hand_on(self, node: ast.expr, dotted: str, parent: ast.AST | None) -> None:
        function = self._names.dotted(parent.func) if isinstance(parent, ast.Call) else None
        if function == "getattr" and isinstance(parent, ast.Call) and parent.args[0] is node:
            if len(parent.args) > 1 and not isinstance(parent.args[1], ast.Constant):
                self.hidden.append(computed("getattr"))
        elif function not in _HARMLESS:
            self.hidden.append(_handed(dotted))

    def _find(self, dotted: str, call: ast.Call) -> None:
        """What looks a function up by a name that nobody knows."""
        parent = self._parents.get(id(call))
        if dotted.endswith("getattr"):
            unknown = len(call.args) > 1 and not is_text(call.args[1])
            owner = self._names.dotted(call.args[0]) if call.args else None
            if unknown and (
                self._call_of(call) or (owner in self._known_modules and owner not in _LIBRARIES)
            ):
                self.hidden.append(computed("getattr"))
        elif isinstance(parent, ast.Subscript):
            if not is_text(parent.slice):
                self.hidden.append(computed(dotted))
        elif not call.args and self._is_changed(parent):
            self.hidden.append(computed(dotted))

    def _is_changed(self, parent: ast.AST | None) -> bool:
        """Whether the names of the program may be changed: they are kept, or something is done with them."""
        if isinstance(parent, ast.Attribute):
            return parent.attr not in {"get", "keys", "values", "items", "copy", "__contains__"}
        return isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign)

    def _run(self, dotted: str, call: ast.Call | None, *, is_alias: bool) -> None:
        if call is None:
            if not is_alias:
                self.hidden.append(_handed(dotted))
            return
        found = given(call, self._names)
        command = started(dotted, found, self._names)
        self.hidden += variables_of(dotted, found, self._names, self.commands)
        if command is None:
            self.hidden.append(computed(dotted.rpartition(".")[2]))
        else:
            self.commands.append(command)

    def _hide(self, dotted: str, call: ast.Call | None, *, is_alias: bool) -> None:
        last = dotted.rpartition(".")[2]
        first = call.args[0] if call is not None and call.args else None
        literal = self._names.text(first)
        if call is not None and last in {"__import__", "import_module"} and literal is not None:
            return
        if call is not None and last in {"run_path", "run_module"} and literal is not None:
            self.commands.append(f"python3 {'-m ' if last == 'run_module' else ''}{quoted(literal)}")
        elif call is not None and last == "addsitedir":
            self._itself.place(first)
        elif not (is_alias and call is None):
            self.hidden.append(computed(last))

    def _look_at_calls(self) -> None:
        for dotted, call in self.calls:
            if dotted in {"setattr", "delattr"} and call.args:
                target = ast.Attribute(call.args[0], "", ast.Store())
                self._change(target, None)
            if isinstance(call.func, ast.Attribute):
                self._itself.look_at_call(dotted, call)


def _handed(name: str) -> str:
    return f"hands on {name}, so that the reader cannot know what it runs"


def computed(name: str) -> str:
    """What is told of a call of this function."""
    return f"calls {name} with what the reader cannot know"
