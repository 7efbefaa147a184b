"""Selectors and conditions of the entries: what they keep from being judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from mlgate.doctor.entries import misset
from mlgate.doctor.finding import Finding
from mlgate.doctor.snapshot import Entry, Snapshot
from mlgate.evidence.looked import entries, field

NAME_LABEL = "kubernetes.io/metadata.name"
"""Written by the API server itself; nobody can take or give it."""
GATE_LABEL, GATE_VALUE = "mlgate.dev/gate", "enabled"
ALWAYS_EXEMPT = frozenset({"kube-system", "kube-node-lease"})
"""Beside mlgate's own namespace: without these a cluster could not come up again."""
Requirement = tuple[str, str, tuple[str, ...]]
"""Key, operator and values."""


def check_selection(snapshot: Snapshot) -> Iterator[Finding]:
    """What selectors and conditions leave out, beside what must be."""
    for entry in snapshot.entries:
        yield from _by_namespace(entry, ALWAYS_EXEMPT | {snapshot.home})
        yield from _by_object(entry)
        yield from _by_condition(entry)


def requirements(selector: Any) -> list[Requirement]:
    """Everything a label selector demands, in one form."""
    labels = field(selector, "matchLabels") or {}
    found: list[Requirement] = [(key, "In", (value,)) for key, value in labels.items()]
    rules = entries(field(selector, "matchExpressions"))
    return found + [
        (str(rule.get("key")), str(rule.get("operator")), tuple(entries(rule.get("values"))))
        for rule in rules
    ]


def _by_namespace(entry: Entry, free: frozenset[str]) -> Iterator[Finding]:
    narrow, named = [], set()
    for key, operator, values in requirements(entry.webhook.get("namespaceSelector")):
        if (key, operator) == (NAME_LABEL, "NotIn"):
            named |= {*values} - free
        elif entry.name != "workloads" or (key, operator, values) != (GATE_LABEL, "In", (GATE_VALUE,)):
            narrow.append(_text(key, operator, values))
    if narrow:
        message = (
            f"{entry.webhook['name']} sends nothing from namespaces for which this does not hold: "
            f"{'; '.join(narrow)}"
        )
        yield misset(
            "selector.namespaces_excluded",
            entry,
            "namespaceSelector",
            _selector(entry.name, free),
            message,
            operation="add",
        )
    if named:
        message = f"{entry.webhook['name']} sends nothing from {', '.join(sorted(named))}"
        yield misset(
            "selector.namespace_exempt",
            entry,
            "namespaceSelector",
            _selector(entry.name, free),
            message,
            operation="add",
        )


def _selector(name: str, free: frozenset[str]) -> dict[str, Any]:
    """What an entry may leave out, and no more."""
    selector: dict[str, Any] = {
        "matchExpressions": [{"key": NAME_LABEL, "operator": "NotIn", "values": sorted(free)}]
    }
    return selector | ({"matchLabels": {GATE_LABEL: GATE_VALUE}} if name == "workloads" else {})


def _by_object(entry: Entry) -> Iterator[Finding]:
    wanted = requirements(entry.webhook.get("objectSelector"))
    if wanted:
        told = "; ".join(_text(*requirement) for requirement in wanted)
        message = f"{entry.webhook['name']} sends only objects for which this holds: {told}"
        yield misset("selector.objects_excluded", entry, "objectSelector", {}, message, operation="add")


def _by_condition(entry: Entry) -> Iterator[Finding]:
    for condition in entries(entry.webhook.get("matchConditions")):
        expression = " ".join(str(condition.get("expression", "")).split())
        if expression not in known_conditions().get(entry.name, frozenset()):
            message = (
                f"{entry.webhook['name']} sends nothing for which condition {condition.get('name')} does not "
                f"hold, and that is none mlgate ships: {expression}"
            )
            kept = [
                other
                for other in entries(entry.webhook.get("matchConditions"))
                if other.get("name") != condition.get("name")
            ]
            yield misset("selector.condition_unknown", entry, "matchConditions", kept, message)


@lru_cache(maxsize=1)
def known_conditions() -> dict[str, frozenset[str]]:
    """The conditions mlgate ships, by entry, with single spaces."""
    text = files("mlgate.doctor").joinpath("conditions.yaml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)
    return {entry: frozenset(" ".join(one.split()) for one in found) for entry, found in listed.items()}


def _text(key: str, operator: str, values: tuple[str, ...]) -> str:
    return f"{key} {operator} {', '.join(values)}".strip()
