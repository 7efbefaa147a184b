"""Whether everything mlgate can judge, and the cluster serves, is sent to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.doctor.codes import finding
from mlgate.doctor.entries import CONFIGURATION, subject_of
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import Entry, Object, Snapshot
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds, is_unknown_to_its_group

OPERATIONS = ("CREATE", "UPDATE")
_ANY = "*"


@dataclass(frozen=True)
class Gap:
    """A resource of the table that an entry does not send, or not always."""

    code: str
    row: Kind
    resource: str
    lacks: str


def check_matching(snapshot: Snapshot) -> Iterator[Finding]:
    """Gaps in the rules of the entries that are there; what lacks an entry altogether is told elsewhere."""
    gaps: dict[tuple[str, str, str, str], list[Gap]] = {}
    for row in gated_kinds().values():
        entries = snapshot.named(row.webhook)
        if entries:
            for gap in _gaps(row, entries, snapshot):
                gaps.setdefault((gap.code, row.webhook, row.group, gap.lacks), []).append(gap)
    for found in gaps.values():
        yield _told(found, snapshot.named(found[0].row.webhook)[0])
    yield from _unknown(snapshot)


def namespaces_are_sent(snapshot: Snapshot) -> bool:
    """Whether a Namespace that is created, or labelled in any way, is judged."""
    row = next(row for row in gated_kinds().values() if (row.group, row.resource) == ("", "namespaces"))
    entries = snapshot.named(row.webhook)
    return bool(entries) and not any(_gaps(row, entries, snapshot))


def _gaps(row: Kind, entries: tuple[Entry, ...], snapshot: Snapshot) -> Iterator[Gap]:
    for name in (row.resource, *(f"{row.resource}/{part}" for part in row.subresources)):
        versions = [
            served.version
            for served in snapshot.served
            if (served.group, served.resource) == (row.group, name)
        ]
        found = _gap(row, name, versions, entries) if versions else None
        if found is not None:
            code, lacks = found
            namespaces = (row.group, row.resource) == ("", "namespaces")
            yield Gap("kinds.namespaces_not_matched" if namespaces else code, row, name, lacks)


def _gap(row: Kind, name: str, versions: list[str], entries: tuple[Entry, ...]) -> tuple[str, str] | None:
    """The first that is missing: the resource, a version, the scope, an operation."""
    named = [
        (entry, rule)
        for entry in entries
        for rule in entry.rules
        if _has(rule, "apiGroups", row.group) and _names(rule.get("resources") or (), name)
    ]
    if not named:
        return ("kinds.subresource_not_matched" if "/" in name else "kinds.not_matched"), ""
    for version in versions:
        reached = [rule for entry, rule in named if _reaches(entry, rule, version, versions)]
        if not reached:
            return "kinds.version_not_matched", version
        placed = [rule for rule in reached if rule.get("scope", _ANY) in (_ANY, row.scope)]
        if not placed:
            return "kinds.scope_not_matched", row.scope
        for operation in OPERATIONS:
            if not any(_has(rule, "operations", operation) for rule in placed):
                return "kinds.operation_not_matched", operation
    return None


def _reaches(entry: Entry, rule: Object, version: str, versions: list[str]) -> bool:
    """Whether the rule is about the version, or about another into which it is converted."""
    equivalent = entry.webhook.get("matchPolicy", "Equivalent") == "Equivalent"
    return any(_has(rule, "apiVersions", name) for name in (versions if equivalent else [version]))


def _has(rule: Object, key: str, value: str) -> bool:
    listed = rule.get(key) or ()
    return value in listed or _ANY in listed


def _names(resources: Iterable[str], name: str) -> bool:
    """Whether a rule is about a resource or subresource, as the API server reads it."""
    resource, _, part = name.partition("/")
    return any(
        wanted in (_ANY, resource) and below in (_ANY, part)
        for wanted, _, below in (text.partition("/") for text in resources)
    )


def _told(gaps: list[Gap], entry: Entry) -> Finding:
    """One finding for all resources of a group that lack the same."""
    row = gaps[0].row
    names = sorted({gap.resource for gap in gaps})
    lacks = f" ({gaps[0].lacks})" if gaps[0].lacks else ""
    group = row.group or "the core group"
    message = f"{entry.webhook['name']} does not send {', '.join(names)} of {group}{lacks}"
    rules = [
        {
            "op": "add",
            "path": f"/webhooks/{entry.index}/rules/-",
            "value": {
                "apiGroups": [row.group],
                "apiVersions": sorted({version for gap in gaps for version in gap.row.versions}),
                "operations": [*OPERATIONS],
                "resources": names,
                "scope": _ANY,
            },
        }
    ]
    return finding(
        gaps[0].code,
        subject_of(entry, "rules"),
        message,
        name=entry.configuration,
        namespace=entry.home,
        patch=json.dumps(rules),
    )


def _unknown(snapshot: Snapshot) -> Iterator[Finding]:
    """Kinds beside those of the table, in groups that hold models."""
    found: dict[str, set[str]] = {}
    for served in snapshot.served:
        if "/" not in served.resource and is_unknown_to_its_group(served.group, served.kind):
            found.setdefault(served.group, set()).add(served.kind)
    for group, kinds in sorted(found.items()):
        message = (
            f"the cluster serves {', '.join(sorted(kinds))} of {group}, which this release does not read"
        )
        subject = Subject(kind=CONFIGURATION, name=None, path=group)
        yield finding("kinds.unknown", subject, message, group=group)
