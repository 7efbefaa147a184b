"""The webhook configuration: narrow, closed where it must be, and no way to lock the cluster."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from chart.outcomes import value_sets
from chart.rendering import objects, only, render
from chart.rules import rules_by_entry

from mlgate.doctor.selection import known_conditions

SETS = value_sets()
PROTECTED = {"kube-system", "kube-node-lease", "mlgate-system"}
KEY = "kubernetes.io/metadata.name"


def webhooks(values: dict[str, Any], **release: str) -> dict[str, dict[str, Any]]:
    """The webhooks by the first part of their names."""
    found = only(objects(render(values, **release)), "ValidatingWebhookConfiguration")  # type: ignore[arg-type]
    return {entry["name"].partition(".")[0]: entry for entry in found["webhooks"]}


def left_out(webhook: dict[str, Any]) -> set[str]:
    """Namespaces a webhook is not called for."""
    (expression,) = webhook["namespaceSelector"]["matchExpressions"]
    assert (expression["key"], expression["operator"]) == (KEY, "NotIn")
    return set(expression["values"])


@pytest.mark.parametrize("name", sorted(SETS))
def test_there_are_three_and_what_they_have_in_common(name: str) -> None:
    found = webhooks(SETS[name].values)
    assert list(found) == ["models", "workloads", "records"]
    for webhook in found.values():
        assert webhook["matchPolicy"] == "Equivalent"
        assert webhook["sideEffects"] == "None"
        assert webhook["admissionReviewVersions"] == ["v1"]
        assert "objectSelector" not in webhook
        assert webhook["clientConfig"]["service"]["path"] == "/validate"
    assert found["workloads"]["namespaceSelector"]["matchLabels"] == {"mlgate.dev/gate": "enabled"}


@pytest.mark.parametrize("name", sorted(SETS))
def test_no_value_takes_a_protected_namespace_off(name: str) -> None:
    assert all(left_out(webhook) >= PROTECTED for webhook in webhooks(SETS[name].values).values())


def test_the_release_namespace_is_protected_whatever_it_is_called() -> None:
    found = webhooks({}, namespace="gatekeeping")
    assert all("gatekeeping" in left_out(webhook) for webhook in found.values())
    assert all("mlgate-system" not in left_out(webhook) for webhook in found.values())


def test_exempt_namespaces_are_exempt_from_judgement_but_not_from_the_rules_about_records() -> None:
    found = webhooks(SETS["enforcing"].values)
    assert left_out(found["models"]) == left_out(found["workloads"]) == PROTECTED | {"ci-scratch", "legacy"}
    assert left_out(found["records"]) == PROTECTED


@pytest.mark.parametrize(
    ("mode", "policy", "answer"),
    [
        ({}, "Ignore", "allow"),
        ({"production": "warn", "staging": "warn"}, "Ignore", "allow"),
        ({"sandbox": "enforce"}, "Fail", "deny"),
        ({"production": "enforce"}, "Fail", "deny"),
    ],
)
def test_one_value_switches_all_three(mode: dict[str, str], policy: str, answer: str) -> None:
    found = objects(render({"decision": {"mode": mode}}))
    entries = only(found, "ValidatingWebhookConfiguration")["webhooks"]
    assert [entry["failurePolicy"] for entry in entries] == [policy, policy, "Fail"]
    env = only(found, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "MLGATE_DECISION__ON_ERROR", "value": answer} in env


def test_the_rules_are_those_of_the_table_and_name_what_they_match() -> None:
    table = rules_by_entry()
    found = webhooks(SETS["enforcing"].values)
    assert found["models"]["rules"] == table["models"]
    assert found["workloads"]["rules"] == table["workloads"]
    assert found["records"]["rules"] == [*table["records"], *table["namespaces"]]
    for rule in (rule for webhook in found.values() for rule in webhook["rules"]):
        assert not [part for part in (*rule["apiGroups"], *rule["resources"]) if "*" in part]
        statuses = [name for name in rule["resources"] if name.endswith("/status")]
        assert statuses in ([], ["namespaces/status"])  # its labels are written with its status, too
        assert "leases" not in rule["resources"]
        assert rule["operations"] == ["CREATE", "UPDATE"]


def test_namespaces_are_sent_only_where_their_labels_have_editors() -> None:
    plain, watched = webhooks({})["records"], webhooks(SETS["enforcing"].values)["records"]
    assert not [n for rule in plain["rules"] for n in rule["resources"] if n.startswith("namespaces")]
    assert watched["rules"][-1]["resources"] == ["namespaces", "namespaces/status", "namespaces/finalize"]
    assert "matchConditions" not in plain
    (condition,) = watched["matchConditions"]
    assert " ".join(condition["expression"].split()) in known_conditions()["records"], (
        "or the doctor complains"
    )


def test_namespaces_are_sent_where_a_bundle_that_is_fetched_may_name_editors() -> None:
    fetched, watched = (webhooks(SETS[name].values)["records"] for name in ("fetched-policy", "enforcing"))
    assert fetched["rules"] == watched["rules"]
    assert fetched["matchConditions"] == watched["matchConditions"]


def test_the_api_server_trusts_what_the_values_give() -> None:
    (bundle,) = {
        webhook["clientConfig"]["caBundle"] for webhook in webhooks(SETS["own-certificate"].values).values()
    }
    assert base64.b64decode(bundle).decode() == SETS["own-certificate"].values["tls"]["existing"]["caBundle"]


@pytest.mark.parametrize("name", sorted(SETS))
def test_aks_is_told_to_leave_the_selectors_alone(name: str) -> None:
    found = only(objects(render(SETS[name].values)), "ValidatingWebhookConfiguration")["metadata"]
    assert found["annotations"]["admissions.enforcer/disabled"] == "true"


def test_annotations_of_the_site_win() -> None:
    given = {"admissions.enforcer/disabled": "false", "example.com/owner": "platform-team"}
    found = only(objects(render({"webhook": {"annotations": given}})), "ValidatingWebhookConfiguration")
    assert given.items() <= found["metadata"]["annotations"].items()


def test_cert_manager_puts_in_what_the_api_server_trusts() -> None:
    for name in ("default", "own-issuer"):
        found = only(objects(render(SETS[name].values)), "ValidatingWebhookConfiguration")
        annotations = found["metadata"]["annotations"]
        assert annotations["cert-manager.io/inject-ca-from"] == "mlgate-system/mlgate-tls"
        assert all("caBundle" not in webhook["clientConfig"] for webhook in found["webhooks"])
