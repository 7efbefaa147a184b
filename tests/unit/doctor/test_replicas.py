"""Whether the gate survives the loss of a node."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.replicas import check_replicas


def test_two_replicas_and_a_budget_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_replicas, broken) == []


def test_a_budget_for_a_lone_replica_would_help_nobody(broken: Any, codes: Any) -> None:
    broken.deployment["spec"]["replicas"] = 1
    broken.changes = {"budgets": ()}
    assert codes(check_replicas, broken) == ["replicas.few"]


@pytest.mark.parametrize("replicas", [1, 0, None])
def test_a_lone_replica_is_told(broken: Any, codes: Any, replicas: Any) -> None:
    broken.deployment["spec"]["replicas"] = replicas
    assert codes(check_replicas, broken) == ["replicas.few"]


@pytest.mark.parametrize("ready", [1, None])
def test_replicas_that_are_not_ready_are_told(broken: Any, only: Any, ready: Any) -> None:
    broken.deployment["status"]["readyReplicas"] = ready
    found = only(check_replicas, broken)
    assert found.code == "replicas.unavailable"
    assert found.message.startswith(f"{ready or 0} of 2 replicas")


@pytest.mark.parametrize("fault", ["selector", "namespace"])
def test_a_budget_for_others_is_none(broken: Any, only: Any, fault: str) -> None:
    if fault == "selector":
        broken.budget["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    else:
        broken.budget["metadata"]["namespace"] = "default"
    found = only(check_replicas, broken)
    assert (found.code, found.lets_models_through) == ("replicas.no_budget", "no")


def test_what_could_not_be_read_is_not_missing(broken: Any, codes: Any) -> None:
    broken.changes = {"budgets": None}
    assert codes(check_replicas, broken) == []
    broken.changes = {"deployments": None}
    assert codes(check_replicas, broken) == []


def test_an_outage_lets_models_through_where_an_entry_fails_open(broken: Any, only: Any) -> None:
    broken.entry("workloads")["failurePolicy"] = "Ignore"
    broken.deployment["spec"]["replicas"] = 1
    assert only(check_replicas, broken).lets_models_through == "yes"
