"""Terms of rules, by what they stand for: names, texts, lists, maps, and what is made of each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mlgate.policy.workbench.sources import Definition, Sources
from mlgate.policy.workbench.symbols import NOTHING, Keys, Symbol

Scope = dict[str, Symbol]


@dataclass
class Terms:
    """Tells what terms stand for, and keeps what is read with them; references and calls lead elsewhere."""

    sources: Sources
    read: set[Keys] = field(default_factory=set)
    passed: set[Keys] = field(default_factory=set)

    def body(self, body: list[dict[str, Any]], scope: Scope, rule: Definition) -> None:
        """The expressions of a body, one after another."""
        raise NotImplementedError

    def ref(self, parts: list[dict[str, Any]], scope: Scope, rule: Definition) -> Symbol:
        """What a reference leads to: a name of the body, the input, or a rule."""
        raise NotImplementedError

    def call(self, terms: list[dict[str, Any]], scope: Scope, rule: Definition, *, alone: bool) -> Symbol:
        """What a call comes to; `alone`: nothing is done with its value."""
        raise NotImplementedError

    def each(self, whole: Symbol) -> Symbol:
        """Any member of a whole, which is walked through."""
        self.passed |= whole.paths
        return whole.at(None)

    def bind(self, pattern: dict[str, Any], value: Symbol, scope: Scope) -> None:
        """Give the names of a pattern what they stand for."""
        kind = pattern["type"]
        if kind == "var":
            scope[pattern["value"]] = value
        elif kind == "array":
            for part in pattern["value"]:
                self.bind(part, value.at(None), scope)
        elif kind == "object":
            for key, part in pattern["value"]:
                self.bind(part, value.at(key["value"] if key["type"] == "string" else None), scope)

    def use(self, *values: Symbol) -> None:
        """The values are looked at as they are."""
        for value in values:
            self.read |= value.everything()

    def term(self, term: dict[str, Any], scope: Scope, rule: Definition) -> Symbol:
        """What a term stands for."""
        kind, value = term["type"], term["value"]
        if kind in {"var", "ref"}:
            return self.ref([term] if kind == "var" else value, scope, rule)
        if kind == "string":
            return Symbol(literals=frozenset({value}))
        if kind == "call":
            return self.call(value, scope, rule, alone=False)
        return self.composite(kind, value, scope, rule)

    def composite(self, kind: str, value: Any, scope: Scope, rule: Definition) -> Symbol:
        """What a term with parts stands for; nothing is known of one without."""
        if kind in {"array", "set"}:
            return self._listed([self.term(item, scope, rule) for item in value], ordered=kind == "array")
        if kind == "object":
            return self._mapped([(key, self.term(item, scope, rule)) for key, item in value], scope, rule)
        if kind.endswith("comprehension"):
            return self._comprehension(value, dict(scope), rule)
        if kind == "templatestring":
            self.body([part for part in value["parts"] if "terms" in part], scope, rule)
        return NOTHING

    def _listed(self, items: list[Symbol], *, ordered: bool) -> Symbol:
        words = tuple(_only_word(item) for item in items)
        literals = frozenset({words}) if ordered and any(word is not None for word in words) else frozenset()
        return Symbol(items=tuple(items), literals=literals)

    def _mapped(self, entries: list[tuple[dict[str, Any], Symbol]], scope: Scope, rule: Definition) -> Symbol:
        fields = tuple((key["value"], value) for key, value in entries if key["type"] == "string")
        others = [(key, value) for key, value in entries if key["type"] != "string"]
        self.use(*(self.term(key, scope, rule) for key, _ in others))
        return Symbol(fields=fields, items=tuple(value for _, value in others))

    def _comprehension(self, value: dict[str, Any], scope: Scope, rule: Definition) -> Symbol:
        self.body(value["body"], scope, rule)
        if "key" in value:
            self.use(self.term(value["key"], scope, rule))
            return Symbol(items=(self.term(value["value"], scope, rule),))
        return Symbol(items=(self.term(value["term"], scope, rule),))


def _only_word(item: Symbol) -> str | None:
    words = [literal for literal in item.literals if isinstance(literal, str)]
    return words[0] if len(words) == 1 and not item.paths else None
