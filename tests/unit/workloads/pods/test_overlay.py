"""Laying one pod over another: container by container, setting by setting."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.pods.overlay import lay_over
from mlgate.workloads.pods.pod import Pod, read_pod
from mlgate.workloads.reading import Reader

Json = dict[str, Any]


def pod(spec: Json, path: str, labels: dict[str, str] | None = None) -> Pod:
    return read_pod(Reader(), spec, path, labels or {})


def laid(upper: Json, lower: Json | None, **options: Any) -> Pod:
    below = None if lower is None else pod(lower, "Config/base.spec", {"team": "base", "tier": "low"})
    return lay_over(pod(upper, "spec", {"team": "own"}), below, None, **options)


MAIN: Json = {"name": "main", "image": "base:1", "args": ["--a"], "env": [{"name": "A", "value": "low"}]}


def test_without_a_lower_pod_nothing_changes() -> None:
    assert laid({"containers": [MAIN]}, None) == pod({"containers": [MAIN]}, "spec", {"team": "own"})


@pytest.mark.parametrize(("adds", "args"), [(True, ("--a", "--b")), (False, ("--b",))])
def test_containers_of_one_name_become_one(*, adds: bool, args: tuple[str, ...]) -> None:
    upper = {"name": "main", "args": ["--b"], "env": [{"name": "B", "value": "up"}]}
    found = laid({"containers": [upper]}, {"containers": [MAIN]}, adds_args=adds)
    (slot,) = found.slots
    assert (slot.image, slot.args, slot.path) == ("base:1", args, "spec.containers[0]")
    assert [(env.name, env.value) for env in slot.env] == [("A", "low"), ("B", "up")]


def test_without_arguments_of_its_own_those_below_stay() -> None:
    found = laid({"containers": [{"name": "main"}]}, {"containers": [MAIN]}, adds_args=False)
    assert found.slots[0].args == ("--a",)


def test_containers_of_either_alone_stay_and_those_below_are_told_apart() -> None:
    found = laid({"containers": [{"name": "own", "image": "own:1"}]}, {"containers": [MAIN]})
    assert [(slot.path, slot.from_reference) for slot in found.slots] == [
        ("Config/base.spec.containers[0]", True),
        ("spec.containers[0]", False),
    ]


def test_a_container_of_the_same_name_in_another_role_is_another_one() -> None:
    found = laid({"initContainers": [MAIN | {"image": "own:1"}]}, {"containers": [MAIN]})
    assert [(slot.role, slot.image) for slot in found.slots] == [("server", "base:1"), ("init", "own:1")]


def test_the_settings_of_the_upper_pod_win_and_what_loosens_in_either_counts() -> None:
    lower = {
        "serviceAccountName": "base",
        "automountServiceAccountToken": False,
        "hostPID": True,
        "hostIPC": True,
        "nodeSelector": {"pool": "a", "zone": "b"},
        "runtimeClassName": "kata",
        "dnsPolicy": "None",
    }
    template = laid({"nodeSelector": {"pool": "own"}, "hostNetwork": True}, lower).template
    assert (template.service_account_name, template.automount_service_account_token) == ("base", False)
    assert (template.host_network, template.host_pid, template.host_ipc) == (True, True, True)
    assert template.node_selector == {"pool": "own", "zone": "b"}
    assert (template.runtime_class_name, template.labels) == ("kata", {"team": "own", "tier": "low"})
    upper = {"serviceAccountName": "own", "automountServiceAccountToken": True, "runtimeClassName": "runc"}
    template = laid(upper, lower).template
    assert (template.service_account_name, template.automount_service_account_token) == ("own", True)
    assert template.runtime_class_name == "runc"
