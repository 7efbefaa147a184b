"""What the names of a program of Python stand for: modules and functions, texts, lists of words.

Nothing is run: a value counts where it is written out, is a name for one value that is, or comes from a
variable of the container.
"""

from __future__ import annotations

import ast
import shlex
import sys
from collections.abc import Iterator

from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.python.changes import changed_in_place
from mlgate.workloads.python.functions import FINDING, LANGUAGE, PLAIN, contradict, weight

_WITHIN = frozenset({"os", "posix", "subprocess", "builtins", "importlib", "sys", "pickle", "shutil"})
"""Those that many others have within them under their own name, as in `torch.os`."""
_LONGEST_VALUE = 4096
_MOST_WORDS = 500
_MOST_LOOKS = 20_000
"""Words of lists that are looked at in one program."""
_OF_MODULES = frozenset({"__globals__", "__builtins__"})
_NAMESPACES = frozenset({"globals", "locals", "vars"})
_OWN = frozenset({"self", "cls", "?"})
"""What is no module, whatever it has."""
_NAMING = (ast.Name, ast.Attribute, ast.Subscript, ast.NamedExpr, ast.Call, ast.Await)
_LOADED = frozenset({"sys.modules", "?.modules"})
_MOST_MEANT = 20
_PUBLIC = (
    frozenset(sys.stdlib_module_names)
    | catalog().libraries
    | {"torch", "numpy", "tensorflow", "jax", "fastapi"}
)
"""Modules that are not the author's."""
_IMPORTING = frozenset({"__import__", "builtins.__import__", "importlib.import_module"})


