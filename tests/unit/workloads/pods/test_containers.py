"""Containers, in whatever slot they stand."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.workload import ContainerRole, SecurityContext
from mlgate.workloads.pods.containers import Slot, read_container, read_env
from mlgate.workloads.reading import Reader

TOKEN = "hf_" + "a1B2" * 10


def slot(raw: dict[str, Any], role: ContainerRole = "server", pod: dict[str, Any] | None = None) -> Slot:
    reader = Reader()
    found = read_container(reader, raw, "c", role, "default", pod or {})
    assert not reader.problems
    return found


def problems(raw: dict[str, Any]) -> list[str]:
    reader = Reader()
    read_container(reader, raw, "c", "server", "default", {})
    return [problem.path for problem in reader.problems]


def test_an_empty_container_has_its_place_as_name_and_nothing_else() -> None:
    container = slot({}).container()

    assert (container.name, container.path, container.image.raw) == ("default", "c", None)
    assert (container.env, container.command, container.args) == ((), (), ())
    assert container.security_context == SecurityContext()


@pytest.mark.parametrize(
    ("role", "raw", "expected"),
    [
        ("init", {"restartPolicy": "Always"}, "sidecar"),
        ("init", {"restartPolicy": "always"}, "init"),
        ("server", {"restartPolicy": "Always"}, "server"),
    ],
)
def test_an_init_container_that_never_ends_is_a_sidecar(
    role: ContainerRole, raw: dict[str, Any], expected: str
) -> None:
    assert slot(raw, role).role == expected


def test_variables_say_where_their_value_comes_from() -> None:
    env = [
        {"name": "A", "value": "1"},
        {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}},
        {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "E", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
        {"name": "F"},
        {"value": "7"},
    ]

    found = [(var.name, var.value, var.from_, var.from_name) for var in slot({"env": env}).env]

    assert found == [
        ("A", "1", None, None),
        ("B", None, "secretKey", "s"),
        ("C", None, "configMapKey", "m"),
        ("D", None, "field", None),
        ("E", None, "resource", None),
        ("F", None, None, None),
        ("", "7", None, None),
    ]


def test_a_variable_from_where_nobody_looks_is_a_problem() -> None:
    reader = Reader()
    env = [{"name": "A", "valueFrom": {"fileKeyRef": {"path": "a"}}}, {"name": "B", "valueFrom": {}}]

    assert [var.from_ for var in read_env(reader, env, "env")] == [None, None]
    assert [problem.path for problem in reader.problems] == ["env[0].valueFrom"]


def test_whole_secrets_and_config_maps_are_named() -> None:
    sources = [
        {"secretRef": {"name": "s"}},
        {"configMapRef": {"name": "m"}, "prefix": "X_"},
        {"configMapRef": {}},
        {},
    ]

    found = [(item.kind, item.name, item.path) for item in slot({"envFrom": sources}).env_from]

    assert found == [
        ("secret", "s", "c.envFrom[0]"),
        ("configMap", "m", "c.envFrom[1]"),
        ("configMap", "", "c.envFrom[2]"),
    ]


def test_credentials_are_masked_for_policy_and_kept_for_comparison() -> None:
    raw = {
        "env": [{"name": "T", "value": TOKEN}],
        "args": [f"--token={TOKEN}", "--x"],
        "command": ["run", TOKEN],
    }

    found = slot(raw)

    assert TOKEN not in str(found.container())
    assert TOKEN not in repr(found)
    assert found.container().args[1] == "--x"
    assert found.fingerprint() != slot(raw | {"args": ["--token=hf_" + "b" * 40, "--x"]}).fingerprint()


def test_the_security_context_is_the_container_s_and_else_the_pod_s() -> None:
    pod = {"runAsNonRoot": True, "runAsUser": 7, "seccompProfile": {"type": "RuntimeDefault"}}
    own = {
        "runAsNonRoot": False,
        "runAsUser": 0,
        "privileged": True,
        "allowPrivilegeEscalation": True,
        "seccompProfile": {"type": "Unconfined"},
        "capabilities": {"add": ["cap_net_admin", "SYS_TIME"], "drop": ["all"]},
    }

    inherited, given = slot({}, pod=pod).security, slot({"securityContext": own}, pod=pod).security

    assert (inherited.run_as_non_root, inherited.run_as_user, inherited.seccomp_profile) == (
        True,
        7,
        "RuntimeDefault",
    )
    assert (given.run_as_non_root, given.run_as_user, given.seccomp_profile) == (False, 0, "Unconfined")
    assert (given.privileged, given.allow_privilege_escalation) == (True, True)
    assert (given.capabilities_add, given.capabilities_drop) == (("NET_ADMIN", "SYS_TIME"), ("ALL",))


def test_a_pod_s_context_of_the_wrong_type_gives_nothing() -> None:
    found = slot({}, pod={"runAsNonRoot": "true", "runAsUser": "0", "seccompProfile": "x"}).security

    assert found == SecurityContext()


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"image": 1}, "c.image"),
        ({"name": []}, "c.name"),
        ({"command": "vllm serve x"}, "c.command"),
        ({"args": [1]}, "c.args[0]"),
        ({"env": {}}, "c.env"),
        ({"env": ["x"]}, "c.env[0]"),
        ({"env": [{"name": 1}]}, "c.env[0].name"),
        ({"env": [{"name": "A", "value": 1}]}, "c.env[0].value"),
        ({"env": [{"name": "A", "valueFrom": "x"}]}, "c.env[0].valueFrom"),
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": "x"}}]}, "c.env[0].valueFrom.secretKeyRef"),
        ({"envFrom": [{"secretRef": "x"}]}, "c.envFrom[0].secretRef"),
        ({"securityContext": []}, "c.securityContext"),
        ({"securityContext": {"privileged": "true"}}, "c.securityContext.privileged"),
        ({"securityContext": {"runAsUser": True}}, "c.securityContext.runAsUser"),
        ({"securityContext": {"capabilities": {"add": "X"}}}, "c.securityContext.capabilities.add"),
        ({"ports": [{"containerPort": "80"}]}, "c.ports[0].containerPort"),
        ({"volumeMounts": [{"mountPath": 1}]}, "c.volumeMounts[0].mountPath"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(raw: dict[str, Any], path: str) -> None:
    assert problems(raw) == [path]


def test_the_last_variable_of_a_name_counts() -> None:
    found = slot({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}).variable("A")

    assert found is not None
    assert found.value == "2"
    assert slot({}).variable("A") is None


def test_mounts_without_a_place_or_a_volume_are_none() -> None:
    mounts = [{"name": "v", "mountPath": "/m", "subPath": "s"}, {"name": "v"}, {"mountPath": "/m"}]

    assert slot({"volumeMounts": mounts}).mounts == (("/m", "v", "s"),)


@pytest.mark.parametrize(
    "other",
    [
        {"image": "b:1"},
        {"command": ["x"]},
        {"args": ["x"]},
        {"env": [{"name": "A", "value": "2"}]},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "2"}}}]},
        {"envFrom": [{"secretRef": {"name": "s"}}]},
        {"securityContext": {"privileged": True}},
        {"securityContext": {"readOnlyRootFilesystem": False}},
        {"lifecycle": {"preStop": {}}},
    ],
)
def test_containers_that_run_something_else_have_another_fingerprint(other: dict[str, Any]) -> None:
    base = {"image": "a:1", "env": [{"name": "A", "value": "1"}]}

    assert slot(base).fingerprint() != slot(base | other).fingerprint()
    assert (
        slot(base).fingerprint()
        == slot(base | {"resources": {"limits": {"cpu": "1"}}, "tty": True}).fingerprint()
    )


def test_the_index_the_job_controller_adds_makes_no_difference() -> None:
    index = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}
    forged = {"name": "JOB_COMPLETION_INDEX", "value": "--model=evil"}

    assert slot({"env": [index]}).fingerprint() == slot({}).fingerprint()
    assert slot({"env": [forged]}).fingerprint() != slot({}).fingerprint()


def test_a_field_that_says_nothing_of_a_container_runs_none() -> None:
    reader = Reader()
    tuned = read_container(reader, {"storageUri": "s3://b/m"}, "c", "server", "main", {})

    assert tuned.runs
    assert not Slot("main", "server", "c", {"storageUri": "x"}, always_runs=False).runs
    assert Slot("main", "server", "c", {"args": []}, always_runs=False).runs


def test_a_container_laid_over_another_adds_to_it() -> None:
    lower = slot(
        {
            "image": "a:1",
            "command": ["c"],
            "args": ["1"],
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
            "securityContext": {"runAsNonRoot": True},
        }
    )
    upper = slot(
        {"args": ["2"], "env": [{"name": "B", "value": "2"}], "securityContext": {"privileged": True}}
    )

    merged = lower.overlaid(upper)

    assert (merged.image, merged.command, merged.args) == ("a:1", ("c",), ("1", "2"))
    assert [(var.name, var.value) for var in merged.env] == [("A", "1"), ("B", "2")]
    assert (merged.security.run_as_non_root, merged.security.privileged) == (True, True)
