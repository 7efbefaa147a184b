"""What a site allows in its values, asked of a gate started with them: labels and service accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from casebook.documents import Object
from cluster.gate import GateProcess
from cluster.kubectl import Answer
from cluster.local import LocalCluster
from configured import configured
from journeys import Journey
from refusals import refusal, refused_by_gate
from staging import Stage

pytestmark = pytest.mark.usefixtures("signing")
NAMESPACE = "site-choices"
ROBOT = f"system:serviceaccount:{NAMESPACE}:approver"
NOT_PERMITTED = "environment.label_change_not_permitted"
LABELS = {"profile": "sandbox", "max-classification": "restricted", "gate": "off"}
"""What decides how strictly a namespace is judged, and whether at all."""
RIGHTS: Object = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "local:label-namespaces"},
    "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "create", "patch"]}],
}


@pytest.fixture(scope="module")
def journey(stage: Stage, signing: None) -> Journey:
    """A model on a volume, in a namespace that was labelled before it took an editor."""
    return Journey(stage, stage.copy("model-volume", "named-robot", without="Waiver"))


@pytest.fixture(scope="module", autouse=True)
def gate(
    cluster: LocalCluster, journey: Journey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GateProcess]:
    """A gate that knows editors of labels and a service account that may approve."""
    settings = {
        "environment": {"labelEditorGroups": ["platform"]},
        "signOff": {"serviceAccounts": [ROBOT]},
        "waiver": {"serviceAccounts": [ROBOT]},
    }
    folder: Path = tmp_path_factory.mktemp("site-choices")
    with configured(cluster, {"policy": {"settings": settings}}, folder) as running:
        yield running


@pytest.fixture(scope="module")
def space(cluster: LocalCluster) -> str:
    """A namespace with all labels of ours, and two groups that RBAC lets change it."""
    labels = {f"mlgate.dev/{name}": "enabled" if name == "gate" else "x" for name in LABELS}
    labels |= {"mlgate.dev/profile": "production", "mlgate.dev/max-classification": "confidential"}
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    assert as_group(cluster, "platform", "create", made).ok is False, "nobody may before RBAC says so"
    assert cluster.kubectl.send("administrator", "create", [RIGHTS]).ok
    for group in ("platform", "team"):
        cluster.kubectl.must(
            *("administrator", "create", "clusterrolebinding", f"local:label-namespaces:{group}"),
            *("--clusterrole=local:label-namespaces", f"--group={group}"),
        )
    answer = as_group(cluster, "platform", "create", made)
    assert answer.ok, answer.errors
    return NAMESPACE


def acting(group: str) -> tuple[str, ...]:
    """Flags of kubectl that make the administrator a member of a group, and of no other."""
    return (f"--as=somebody-of-{group}@example.com", f"--as-group={group}")


def as_group(cluster: LocalCluster, group: str, verb: str, entry: Object) -> Answer:
    return cluster.kubectl.send("administrator", verb, [entry], *acting(group), "--validate=ignore")


def label(cluster: LocalCluster, change: str, *flags: str) -> Answer:
    return cluster.kubectl("administrator", "label", "namespace", NAMESPACE, change, "--overwrite", *flags)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("change", ["=", "-"], ids=["set", "removed"])
def test_a_label_that_decides_is_changed_by_its_editors_alone(
    cluster: LocalCluster, space: str, name: str, change: str
) -> None:
    wanted = f"mlgate.dev/{name}" + (f"={LABELS[name]}" if change == "=" else "-")
    for flags in (acting("team"), ()):
        answer = label(cluster, wanted, *flags)
        assert refused_by_gate(answer), "neither by who may change namespaces nor by an administrator"
        assert refusal(answer.errors).codes == [NOT_PERMITTED]
        assert f"may not set mlgate.dev/{name} on namespace {NAMESPACE}" in answer.errors
    answer = label(cluster, wanted, *acting("platform"), "--dry-run=server")
    assert answer.ok, answer.errors


@pytest.mark.parametrize("below", ["status", "finalize"])
def test_the_subresources_of_a_namespace_lead_to_no_label(
    cluster: LocalCluster, space: str, below: str
) -> None:
    stored = json.loads(cluster.kubectl.must("administrator", "get", "namespace", space, "-o", "json"))
    stored["metadata"]["labels"]["mlgate.dev/profile"] = "sandbox"
    path = ("replace", "--raw", f"/api/v1/namespaces/{space}/{below}", "-f", "-")
    answer = cluster.kubectl("administrator", *path, stdin=json.dumps(stored))
    assert NOT_PERMITTED in answer.errors
    assert (
        cluster.kubectl.must(
            *("administrator", "get", "namespace", space),
            *("-o", r"jsonpath={.metadata.labels.mlgate\.dev/profile}"),
        )
        == "production"
    )


def test_a_namespace_is_not_born_with_such_a_label(cluster: LocalCluster, space: str) -> None:
    made: Object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "born-relaxed"}}
    labelled = made | {"metadata": {"name": "born-relaxed", "labels": {"mlgate.dev/profile": "sandbox"}}}
    answer = as_group(cluster, "team", "create", labelled)
    assert refusal(answer.errors).codes == [NOT_PERMITTED]
    assert as_group(cluster, "team", "create", made).ok


def test_other_labels_of_a_namespace_are_nobodys_business(cluster: LocalCluster, space: str) -> None:
    answer = label(cluster, "team=blue", *acting("team"))
    assert answer.ok, answer.errors


def test_an_engineer_changes_no_namespace_at_all(cluster: LocalCluster, space: str) -> None:
    for name in LABELS:
        answer = cluster.kubectl("engineer", "label", "namespace", NAMESPACE, f"mlgate.dev/{name}-")
        assert 'cannot patch resource "namespaces"' in answer.errors


@pytest.fixture
def robot(cluster: LocalCluster, journey: Journey, space: str) -> tuple[str, ...]:
    """Flags of kubectl that act as the service account of the settings, which RBAC lets approve and waive."""
    must = cluster.kubectl.must
    must("administrator", "create", "serviceaccount", "approver", "-n", space)
    for role in ("approve:businessOwner", "grant-waivers"):
        must(
            *("administrator", "create", "rolebinding", role.replace(":", "-").lower()),
            *(f"--clusterrole=mlgate:{role}", f"--serviceaccount={space}:approver"),
            *("-n", journey.namespace),
        )
    token = must("administrator", "create", "token", "approver", "-n", space).strip()
    must("administrator", "config", "set-credentials", "robot-of-the-settings", f"--token={token}")
    return ("--user=robot-of-the-settings",)


def test_a_service_account_that_the_settings_name_approves_and_waives(
    cluster: LocalCluster, journey: Journey, robot: tuple[str, ...]
) -> None:
    found = "supply_chain.model_not_pinned"
    assert journey.codes() == ["signoff.approval_missing", found]
    approval = journey.approval("of-a-robot", approver=ROBOT)
    assert cluster.kubectl.send("administrator", "create", [approval], *robot).ok
    assert journey.codes() == [found]
    waived = journey.waiver("of-a-robot", codes=[found], approvedBy=ROBOT)
    answer = cluster.kubectl.send("administrator", "create", [waived], *robot)
    assert answer.ok, answer.errors
    assert journey.codes() == [found]  # whoever approves a version waives nothing of it
    assert cluster.kubectl.send("administrator", "delete", [approval]).ok
    assert journey.codes() == ["signoff.approval_missing"]
