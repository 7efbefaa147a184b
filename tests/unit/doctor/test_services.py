"""Where reviews are sent, and whether anybody is there."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from mlgate.doctor.services import check_services


def call(broken: Any, **client: Any) -> None:
    """Let all entries call something else."""
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"] = {**entry["clientConfig"], **client}


def serve(broken: Any, **service: Any) -> None:
    """Let all entries call the Service otherwise."""
    for entry in broken.configuration["webhooks"]:
        entry["clientConfig"]["service"].update(service)


def test_a_service_with_a_replica_is_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_services, broken) == []


def test_a_missing_service_is_told_once_for_all_entries(broken: Any, only: Any) -> None:
    serve(broken, name="gone")
    found = only(check_services, broken)
    assert (found.code, found.lets_models_through) == ("service.missing", "no")
    assert "mlgate-system/gone" in found.message


def test_an_outage_lets_models_through_where_an_entry_fails_open(broken: Any, only: Any) -> None:
    serve(broken, name="gone")
    broken.entry("models")["failurePolicy"] = "Ignore"
    assert only(check_services, broken).lets_models_through == "yes"


def test_a_port_the_service_does_not_have_is_told(broken: Any, only: Any) -> None:
    serve(broken, port=8443)
    found = only(check_services, broken)
    assert found.code == "service.port_missing"
    assert "8443" in found.message


@pytest.mark.parametrize("endpoints", [[], [{"conditions": {"ready": False}}]])
def test_a_service_without_ready_replica_is_told(broken: Any, codes: Any, endpoints: list[Any]) -> None:
    broken.slice["endpoints"] = endpoints
    assert codes(check_services, broken) == ["service.no_endpoints"]


def test_replicas_of_another_service_are_none_of_this(broken: Any, codes: Any) -> None:
    broken.slice["metadata"]["labels"]["kubernetes.io/service-name"] = "other"
    assert codes(check_services, broken) == ["service.no_endpoints"]


def test_a_replica_that_says_nothing_is_called(broken: Any, codes: Any) -> None:
    broken.slice["endpoints"] = [{"addresses": ["10.0.0.1"]}]
    assert codes(check_services, broken) == []


def test_a_target_port_no_replica_has_is_told(broken: Any, only: Any) -> None:
    broken.slice["ports"] = [{"name": "metrics", "port": 9090}]
    found = only(check_services, broken)
    assert found.code == "service.port_mismatch"
    assert "target port https" in found.message


def test_a_service_and_a_slice_without_port_names_go_together(broken: Any, codes: Any) -> None:
    del broken.service["spec"]["ports"][0]["name"]
    broken.slice["ports"] = [{"port": 8443}]
    assert codes(check_services, broken) == []


@pytest.mark.parametrize("selector", [{"app": "other"}, {}, None])
def test_a_service_that_leads_to_others_is_told(broken: Any, only: Any, selector: Any) -> None:
    broken.service["spec"]["selector"] = selector
    found = only(check_services, broken)
    assert (found.code, found.lets_models_through) == ("service.leads_elsewhere", "possibly")


def test_a_service_of_another_namespace_is_told(broken: Any, only: Any) -> None:
    broken.changes = {"home": "gates"}
    found = only(check_services, broken)
    assert (found.code, found.lets_models_through) == ("service.leads_elsewhere", "possibly")
    assert found.message == "the webhook calls mlgate in mlgate-system, and mlgate runs in gates"


def test_what_could_not_be_read_is_not_missing(broken: Any, codes: Any) -> None:
    broken.changes = {"slices": None, "deployments": None}
    assert codes(check_services, broken) == []
    broken.changes = {"services": None}
    assert codes(check_services, broken) == []


@pytest.mark.parametrize(("path", "told"), [("/", "/"), ("", "/"), ("/mutate", "/mutate")])
def test_a_path_mlgate_does_not_have_is_told_with_the_patch(
    broken: Any, only: Any, path: str, told: str
) -> None:
    serve(broken, path=path)
    found = only(check_services, broken)
    assert found.code == "service.path_wrong"
    assert found.message == f"reviews are sent to {told}, and mlgate takes them at /validate"
    assert json.loads(shlex.split(found.fix)[-1]) == [
        {"op": "add", "path": f"/webhooks/{index}/clientConfig/service/path", "value": "/validate"}
        for index in range(3)
    ]


def test_an_address_is_told_and_its_path_too(broken: Any, codes: Any) -> None:
    call(broken, service=None, url="https://gate.example.com/validate")
    assert codes(check_services, broken) == ["service.address_used"]
    call(broken, url="https://gate.example.com:8443")
    found = [*check_services(broken.snapshot())]
    assert [one.code for one in found] == ["service.path_wrong", "service.address_used"]
    step, *_ = json.loads(shlex.split(found[0].fix)[-1])
    assert step["value"] == "https://gate.example.com:8443/validate"
