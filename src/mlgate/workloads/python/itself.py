"""What a program of Python gives itself: arguments, and folders it takes modules from."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mlgate.workloads.python.names import Names, quoted
from mlgate.workloads.python.trees import targets

_OWN_FOLDER = frozenset({"__file__", "getcwd", "cwd"})
_MOST = 50


class Itself:
    """Collects what one program gives itself. `commands` and `hidden` are added to as it is found."""

    def __init__(self, names: Names, commands: list[str], hidden: list[str]) -> None:
        self._names = names
        self._commands = commands
        self._hidden = hidden
        self._arguments: list[list[str]] = []

    def look_at_call(self, dotted: str, call: ast.Call) -> None:
        """A call of a method that adds arguments or folders."""
        owner, _, method = dotted.rpartition(".")
        if owner == "sys.argv" and method in {"append", "extend", "insert"}:
            value = call.args[-1] if call.args else None
            self._argue(value if method == "extend" else ast.List([value] if value else [], ast.Load()))
        elif owner == "sys.path" and method in {"append", "insert"}:
            self.place(call.args[-1] if call.args else None)
        elif owner == "sys.path" and method == "extend":
            self._all_places(call.args[0] if call.args else None)

    def look_at_places(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> None:
        """An assignment to its arguments or its folders, or to one of them."""
        for target in targets(node):
            inner = target.value if isinstance(target, ast.Subscript) else target
            dotted = self._names.dotted(inner) if isinstance(inner, ast.Attribute | ast.Name) else None
            key = target.slice if isinstance(target, ast.Subscript) else None
            is_item = isinstance(key, ast.Constant) and node.value is not None
            value = ast.List([node.value], ast.Load()) if is_item and node.value is not None else node.value
            if dotted == "sys.argv" and not (isinstance(key, ast.Constant) and key.value == 0):
                self._argue(value, whole=key is None and not isinstance(node, ast.AugAssign))
            elif dotted == "sys.path":
                self._all_places(value)

    def _argue(self, value: ast.expr | None, *, whole: bool = False) -> None:
        """`whole`: the name of the program is the first of them."""
        words = self._names.words(value)
        if words is None:
            self._hidden.append("sets its arguments to what the reader cannot know")
        else:
            self._arguments.append(words if whole else ["-", *words])

    def _all_places(self, value: ast.expr | None) -> None:
        match value:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                self._all_places(left)
                self._all_places(right)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                for item in items:
                    self.place(item)
            case ast.Attribute() | ast.Subscript() | ast.Name() if self._is_path(value):
                return
            case _:
                self.place(value)

    def _is_path(self, node: ast.expr) -> bool:
        inner = node.value if isinstance(node, ast.Subscript) else node
        return self._names.dotted(inner) == "sys.path"

    def place(self, node: ast.expr | None) -> None:
        """A folder that modules are taken from: told like the variable of the shell that says the same."""
        text = self._names.text(node)
        if text is not None:
            self._commands.append(f"PYTHONPATH={quoted(text)}")
            return
        inner = list(ast.walk(node)) if node is not None else []
        own = any(getattr(part, "id", getattr(part, "attr", "")) in _OWN_FOLDER for part in inner)
        texts = [
            part.value for part in inner if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        self._commands += [f"PYTHONPATH={quoted(text)}" for text in texts if text.startswith("/")]
        if not own:
            self._hidden.append("takes modules from where the reader cannot know")

    def told(self) -> Iterator[str]:
        """The lines that the arguments it sets itself would be, behind each program that could read them."""
        modules = sorted({name for name in self._names.modules.values() if name})
        if self._arguments and max(len(modules), len(self._arguments)) > _MOST:
            self._hidden.append("sets its arguments, and imports more than is looked at")
        for words in self._arguments[:_MOST]:
            yield " ".join(map(quoted, words))
            behind = " ".join(map(quoted, words[1:]))
            for module in modules[:_MOST]:
                package, _, rest = module.partition(".")
                yield f"{package} {behind}"
                if rest:
                    yield f"python3 -m {module} {behind}"
                    yield f"python3 -m {module.rpartition('.')[0]} {behind}"
