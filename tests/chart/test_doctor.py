"""`mlgate doctor` has nothing to say of what the chart renders, and says what a value switches off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from chart.outcomes import value_sets
from chart.rendering import objects, render

from mlgate.doctor.examine import examine
from mlgate.doctor.snapshot import Deciding, Served, Snapshot
from mlgate.workloads.kinds.table import gated_kinds

SETS = value_sets()
ENFORCING = {"production": "enforce", "staging": "enforce", "development": "enforce", "sandbox": "enforce"}
EDITORS = {"settings": {"environment": {"labelEditorGroups": ["platform"]}}}
SERVED = tuple(
    Served(row.group, version, name, row.kind, namespaced=row.scope == "Namespaced")
    for row in gated_kinds().values()
    for version in row.versions
    for name in (row.resource, *(f"{row.resource}/{part}" for part in row.subresources))
)


def findings(values: dict[str, Any]) -> dict[str, str]:
    """What is found in an API server that holds what the chart renders: code -> lets models through."""
    rendered = objects(render(values))

    def of(kind: str) -> tuple[dict[str, Any], ...]:
        found = [entry for entry in rendered if entry["kind"] == kind]
        for entry in found:
            entry["metadata"].setdefault("namespace", "mlgate-system")
            entry["metadata"]["generation"] = 1  # as the API server counts what was created and never edited
        return tuple(found)

    established = {"conditions": [{"type": "Established", "status": "True"}]}
    snapshot = Snapshot(
        at=datetime.now(UTC),
        configurations=of("ValidatingWebhookConfiguration"),
        served=SERVED,
        groups=frozenset(one.group for one in SERVED),
        policies=of("ValidatingAdmissionPolicy"),
        bindings=of("ValidatingAdmissionPolicyBinding"),
        definitions={
            entry["metadata"]["name"]: {**entry, "status": established}
            for entry in of("CustomResourceDefinition")
        },
        services=of("Service"),
        slices=None,  # no node runs its Pods
        deployments=tuple(
            {**entry, "status": {"readyReplicas": entry["spec"].get("replicas", 1)}}
            for entry in of("Deployment")
        ),
        budgets=of("PodDisruptionBudget"),
        cluster_roles=of("ClusterRole"),
        cluster_role_bindings=of("ClusterRoleBinding"),
        deciding=Deciding("deny", ENFORCING, "the gate"),
    )
    return {one.code: one.lets_models_through for one in examine(snapshot).findings}


def test_an_installation_that_enforces_has_nothing_that_lets_models_through() -> None:
    found = findings({"decision": {"mode": ENFORCING}, "policy": EDITORS, "tls": {"mode": "helm"}})
    assert found == {"certificate.not_checked": "no"}


def test_without_label_editors_namespaces_are_not_sent() -> None:
    found = findings({"decision": {"mode": ENFORCING}, "tls": {"mode": "helm"}})
    assert found == {"certificate.not_checked": "no", "kinds.namespaces_not_matched": "possibly"}


def test_a_first_installation_fails_open() -> None:
    assert findings({"tls": {"mode": "helm"}})["webhook.fails_open"] == "yes"


def test_before_cert_manager_has_acted_nobody_is_believed() -> None:
    assert "certificate.bundle_missing" in findings({"decision": {"mode": ENFORCING}})


def test_an_exempt_namespace_is_told() -> None:
    values = {"decision": {"mode": ENFORCING}, "webhook": {"exemptNamespaces": ["playground"]}}
    assert findings(values)["selector.namespace_exempt"] == "possibly"


@pytest.mark.parametrize("name", sorted(SETS))
def test_no_values_leave_a_gap_in_what_is_sent(name: str) -> None:
    parts = {code.partition(".")[0] for code, opens in findings(SETS[name].values).items() if opens == "yes"}
    assert parts <= {"webhook", "certificate", "replicas"}, "where it fails open, an outage lets through"
