"""One container, in whatever slot it stands."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.workload import EnvSource, EnvVar, SecurityContext
from mlgate.workloads.containers import Slot, read_container
from mlgate.workloads.reading import Reader

P = "spec.containers[0]"


def read(
    raw: dict[str, Any], pod: dict[str, Any] | None = None, role: Any = "server"
) -> tuple[Slot, list[str]]:
    reader = Reader()
    slot = read_container(reader, raw, P, role, name="main", pod_security=pod or {})
    return slot, [problem.path for problem in reader.problems]


@pytest.mark.parametrize(
    ("entry", "variable"),
    [
        ({"name": "A", "value": "b"}, EnvVar(name="A", value="b", path=f"{P}.env[0]")),
        ({"name": "A"}, EnvVar(name="A", path=f"{P}.env[0]")),
        (
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            EnvVar(name="A", from_="secretKey", from_name="s", path=f"{P}.env[0]"),
        ),
        (
            {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
            EnvVar(name="A", from_="configMapKey", from_name="c", path=f"{P}.env[0]"),
        ),
        (
            {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "p"}}},
            EnvVar(name="A", from_="field", path=f"{P}.env[0]"),
        ),
        (
            {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "r"}}},
            EnvVar(name="A", from_="resource", path=f"{P}.env[0]"),
        ),
        ({"name": "A", "value": "b", "valueFrom": {}}, EnvVar(name="A", value="b", path=f"{P}.env[0]")),
        ({"name": "DB_PASSWORD", "value": "hunter2"}, EnvVar(name="DB_PASSWORD", path=f"{P}.env[0]")),
    ],
)
def test_a_variable_has_a_value_or_a_source(entry: dict[str, Any], variable: EnvVar) -> None:
    slot, problems = read({"env": [entry]})
    assert slot.container().env == (variable,)
    assert problems == []


def test_the_last_variable_of_a_name_wins() -> None:
    slot, _ = read({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]})
    found = slot.variable("A")
    assert found is not None
    assert found.value == "2"
    assert slot.variable("B") is None


def test_whole_secrets_and_config_maps_are_sources() -> None:
    raw = {
        "envFrom": [
            {"secretRef": {"name": "s"}},
            {"configMapRef": {"name": "c"}},
            {"prefix": "x"},
            {"secretRef": {}},
        ]
    }
    slot, problems = read(raw)
    assert slot.env_from == (
        EnvSource(kind="secret", name="s", path=f"{P}.envFrom[0]"),
        EnvSource(kind="configMap", name="c", path=f"{P}.envFrom[1]"),
        EnvSource(kind="secret", name="", path=f"{P}.envFrom[3]"),
    )
    assert problems == []


def test_ports_and_mounts_are_read_and_incomplete_ones_left_out() -> None:
    slot, problems = read(
        {
            "ports": [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 0}],
            "volumeMounts": [
                {"name": "v", "mountPath": "/m", "subPath": "s"},
                {"name": "v"},
                {"mountPath": "/x"},
            ],
        }
    )
    assert (slot.ports, slot.host_ports) == ((80,), (8080,))
    assert slot.mounts == (("/m", "v", "s"),)
    assert problems == []


@pytest.mark.parametrize(
    ("own", "pod", "effective"),
    [
        ({}, {}, SecurityContext()),
        (
            {"runAsNonRoot": False, "runAsUser": 0},
            {"runAsNonRoot": True, "runAsUser": 1000},
            SecurityContext(run_as_non_root=False, run_as_user=0),
        ),
        (
            {},
            {"runAsNonRoot": True, "runAsUser": 1000},
            SecurityContext(run_as_non_root=True, run_as_user=1000),
        ),
        ({}, {"runAsNonRoot": "true", "runAsUser": "0"}, SecurityContext()),
        (
            {"privileged": True, "allowPrivilegeEscalation": False},
            {"privileged": False},
            SecurityContext(privileged=True, allow_privilege_escalation=False),
        ),
        ({}, {"privileged": True}, SecurityContext()),
        (
            {"capabilities": {"add": ["CAP_sys_admin", "net_raw"], "drop": ["all"]}},
            {},
            SecurityContext(capabilities_add=("SYS_ADMIN", "NET_RAW"), capabilities_drop=("ALL",)),
        ),
        (
            {"seccompProfile": {"type": "Unconfined"}},
            {"seccompProfile": {"type": "RuntimeDefault"}},
            SecurityContext(seccomp_profile="Unconfined"),
        ),
        (
            {},
            {"seccompProfile": {"type": "RuntimeDefault"}},
            SecurityContext(seccomp_profile="RuntimeDefault"),
        ),
    ],
)
def test_security_settings_are_the_container_s_else_the_pod_s(
    own: dict[str, Any], pod: dict[str, Any], effective: SecurityContext
) -> None:
    slot, problems = read({"securityContext": own}, pod)
    assert slot.security == effective
    assert problems == []


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"name": 5}, "name"),
        ({"image": ["i"]}, "image"),
        ({"command": "sh"}, "command"),
        ({"args": [5]}, "args[0]"),
        ({"env": {"A": "b"}}, "env"),
        ({"env": [{"name": "A", "value": 5}]}, "env[0].value"),
        ({"env": [{"name": "A", "valueFrom": "x"}]}, "env[0].valueFrom"),
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": "x"}}]}, "env[0].valueFrom.secretKeyRef"),
        ({"envFrom": [{"secretRef": "s"}]}, "envFrom[0].secretRef"),
        ({"volumeMounts": [{"name": 5, "mountPath": "/m"}]}, "volumeMounts[0].name"),
        ({"ports": [{"containerPort": "80"}]}, "ports[0].containerPort"),
        ({"securityContext": {"privileged": "yes"}}, "securityContext.privileged"),
        ({"securityContext": {"capabilities": {"add": "ALL"}}}, "securityContext.capabilities.add"),
        ({"securityContext": {"seccompProfile": "x"}}, "securityContext.seccompProfile"),
    ],
)
def test_a_wrong_type_is_a_problem(raw: dict[str, Any], path: str) -> None:
    assert read(raw)[1] == [f"{P}.{path}"]


@pytest.mark.parametrize(
    ("role", "policy", "found"),
    [("init", "Always", "sidecar"), ("init", "Never", "init"), ("server", "Always", "server")],
)
def test_an_init_container_that_keeps_running_is_a_sidecar(role: str, policy: str, found: str) -> None:
    assert read({"restartPolicy": policy}, role=role)[0].role == found


def test_the_index_a_job_adds_makes_no_other_container() -> None:
    index = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}
    plain = read({"image": "i"})[0].fingerprint()
    assert read({"image": "i", "env": [index]})[0].fingerprint() == plain
    assert read({"image": "i", "env": [{**index, "valueFrom": None, "value": "1"}]})[0].fingerprint() != plain


def test_a_container_laid_over_another_wins_where_it_says_something() -> None:
    lower, _ = read(
        {
            "image": "lower",
            "command": ["serve"],
            "args": ["--a"],
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
            "ports": [{"containerPort": 1}],
            "securityContext": {"privileged": True, "capabilities": {"drop": ["ALL"]}},
        }
    )
    upper, _ = read(
        {"args": ["--b"], "env": [{"name": "A", "value": "2"}], "securityContext": {"privileged": False}}
    )
    found = lower.overlaid(upper)
    assert (found.image, found.command, found.args) == ("lower", ("serve",), ("--a", "--b"))
    assert [(env.name, env.value) for env in found.env] == [("B", "1"), ("A", "2")]
    assert (found.security.privileged, found.security.capabilities_drop) == (False, ("ALL",))
    assert found.runs
