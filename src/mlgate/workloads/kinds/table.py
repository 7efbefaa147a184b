"""The table of kinds, typed. Matching is on group and kind together: kind names collide."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mlgate.workloads.kinds.rows import Aside, Kind, WebhookEntry
from mlgate.workloads.tables import shipped_table

Rule = dict[str, Any]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return shipped_table("mlgate.workloads", "kinds.yaml")


@lru_cache(maxsize=1)
def gated_kinds() -> dict[tuple[str, str], Kind]:
    """Every row by (group, kind)."""
    rows = [Kind.model_validate(row) for row in _table()["kinds"]]
    return {(row.group, row.kind): row for row in rows}


@lru_cache(maxsize=1)
def kinds_aside() -> tuple[Aside, ...]:
    """The kinds of model groups that are not read."""
    return tuple(Aside.model_validate(entry) for entry in _table()["aside"])


@lru_cache(maxsize=1)
def groups_without_versions() -> frozenset[str]:
    """The groups whose loaders ignore the version of an object that an address names."""
    return frozenset(_table()["unversioned"])


def is_unknown_to_its_group(group: str, kind: str) -> bool:
    """Whether the kind is of a group of model kinds and nobody has said what it holds."""
    known = {row.kind: row.webhook for row in gated_kinds().values() if row.group == group}
    aside = (name for entry in kinds_aside() if entry.group == group for name in entry.kinds)
    return "models" in known.values() and kind not in {*known, *aside}


def find_kind(group: str, kind: str) -> Kind | None:
    """The row of a kind; None when the table does not have it."""
    return gated_kinds().get((group, kind))


def webhook_rules() -> dict[WebhookEntry, list[Rule]]:
    """The rules of the three webhook entries, one for each group, set of versions and scope."""
    entries: dict[WebhookEntry, list[Rule]] = {"models": [], "workloads": [], "records": []}
    for row in gated_kinds().values():
        resources = [row.resource, *(f"{row.resource}/{name}" for name in row.subresources)]
        key = {"apiGroups": [row.group], "apiVersions": list(row.versions), "scope": row.scope}
        rules = entries[row.webhook]
        rule = next((rule for rule in rules if key.items() <= rule.items()), None)
        if rule is None:
            rule = {**key, "operations": ["CREATE", "UPDATE"], "resources": []}
            rules.append(rule)
        rule["resources"].extend(resources)
    return entries


def reading_rules() -> list[Rule]:
    """The rights to read what a reference or an owner can lead to: `get` of each kind, group by group.

    Nothing owns by being a pod, and records are read otherwise. Kinds that are not read themselves are among
    them only if they stand between what is judged and its pods.
    """
    found: dict[str, list[str]] = {}
    for row in gated_kinds().values():
        if row.webhook != "records" and row.kind != "Pod":
            found.setdefault(row.group, []).append(row.resource)
    for entry in kinds_aside():
        found.setdefault(entry.group, []).extend(entry.between)
    return [
        {"apiGroups": [group], "resources": sorted({*resources}), "verbs": ["get"]}
        for group, resources in sorted(found.items())
        if resources
    ]


def is_known_kind(group: str, kind: str) -> bool:
    """Whether the table has the kind."""
    return find_kind(group, kind) is not None


def is_record(group: str, kind: str) -> bool:
    """Whether decisions rest on objects of the kind: cards, approvals, waivers, and Namespaces."""
    row = find_kind(group, kind)
    return row is not None and row.webhook == "records"


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Whether objects of the kind live in no namespace; false for kinds the table does not have."""
    row = find_kind(group, kind)
    return row is not None and row.scope == "Cluster"
