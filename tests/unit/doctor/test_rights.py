"""Who may switch mlgate off or go around it."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.rights import check_rights

ADMISSION = "admissionregistration.k8s.io"
EDIT_HOOK = {
    "apiGroups": [ADMISSION],
    "resources": ["validatingwebhookconfigurations"],
    "verbs": ["patch"],
}


def subject(kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "name": name, **({"namespace": namespace} if namespace else {})}


def bind(broken: Any, rule: dict[str, Any], *subjects: dict[str, Any], namespace: str | None = None) -> None:
    """Give a rule to subjects: everywhere, or in a namespace."""
    kind = "ClusterRole" if namespace is None else "Role"
    about = {"name": f"x{len(broken.roles)}", **({"namespace": namespace} if namespace else {})}
    broken.roles.append({"kind": kind, "metadata": about, "rules": [rule]})
    broken.role_bindings.append(
        {
            "metadata": {**about, "name": "b"},
            "roleRef": {"kind": kind, "name": about["name"]},
            "subjects": [*subjects],
        }
    )


BO = subject("User", "bo@example.com")


def test_nobody_with_rights_is_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_rights, broken) == []


@pytest.mark.parametrize(
    ("who", "code", "opens"),
    [
        (BO, "rights.webhook_editable", "possibly"),
        (subject("Group", "devs"), "rights.webhook_editable", "possibly"),
        (subject("ServiceAccount", "ci", "build"), "rights.webhook_editable", "possibly"),
        (subject("Group", "system:serviceaccounts:build"), "rights.webhook_editable", "possibly"),
        (subject("Group", "system:masters"), "rights.held_by_system", "no"),
        (subject("ServiceAccount", "gc", "kube-system"), "rights.held_by_system", "no"),
        (subject("Group", "system:serviceaccounts:kube-system"), "rights.held_by_system", "no"),
        (subject("User", "system:kube-controller-manager"), "rights.held_by_system", "no"),
        (subject("Group", "system:authenticated"), "rights.held_by_everyone", "yes"),
        (subject("Group", "system:serviceaccounts"), "rights.held_by_everyone", "yes"),
        (subject("User", "system:anonymous"), "rights.held_by_everyone", "yes"),
    ],
)
def test_holders_are_told_apart(broken: Any, only: Any, who: dict[str, Any], code: str, opens: str) -> None:
    bind(broken, EDIT_HOOK, who)
    found = only(check_rights, broken)
    assert (found.code, found.lets_models_through) == (code, opens)
    assert who["name"] in found.message
    does = "edit or delete the webhook configuration"
    if code == "rights.held_by_system":
        does = "switch the gate off or go around it"
    assert found.message.endswith(f"(clusterrolebinding/b) may {does}")
    assert "clusterrolebinding/b" in found.fix


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({**EDIT_HOOK, "resourceNames": ["mlgate"]}, "webhook_editable"),
        (
            {
                **EDIT_HOOK,
                "verbs": ["*"],
                "apiGroups": ["*"],
                "resources": ["validatingwebhookconfigurations"],
            },
            "webhook_editable",
        ),
        (
            {
                "apiGroups": [ADMISSION],
                "resources": ["validatingadmissionpolicybindings"],
                "verbs": ["delete"],
            },
            "guards_editable",
        ),
        (
            {"apiGroups": ["apiextensions.k8s.io"], "resources": ["*"], "verbs": ["update"]},
            "definitions_editable",
        ),
        ({"apiGroups": [""], "resources": ["namespaces"], "verbs": ["patch"]}, "namespaces_editable"),
        (
            {
                "apiGroups": [""],
                "resources": ["namespaces"],
                "verbs": ["patch"],
                "resourceNames": ["default"],
            },
            "namespaces_editable",
        ),
        ({"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"]}, "impersonation"),
        (
            {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"]},
            "roles_escalation",
        ),
        (
            {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]},
            "roles_escalation",
        ),
        ({"apiGroups": [""], "resources": ["namespaces/status"], "verbs": ["patch"]}, "namespaces_editable"),
        (
            {"apiGroups": [""], "resources": ["namespaces/finalize"], "verbs": ["update"]},
            "namespaces_editable",
        ),
        ({"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}, "impersonation"),
        (
            {
                "apiGroups": ["certificates.k8s.io"],
                "resources": ["certificatesigningrequests/approval"],
                "verbs": ["update"],
            },
            "impersonation",
        ),
        (
            {"apiGroups": ["apiregistration.k8s.io"], "resources": ["apiservices"], "verbs": ["create"]},
            "group_served_elsewhere",
        ),
        (
            {
                "apiGroups": ["apiregistration.k8s.io"],
                "resources": ["apiservices"],
                "verbs": ["patch"],
                "resourceNames": ["v1alpha1.mlgate.dev"],
            },
            "group_served_elsewhere",
        ),
        (
            {
                "apiGroups": [ADMISSION],
                "resources": ["mutatingwebhookconfigurations"],
                "verbs": ["create"],
            },
            "objects_rewritable",
        ),
        (
            {"apiGroups": [ADMISSION], "resources": ["mutatingadmissionpolicies"], "verbs": ["update"]},
            "objects_rewritable",
        ),
        ({"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}, "gate_editable"),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}, "gate_editable"),
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, "everything"),
    ],
)
def test_each_power_is_known(broken: Any, only: Any, rule: dict[str, Any], code: str) -> None:
    bind(broken, rule, BO)
    assert only(check_rights, broken).code == f"rights.{code}"


@pytest.mark.parametrize(
    "rule",
    [
        {**EDIT_HOOK, "verbs": ["get", "create"]},
        {**EDIT_HOOK, "resourceNames": ["other"]},
        {**EDIT_HOOK, "apiGroups": ["apps"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["namespaces/status"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["delete"]},
        {"apiGroups": ["apiregistration.k8s.io"], "resources": ["apiservices"], "verbs": ["get"]},
        {
            "apiGroups": ["apiregistration.k8s.io"],
            "resources": ["apiservices"],
            "verbs": ["update"],
            "resourceNames": ["v1beta1.metrics.k8s.io"],
        },
    ],
)
def test_other_rights_are_nothing_to_tell(broken: Any, codes: Any, rule: dict[str, Any]) -> None:
    bind(broken, rule, BO)
    assert codes(check_rights, broken) == []


@pytest.mark.parametrize(
    ("resource", "verb", "group"),
    [
        ("deployments", "patch", "apps"),
        ("deployments/scale", "update", "apps"),
        ("deployments", "create", "apps"),
        ("statefulsets", "create", "apps"),
        ("daemonsets", "patch", "apps"),
        ("replicasets", "update", "apps"),
        ("replicationcontrollers", "create", ""),
        ("jobs", "create", "batch"),
        ("cronjobs", "patch", "batch"),
        ("pods", "create", ""),
        ("pods", "patch", ""),
        ("pods/ephemeralcontainers", "patch", ""),
        ("pods/attach", "create", ""),
        ("pods/exec", "get", ""),
        ("services", "patch", ""),
        ("endpoints", "update", ""),
        ("endpointslices", "create", "discovery.k8s.io"),
        ("secrets", "update", ""),
        ("configmaps", "patch", ""),
        ("pods/exec", "create", ""),
        ("*/exec", "create", ""),
    ],
)
def test_the_gate_can_be_changed_where_it_runs(
    broken: Any, only: Any, codes: Any, resource: str, verb: str, group: str
) -> None:
    rule = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
    bind(broken, rule, BO, namespace="default")
    assert codes(check_rights, broken) == []
    bind(broken, rule, BO, namespace="mlgate-system")
    found = only(check_rights, broken)
    assert (found.code, found.subject.namespace) == ("rights.gate_editable", "mlgate-system")
    assert "rolebinding/b --namespace mlgate-system" in found.fix
    assert found.message.endswith(f", by rights to {resource.replace('*', 'pods')}")


@pytest.mark.parametrize(
    ("resource", "group", "name"),
    [
        ("deployments", "apps", "mlgate"),
        ("deployments/scale", "apps", "mlgate"),
        ("secrets", "", "mlgate-tls"),
        ("configmaps", "", "mlgate-policy"),
        ("services", "", "mlgate"),
        ("endpoints", "", "mlgate"),
        ("endpointslices", "discovery.k8s.io", "mlgate-x"),
    ],
)
def test_a_right_to_what_the_gate_is_made_of_counts_by_name_too(
    broken: Any, only: Any, codes: Any, resource: str, group: str, name: str
) -> None:
    rule = {"apiGroups": [group], "resources": [resource], "verbs": ["patch"]}
    bind(broken, {**rule, "resourceNames": ["other"]}, BO, namespace="mlgate-system")
    assert codes(check_rights, broken) == []
    bind(broken, {**rule, "resourceNames": [name]}, BO, namespace="mlgate-system")
    assert only(check_rights, broken).code == "rights.gate_editable"


def test_whoever_may_read_the_key_is_named_unless_they_may_do_more(
    broken: Any, only: Any, codes: Any
) -> None:
    rule = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    bind(broken, {**rule, "resourceNames": ["other"]}, BO, namespace="mlgate-system")
    assert codes(check_rights, broken) == []
    bind(broken, {**rule, "resourceNames": ["mlgate-tls"]}, BO, namespace="mlgate-system")
    found = only(check_rights, broken)
    assert found.code == "rights.gate_key_readable"
    assert found.message == "bo@example.com (rolebinding/b) may read the private key of the gate"
    pods = {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}
    bind(broken, pods, BO, namespace="mlgate-system")
    assert only(check_rights, broken).code == "rights.gate_editable"


@pytest.mark.parametrize("part", ["namespaces", "namespaces/status"])
def test_where_no_namespace_is_judged_those_who_create_them_are_named(
    broken: Any, only: Any, codes: Any, part: str
) -> None:
    rule = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]}
    bind(broken, rule, BO)
    assert codes(check_rights, broken) == [], "each is judged"
    rules = broken.entry("records")["rules"]
    for one in rules:
        one["resources"] = [name for name in one["resources"] if name != part]
    found = only(check_rights, broken)
    assert found.code == "rights.namespaces_creatable"
    assert "labelEditorGroups" in found.fix
    del broken.configuration["webhooks"][2]
    assert only(check_rights, broken).code == "rights.namespaces_creatable"


@pytest.mark.parametrize(
    ("resource", "verb", "code"),
    [
        ("pods", "create", "exempt_writable"),
        ("pods/exec", "create", "exempt_writable"),
        ("serviceaccounts/token", "create", "impersonation"),
        ("serviceaccounts", "impersonate", "impersonation"),
    ],
)
def test_rights_in_the_namespace_of_kubernetes_are_told(
    broken: Any, only: Any, resource: str, verb: str, code: str
) -> None:
    rule = {"apiGroups": [""], "resources": [resource], "verbs": [verb]}
    bind(broken, rule, BO, namespace="kube-system")
    assert only(check_rights, broken).code == f"rights.{code}"


@pytest.mark.parametrize("kind", ["roles", "clusterroles"])
@pytest.mark.parametrize("place", ["kube-system", "mlgate-system"])
def test_escalation_beside_the_gate_is_told(broken: Any, only: Any, kind: str, place: str) -> None:
    rule = {"apiGroups": ["rbac.authorization.k8s.io"], "resources": [kind], "verbs": ["escalate"]}
    bind(broken, rule, BO, namespace=place)
    assert only(check_rights, broken).code == "rights.roles_escalation"


def test_who_may_do_anything_is_told_once(broken: Any, codes: Any, only: Any) -> None:
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    bind(broken, everything, BO, subject("Group", "platform"))
    bind(broken, EDIT_HOOK, BO)
    found = only(check_rights, broken)
    assert found.code == "rights.everything"
    assert (
        found.message
        == "bo@example.com (clusterrolebinding/b), platform (clusterrolebinding/b) may do anything"
    )
    bind(broken, everything, subject("Group", "system:masters"))
    bind(broken, EDIT_HOOK, subject("ServiceAccount", "gc", "kube-system"))
    assert codes(check_rights, broken) == ["rights.everything", "rights.held_by_system"]
    bind(broken, everything, subject("Group", "system:authenticated"))
    assert codes(check_rights, broken).count("rights.held_by_everyone") == 1


def test_whoever_may_edit_in_a_namespace_is_not_told_of_each_right(broken: Any, only: Any) -> None:
    rule = {
        "apiGroups": ["", "apps", "batch"],
        "resources": ["pods", "secrets", "configmaps", "deployments", "jobs", "pods/exec"],
        "verbs": ["*"],
    }
    bind(broken, rule, BO, subject("Group", "devs"), namespace="mlgate-system")
    found = only(check_rights, broken)
    assert found.message.startswith(
        "bo@example.com (rolebinding/b), devs (rolebinding/b) may change the gate"
    )
    assert "pods, pods/exec, deployments, jobs" in found.message


def test_everything_in_one_namespace_is_not_everything(broken: Any, codes: Any) -> None:
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    bind(broken, everything, BO, namespace="mlgate-system")
    assert "rights.everything" not in codes(check_rights, broken)
    bind(broken, {**everything, "resourceNames": ["x"]}, BO)
    assert "rights.everything" not in codes(check_rights, broken)


def test_a_role_of_a_namespace_gives_nothing_elsewhere(broken: Any, codes: Any) -> None:
    bind(broken, EDIT_HOOK, BO, namespace="mlgate-system")
    assert codes(check_rights, broken) == []


@pytest.mark.parametrize(
    ("resource", "verb"), [("signoffroles", "approve"), ("signoffroles", "withdraw"), ("waivers", "create")]
)
def test_people_may_approve_and_everyone_may_not(
    broken: Any, codes: Any, only: Any, resource: str, verb: str
) -> None:
    rule = {"apiGroups": ["mlgate.dev"], "resources": [resource], "verbs": [verb]}
    bind(broken, rule, BO)
    assert codes(check_rights, broken) == []
    bind(broken, rule, subject("Group", "system:authenticated"))
    assert only(check_rights, broken).code == "rights.held_by_everyone"


def test_many_holders_are_counted(broken: Any, only: Any) -> None:
    bind(broken, EDIT_HOOK, *(subject("User", f"u{index}") for index in range(10)))
    assert "u7 (clusterrolebinding/b) and 2 more may" in only(check_rights, broken).message


def test_a_binding_to_a_role_that_is_gone_gives_nothing(broken: Any, codes: Any) -> None:
    bind(broken, EDIT_HOOK, BO)
    broken.roles.clear()
    assert codes(check_rights, broken) == []


@pytest.mark.parametrize("part", ["cluster_roles", "cluster_role_bindings", "roles", "role_bindings"])
def test_roles_that_could_not_be_read_tell_nothing(broken: Any, codes: Any, part: str) -> None:
    bind(broken, EDIT_HOOK, BO)
    broken.changes = {part: None}
    assert codes(check_rights, broken) == []
