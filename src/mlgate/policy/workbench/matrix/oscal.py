"""The compliance matrix as an OSCAL component definition (1.1).

Each code is a rule of the component, described by properties that share a remark, and each reference
an implemented requirement that names its rules. Frameworks publish no OSCAL catalogue that the
numbers could be taken from, so `control-id` is made from the reference and the reference itself is a
property.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from mlgate import __version__
from mlgate.policy.overrides import RANK
from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.matrix.model import CodeRow, Framework, Mapped, Matrix, Reference

NAMESPACE = "https://mlgate.dev/ns/oscal"
"""Of the properties."""
OSCAL = "1.1.3"
NO_TIME = "1970-01-01T00:00:00Z"
"""Stands where OSCAL demands a time and nobody gave one."""
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)

Node = dict[str, Any]


def component_definition(matrix: Matrix) -> Node:
    """The document; the same matrix gives the same bytes."""
    component: Node = {
        "uuid": _uuid("component"),
        "type": "policy",
        "title": "mlgate policy library",
        "description": (
            "Rules that mlgate judges Kubernetes objects by when they are created or changed. A reference "
            "says what a rule speaks to; it does not say that the rule satisfies it."
        ),
        "props": [prop for row in matrix.codes.values() for prop in _rule(row)]
        or [_prop("revision", matrix.revision)],
    }
    implemented = [_framework(matrix, found) for found in matrix.frameworks if found.references]
    if implemented:
        component["control-implementations"] = implemented
    definition: Node = {"metadata": _metadata(matrix), "components": [component]}
    if matrix.frameworks:
        definition["back-matter"] = {"resources": [_resource(found) for found in matrix.frameworks]}
    digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()
    return {"component-definition": {"uuid": _uuid(f"definition {digest}"), **definition}}


def _metadata(matrix: Matrix) -> Node:
    props = [_prop("generator", f"mlgate {__version__}")]
    props += [_prop("mode", mode, group=profile) for profile, mode in matrix.modes.items()]
    props += [_prop("instead-of-deny", f"{action} on {case}") for case, action in matrix.instead.items()]
    props += [_prop("setting", key) for key in matrix.changed]
    undecided = "\n".join(f"- {each.matter}: {each.decided_by}" for each in matrix.outside)
    no_time = "" if matrix.at else f"Nobody gave a time; {NO_TIME} stands for none.\n\n"
    return {
        "title": "What the mlgate policy library enforces",
        "last-modified": matrix.at or NO_TIME,
        "version": matrix.revision,
        "oscal-version": OSCAL,
        "props": props,
        "remarks": f"{no_time}The gate does not decide:\n\n{undecided}",
    }


def _rule(row: CodeRow) -> Iterator[Node]:
    """A code as a set of properties that the remark holds together."""
    said = {"Rule_Id": row.code, "Rule_Description": row.title, "Severity": row.severity}
    said |= {f"Enforcement_{profile}": cell.text for profile, cell in row.cells.items()}
    if row.notes:
        said["Rule_Notes"] = "; ".join(row.notes)
    yield from (_prop(name, value, remarks=row.code) for name, value in said.items())


def _framework(matrix: Matrix, found: Framework) -> Node:
    return {
        "uuid": _uuid(f"implementation {found.key}"),
        "source": f"#{_uuid(f'resource {found.key}')}",
        "description": f"What the rules speak to in {found.title}; references were checked {found.checked}.",
        "implemented-requirements": [_reference(matrix, found.key, each) for each in found.references],
    }


def _reference(matrix: Matrix, framework: str, found: Reference) -> Node:
    sure = {entry.sure for entry in found.mapped}
    confidence = "sure" if sure == {True} else "not-sure" if sure == {False} else "partly-sure"
    codes = dict.fromkeys(code for entry in found.mapped for code in entry.codes)
    props = [_prop("reference", found.reference), _prop("confidence", confidence)]
    props += [
        _prop("requirement", entry.control, group="sure" if entry.sure else "not-sure")
        for entry in found.mapped
    ]
    props += [_prop("Rule_Id", code) for code in codes]
    for profile in PROFILES:
        words = {matrix.codes[code].cells[profile].strictest for code in codes}
        strictest = max(words, key=lambda word: RANK.get(word, -1), default="no rule")
        props.append(_prop(f"Enforcement_{profile}", strictest))
    return {
        "uuid": _uuid(f"requirement {framework} {found.reference}"),
        "control-id": control_id(framework, found.reference),
        "description": "\n".join(f"- {_line(entry)}" for entry in found.mapped),
        "props": props,
    }


def _line(entry: Mapped) -> str:
    decided = "" if entry.codes else f" ({entry.instead})"
    return f"{entry.control} {entry.title}: {entry.statement}{decided}"


def control_id(framework: str, reference: str) -> str:
    """A reference as an OSCAL token, with its framework so that it begins with a letter."""
    return re.sub(r"[^a-z0-9.]+", "-", f"{framework} {reference}".lower()).strip("-.")


def _resource(found: Framework) -> Node:
    return {"uuid": _uuid(f"resource {found.key}"), "title": found.title, "rlinks": [{"href": found.url}]}


def _prop(name: str, value: str, *, group: str | None = None, remarks: str | None = None) -> Node:
    prop = {"name": name, "ns": NAMESPACE, "value": " ".join(value.split()) or "none"}
    return prop | ({"class": group} if group else {}) | ({"remarks": remarks} if remarks else {})


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_ROOT, name))
