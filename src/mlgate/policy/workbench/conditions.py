"""A condition of a rule as its author wrote it, found again from the place where OPA saw it fail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json
from mlgate.policy.syntax import Module
from mlgate.policy.workbench.sources import Definition, Sources, all_of, covers, is_long, text_of
from mlgate.policy.workbench.trace import Fault

ASSIGNING = {"assign", "eq"}
LOOKUPS = {"object.get", "present.get", "present.list"}
"""Calls that only look up a value in another."""
SETTINGS = "data.mlgate.lib.settings"


@dataclass(frozen=True)
class Missing:
    """In the place of a value that there is none of."""


MISSING = Missing()


@dataclass(frozen=True)
class World:
    """What a condition may name besides the names of its own body."""

    document: Json
    settings: Json


@dataclass(frozen=True)
class Condition:
    """One condition in the source, and the failure of it."""

    fault: Fault
    rule: Definition | None
    node: Module | None
    """Null where the place is no condition: a value in the head of a rule."""
    text: str

    @property
    def verdict(self) -> str:
        """What became of it."""
        if self.node is None:
            return "has no value"
        terms = self.node["terms"]
        if self.node.get("negated"):
            return "was false"
        if isinstance(terms, dict):
            if "symbols" in terms:
                return "found nothing"
            return "has no value" if self.fault.node.get("generated") else "did not hold"
        return "has no value" if operator(terms) in ASSIGNING else "was false"

    def values(self, world: World) -> Iterator[tuple[str, Json | Missing]]:
        """The terms it is about, each with its value."""
        if self.node is None:
            return
        found = list(self._operands())
        known = {text_of(term) for term, _ in found}
        for term in terms_of(self.node, known):
            value = self._looked_up(term, world) if term["type"] == "call" else self._value(term, world)
            if value is not None and text_of(term) not in known:
                found.append((term, value[0]))
        found.sort(key=lambda entry: (entry[0]["location"]["row"], entry[0]["location"]["col"]))
        yield from {text_of(term): value for term, value in found}.items()

    def _operands(self) -> Iterator[tuple[Module, Json | Missing]]:
        """What the calls among the operands came to: OPA keeps each under a name of its own."""
        assert self.node is not None  # noqa: S101 - asked only then
        written, compiled = self.node["terms"], self.fault.node.get("terms")
        if isinstance(written, dict) and "symbols" in written:
            yield from self._gone_through(written["symbols"])
            return
        if isinstance(written, dict) and written.get("type") == "call":
            written = written["value"]
        if not isinstance(written, list) or not isinstance(compiled, list):
            return
        if operator(written).rpartition(".")[2] != operator(compiled).rpartition(".")[2]:
            return
        for term, made in zip(written[1:], compiled[1:], strict=False):
            if made["type"] != "var" or made["value"] not in self.fault.parts:
                continue
            if term["type"] == "call" or (term["type"] in {"var", "ref"} and self._is_rule(term)):
                yield term, self.fault.parts[made["value"]]

    def _is_rule(self, term: Module) -> bool:
        """Whether a name is one of a rule, whose value OPA keeps under a name of its own."""
        head = term["value"] if term["type"] == "var" else term["value"][0]["value"]
        return head not in self.fault.names and head != "input"

    def _gone_through(self, symbols: list[Module]) -> Iterator[tuple[Module, Json | Missing]]:
        """What a call gave to go through."""
        whole = symbols[0]["value"][-1] if symbols[0]["type"] == "call" else symbols[0]
        heads = [node["value"][0] for node in all_of(self.fault.node) if node.get("type") == "ref"]
        known = [
            head["value"] for head in heads if head["type"] == "var" and head["value"] in self.fault.parts
        ]
        if whole["type"] == "call" and len(known) == 1:
            yield whole, self.fault.parts[known[0]]

    def _looked_up(self, call: Module, world: World) -> tuple[Json | Missing] | None:
        """What a call that looks something up in a known value comes to."""
        terms = call["value"]
        if operator(terms) not in LOOKUPS or terms[1]["type"] not in {"var", "ref"}:
            return None
        start = self._value(terms[1], world)
        keys = terms[2]["value"] if terms[2]["type"] == "array" else [terms[2]]
        if start is None or isinstance(start[0], Missing) or not all(self._is_key(key) for key in keys):
            return None
        return (self._along(start[0], keys),)

    def _is_key(self, term: Module) -> bool:
        return term["type"] == "string" or (term["type"] == "var" and term["value"] in self.fault.names)

    def _value(self, term: Module, world: World) -> tuple[Json | Missing] | None:
        """The value of a name or reference, in brackets; null for what is no value, such as a rule."""
        parts = [term] if term["type"] == "var" else term["value"]
        head, keys = parts[0]["value"], parts[1:]
        if parts[0]["type"] != "var":
            return None
        if head in self.fault.names:
            return (self._along(self.fault.names[head], keys),)
        if head == "input":
            return (self._along(world.document, keys),)
        imports: Mapping[str, str] = self.rule.imports if self.rule else {}
        if imports.get(head) == SETTINGS and keys and keys[0]["value"] == "value":
            return (self._along(world.settings, keys[1:]),)
        return None

    def _along(self, value: Json, keys: list[Module]) -> Json | Missing:
        for key in keys:
            wanted = key["value"]
            if key["type"] == "var":
                if wanted not in self.fault.names:
                    return value  # any of them is meant
                wanted = self.fault.names[wanted]
            inside = wanted in value if isinstance(value, dict) and isinstance(wanted, str) else False
            if isinstance(value, list) and isinstance(wanted, int):
                inside = 0 <= wanted < len(value)
            if not inside:
                return MISSING
            value = value[wanted]
        return value


def condition_of(fault: Fault, sources: Sources) -> Condition:
    """The condition that failed: the innermost that its place lies in."""
    rule = sources.rule_at(fault.file, fault.line) if fault.file in sources.files else None
    around = [
        node
        for node in (all_of(rule.node) if rule else ())
        if "terms" in node and not node.get("generated") and covers(node, fault.line, fault.column)
    ]
    if around:
        node = _part_of(around[-1], fault) if is_long(around[-1]) else around[-1]
        return Condition(fault, rule, node, text_of(node))
    lines = sources.files.get(fault.file, "").splitlines()
    text = lines[fault.line - 1].strip() if 0 < fault.line <= len(lines) else ""
    return Condition(fault, rule, None, text)


def _part_of(node: Module, fault: Fault) -> Module:
    """The part of a long expression that failed: the smallest term at the place; else all of it."""
    parts = [
        term
        for term in all_of(node["terms"])
        if term.get("type") in {"ref", "call"} and covers(term, fault.line, fault.column)
    ]
    return {"terms": parts[-1], "location": parts[-1]["location"]} if parts else node


def operator(terms: list[Module]) -> str:
    """The name of what a call applies."""
    return ".".join(str(part["value"]) for part in terms[0]["value"])


def called(condition: Condition) -> set[str]:
    """The rules whose values a condition waits for: paths below `data`, perhaps with keys after them."""
    if condition.fault.node.get("negated"):
        return set()
    found = {_path(node["value"]) for node in all_of(condition.fault.node) if _is_data(node)}
    found |= {name for name in _sources_of_empty(condition) if name}
    return {name for name in found if not name.startswith(SETTINGS.removeprefix("data."))}


def denied(condition: Condition) -> set[str]:
    """The rules that a negated condition says do not hold."""
    node = condition.node
    if condition.rule is None or node is None or not node.get("negated"):
        return set()
    terms = node["terms"]
    head = terms[0] if isinstance(terms, list) else terms
    refs = [head] if head.get("type") in {"ref", "var"} else []
    return {resolved(ref["value"] if ref["type"] == "ref" else [ref], condition.rule) for ref in refs}


def _sources_of_empty(condition: Condition) -> Iterator[str]:
    """The rules that gave the empty lists and objects that a condition is about."""
    if condition.rule is None or condition.node is None:
        return
    empty = {name for name, value in condition.fault.names.items() if value in ([], {})}
    about = {term["value"] for term in terms_of(condition.node) if term["type"] == "var"} & empty
    for node in all_of(condition.rule.node):
        if named_by(node) in about:
            for inner in all_of(node["terms"][2]):
                if inner.get("type") == "ref":
                    yield resolved(inner["value"], condition.rule)


def named_by(node: Module) -> str | None:
    """The name that an expression gives a value to; null for any other."""
    terms = node.get("terms")
    if isinstance(terms, list) and operator(terms) in ASSIGNING and terms[1]["type"] == "var":
        return str(terms[1]["value"])
    return None


def iterated(rule: Definition) -> list[str]:
    """The names that a rule gives to one thing after the other, in their order."""
    found: list[str] = []
    for node in rule.node["body"]:
        terms = node["terms"]
        for symbol in terms.get("symbols", []) if isinstance(terms, dict) else []:
            if symbol["type"] == "call":
                inner = (part for pattern in symbol["value"][1:-1] for part in all_of(pattern))
                found += [str(part["value"]) for part in inner if part.get("type") == "var"]
    return found


def terms_of(node: Any, known: Collection[str] = ()) -> Iterator[Module]:
    """The names and references in a condition: without those in comprehensions, which are of their bodies.

    And without those in calls whose own value is known.
    """
    if isinstance(node, list):
        for item in node:
            yield from terms_of(item, known)
    elif "terms" in node:
        yield from terms_of(_operands(node["terms"]), known)
    elif node["type"] in {"var", "ref"}:
        yield node
    elif node["type"] == "call" and text_of(node) not in known:
        looked_up = operator(node["value"]) in LOOKUPS and node["value"][1]["type"] in {"var", "ref"}
        yield from [node] if looked_up else terms_of(node["value"][1:], known)
    elif node["type"] in {"array", "set"}:
        yield from terms_of(node["value"], known)
    elif node["type"] == "object":
        yield from terms_of([value for _, value in node["value"]], known)


def _operands(terms: Any) -> list[Module]:
    """What an expression is made of, without the names that it gives values to in turn."""
    if isinstance(terms, list):
        return terms[1:]
    if "symbols" in terms:
        return [symbol["value"][-1] for symbol in terms["symbols"] if symbol["type"] == "call"]
    return [terms.get("domain", terms)]


def _is_data(node: Module) -> bool:
    return node.get("type") == "ref" and node["value"][0]["value"] == "data"


def _path(parts: list[Module]) -> str:
    names = []
    for part in parts[1:]:
        if part["type"] != "string":
            break
        names.append(str(part["value"]))
    return ".".join(names)


def resolved(parts: list[Module], rule: Definition) -> str:
    """The path below `data` of a reference in a source."""
    head = str(parts[0]["value"])
    start = rule.imports.get(head, f"data.{rule.package}.{head}").removeprefix("data.")
    return ".".join(name for name in (start, _path(parts)) if name)
