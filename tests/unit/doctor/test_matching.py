"""Kinds the cluster serves and mlgate knows, and the rules that send them."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from mlgate.doctor.matching import check_matching
from mlgate.doctor.snapshot import Served


def rule(broken: Any, entry: str, resource: str) -> dict[str, Any]:
    """The rule that sends a resource."""
    return next(one for one in broken.entry(entry)["rules"] if resource in one["resources"])


def test_all_that_is_served_is_sent(broken: Any, codes: Any) -> None:
    assert codes(check_matching, broken) == []


def test_a_kind_no_rule_names_is_missed_only_where_it_is_served(broken: Any, only: Any, codes: Any) -> None:
    rule(broken, "models", "rayservices")["resources"].remove("rayservices")
    found = only(check_matching, broken)
    assert (found.code, found.lets_models_through) == ("kinds.not_matched", "yes")
    assert "rayservices of ray.io" in found.message
    (step,) = json.loads(shlex.split(found.fix)[-1])
    assert step["path"] == "/webhooks/0/rules/-"
    broken.entry("models")["rules"].append(step["value"])
    assert codes(check_matching, broken) == []

    rule(broken, "models", "rayservices")["resources"].remove("rayservices")
    broken.changes = {"served": tuple(one for one in broken.snapshot().served if one.group != "ray.io")}
    assert codes(check_matching, broken) == []


def test_kinds_of_a_group_are_told_together(broken: Any, only: Any) -> None:
    broken.entry("models")["rules"] = [
        one for one in broken.entry("models")["rules"] if one["apiGroups"] != ["kubeai.org"]
    ]
    broken.entry("models")["rules"] = [
        one for one in broken.entry("models")["rules"] if one["apiGroups"] != ["mlops.seldon.io"]
    ]
    found = list(check_matching(broken.snapshot()))
    assert [one.code for one in found] == ["kinds.not_matched"] * 2


def test_what_another_entry_sends_is_not_sent(broken: Any, codes: Any) -> None:
    taken = rule(broken, "models", "rayservices")
    broken.entry("models")["rules"].remove(taken)
    broken.entry("workloads")["rules"].append(taken)
    assert "kinds.not_matched" in codes(check_matching, broken)


def test_an_equivalent_version_is_converted_and_an_exact_one_is_not(
    broken: Any, only: Any, codes: Any
) -> None:
    rule(broken, "models", "seldondeployments")["apiVersions"] = ["v1"]
    assert codes(check_matching, broken) == []
    broken.entry("models")["matchPolicy"] = "Exact"
    found = only(check_matching, broken)
    assert found.code == "kinds.version_not_matched"
    assert found.message.endswith("seldondeployments of machinelearning.seldon.io (v1alpha3)")


def test_a_rule_for_a_version_that_is_not_served_sends_nothing(broken: Any, codes: Any) -> None:
    rule(broken, "models", "seldondeployments")["apiVersions"] = ["v9"]
    assert codes(check_matching, broken) == ["kinds.version_not_matched"]


def test_the_pod_is_not_its_subresource(broken: Any, only: Any) -> None:
    rule(broken, "workloads", "pods")["resources"].remove("pods/ephemeralcontainers")
    found = only(check_matching, broken)
    assert (found.code, found.lets_models_through) == ("kinds.subresource_not_matched", "yes")
    assert "pods/ephemeralcontainers" in found.message


@pytest.mark.parametrize("operation", ["CREATE", "UPDATE"])
def test_each_operation_counts(broken: Any, only: Any, operation: str) -> None:
    rule(broken, "workloads", "jobs")["operations"].remove(operation)
    found = only(check_matching, broken)
    assert found.code == "kinds.operation_not_matched"
    assert operation in found.message
    assert "cronjobs, jobs" in found.message


def test_the_scope_counts(broken: Any, codes: Any) -> None:
    rule(broken, "models", "modelmirrors")["scope"] = "Namespaced"
    assert codes(check_matching, broken) == ["kinds.scope_not_matched"]


@pytest.mark.parametrize("resources", [["*/*"], ["*", "*/ephemeralcontainers"], ["*", "pods/*"]])
def test_wildcards_count_as_the_api_server_reads_them(broken: Any, codes: Any, resources: list[str]) -> None:
    everything = {
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "operations": ["*"],
        "resources": resources,
        "scope": "*",
    }
    broken.entry("workloads")["rules"] = [everything]
    assert codes(check_matching, broken) == []


def test_a_star_is_no_subresource(broken: Any, codes: Any) -> None:
    star = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
    broken.entry("workloads")["rules"] = [star]
    assert codes(check_matching, broken) == ["kinds.subresource_not_matched"]


def test_namespaces_that_are_not_sent_may_let_models_through(broken: Any, only: Any) -> None:
    broken.entry("records")["rules"].remove(rule(broken, "records", "namespaces"))
    found = only(check_matching, broken)
    assert (found.code, found.lets_models_through) == ("kinds.namespaces_not_matched", "possibly")


def test_kinds_without_an_entry_are_told_elsewhere(broken: Any, codes: Any) -> None:
    broken.configuration["webhooks"].remove(broken.entry("models"))
    assert codes(check_matching, broken) == []


def test_a_kind_nobody_knows_in_a_group_of_models_is_told(broken: Any, only: Any) -> None:
    news = Served("serving.kserve.io", "v1", "oracles", "Oracle", namespaced=True)
    status = Served("serving.kserve.io", "v1", "oracles/status", "Oracle", namespaced=True)
    broken.changes = {"served": (*broken.snapshot().served, news, status)}
    found = only(check_matching, broken)
    assert (found.code, found.lets_models_through) == ("kinds.unknown", "possibly")
    assert "Oracle of serving.kserve.io" in found.message
