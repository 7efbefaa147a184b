"""Where an empty list came from that a condition found in something made earlier.

A helper makes `{"exceeded": [row | some row in rows; outside(row)]}` of a table, and a rule goes through
`table.exceeded`. Why there is nothing in it was decided in the helper, when it made this very table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.domain.base import Json
from mlgate.policy.syntax import Module
from mlgate.policy.workbench.conditions import Condition, named_by, resolved, terms_of
from mlgate.policy.workbench.sources import Definition, Sources, all_of, covers
from mlgate.policy.workbench.trace import Fault, Query


@dataclass(frozen=True)
class _Maker:
    """An expression that makes the value of a key."""

    file: str
    node: Module
    helpers: frozenset[str]
    """The rules it calls."""

    def made(self, fault: Fault, sources: Sources) -> bool:
        """Whether a failure had a part in it: within the expression, or within a rule it calls."""
        if fault.file == self.file and covers(self.node, fault.line, fault.column):
            return True
        rule = sources.rule_at(fault.file, fault.line)
        return rule is not None and rule.full_name in self.helpers


def made_of(query: Query, condition: Condition, sources: Sources) -> Iterator[tuple[Query, Fault]]:
    """The failures that left empty what a condition is about."""
    for key, whole in _empty_parts(condition):
        parts = [part for part in whole.values() if isinstance(part, list | dict) and part]
        makers = list(_makers(key, query, sources))
        for body, fault in _within(query):
            if any(value in parts for value in fault.names.values()) and any(
                maker.made(fault, sources) for maker in makers
            ):
                yield body, fault


def _empty_parts(condition: Condition) -> Iterator[tuple[str, dict[str, Json]]]:
    """Keys of objects under which there is an empty list, with the object."""
    for term in terms_of(condition.node) if condition.node else ():
        if term["type"] != "ref" or term["value"][-1]["type"] != "string":
            continue
        head, *keys = [str(part["value"]) for part in term["value"]]
        whole = condition.fault.names.get(head)
        for key in keys[:-1]:
            whole = whole.get(key) if isinstance(whole, dict) else None
        if isinstance(whole, dict) and whole.get(keys[-1]) in ([], {}):
            yield keys[-1], whole


def _within(query: Query) -> Iterator[tuple[Query, Fault]]:
    """Every failure in what was entered from a body."""
    for inner in query.inner():
        yield from ((inner, fault) for fault in inner.faults())
        yield from _within(inner)


def _makers(key: str, query: Query, sources: Sources) -> Iterator[_Maker]:
    """Where the rules that were entered make a value of that key."""
    for rule in _entered(query, sources):
        for node in all_of(rule.node):
            for name, value in node["value"] if node.get("type") == "object" else ():
                if name["value"] == key:
                    yield _maker(value, rule)


def _entered(query: Query, sources: Sources) -> list[Definition]:
    """The rules that were entered from a body, each once."""
    found: dict[tuple[str, int], Definition] = {}
    for inner in query.inner():
        rule = sources.rule_at(inner.file, inner.line) if inner.file in sources.files else None
        for each in [*([rule] if rule else []), *_entered(inner, sources)]:
            found[each.file, each.line] = each
    return list(found.values())


def _maker(value: Module, rule: Definition) -> _Maker:
    """The expression behind a value: itself, or what gave a name its value."""
    node = value
    if value["type"] == "var":
        node = next((each for each in all_of(rule.node) if named_by(each) == value["value"]), value)
    names = {resolved(each["value"], rule) for each in all_of(node) if each.get("type") == "ref"}
    return _Maker(rule.file, node, frozenset(names))
