"""The settings of a pod, and every slot a container can stand in."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.pods import Pod, read_pod
from mlgate.workloads.reading import Reader

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def pod(spec: dict[str, Any], **options: Any) -> tuple[Pod, list[str]]:
    reader = Reader()
    found = read_pod(reader, spec, "spec", {"app": "a"}, **options)
    return found, [problem.path for problem in reader.problems]


def affinity(*terms: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def rule(key: Any, *values: Any, operator: str = "In") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


def test_every_list_of_containers_is_read_in_its_role() -> None:
    found, problems = pod(
        {
            "containers": [{"name": "a"}],
            "initContainers": [{"name": "b"}, {"name": "c", "restartPolicy": "Always"}],
            "ephemeralContainers": [{"image": "i"}],
        }
    )
    assert [(slot.name, slot.role, slot.path) for slot in found.slots] == [
        ("a", "server", "spec.containers[0]"),
        ("b", "init", "spec.initContainers[0]"),
        ("c", "sidecar", "spec.initContainers[1]"),
        ("ephemeralContainers[0]", "ephemeral", "spec.ephemeralContainers[0]"),
    ]
    assert problems == []


def test_a_field_of_the_kind_holds_a_container_that_may_only_tune() -> None:
    found, _ = pod(
        {"model": {"args": ["x"]}, "sklearn": {"storageUri": "u"}},
        extra=(("model", "kserve-container"), ("sklearn", "kserve-container"), ("onnx", "o")),
    )
    assert [(slot.name, slot.path, slot.runs) for slot in found.slots] == [
        ("kserve-container", "spec.model", True),
        ("kserve-container", "spec.sklearn", False),
    ]


def test_settings_of_the_pod_are_those_of_its_template() -> None:
    found, problems = pod(
        {
            "serviceAccountName": "s",
            "automountServiceAccountToken": False,
            "hostNetwork": True,
            "hostPID": True,
            "hostIPC": True,
            "runtimeClassName": "kata",
            "nodeSelector": {"zone": "a"},
            "containers": [{"ports": [{"containerPort": 9, "hostPort": 8}, {"containerPort": 7}]}],
        }
    )
    template = found.template
    assert (template.service_account_name, template.automount_service_account_token) == ("s", False)
    assert (template.host_network, template.host_pid, template.host_ipc) == (True, True, True)
    assert template.host_ports == (7, 8, 9)
    assert (template.runtime_class_name, template.node_selector, template.labels) == (
        "kata",
        {"zone": "a"},
        {"app": "a"},
    )
    assert problems == []


def test_settings_left_out_are_off_or_unknown() -> None:
    template = pod({"containers": [{"ports": [{"containerPort": 7, "hostPort": 0}]}]})[0].template
    assert (template.host_network, template.host_pid, template.host_ipc) == (False, False, False)
    assert (template.host_ports, template.node_selector) == ((), {})
    assert (template.service_account_name, template.automount_service_account_token) == (None, None)


def test_the_older_name_of_the_service_account_counts() -> None:
    assert pod({"serviceAccount": "s"})[0].template.service_account_name == "s"


@pytest.mark.parametrize("setting", ["hostNetwork", "hostPID", "hostIPC", "automountServiceAccountToken"])
@pytest.mark.parametrize("value", ["true", 1, []])
def test_a_setting_that_is_not_true_or_false_is_a_problem(setting: str, value: Any) -> None:
    assert pod({setting: value})[1] == [f"spec.{setting}"]


@pytest.mark.parametrize(
    ("spec", "selector"),
    [
        (affinity(rule("zone", "a")), {"zone": "a"}),
        (affinity(rule("zone", "a", "b")), {}),
        (affinity(rule("zone", "a", operator="NotIn")), {}),
        (affinity(rule("", "a")), {}),
        (affinity(rule("zone", "a"), rule("zone", "b")), {}),
        (affinity(), {}),
        (
            affinity(rule("zone", "a")) | {"nodeSelector": {"zone": "b", "disk": "ssd"}},
            {"zone": "b", "disk": "ssd"},
        ),
    ],
)
def test_required_affinity_to_one_value_is_a_selector(spec: dict[str, Any], selector: dict[str, str]) -> None:
    assert pod(spec)[0].template.node_selector == selector


def test_preferred_affinity_is_none() -> None:
    preferred = [{"weight": 1, "preference": rule("zone", "a")}]
    spec = {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}}
    assert pod(spec)[0].template.node_selector == {}


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"affinity": []}, "spec.affinity"),
        ({"affinity": {"nodeAffinity": "x"}}, "spec.affinity.nodeAffinity"),
        (affinity("x"), f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0]"),
        (
            affinity(rule(5, "a")),
            f"spec.affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0].key",
        ),
        ({"containers": {"name": "a"}}, "spec.containers"),
        ({"securityContext": True}, "spec.securityContext"),
        ({"volumes": {}}, "spec.volumes"),
    ],
)
def test_a_wrong_type_is_a_problem(spec: dict[str, Any], path: str) -> None:
    assert pod(spec)[1] == [path]
