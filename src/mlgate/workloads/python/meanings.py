"""Which modules and functions the names of a program of Python stand for, under whatever other name."""

from __future__ import annotations

import ast

from mlgate.workloads.python.bindings import MOST_MEANT, NAMESPACES, Bindings
from mlgate.workloads.python.functions import PLAIN, contradict, weight

_WITHIN = frozenset({"os", "posix", "subprocess", "builtins", "importlib", "sys", "pickle", "shutil"})
"""Those that many others have within them under their own name, as in `torch.os`."""
_OF_MODULES = frozenset({"__globals__", "__builtins__"})
_OWN = frozenset({"self", "cls", "?"})
"""What is no module, whatever it has."""
_NAMING = (ast.Name, ast.Attribute, ast.Subscript, ast.NamedExpr, ast.Call, ast.Await)
_LOADED = frozenset({"sys.modules", "?.modules"})
_IMPORTING = frozenset({"__import__", "builtins.__import__", "importlib.import_module"})


class Meanings(Bindings):
    """The names of one program, with the modules and functions they stand for."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self._follow()

    def _follow(self) -> None:
        """Find what other names of functions and modules stand for, whatever order they come in."""
        users: dict[str, list[tuple[str, ast.expr]]] = {}
        waiting: list[tuple[str, ast.expr]] = []
        for name, values in self._given.items():
            for value in values:
                if value is None or not isinstance(value, _NAMING):
                    continue
                waiting.append((name, value))
                users.setdefault(_base(value), []).append((name, value))
        stands: dict[str, set[str]] = {}
        while waiting:
            name, value = waiting.pop()
            found = self.dotted(value)
            if found is None or not (counted := weight(found)):
                continue
            if counted > PLAIN:
                meant = stands.setdefault(name, {self.modules[name]} if name in self.modules else set())
                if len(meant) < MOST_MEANT:
                    meant.add(found)
            if counted > weight(self._aliases.get(name, "")):
                self._aliases[name] = found
                waiting += users.get(name, ())
        self.confused |= {name for name, meant in stands.items() if contradict(meant)}

    def dotted(self, node: ast.expr) -> str | None:  # noqa: C901, PLR0912 - one case for each form
        """The module and function an expression stands for, such as `os.system`; null for what is no name."""
        parts: list[str] = []
        base: str | None = None
        inner: ast.expr = node
        while base is None:
            match inner:
                case ast.Attribute(value=value, attr=attr):
                    parts.append(attr)
                    inner = value
                case ast.NamedExpr(value=value) | ast.Await(value=value):
                    inner = value
                case ast.Name(id=name):
                    base = self._known(name)
                case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attr)), *_]):
                    parts.append(attr)
                    inner = value
                case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if (
                    self.plain(function) in _IMPORTING
                ):
                    base = name
                case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
                    if self.plain(value) in _LOADED:
                        base = name
                    elif isinstance(value, ast.Call) and self.plain(value.func) in NAMESPACES:
                        parts.append(name)
                        inner = value.args[0] if value.args else ast.Name("builtins", ast.Load())
                        if not value.args:
                            parts.pop()
                            base = self._known(name)
                    elif isinstance(value, ast.Attribute) and value.attr == "__dict__":
                        parts.append(name)
                        inner = value.value
                    elif isinstance(value, ast.Attribute) and value.attr in _OF_MODULES:
                        base = self._known(name)
                    else:
                        base = "?"
                case ast.Subscript(value=value, slice=ast.Name(id="__name__")) if (
                    self.plain(value) in _LOADED
                ):
                    base = "__main__"
                case _:
                    base = "?" if parts else ""
        if base == "__main__" and parts:
            base = self._known(parts.pop())
        return _canonical(".".join([base, *reversed(parts)])) if base else None


def _base(node: ast.expr) -> str:
    """The name at the beginning of an expression that is one."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.NamedExpr(value=inner):
                node = inner
            case ast.Await(value=inner) | ast.Call(args=[inner, *_]):
                node = inner
            case _:
                return ""
    return node.id


def _canonical(dotted: str) -> str:
    """A name from the last module on that counts: `torch.os.system` is `os.system`."""
    parts = dotted.split(".")
    for index in range(len(parts) - 1, 0, -1):
        plain = parts[index].lstrip("_")
        if plain in _WITHIN and parts[0] not in _OWN:
            return ".".join([plain, *parts[index + 1 :]])
    return dotted
