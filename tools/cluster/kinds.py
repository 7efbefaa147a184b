"""Stand-ins for the definitions of the serving platforms, made from the table of kinds.

The API server must know a kind so that it can be created and sent to the gate; nothing has to run it. Each is
structural and stores any field as it is sent.
"""

from __future__ import annotations

from typing import Any

from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds

BUILT_IN = ("", "apps", "batch")
"""Groups the API server serves by itself."""
OWN = "mlgate.dev"
LEFT_OUT = ("ome.io",)
"""Its kinds have the names of KServe's, so that `kubectl get inferenceservice` would mean them."""


def foreign_kinds() -> list[Kind]:
    """The kinds of the table that a platform has to install."""
    return [row for row in gated_kinds().values() if row.group not in (*BUILT_IN, OWN, *LEFT_OUT)]


def definitions() -> list[dict[str, Any]]:
    """A CustomResourceDefinition for each of them."""
    return [_definition(row) for row in foreign_kinds()]


def _definition(row: Kind) -> dict[str, Any]:
    singular = row.kind.lower()
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{row.resource}.{row.group}", **_approved(row.group)},
        "spec": {
            "group": row.group,
            "scope": row.scope,
            "names": {
                "kind": row.kind,
                "listKind": f"{row.kind}List",
                "plural": row.resource,
                "singular": singular,
            },
            "versions": [_version(name, stored=name == row.versions[0]) for name in row.versions],
        },
    }


def _approved(group: str) -> dict[str, Any]:
    """Groups of the Kubernetes project itself need a word that their definition is known to it."""
    if not group.endswith((".k8s.io", ".kubernetes.io")):
        return {}
    return {"annotations": {"api-approved.kubernetes.io": "unapproved, for tests of the gate alone"}}


def _version(name: str, *, stored: bool) -> dict[str, Any]:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    replicas = {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"replicas": {"type": "integer"}},
    }
    return {
        "name": name,
        "served": True,
        "storage": stored,
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
        },
        # Some kinds hold their fields beside `spec`, so that the whole object takes any.
        "schema": {
            "openAPIV3Schema": {**anything, "properties": {"spec": replicas, "status": anything}},
        },
    }
