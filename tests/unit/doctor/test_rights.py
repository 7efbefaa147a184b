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
    assert found.message.endswith("(clusterrolebinding/b) may edit or delete the webhook configuration")
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
        {"apiGroups": [""], "resources": ["namespaces/status"], "verbs": ["patch"]},
    ],
)
def test_other_rights_are_nothing_to_tell(broken: Any, codes: Any, rule: dict[str, Any]) -> None:
    bind(broken, rule, BO)
    assert codes(check_rights, broken) == []


@pytest.mark.parametrize(
    ("resource", "verb", "group"),
    [
        ("deployments", "patch", "apps"),
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
