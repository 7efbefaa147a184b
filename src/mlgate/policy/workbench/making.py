"""Where an empty list came from that a condition found in something made earlier.

A helper makes `{"exceeded": [row | some row in rows; outside(row)]}` of a table, and a rule goes through
`table.exceeded`. Why there is nothing in it was decided in the helper, when it made this very table.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.policy.syntax import Module
from mlgate.policy.workbench.conditions import ASSIGNING, Condition, operator, terms_of
from mlgate.policy.workbench.sources import Sources, all_of, covers
from mlgate.policy.workbench.trace import Fault, Query


def made_of(query: Query, condition: Condition, sources: Sources) -> Iterator[tuple[Query, Fault]]:
    """The failures that left empty what a condition is about."""
    for key, whole in _empty_parts(condition):
        parts = [part for part in whole.values() if isinstance(part, list | dict) and part]
        for body, fault in _within(query):
            if _makes(key, fault, sources) and any(value in parts for value in fault.names.values()):
                yield body, fault


def _empty_parts(condition: Condition) -> Iterator[tuple[str, dict[str, Json]]]:
    """Keys of objects under which there is an empty list, with the object."""
    for term in terms_of(condition.node) if condition.node else ():
        if term["type"] != "ref" or term["value"][-1]["type"] != "string":
            continue
        head, *keys = [part["value"] for part in term["value"]]
        whole = condition.fault.names.get(head) if isinstance(head, str) else None
        for key in keys[:-1]:
            whole = whole.get(key) if isinstance(whole, dict) else None
        if isinstance(whole, dict) and whole.get(keys[-1]) in ([], {}):
            yield keys[-1], whole


def _within(query: Query) -> Iterator[tuple[Query, Fault]]:
    """Every failure in what was entered from a body."""
    for inner in query.inner():
        yield from ((inner, fault) for fault in inner.faults())
        yield from _within(inner)


def _makes(key: str, fault: Fault, sources: Sources) -> bool:
    """Whether a failure lies in the expression that makes the value of a key."""
    rule = sources.rule_at(fault.file, fault.line)
    for node in all_of(rule.node) if rule else ():
        if node.get("type") == "object":
            for name, value in node["value"]:
                if name["value"] == key and _covered(value, rule.node if rule else {}, fault):
                    return True
    return False


def _covered(value: Module, rule: Module, fault: Fault) -> bool:
    """Whether a failure lies in a value, or in what a name stands for."""
    if value["type"] != "var":
        return covers(value, fault.line, fault.column)
    for node in all_of(rule):
        terms = node.get("terms")
        if isinstance(terms, list) and operator(terms) in ASSIGNING and terms[1]["value"] == value["value"]:
            return covers(node, fault.line, fault.column)
    return False
