"""The gate may read what it must, and write nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from mlgate.doctor.account import check_account, needs

GATE = {"kind": "ServiceAccount", "name": "mlgate", "namespace": "mlgate-system"}


def bind(broken: Any, *rules: dict[str, Any], subject: dict[str, Any] = GATE) -> None:
    name = f"more{len(broken.roles)}"
    broken.roles.append({"kind": "ClusterRole", "metadata": {"name": name}, "rules": [*rules]})
    broken.role_bindings.append(
        {"metadata": {"name": name}, "roleRef": {"kind": "ClusterRole", "name": name}, "subjects": [subject]}
    )


def take(broken: Any, resource: str) -> None:
    """Take a resource out of the gate's own role."""
    (rule,) = (one for one in broken.roles[0]["rules"] if resource in one["resources"])
    rule["resources"] = [one for one in rule["resources"] if one != resource]


def test_the_rights_of_the_chart_are_enough_and_none_too_many(broken: Any, codes: Any) -> None:
    assert codes(check_account, broken) == []


def test_what_is_needed_is_what_the_chart_gives() -> None:
    tools = str(Path(__file__).resolve().parents[3] / "tools")
    sys.path.insert(0, tools)
    try:
        from chart.rendering import objects, render  # noqa: PLC0415 - the scripts are no package
    finally:
        sys.path.remove(tools)
    (role,) = (
        one
        for one in objects(render())
        if one["kind"] == "ClusterRole" and one["metadata"]["name"].endswith(":reader")
    )
    assert [*needs()] == role["rules"]


def test_a_right_that_is_missing_is_named(broken: Any, only: Any, codes: Any) -> None:
    take(broken, "storageclasses")
    found = only(check_account, broken)
    assert (found.code, found.lets_models_through) == ("account.right_missing", "no")
    assert found.message == "the gate may not get, list, watch storageclasses.storage.k8s.io"
    bind(broken, {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]})
    assert codes(check_account, broken) == []


def test_a_right_of_all_service_accounts_counts(broken: Any, codes: Any) -> None:
    take(broken, "storageclasses")
    rule = {
        "apiGroups": ["storage.k8s.io"],
        "resources": ["storageclasses"],
        "verbs": ["get", "list", "watch"],
    }
    bind(broken, rule, subject={"kind": "Group", "name": "system:serviceaccounts:mlgate-system"})
    assert codes(check_account, broken) == []


def test_a_group_that_is_not_served_needs_no_right(broken: Any, codes: Any) -> None:
    take(broken, "peerauthentications")
    assert codes(check_account, broken) == ["account.right_missing"]
    broken.changes = {"groups": broken.snapshot().groups - {"security.istio.io"}}
    assert codes(check_account, broken) == []


def test_a_kind_that_this_release_of_its_operator_has_not_needs_no_right(
    broken: Any, codes: Any, only: Any
) -> None:
    take(broken, "inferencesets")
    assert only(check_account, broken).message == "the gate may not get inferencesets.kaito.sh"
    served = broken.snapshot().served
    broken.changes = {"served": tuple(one for one in served if one.resource != "inferencesets")}
    assert codes(check_account, broken) == []


def test_without_any_right_some_are_named_and_the_rest_counted(broken: Any, only: Any) -> None:
    broken.role_bindings.clear()
    found = only(check_account, broken)
    assert " and " in found.message
    assert found.message.endswith(" more")


def test_whoever_is_told_the_region_need_not_read_nodes(broken: Any, codes: Any) -> None:
    take(broken, "nodes")
    assert codes(check_account, broken) == ["account.right_missing"]
    container = broken.deployment["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "MLGATE_EVIDENCE__REGION", "value": "eu-central-1"})
    assert codes(check_account, broken) == []


def test_the_account_is_that_of_the_deployment(broken: Any, codes: Any, only: Any) -> None:
    broken.deployment["spec"]["template"]["spec"]["serviceAccountName"] = "other"
    assert only(check_account, broken).subject.name == "other"
    broken.changes = {"deployments": ()}
    assert codes(check_account, broken) == []


@pytest.mark.parametrize("verb", ["patch", "*", "impersonate"])
def test_a_right_to_write_is_too_much(broken: Any, only: Any, verb: str) -> None:
    bind(broken, {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", verb]})
    found = only(check_account, broken)
    assert (found.code, found.lets_models_through) == ("account.right_excess", "possibly")
    assert found.message.startswith(f"the gate may get, {verb} configmaps by clusterrolebinding/more")


@pytest.mark.parametrize("part", ["cluster_roles", "cluster_role_bindings", "roles", "role_bindings"])
def test_roles_that_could_not_be_read_tell_nothing(broken: Any, codes: Any, part: str) -> None:
    broken.role_bindings.clear()
    broken.changes = {part: None}
    assert codes(check_account, broken) == []