class Names:
    """The names of one program."""

    def __init__(self, tree: ast.Module) -> None:
        self.modules: dict[str, str] = {}
        """What names are imported as: the name in use, and the module or function it is."""
        self.stars: list[str] = []
        """Modules of which every name is imported."""
        self._given: dict[str, list[ast.expr | None]] = {}
        self._grown: dict[str, list[ast.expr]] = {}
        self._files: dict[str, list[ast.expr]] = {}
        self._changed = changed_in_place(tree)
        self.confused: set[str] = set()
        """Names that stand for several things, of which one can run something or load a model."""
        self._left = _MOST_LOOKS
        self._aliases: dict[str, str] = {}
        for node in ast.walk(tree):
            self._bind(node)
        self._follow()
        self._texts: dict[str, str] = {}
        for name in self._given:
            text = self.text(self._only(name))
            if text is not None:
                self._texts[name] = text

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
        return isinstance(node, ast.Call) and self.plain(node.func) in _NAMESPACES

    def _import(self, name: str, module: str) -> None:
        """Of several things that are imported under one name, that which matters most."""
        before = self.modules.get(name)
        if before is None or weight(module) > weight(before):
            self.modules[name] = module
        if before is not None and contradict({before, module}, of_imports=True):
            self.confused.add(name)

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
                if len(meant) < _MOST_MEANT:
                    meant.add(found)
            if counted > weight(self._aliases.get(name, "")):
                self._aliases[name] = found
                waiting += users.get(name, ())
        self.confused |= {name for name, meant in stands.items() if contradict(meant)}

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

    def imports(self, name: str) -> bool:
        """Whether a name is that of a module or of a part of one."""
        return name in self.modules

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
                    elif isinstance(value, ast.Call) and self.plain(value.func) in _NAMESPACES:
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

    def plain(self, node: ast.expr) -> str:
        """The same for what is written as names and dots alone."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        base = self._known(node.id) if isinstance(node, ast.Name) else "?"
        return ".".join([base, *reversed(parts)])

    def _known(self, name: str) -> str:
        if name in self.modules:
            return self.modules[name]
        if name in getattr(self, "_aliases", {}):
            return self._aliases[name]
        if self.stars and name not in self._given and name not in LANGUAGE | FINDING:
            return max((f"{star}.{name}" for star in self.stars[:_MOST_MEANT]), key=weight)
        return "builtins" if name == "__builtins__" else name

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

    def text(self, node: ast.expr | None) -> str | None:  # noqa: C901, PLR0911 - one for each form
        """The text an expression stands for; of a variable of the container, a reference to it."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self._texts.get(name) if hasattr(self, "_texts") else None
            case ast.Attribute() if self.plain(node) == "sys.executable":
                return "python3"
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([left, right])
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                return self.text(inner)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))) if self._is_environ(value):
                return f"${{{name}}}"
            case ast.Call(args=[ast.Constant(value=str(name)), *rest], keywords=[]) if self._reads(node):
                default = self.text(rest[0]) if rest else None
                return f"${{{name}}}" if default is None else f"${{{name}:-{default}}}"
            case ast.Call(func=ast.Name(id="str") | ast.Attribute(attr="Path"), args=[inner], keywords=[]):
                return self.text(inner)
            case ast.Call(func=ast.Name(id="Path"), args=[inner], keywords=[]):
                return self.text(inner)
        return None

    def _joined(self, parts: list[ast.expr]) -> str | None:
        texts = [self.text(part) for part in parts]
        known = [text for text in texts if text is not None]
        # Names put together from names double with every line: what is longer than any address is unknown.
        if len(known) < len(texts) or sum(map(len, known)) > _LONGEST_VALUE:
            return None
        return "".join(known)

    def _is_environ(self, node: ast.expr) -> bool:
        return self.plain(node).rpartition(".")[2] == "environ"

    def _reads(self, call: ast.Call) -> bool:
        name = self.plain(call.func)
        return name.rpartition(".")[2] == "getenv" or name.endswith("environ.get")

    def file(self, node: ast.expr | None) -> str | None:
        """The path of what is loaded: written out, or of a file that is open."""
        opened = self._files.get(node.id, []) if isinstance(node, ast.Name) else []
        if isinstance(node, ast.Name) and len(opened) == len(self._given.get(node.id, ())) == 1:
            node = opened[0]
        if isinstance(node, ast.Name):
            node = self._only(node.id) or node
        if isinstance(node, ast.Call) and self.plain(node.func).rpartition(".")[2] == "open":
            node = node.args[0] if node.args else None
        return self.text(node)

    def items(self, node: ast.expr) -> list[ast.expr] | None:
        """The items of a list that is written out, by itself or under a name; null if one is not known."""
        node = self._whole(node)
        if (
            not isinstance(node, ast.List | ast.Tuple)
            or len(node.elts) > _MOST_WORDS
            or any(isinstance(i, ast.Starred) for i in node.elts)
        ):
            return None
        return node.elts

    def pairs(self, node: ast.expr) -> dict[str, ast.expr] | None:
        """The same of a map of names; null for one that is longer than anybody writes it."""
        node = self._whole(node)
        if isinstance(node, ast.Call) and self.plain(node.func) == "dict" and not node.args:
            named = [(word.arg, word.value) for word in node.keywords]
        elif isinstance(node, ast.Dict) and len(node.keys) <= _MOST_WORDS:
            named = [(self.text(key), value) for key, value in zip(node.keys, node.values, strict=True)]
        else:
            return None
        known = {name: value for name, value in named if name is not None}
        return known if all(name is not None for name, _ in named) else None

    def _whole(self, node: ast.expr) -> ast.expr:
        """What a name stands for that is given one value, which nothing changes in place."""
        if isinstance(node, ast.Name) and node.id not in self._changed:
            return self._only(node.id) or node
        return node

    def words(self, node: ast.expr | None) -> list[str] | None:
        """The words of a list, or of a text as a shell would split it; null if one of them is unknown."""
        left = [min(_MOST_WORDS, self._left)]
        found = list(self._words(node, left))
        self._left -= min(_MOST_WORDS, self._left) - max(left[0], 0)
        known = [word for word in found if word is not None]
        return known if len(known) == len(found) else None

    def _words(  # noqa: C901, PLR0912 - one case for each form
        self, node: ast.expr | None, left: list[int]
    ) -> Iterator[str | None]:
        """`left`: how many more may be looked at, because lists of lists double with every line."""
        left[0] -= 1
        match node:
            case _ if left[0] < 0:
                yield None
            case ast.List(elts=items) | ast.Tuple(elts=items):
                for item in items[:_MOST_WORDS]:
                    left[0] -= 1
                    if isinstance(item, ast.Starred):
                        yield from self._words(item.value, left)
                    else:
                        yield self.text(item)
            case ast.Name(id=name) if len(self._given.get(name, ())) == 1 and name not in self._changed:
                for part in [*self._given[name], *self._grown.get(name, ())]:
                    yield from self._words(part, left)
                    if left[0] < 0:
                        break
            case ast.BinOp(left=first, op=ast.Add(), right=second):
                yield from self._words(first, left)
                yield from self._words(second, left)
            case ast.Subscript(value=value) if self.plain(value) == "sys.argv":
                return
            case ast.Call(func=ast.Attribute(value=value, attr="split"), args=args):
                yield from _split(self.text(args[0] if args else value))
            case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inner]):
                yield from self._words(inner, left)
            case _:
                yield None

    def line(self, node: ast.expr | None) -> str | None:
        """The command line an expression stands for: a text, or a list of words."""
        text = self.text(node)
        if text is not None:
            return text
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            return self.line(node.args[0]) if node.args else None
        if isinstance(node, ast.Name | ast.List | ast.Tuple | ast.BinOp | ast.Call):
            words = self.words(node)
            return None if words is None else " ".join(map(quoted, words))
        return None


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


def quoted(word: str) -> str:
    """A word as a shell reads it back; a reference to a variable stays one."""
    return word if word.startswith("${") and word.endswith("}") and " " not in word else shlex.quote(word)


def _split(text: str | None) -> Iterator[str | None]:
    try:
        yield from [None] if text is None else shlex.split(text)
    except ValueError:
        yield None


def _canonical(dotted: str) -> str:
    """A name from the last module on that counts: `torch.os.system` is `os.system`."""
    parts = dotted.split(".")
    for index in range(len(parts) - 1, 0, -1):
        plain = parts[index].lstrip("_")
        if plain in _WITHIN and parts[0] not in _OWN:
            return ".".join([plain, *parts[index + 1 :]])
    return dotted
