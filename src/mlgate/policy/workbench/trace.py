"""What OPA tells of one evaluation of a rule: the conditions that failed, and within which rules.

Taken from `opa eval --explain fails`: every failure, and what was entered on the way to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.domain.base import Json
from mlgate.policy.syntax import Module

GENERATED = "__local"
"""How the names begin that OPA makes up."""
COLLECTIONS = {"array", "set"}


@dataclass(frozen=True)
class Fault:
    """A condition that failed, and what the names in it were then."""

    file: str
    line: int
    column: int
    node: Module
    """The condition as OPA had compiled it."""
    names: Mapping[str, Json]
    """Values by the names in the source."""
    parts: Mapping[str, Json]
    """Values by the names that OPA gave them."""


@dataclass
class Query:
    """A body that was entered: of a rule, or of a comprehension in one."""

    file: str
    line: int
    rule: str | None
    """The name of the rule; null for a body within one."""
    function: bool
    steps: list[Fault | Query] = field(default_factory=list)

    def faults(self) -> Iterator[Fault]:
        """What failed in this very body."""
        return (step for step in self.steps if isinstance(step, Fault))

    def inner(self) -> Iterator[Query]:
        """The bodies that were entered from it."""
        return (step for step in self.steps if isinstance(step, Query))

    def find(self, file: str, line: int) -> Iterator[Query]:
        """The bodies of the rule that begins at a line."""
        if self.rule is not None and (self.file, self.line) == (file, line):
            yield self
        for query in self.inner():
            yield from query.find(file, line)


def read_trace(events: list[dict[str, Any]]) -> Query:
    """The evaluation as a tree."""
    root = Query("", 0, None, function=False)
    open_queries: dict[int, Query] = {}
    for event in events:
        place = event["Location"] or {}
        file, line = str(place.get("file", "")).removeprefix("./"), int(place.get("row", 0))
        if event["Op"] == "Enter" and event["QueryID"] not in open_queries:
            node = event["Node"]
            head = node.get("head") if isinstance(node, dict) else None
            name = str(head["ref"][0]["value"]) if head else None
            query = Query(file, line, name, function=bool(head and head.get("args")))
            open_queries.get(event["ParentID"], root).steps.append(query)
            open_queries[event["QueryID"]] = query
        elif event["Op"] == "Fail":
            named = event["LocalMetadata"] or {}
            listed = sorted(event["Locals"] or [], key=lambda entry: str(entry["name"]))  # OPA: in no order
            parts = {entry["name"]: plain(entry) for entry in listed}
            written = {name: str(named[name]["name"]) for name in parts if name in named}
            names = {said: parts[name] for name, said in written.items() if not said.startswith(GENERATED)}
            fault = Fault(file, line, int(place.get("col", 0)), event["Node"], names, parts)
            open_queries.get(event["QueryID"], root).steps.append(fault)
    return root


def plain(term: Module) -> Json:
    """The value of a term without variables; null stands for what JSON has no word for."""
    kind, value = term["type"], term.get("value")
    if kind in COLLECTIONS:
        return [plain(item) for item in value or []]
    if kind == "object":
        return {_key(plain(key)): plain(item) for key, item in value or []}
    return value if kind in {"string", "number", "boolean"} else None


def _key(value: Json) -> str:
    return value if isinstance(value, str) else repr(value)
