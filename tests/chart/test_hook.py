"""What `helm test` makes: a pod beside the gate, with what it needs for as long as it runs."""

from __future__ import annotations

from typing import Any

import pytest
from chart.outcomes import value_sets
from chart.rendering import hooks, objects, only, render

SETS = value_sets()
POLICIES = "helm.sh/hook-delete-policy"


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_service_never_sends_a_review_to_the_pod_of_the_test(name: str) -> None:
    rendered = render(SETS[name].values)
    labels = only(hooks(rendered), "Pod")["metadata"]["labels"]
    for selector in (
        only(objects(rendered), "Service")["spec"]["selector"],
        only(objects(rendered), "Deployment")["spec"]["selector"]["matchLabels"],
    ):
        assert not selector.items() <= labels.items()


@pytest.mark.parametrize("name", sorted(SETS))
def test_it_runs_where_the_gate_does(name: str) -> None:
    rendered = render(SETS[name].values)
    tried = only(hooks(rendered), "Pod")["spec"]
    gate = only(objects(rendered), "Deployment")["spec"]["template"]["spec"]
    for part in ("imagePullSecrets", "nodeSelector", "tolerations", "affinity", "priorityClassName"):
        assert tried.get(part) == gate.get(part), part
    assert tried["containers"][0]["image"] == gate["containers"][0]["image"]


def test_what_it_may_do_goes_whatever_becomes_of_it_and_a_failed_pod_stays() -> None:
    for entry in hooks(render()):
        annotations = entry["metadata"]["annotations"]
        assert annotations["helm.sh/hook"] == "test"
        kept = "before-hook-creation,hook-succeeded"
        assert annotations[POLICIES] == (kept if entry["kind"] == "Pod" else f"{kept},hook-failed")


def test_the_pod_comes_last_and_its_account_first() -> None:
    weights = {
        entry["kind"]: int(entry["metadata"]["annotations"].get("helm.sh/hook-weight", 0))
        for entry in hooks(render())
    }
    assert weights["Pod"] > weights["RoleBinding"] > weights["Role"]
    assert weights["RoleBinding"] > weights["ServiceAccount"]


@pytest.mark.parametrize(("namespace", "tried"), [("mlgate-system", "default"), ("default", "kube-public")])
def test_it_tries_where_the_webhook_is_called(namespace: str, tried: str) -> None:
    rendered = render(namespace=namespace)
    found = hooks(rendered)
    (container,) = only(found, "Pod")["spec"]["containers"]
    assert container["args"] == ["doctor", "--reach", tried]
    assert only(found, "Role")["metadata"]["namespace"] == tried
    records = only(objects(rendered), "ValidatingWebhookConfiguration")["webhooks"][2]
    (expression,) = records["namespaceSelector"]["matchExpressions"]
    assert expression["operator"] == "NotIn"
    assert tried not in expression["values"]


def test_the_pod_reaches_the_api_server_and_nobody_reaches_it() -> None:
    found = only(hooks(render(SETS["large"].values)), "NetworkPolicy")
    labels: dict[str, Any] = only(hooks(render(SETS["large"].values)), "Pod")["metadata"]["labels"]
    assert found["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert found["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in found["spec"]
    (egress,) = found["spec"]["egress"]
    assert egress["ports"] == [{"port": 6443, "protocol": "TCP"}]
    assert [peer["ipBlock"]["cidr"] for peer in egress["to"]] == ["10.0.0.0/28", "10.96.0.1/32"]


def test_its_token_lasts_for_minutes_and_is_its_own() -> None:
    spec = only(hooks(render()), "Pod")["spec"]
    assert spec["automountServiceAccountToken"] is False
    (sources,) = [volume["projected"]["sources"] for volume in spec["volumes"] if "projected" in volume]
    assert sources[0]["serviceAccountToken"]["expirationSeconds"] == 600
    assert spec["restartPolicy"] == "Never"
    assert spec["activeDeadlineSeconds"] == 120
