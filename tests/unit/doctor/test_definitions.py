"""Definitions that are missing or hold less than the shipped ones."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.doctor.definitions import check_definitions

NAME = "signoffs.mlgate.dev"


def version(broken: Any) -> dict[str, Any]:
    """The version of the definition that tests break."""
    found: dict[str, Any] = broken.definitions[NAME]["spec"]["versions"][0]
    return found


def schema(broken: Any) -> dict[str, Any]:
    """Its schema."""
    found: dict[str, Any] = version(broken)["schema"]["openAPIV3Schema"]
    return found


def test_shipped_definitions_are_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_definitions, broken) == []


def test_definitions_that_could_not_be_read_are_not_missing(broken: Any, codes: Any) -> None:
    broken.definitions = None
    assert codes(check_definitions, broken) == []


def test_a_missing_definition_is_named(broken: Any, only: Any) -> None:
    broken.definitions[NAME] = None
    found = only(check_definitions, broken)
    assert (found.code, found.lets_models_through) == ("definition.missing", "no")
    assert "SignOff" in found.message
    assert found.fix.endswith("signoffs.yaml")


@pytest.mark.parametrize("fault", ["version", "served", "established"])
def test_a_definition_that_is_not_served_is_told(broken: Any, codes: Any, fault: str) -> None:
    if fault == "version":
        version(broken)["name"] = "v2"
    elif fault == "served":
        version(broken)["served"] = False
    else:
        broken.definitions[NAME]["status"]["conditions"][0]["status"] = "False"
    assert codes(check_definitions, broken) == ["definition.not_served"]


def test_a_definition_that_is_being_deleted_is_told(broken: Any, codes: Any) -> None:
    broken.definitions[NAME]["metadata"]["deletionTimestamp"] = "2026-11-26T12:00:00Z"
    assert codes(check_definitions, broken) == ["definition.being_deleted"]


@pytest.mark.parametrize("rules", [[], [{"rule": "true"}]])
def test_a_record_that_can_be_changed_is_told(broken: Any, only: Any, rules: list[Any]) -> None:
    schema(broken)["properties"]["spec"]["x-kubernetes-validations"] = rules
    found = only(check_definitions, broken)
    assert (found.code, found.lets_models_through) == ("definition.spec_mutable", "possibly")


def test_a_spec_nobody_describes_is_told(broken: Any, codes: Any) -> None:
    schema(broken)["properties"]["spec"]["x-kubernetes-preserve-unknown-fields"] = True
    assert codes(check_definitions, broken) == ["definition.not_structural"]


def test_a_schema_without_fields_of_the_spec_is_told(broken: Any, codes: Any) -> None:
    del broken.definitions["modelcards.mlgate.dev"]["spec"]["versions"][0]["schema"]["openAPIV3Schema"][
        "properties"
    ]["spec"]["properties"]
    assert codes(check_definitions, broken) == ["definition.not_structural"]


def test_a_schema_the_api_server_calls_not_structural_is_told(broken: Any, codes: Any) -> None:
    conditions = broken.definitions[NAME]["status"]["conditions"]
    conditions.append({"type": "NonStructuralSchema", "status": "True"})
    assert codes(check_definitions, broken) == ["definition.not_structural"]


def test_another_schema_is_told(broken: Any, codes: Any) -> None:
    schema(broken)["properties"]["spec"]["properties"]["role"]["maxLength"] = 7
    assert codes(check_definitions, broken) == ["definition.differs"]
