"""Entries that are missing, doubled, or fail in the wrong direction."""

from __future__ import annotations

import copy
import json
import shlex
from typing import Any

import pytest

from mlgate.doctor.entries import check_entries


def test_healthy_entries_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_entries, broken) == []


def test_without_a_configuration_nothing_else_is_told(broken: Any, only: Any) -> None:
    broken.changes = {"configurations": (), "home": "gates"}
    found = only(check_entries, broken)
    assert (found.code, found.lets_models_through) == ("webhook.configuration_missing", "yes")
    assert "--namespace gates" in found.fix


def test_entries_of_others_are_not_ours(broken: Any, codes: Any) -> None:
    broken.configuration["webhooks"] = [{"name": "models.example.com", "failurePolicy": "Ignore"}]
    assert codes(check_entries, broken) == ["webhook.configuration_missing"]


@pytest.mark.parametrize("name", ["models", "workloads", "records"])
def test_a_missing_entry_is_named(broken: Any, only: Any, name: str) -> None:
    broken.configuration["webhooks"].remove(broken.entry(name))
    found = only(check_entries, broken)
    assert (found.code, found.lets_models_through) == ("webhook.entry_missing", "yes")
    assert f"{name}.mlgate.dev" in found.message


@pytest.mark.parametrize(
    ("change", "code", "opens"),
    [
        ({"matchPolicy": "Exact"}, "webhook.match_policy_exact", "possibly"),
        ({"sideEffects": "NoneOnDryRun"}, "webhook.side_effects", "no"),
        ({"admissionReviewVersions": ["v1beta1"]}, "webhook.review_version", "no"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_the_patch_that_mends_it(
    broken: Any, only: Any, change: dict[str, Any], code: str, opens: str
) -> None:
    whole = copy.deepcopy(broken.entry("workloads"))
    broken.entry("workloads").update(change)
    found = only(check_entries, broken)
    assert (found.code, found.lets_models_through) == (code, opens)
    (name,) = change
    assert found.subject.path == f"webhooks[workloads.mlgate.dev].{name}"
    (step,) = json.loads(shlex.split(found.fix)[-1])
    assert step == {"op": "replace", "path": f"/webhooks/1/{name}", "value": whole[name]}


@pytest.mark.parametrize(
    ("change", "code", "opens", "value"),
    [
        ({"failurePolicy": "Ignore"}, "webhook.fails_open", "yes", "webhook.failurePolicy=Fail"),
        ({"timeoutSeconds": 1}, "webhook.timeout_unsuitable", "no", "webhook.timeoutSeconds=5"),
        ({"timeoutSeconds": 30}, "webhook.timeout_unsuitable", "no", "webhook.timeoutSeconds=5"),
    ],
)
def test_a_field_that_is_a_value_of_the_chart_is_set_there(
    broken: Any, only: Any, change: dict[str, Any], code: str, opens: str, value: str
) -> None:
    # Patched past Helm, it would end the next upgrade in a conflict.
    broken.entry("workloads").update(change)
    found = only(check_entries, broken)
    assert (found.code, found.lets_models_through) == (code, opens)
    words = shlex.split(found.fix)
    assert words[:3] + words[-2:] == ["helm", "upgrade", "mlgate", "--set", value]
    namespace = broken.entry("workloads")["clientConfig"]["service"]["namespace"]
    assert words[words.index("--namespace") + 1] == namespace


def test_an_outage_of_an_entry_that_fails_open_lets_models_through(broken: Any) -> None:
    broken.entry("models").update(failurePolicy="Ignore", admissionReviewVersions=["v1beta1"])
    found = {one.code: one.lets_models_through for one in check_entries(broken.snapshot())}
    assert found == {"webhook.fails_open": "yes", "webhook.review_version": "yes"}


def test_an_entry_in_two_configurations_is_told(broken: Any, codes: Any) -> None:
    second = copy.deepcopy(broken.configuration)
    second["metadata"]["name"] = "old"
    second["webhooks"] = second["webhooks"][:1]
    broken.changes = {"configurations": (broken.configuration, second)}
    assert codes(check_entries, broken) == ["webhook.entry_doubled"]
