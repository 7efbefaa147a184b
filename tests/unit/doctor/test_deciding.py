"""What becomes of refusals: from the gate, else from what it is set up with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlgate.doctor.deciding import read_deciding
from mlgate.doctor.deployment import GateDeployment
from mlgate.doctor.reading import Reader

MAP = "/api/v1/namespaces/mlgate-system/configmaps/mlgate-policy"
SET = {"sandbox": "enforce", "development": "enforce", "staging": "enforce", "production": "enforce"}


def variable(broken: Any, name: str, value: str | None) -> None:
    """Set a variable of the gate, or take it out."""
    container = broken.deployment["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [one for one in container["env"] if one["name"] != name]
    if value is not None:
        container["env"].append({"name": name, "value": value})


def read(broken: Any, api: Any, settings: Any = None, **refused: Any) -> Any:
    server = api(broken, **refused)
    if settings is not None:
        server.answers[MAP] = {"data": settings}
    return read_deciding(Reader(server, 1), None, GateDeployment(broken.deployment))


def test_the_gate_itself_is_believed_first(broken: Any, api: Any) -> None:
    told = {"onError": "allow", "policy": {"modes": {"production": "audit"}}}
    gate = replace(broken.gate, ready=told)
    found = read_deciding(Reader(api(broken), 1), gate, GateDeployment(broken.deployment))
    assert found is not None
    assert (found.on_error, found.modes, found.source) == ("allow", {"production": "audit"}, "10.96.0.7:443")


@pytest.mark.parametrize("ready", [{}, {"onError": "deny", "policy": "x"}, {"policy": {"modes": {}}}])
def test_a_gate_that_does_not_tell_leaves_it_to_its_deployment(broken: Any, api: Any, ready: Any) -> None:
    gate = replace(broken.gate, ready=ready)
    assert read_deciding(Reader(api(broken), 1), gate, None) is None
    found = read_deciding(Reader(api(broken), 1), gate, GateDeployment(broken.deployment))
    assert found is not None
    assert found.source == "ConfigMap mlgate-system/mlgate-policy"


def test_without_either_nothing_is_known(broken: Any, api: Any) -> None:
    assert read_deciding(Reader(api(broken), 1), None, None) is None


def test_the_settings_are_laid_over_the_shipped_ones(broken: Any, api: Any) -> None:
    variable(broken, "MLGATE_DECISION__ON_ERROR", "allow")
    found = read(broken, api, {"settings.yaml": "decision: {mode: {sandbox: audit}}"})
    assert (found.on_error, found.modes) == ("allow", {**SET, "sandbox": "audit"})
    assert read(broken, api, {"settings.yaml": ""}).modes == SET
    assert read(broken, api, {"settings.yaml": "decision: {}"}).modes == SET


def test_without_settings_the_shipped_ones_count(broken: Any, api: Any) -> None:
    variable(broken, "MLGATE_POLICY__SETTINGS", None)
    variable(broken, "MLGATE_DECISION__ON_ERROR", None)
    found = read(broken, api)
    assert (found.on_error, found.modes) == ("deny", SET)
    assert found.source == "Deployment mlgate-system/mlgate"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MLGATE_POLICY__BUNDLE", "/bundle.tar.gz"), ("MLGATE_POLICY__URL", "https://bundles.example.com/b")],
)
def test_a_bundle_brings_settings_nobody_sees_here(broken: Any, api: Any, name: str, value: str) -> None:
    variable(broken, name, value)
    assert read(broken, api) is None
    variable(broken, name, None)
    broken.deployment["spec"]["template"]["spec"]["containers"][0]["args"] = ["serve", "--bundle=/b.tar.gz"]
    assert read(broken, api) is None


@pytest.mark.parametrize(
    "settings",
    [{}, {"settings.yaml": 7}, {"settings.yaml": "a: [b"}, {"settings.yaml": "decision: {mode: x}"}],
)
def test_settings_that_cannot_be_read_are_not_guessed(broken: Any, api: Any, settings: Any) -> None:
    assert read(broken, api, settings) is None


def test_settings_from_elsewhere_are_not_guessed(broken: Any, api: Any) -> None:
    assert read(broken, api, refused={MAP}) is None
    variable(broken, "MLGATE_POLICY__SETTINGS", "/tmp/settings.yaml")  # noqa: S108 - a path in a container
    assert read(broken, api) is None
    variable(broken, "MLGATE_POLICY__SETTINGS", "/nowhere/settings.yaml")
    assert read(broken, api) is None
