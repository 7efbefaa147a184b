"""Who may do what by RBAC alone: the people, and mlgate's own account."""

from __future__ import annotations

import pytest
from cluster.kubectl import Kubectl
from cluster.local import LocalCluster
from reviews import may_use
from staging import Stage
from surroundings import service

FORBIDDEN = "is forbidden: User"
"""How the API server refuses for want of a right, before anybody else is asked."""


@pytest.fixture(scope="module")
def gate_account(cluster: LocalCluster) -> Kubectl:
    """Kubectl with the credentials mlgate itself has."""
    plane = cluster.control_plane
    return Kubectl(plane.tools / "kubectl", plane.gate_kubeconfig, cluster.folder / "gate-cache")


@pytest.mark.parametrize(
    "kind",
    [
        *("modelcards", "signoffs", "waivers", "namespaces", "storageclasses", "serviceaccounts", "nodes"),
        *("roles", "rolebindings", "clusterroles", "clusterrolebindings", "networkpolicies"),
    ],
)
def test_the_gate_reads_evidence(gate_account: Kubectl, kind: str) -> None:
    assert gate_account("mlgate", "get", kind, "-A").ok


def test_the_gate_is_let_watch_what_it_watches(cluster: LocalCluster) -> None:
    cluster.kubectl.send("administrator", "create", [service("default")], "--dry-run=server")
    lines = cluster.gate.log_lines()
    assert any('"decision"' in line for line in lines), "it has judged with what it watches"
    assert [line for line in lines if "answered 403" in line] == []


@pytest.mark.parametrize("kind", ["secrets", "pods", "configmaps"])
def test_the_gate_lists_nothing_else(gate_account: Kubectl, kind: str) -> None:
    answer = gate_account("mlgate", "get", kind, "-A")
    assert FORBIDDEN in answer.errors


@pytest.mark.parametrize("verb", ["create", "update", "patch", "delete", "deletecollection"])
def test_the_gate_writes_nothing(gate_account: Kubectl, verb: str) -> None:
    for kind in (
        "signoffs.mlgate.dev",
        "waivers.mlgate.dev",
        "modelcards.mlgate.dev",
        "configmaps",
        "events",
        "deployments.apps",
        "inferenceservices.serving.kserve.io",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
    ):
        answer = gate_account("mlgate", "auth", "can-i", verb, kind, "-n", "default")
        assert answer.output.strip() == "no", f"{verb} {kind}"


def test_the_gate_approves_nothing(cluster: LocalCluster, gate_account: Kubectl) -> None:
    assert may_use(cluster.kubectl, "business-owner", "approve", "businessOwner"), "who may is told"
    for verb in ("approve", "withdraw"):
        assert not may_use(gate_account, "mlgate", verb, "businessOwner")


@pytest.mark.parametrize(
    ("person", "verb", "kind"),
    [
        ("engineer", "create", "signoffs.mlgate.dev"),
        ("engineer", "create", "waivers.mlgate.dev"),
        ("engineer", "patch", "modelcards.mlgate.dev/status"),
        ("engineer", "patch", "namespaces"),
        ("engineer", "delete", "validatingwebhookconfigurations.admissionregistration.k8s.io"),
        ("engineer", "patch", "validatingadmissionpolicybindings.admissionregistration.k8s.io"),
        ("engineer", "impersonate", "groups"),
        ("business-owner", "create", "inferenceservices.serving.kserve.io"),
        ("business-owner", "create", "modelcards.mlgate.dev"),
        ("business-owner", "create", "waivers.mlgate.dev"),
        ("business-owner", "patch", "signoffs.mlgate.dev"),
        ("risk-committee", "create", "signoffs.mlgate.dev"),
        ("risk-committee", "patch", "waivers.mlgate.dev"),
    ],
)
def test_a_right_that_was_not_given_is_not_there(
    cluster: LocalCluster, person: str, verb: str, kind: str
) -> None:
    resource, _, subresource = kind.partition("/")
    flags = [f"--subresource={subresource}"] if subresource else []
    answer = cluster.kubectl(person, "auth", "can-i", verb, resource, "-n", "default", *flags)
    assert answer.output.strip() == "no", answer.errors


def test_without_the_role_a_model_is_refused_before_the_gate_is_asked(stage: Stage) -> None:
    case = stage.prepare("ticket-router")
    answer = stage.cluster.kubectl.send("business-owner", "create", case.manifest)
    assert FORBIDDEN in answer.errors
    assert "mlgate refused" not in answer.errors


def test_the_state_of_a_card_is_written_by_monitoring_tools_alone(stage: Stage) -> None:
    case = stage.copy("ticket-router", "card-state")
    kubectl = stage.cluster.kubectl
    patch = ("patch", "modelcard", "ticket-router-1.4.0", "-n", case.name, "--subresource=status")
    change = '{"status":{"incidents":[{"id":"INC-1"}]},"spec":{"risk":{"tier":"minimal"}}}'
    refused = kubectl("engineer", *patch, "--type=merge", "-p", change)
    assert FORBIDDEN in refused.errors

    kubectl.must(
        *("administrator", "create", "rolebinding", "monitoring", "-n", case.name),
        *("--clusterrole=mlgate:report-incidents", "--user=petra@example.com"),
    )
    kubectl.must("product", *patch, "--type=merge", "-p", change)
    card = stage.stored(case.name, "ModelCard/ticket-router-1.4.0") or {}
    assert card["status"]["incidents"] == [{"id": "INC-1"}]
    assert card["spec"]["risk"]["tier"] == "limited", "the way to the state does not lead to the card"
