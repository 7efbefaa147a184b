"""What the names of a program of Python stand for: modules and functions, texts, lists of words.

Nothing is run: a value counts where it is written out, is a name for one value that is, or comes from a
variable of the container.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator

from mlgate.workloads.python.meanings import Meanings

_LONGEST_VALUE = 4096
_MOST_WORDS = 500
_MOST_LOOKS = 20_000
"""Words of lists that are looked at in one program."""


class Names(Meanings):
    """The names of one program, with the texts and lists they stand for."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self._left = _MOST_LOOKS
        self._texts: dict[str, str] = {}
        for name in self._given:
            text = self.text(self._only(name))
            if text is not None:
                self._texts[name] = text

    def text(self, node: ast.expr | None) -> str | None:  # noqa: C901, PLR0911 - one for each form
        """The text an expression stands for; of a variable of the container, a reference to it."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self._texts.get(name)
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


def quoted(word: str) -> str:
    """A word as a shell reads it back; a reference to a variable stays one."""
    return word if word.startswith("${") and word.endswith("}") and " " not in word else shlex.quote(word)


def _split(text: str | None) -> Iterator[str | None]:
    try:
        yield from [None] if text is None else shlex.split(text)
    except ValueError:
        yield None
