"""What a term of Rego stands for, as far as it can be told without a document: places in the input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Keys = tuple[str, ...]
"""Keys below `input`; ANY for an index or a key that is known only with a document."""
ANY = "[]"
Literal = str | tuple[str | None, ...]
"""A string, or a list of strings of which some are not known: what keys are given as."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Symbol:
    """A value that is not known: where in the input it may come from, and what is known of its parts."""

    paths: frozenset[Keys] = frozenset()
    fields: tuple[tuple[str, Symbol], ...] = ()
    items: tuple[Symbol, ...] = ()
    literals: frozenset[Literal] = frozenset()

    def at(self, key: str | None) -> Symbol:
        """The value at a key; at any of them where the key is not known."""
        here = Symbol(frozenset((*path, ANY if key is None else key) for path in self.paths))
        parts = [value for name, value in self.fields if key is None or name == key]
        return joined([here, *parts, *self.items, *self._listed(key)])

    def of(self, keys: Symbol) -> Symbol:
        """The value at whatever a key or a list of keys may be, as `object.get` takes them."""
        if not keys.literals:
            return self.at(None)
        found = []
        for literal in keys.literals:
            value = self
            for key in (literal,) if isinstance(literal, str) else literal:
                value = value.at(key)
            found.append(value)
        return joined(found)

    def _listed(self, key: str | None) -> Iterable[Symbol]:
        """The strings of a list, asked for one by one."""
        if key is None:
            for literal in self.literals:
                if isinstance(literal, tuple):
                    yield from (Symbol(literals=frozenset({word})) for word in literal if word is not None)

    def everything(self) -> frozenset[Keys]:
        """The places it and all its parts come from."""
        parts = [*(value for _, value in self.fields), *self.items]
        return self.paths.union(*(part.everything() for part in parts))


NOTHING = Symbol()


def joined(symbols: Iterable[Symbol]) -> Symbol:
    """A value that is one of several."""
    paths: set[Keys] = set()
    literals: set[Literal] = set()
    fields: dict[str, list[Symbol]] = {}
    items: dict[Symbol, None] = {}
    for symbol in symbols:
        paths |= symbol.paths
        literals |= symbol.literals
        items |= dict.fromkeys(symbol.items)
        for name, value in symbol.fields:
            fields.setdefault(name, []).append(value)
    merged = tuple((name, joined(values)) for name, values in sorted(fields.items()))
    return Symbol(frozenset(paths), merged, tuple(items), frozenset(literals))


def shown(path: Keys) -> str:
    """A place as people write it."""
    text = "input"
    for key in path:
        if key == ANY:
            text += ANY
        else:
            text += f".{key}" if _PLAIN.fullmatch(key) else f'["{key}"]'
    return text
