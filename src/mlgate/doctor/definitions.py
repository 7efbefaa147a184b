"""The CustomResourceDefinitions of mlgate: whether they hold records as they must."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.shipped import definitions
from mlgate.doctor.snapshot import Object, Snapshot
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata

DEFINITION = "CustomResourceDefinition"
_VERSION = "v1alpha1"
_KEEPS = "x-kubernetes-preserve-unknown-fields"
_RULES = "x-kubernetes-validations"
_UNCHANGED = "self == oldSelf"


def check_definitions(snapshot: Snapshot) -> Iterator[Finding]:
    """Definitions that are missing, not served, or weaker than the shipped ones."""
    if snapshot.definitions is None:
        return
    for name, (path, ours) in definitions().items():
        stored = snapshot.definitions.get(name)
        if stored is None:
            message = f"the cluster has no {ours['spec']['names']['kind']}: none can be stored or read"
            yield finding("definition.missing", Subject(kind=DEFINITION, name=name), message, file=str(path))
        else:
            yield from _compared(name, path, ours, stored)


def _compared(name: str, path: Path, ours: Object, stored: Object) -> Iterator[Finding]:
    kind = ours["spec"]["names"]["kind"]
    subject = Subject(kind=DEFINITION, name=name)

    def told(code: str, message: str) -> Finding:
        return finding(code, subject, message, file=str(path))

    version = _version(stored)
    if metadata(stored).get("deletionTimestamp"):
        yield told("definition.being_deleted", f"every {kind} of the cluster goes with it")
    if not version or not version.get("served") or not _established(stored):
        yield told("definition.not_served", f"{kind} {_VERSION} is not served: mlgate cannot read any")
        return
    theirs, wanted = _schema(version), _schema(_version(ours))
    if _has_rule(wanted) and not _has_rule(theirs):
        yield told("definition.spec_mutable", f"the spec of a {kind} can be changed after it was given")
    elif _is_loose(theirs) or _condition(stored, "NonStructuralSchema"):
        yield told("definition.not_structural", f"a {kind} may hold fields that nobody has described")
    elif theirs != wanted:
        yield told("definition.differs", f"the schema of {kind} is not the one of this release")


def _version(definition: Object) -> dict[str, Any]:
    versions = entries(field(definition, "spec", "versions"))
    return next((entry for entry in versions if field(entry, "name") == _VERSION), {})


def _schema(version: dict[str, Any]) -> Any:
    return field(version, "schema", "openAPIV3Schema")


def _has_rule(schema: Any) -> bool:
    """Whether the spec can never be changed."""
    rules = entries(field(schema, "properties", "spec", _RULES))
    return any(str(field(rule, "rule")).strip() == _UNCHANGED for rule in rules)


def _is_loose(schema: Any) -> bool:
    """Whether the object or its spec takes fields the schema does not name."""
    spec = field(schema, "properties", "spec")
    described = field(schema, "properties") and field(spec, "properties")
    return not described or any(field(part, _KEEPS) for part in (schema, spec))


def _established(definition: Object) -> bool:
    return _condition(definition, "Established")


def _condition(definition: Object, name: str) -> bool:
    """Whether a condition is true."""
    conditions = entries(field(definition, "status", "conditions"))
    return any(field(one, "type") == name and field(one, "status") == "True" for one in conditions)
