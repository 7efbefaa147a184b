"""What a rule reads: followed through its syntax tree and those of the helpers it calls.

A document is not needed. Where a key depends on one, any key is meant (`input.cards[].card`). A place that is
only walked through, or whose type is only asked for, is left out where something below it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.policy.workbench.built_ins import BINDING, GLANCED, MEMBERS, WHOLE
from mlgate.policy.workbench.sources import Definition, Sources
from mlgate.policy.workbench.symbols import ANY, NOTHING, Keys, Symbol, joined, shown
from mlgate.policy.workbench.terms import Scope, Terms

SETTINGS = "mlgate.lib.settings.value"
"""The settings in force; how they come to be is not what a rule reads."""
DEEP = 40
"""Calls within calls; policy knows no recursion, and no author nests so deep."""


@dataclass(frozen=True)
class Reads:
    """What a rule reads, by what it is found out with."""

    paths: tuple[str, ...]
    """Places in the input, in order."""
    helpers: tuple[Definition, ...]
    """The rules it calls, and those that they call, each once, in the order of their names."""
    direct: frozenset[str]
    """The names of those that it calls itself."""


def reads(rule: Definition, sources: Sources) -> Reads:
    """What a rule reads in the input, and through which helpers.

    Raises:
        PolicyError: a file that it needs cannot be parsed.
    """
    reader = _Reader(sources)
    reader.rule(rule, [])
    helpers = tuple(reader.helpers[name] for name in sorted(reader.helpers))
    return Reads(tuple(shown(path) for path in sorted(reader.paths())), helpers, frozenset(reader.direct))


@dataclass
class _Reader(Terms):
    known: dict[tuple[str, tuple[Symbol, ...]], Symbol] = field(default_factory=dict)
    helpers: dict[str, Definition] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    depth: int = 0

    def paths(self) -> set[Keys]:
        """What was read, and what was walked through to nothing below it."""
        passed = {path[:-1] if path[-1:] == (ANY,) else path for path in self.passed}
        inner = {path[:end] for path in self.read | passed for end in range(len(path))}
        walked = {path for path in passed if path and path not in inner and (*path, ANY) not in self.read}
        return walked | {path for path in self.read if path[-1:] != (ANY,) or path[:-1] not in self.read}

    def rule(self, rule: Definition, arguments: Sequence[Symbol]) -> Symbol:
        """The value of one rule; every body of it may be the one that counts."""
        values = []
        node: dict[str, Any] | None = rule.node
        while node is not None:
            head, scope = node["head"], Scope()
            names = head.get("args", [])
            if all(self.matches(name, given) for name, given in zip(names, arguments, strict=False)):
                for name, given in zip(names, arguments, strict=False):
                    self.bind(name, given, scope)
                self.body(node["body"], scope, rule)
                values.append(self.head(head, scope, rule))
            node = node.get("else")
        return joined(values)

    def matches(self, name: dict[str, Any], given: Symbol) -> bool:
        """Whether a parameter that is a string can be what is given."""
        return name["type"] != "string" or not given.literals or name["value"] in given.literals

    def head(self, head: dict[str, Any], scope: Scope, rule: Definition) -> Symbol:
        keys = head["ref"][1:]
        for key in keys:
            self.use(self.term(key, scope, rule))
        if "value" in head:
            value = self.term(head["value"], scope, rule)
        else:
            value = Symbol(items=(self.term(head["key"], scope, rule),)) if "key" in head else NOTHING
        if rule.name in {"deny", "late"}:
            self.use(value)
        for _ in keys:
            value = Symbol(items=(value,))
        return value

    def body(self, body: list[dict[str, Any]], scope: Scope, rule: Definition) -> None:
        for expression in body:
            terms = expression["terms"]
            for modifier in expression.get("with", []):
                self.use(self.term(modifier["value"], scope, rule))
            if isinstance(terms, list):
                self.use(self.call(terms, scope, rule, alone=True))
            elif "symbols" in terms:
                for symbol in terms["symbols"]:
                    if symbol["type"] == "call":
                        self.members(symbol["value"], scope, rule)
            elif "domain" in terms:
                inner = dict(scope)
                self.bind(terms["value"], self.each(self.term(terms["domain"], scope, rule)), inner)
                self.body(terms["body"], inner, rule)
            else:
                self.use(self.term(terms, scope, rule))

    def members(self, terms: list[dict[str, Any]], scope: Scope, rule: Definition) -> None:
        """`some x in xs` and `some k, v in xs`."""
        whole = self.term(terms[-1], scope, rule)
        self.bind(terms[-2], self.each(whole), scope)
        if len(terms) > 3:  # noqa: PLR2004 - operator, key, value, whole
            names = [name for name, _ in whole.fields]
            self.bind(terms[1], joined(Symbol(literals=frozenset({name})) for name in names), scope)

    def ref(self, parts: list[dict[str, Any]], scope: Scope, rule: Definition) -> Symbol:
        """What a reference leads to: a name of the body, the input, or a rule."""
        head, rest = parts[0], parts[1:]
        name = head["value"]
        if head["type"] != "var":
            return self.along(self.term(head, scope, rule), rest, scope, rule)
        if name in scope:
            return self.along(scope[name], rest, scope, rule)
        if name == "input":
            return self.along(Symbol(frozenset({()})), rest, scope, rule)
        keys = [part["value"] if part["type"] == "string" else None for part in rest]
        path = [*self.origin(name, rule), *keys]
        value, used = self.named(path)
        return self.along(value, rest[max(0, used - (len(path) - len(rest))) :], scope, rule)

    def origin(self, name: str, rule: Definition) -> list[str]:
        """The path below `data` that a name of a file begins."""
        if name == "data":
            return []
        return rule.imports.get(name, f"data.{rule.package}.{name}").split(".")[1:]

    def named(self, path: Sequence[str | None]) -> tuple[Symbol, int]:
        """The rule that a path leads to, and how many of its keys that takes."""
        known = list(path[: path.index(None)] if None in path else path)
        for end in range(len(known) - 1, 0, -1):
            package, name = ".".join(str(key) for key in known[:end]), str(known[end])
            if package in self.sources.packages:
                return self.invoke(package, name, []), end + 1
        return NOTHING, 0

    def along(self, value: Symbol, keys: list[dict[str, Any]], scope: Scope, rule: Definition) -> Symbol:
        for key in keys:
            if key["type"] == "string":
                value = value.at(key["value"])
                continue
            found = self.term(key, scope, rule)
            self.use(found)
            value = value.of(found)
        return value

    def invoke(self, package: str, name: str, arguments: list[Symbol]) -> Symbol:
        """The value of a rule, or of a function for what it is given."""
        full = f"{package}.{name}"
        key = (full, tuple(arguments))
        if full == SETTINGS or self.depth > DEEP:
            return NOTHING
        if not self.depth and self.sources.definitions(package, name):
            self.direct.add(full)
        if key not in self.known:
            self.known[key] = NOTHING
            self.depth += 1
            found = self.sources.definitions(package, name)
            if found:
                self.helpers.setdefault(full, found[0])
            self.known[key] = joined([self.rule(each, arguments) for each in found])
            self.depth -= 1
        return self.known[key]

    def call(self, terms: list[dict[str, Any]], scope: Scope, rule: Definition, *, alone: bool) -> Symbol:
        """What a call comes to."""
        operator = ".".join(str(part["value"]) for part in terms[0]["value"])
        given = terms[1:]
        if alone and operator in BINDING and self.bound(given, scope, rule):
            return NOTHING
        path = self.origin(operator.split(".")[0], rule) + operator.split(".")[1:]
        package, name = ".".join(path[:-1]), path[-1]
        arguments = [self.term(term, scope, rule) for term in given]
        if package in self.sources.packages and self.sources.definitions(package, name):
            return self.invoke(package, name, arguments)
        return self.built_in(operator, arguments)

    def bound(self, given: list[dict[str, Any]], scope: Scope, rule: Definition) -> bool:
        """Whether an equation gives a name or a pattern its value."""
        left, right = given[0], given[1]
        for pattern, value in ((left, right), (right, left)):
            free = pattern["type"] == "var" and pattern["value"] not in scope
            if free or pattern["type"] in {"array", "object"}:
                self.bind(pattern, self.term(value, scope, rule), scope)
                return True
        return False

    def built_in(self, operator: str, arguments: list[Symbol]) -> Symbol:
        if operator == "object.get":
            return joined([arguments[0].of(arguments[1]), arguments[2]])
        if operator.startswith("is_") or operator in GLANCED:
            self.passed.update(*(value.paths for value in arguments))
            return NOTHING
        if operator in WHOLE:
            return joined(arguments)
        if operator in MEMBERS:
            self.use(*arguments[:-1], self.each(arguments[-1]))
            return NOTHING
        self.use(*arguments)
        return NOTHING
