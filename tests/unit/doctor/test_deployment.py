"""What a Deployment says of how the gate is set up."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.deployment import GateDeployment


def gate(container: dict[str, Any], **pod: Any) -> GateDeployment:
    spec = {"containers": [{"name": "opa"}, {"name": "mlgate", **container}], **pod}
    stored = {"metadata": {"name": "g", "namespace": "n"}, "spec": {"template": {"spec": spec}}}
    return GateDeployment(stored)


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({"env": [{"name": "X", "value": "1"}, {"name": "MLGATE_TLS__CERT", "value": "/c"}]}, "/c"),
        ({"args": ["serve", "--tls-cert", "/c"]}, "/c"),
        ({"command": ["mlgate"], "args": ["serve", "--tls-cert=/c"]}, "/c"),
        ({"args": ["--tls-cert=/c"], "env": [{"name": "MLGATE_TLS__CERT", "value": "/d"}]}, "/c"),
        ({"args": ["serve", "--tls-cert"]}, None),
        ({"env": [{"name": "MLGATE_TLS__CERT", "valueFrom": {"secretKeyRef": {}}}]}, None),
        ({}, None),
    ],
)
def test_a_setting_is_a_flag_or_a_variable(container: dict[str, Any], expected: str | None) -> None:
    assert gate(container).setting("MLGATE_TLS__CERT") == expected


def test_without_a_container_of_that_name_the_first_counts() -> None:
    containers = [{"name": "main", "env": [{"name": "MLGATE_X", "value": "1"}]}]
    found = GateDeployment({"spec": {"template": {"spec": {"containers": containers}}}})
    assert found.setting("MLGATE_X") == "1"
    assert GateDeployment({}).setting("MLGATE_X") is None


def test_a_file_comes_from_the_volume_mounted_above_it() -> None:
    mounts = [{"name": "a", "mountPath": "/etc/mlgate"}, {"name": "gone", "mountPath": "/other"}]
    found = gate({"volumeMounts": mounts}, volumes=[{"name": "b"}, {"name": "a", "secret": {}}])
    assert found.source("/etc/mlgate/tls/tls.crt") == ({"name": "a", "secret": {}}, "tls/tls.crt")
    assert found.source("/etc/mlgatex/tls.crt") is None
    assert found.source("/other/tls.crt") is None


def test_pods_have_an_account() -> None:
    assert gate({}).account == "default"
    assert gate({}, serviceAccountName="mlgate").account == "mlgate"
