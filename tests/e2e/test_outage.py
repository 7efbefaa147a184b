"""The policy engine fails: models and records are refused in time, everything else goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
from casebook.documents import Object
from cluster.local import LocalCluster
from records import sign_off, waiver
from refusals import refused_by_gate
from staging import Stage, in_namespace, only

DATABASE: Object = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "ledger", "namespace": "outage"},
    "spec": {
        "serviceName": "ledger",
        "replicas": 1,
        # No node ever makes a Pod ready here; the second must not wait for the first.
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": {"app": "ledger"}},
        "template": {
            "metadata": {"labels": {"app": "ledger"}},
            "spec": {"containers": [{"name": "postgres", "image": "docker.io/library/postgres:17.2"}]},
        },
    },
}
GATED: Object = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "outage", "labels": {"mlgate.dev/gate": "enabled"}},
}
RECOVERY_SECONDS = 30


@pytest.fixture(scope="module")
def database(stage: Stage) -> None:
    """A database runs in a gated namespace before anything fails."""
    stage.must("administrator", [GATED])
    stage.must("engineer", [DATABASE])
    stage.prepare("ticket-router")  # its Namespace is a record, which nobody can store later
    pod_exists(stage.cluster, "ledger-0")


@pytest.fixture
def no_engine(cluster: LocalCluster, database: None) -> Iterator[None]:
    """The engine is killed and its program gone, so that no new one can start."""
    cluster.gate.take_opa_away()
    yield
    cluster.gate.provide_opa()
    wait_recovered(cluster)


def pod_exists(cluster: LocalCluster, name: str) -> None:
    """Wait until the controllers have created a Pod."""
    cluster.kubectl.must("engineer", "wait", "--for=create", f"pod/{name}", "-n", "outage", "--timeout=30s")


def wait_recovered(cluster: LocalCluster) -> None:
    """Wait until the gate says it is ready, with nobody's help."""
    limit = time.monotonic() + RECOVERY_SECONDS
    while not cluster.gate.ready():
        assert time.monotonic() < limit, "the gate did not recover by itself"
        time.sleep(0.2)


def refused_in_time(stage: Stage, name: str) -> None:
    """A model object is refused by the gate's own answer, before the API server gives up."""
    case = stage.prepare(name)
    answer = stage.submit(case, only(case), "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "context deadline exceeded" not in answer.errors
    assert "ServiceUnavailable" in answer.errors, "status 503"


def test_without_engine_model_objects_are_refused_in_time(stage: Stage, no_engine: None) -> None:
    refused_in_time(stage, "ticket-router")


def test_without_engine_records_are_refused_in_time(stage: Stage, no_engine: None) -> None:
    kubectl = stage.cluster.kubectl
    (card,) = (entry for entry in stage.cases["ticket-router"].evidence if entry["kind"] == "ModelCard")
    for answer in (
        kubectl.send("business-owner", "create", [sign_off("no-engine")]),
        kubectl.send("risk-committee", "create", [waiver("no-engine")]),
        kubectl.send("engineer", "create", [in_namespace("default", card)]),
        kubectl("administrator", "label", "namespace", "default", "mlgate.dev/profile=sandbox"),
    ):
        assert refused_by_gate(answer), answer.errors
        assert "ServiceUnavailable" in answer.errors, "status 503"


def test_without_engine_a_database_in_a_gated_namespace_still_scales(
    cluster: LocalCluster, no_engine: None
) -> None:
    cluster.kubectl.must("engineer", "scale", "statefulset/ledger", "--replicas=3", "-n", "outage")
    pod_exists(cluster, "ledger-1")
    pod_exists(cluster, "ledger-2")
    assert not cluster.gate.ready()


def test_without_engine_ordinary_objects_are_stored(cluster: LocalCluster, no_engine: None) -> None:
    kubectl = cluster.kubectl
    for create in (
        ("configmap", "settings", "--from-literal=colour=blue"),
        ("service", "clusterip", "shop", "--tcp=80"),
        ("deployment", "shop", "--image=docker.io/library/nginx:1.29.3"),
        ("secret", "generic", "password", "--from-literal=password=example"),
    ):
        answer = kubectl("engineer", "create", *create, "-n", "outage")
        assert answer.ok, answer.errors
    kubectl.must("administrator", "label", "namespace", "outage", "team=blue")


def test_a_killed_engine_is_replaced_without_help(stage: Stage) -> None:
    gate = stage.cluster.gate
    (before,) = gate.opa_pids()
    assert gate.signal_opa(signal.SIGKILL) == 1
    limit = time.monotonic() + RECOVERY_SECONDS
    while gate.opa_pids() in ([], [before]) or not gate.ready():
        assert time.monotonic() < limit, "no new engine was started"
        time.sleep(0.2)
    answer = stage.cluster.kubectl.send("business-owner", "create", [sign_off("after-restart")])
    assert answer.ok, answer.errors


def test_an_engine_that_hangs_is_not_waited_for(stage: Stage) -> None:
    gate = stage.cluster.gate
    assert gate.signal_opa(signal.SIGSTOP) == 1
    try:
        refused_in_time(stage, "ticket-router")
    finally:
        gate.signal_opa(signal.SIGCONT)
    wait_recovered(stage.cluster)
