"""Pod specifications: their settings, their containers and what selects their nodes."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.pod import Pod, read_pod
from mlgate.workloads.reading import Reader

KEY = "requiredDuringSchedulingIgnoredDuringExecution"


def pod(spec: dict[str, Any]) -> tuple[Pod, list[str]]:
    reader = Reader()
    found = read_pod(
        reader,
        spec,
        "spec",
        {"app": "x"},
        of=Component(path="spec", id="predictor", containers={"model": "main"}),
    )
    return found, [problem.path for problem in reader.problems]


def test_every_setting_is_read() -> None:
    found, problems = pod(
        {
            "serviceAccountName": "s",
            "automountServiceAccountToken": False,
            "hostNetwork": True,
            "hostPID": True,
            "hostIPC": True,
            "runtimeClassName": "kata",
            "nodeSelector": {"zone": "a"},
        }
    )

    assert not problems
    assert found.template.wire() == {
        "path": "spec",
        "labels": {"app": "x"},
        "serviceAccountName": "s",
        "automountServiceAccountToken": False,
        "hostNetwork": True,
        "hostPID": True,
        "hostIPC": True,
        "hostPorts": [],
        "nodeSelector": {"zone": "a"},
        "runtimeClassName": "kata",
    }


def test_what_is_left_out_has_its_default() -> None:
    template = pod({})[0].template

    assert (template.host_network, template.host_pid, template.host_ipc) == (False, False, False)
    assert template.service_account_name is None
    assert template.automount_service_account_token is None


def test_the_old_name_of_the_service_account_counts() -> None:
    assert pod({"serviceAccount": "old"})[0].template.service_account_name == "old"
    assert (
        pod({"serviceAccount": "old", "serviceAccountName": "new"})[0].template.service_account_name == "new"
    )


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        (
            {"containers": [{"ports": [{"containerPort": 80}, {"containerPort": 81, "hostPort": 8081}]}]},
            (8081,),
        ),
        ({"hostNetwork": True, "containers": [{"ports": [{"containerPort": 80}]}]}, (80,)),
        (
            {"initContainers": [{"ports": [{"hostPort": 9}]}], "containers": [{"ports": [{"hostPort": 7}]}]},
            (7, 9),
        ),
        ({"model": {"ports": [{"hostPort": 5}]}}, (5,)),
    ],
)
def test_host_ports_are_those_of_all_containers(spec: dict[str, Any], ports: tuple[int, ...]) -> None:
    assert pod(spec)[0].template.host_ports == ports


def affinity(*terms: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {KEY: {"nodeSelectorTerms": list(terms)}}}}


def rule(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("spec", "selector"),
    [
        (affinity({"matchExpressions": [rule("zone", "In", "a")]}), {"zone": "a"}),
        (affinity({"matchExpressions": [rule("zone", "In", "a", "b")]}), {}),
        (affinity({"matchExpressions": [rule("zone", "NotIn", "a")]}), {}),
        (affinity({"matchExpressions": [rule("", "In", "a")]}), {}),
        (
            affinity(
                {"matchExpressions": [rule("z", "In", "a")]}, {"matchExpressions": [rule("z", "In", "b")]}
            ),
            {},
        ),
        (affinity(), {}),
        (
            affinity({"matchExpressions": [rule("zone", "In", "a"), rule("pool", "In", "p")]})
            | {"nodeSelector": {"zone": "b"}},
            {"zone": "b", "pool": "p"},
        ),
    ],
)
def test_affinity_that_comes_to_a_selector_is_one(spec: dict[str, Any], selector: dict[str, str]) -> None:
    found, problems = pod(spec)

    assert found.template.node_selector == selector
    assert not problems


def test_containers_of_every_list_and_field_are_read_in_order() -> None:
    found, _ = pod(
        {
            "ephemeralContainers": [{"name": "e"}],
            "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
            "containers": [{"name": "c"}, {}],
            "model": {"image": "x:1"},
        }
    )

    assert [(slot.name, slot.role, slot.always_runs) for slot in found.slots] == [
        ("c", "server", True),
        ("containers[1]", "server", True),
        ("i", "init", True),
        ("s", "sidecar", True),
        ("e", "ephemeral", True),
        ("main", "server", False),
    ]
    assert found.component == "predictor"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"containers": {}}, "spec.containers"),
        ({"containers": ["x"]}, "spec.containers[0]"),
        ({"model": []}, "spec.model"),
        ({"hostPID": "true"}, "spec.hostPID"),
        ({"hostNetwork": 1}, "spec.hostNetwork"),
        ({"serviceAccountName": 1}, "spec.serviceAccountName"),
        ({"nodeSelector": {"a": 1}}, "spec.nodeSelector.a"),
        ({"securityContext": "x"}, "spec.securityContext"),
        ({"affinity": []}, "spec.affinity"),
        ({"volumes": "x"}, "spec.volumes"),
        (affinity("x"), f"spec.affinity.nodeAffinity.{KEY}.nodeSelectorTerms[0]"),
    ],
)
def test_a_setting_of_the_wrong_type_is_named(spec: dict[str, Any], path: str) -> None:
    assert pod(spec)[1] == [path]
