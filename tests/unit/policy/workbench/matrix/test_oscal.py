"""The matrix as an OSCAL component definition, held against what the published schema demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlgate.policy.workbench.matrix.model import Matrix
from mlgate.policy.workbench.matrix.oscal import component_definition, control_id

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r"[^\W\d][\w.\-]*")
STRING = re.compile(r"\S(.*\S)?")
# By the name an object stands under: the keys it needs, and those it may have.
SHAPES: dict[str, tuple[set[str], set[str]]] = {
    "component-definition": ({"uuid", "metadata"}, {"components", "back-matter"}),
    "metadata": ({"title", "last-modified", "version", "oscal-version"}, {"props", "remarks"}),
    "components": ({"uuid", "type", "title", "description"}, {"props", "control-implementations"}),
    "control-implementations": ({"uuid", "source", "description", "implemented-requirements"}, set()),
    "implemented-requirements": ({"uuid", "control-id", "description"}, {"props"}),
    "props": ({"name", "value"}, {"ns", "class", "remarks"}),
    "back-matter": (set(), {"resources"}),
    "resources": ({"uuid"}, {"title", "rlinks"}),
    "rlinks": ({"href"}, set()),
}
TYPES = {"uuid": UUID, "name": TOKEN, "control-id": TOKEN, "class": TOKEN, "value": STRING}


@pytest.fixture(scope="module")
def document(matrix: Matrix) -> dict[str, Any]:
    return component_definition(matrix)


def nodes(name: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object, with the name it stands under."""
    if isinstance(value, list):
        assert value, f"{name} is empty"
        for entry in value:
            yield from nodes(name, entry)
    elif isinstance(value, dict):
        yield name, value
        for key, entry in value.items():
            yield from nodes(key, entry)


def test_every_object_has_the_keys_of_the_schema(document: dict[str, Any]) -> None:
    assert document.keys() == {"component-definition"}
    for name, node in nodes("component-definition", document["component-definition"]):
        needed, allowed = SHAPES[name]
        assert needed <= node.keys() <= needed | allowed, name


def test_every_value_has_the_form_of_its_type(document: dict[str, Any]) -> None:
    for _, node in nodes("component-definition", document["component-definition"]):
        for key, value in node.items():
            if isinstance(value, str):
                assert TYPES.get(key, STRING).fullmatch(value.replace("\n", " ")), (key, value)
            if key in {"title", "value", "version"}:
                assert "\n" not in value


def test_ids_are_used_once_and_sources_lead_to_resources(document: dict[str, Any]) -> None:
    whole = document["component-definition"]
    ids = [node["uuid"] for _, node in nodes("component-definition", whole) if "uuid" in node]
    resources = {f"#{found['uuid']}" for found in whole["back-matter"]["resources"]}
    implementations = whole["components"][0]["control-implementations"]

    assert len(ids) == len(set(ids))
    assert {found["source"] for found in implementations} == resources
    for found in implementations:
        names = [each["control-id"] for each in found["implemented-requirements"]]
        assert len(names) == len(set(names))


def test_a_reference_carries_confidence_enforcement_and_rules(document: dict[str, Any]) -> None:
    component = document["component-definition"]["components"][0]
    requirements = [
        each for found in component["control-implementations"] for each in found["implemented-requirements"]
    ]
    found = next(each for each in requirements if each["control-id"] == "hipaa-164.312-a-2-iv")
    props = {(entry["name"], entry["value"]) for entry in found["props"]}

    assert {
        ("reference", "164.312(a)(2)(iv)"),
        ("confidence", "sure"),
        ("requirement", "C57"),
        ("Rule_Id", "encryption.at_rest_missing"),
        ("Enforcement_sandbox", "audit"),
    } <= props
    unsure = next(each for each in requirements if each["control-id"] == "nist-ai-rmf-govern-1.3")
    assert {entry["value"] for entry in unsure["props"] if entry["name"] == "confidence"} == {"not-sure"}
    assert "Encrypt" in found["description"] or "encrypted" in found["description"]


def test_a_rule_is_a_set_of_properties(document: dict[str, Any]) -> None:
    props = document["component-definition"]["components"][0]["props"]
    found = {entry["name"]: entry["value"] for entry in props if entry["remarks"] == "ours.name_long"}

    assert found["Rule_Id"] == "ours.name_long"
    assert found["Enforcement_staging"] == "audit; warn for classification restricted"
    assert found["Enforcement_sandbox"] == "not here"
    assert "only tier high" in found["Rule_Notes"]


def test_the_same_matrix_is_the_same_document_and_another_is_another(
    matrix: Matrix, later: Matrix, document: dict[str, Any]
) -> None:
    other = component_definition(later)["component-definition"]

    assert component_definition(matrix) == document
    assert other["uuid"] != document["component-definition"]["uuid"]
    assert other["components"][0]["uuid"] == document["component-definition"]["components"][0]["uuid"]
    assert other["metadata"]["last-modified"] == "2031-01-01T00:00:00Z"
    assert document["component-definition"]["metadata"]["last-modified"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("reference", "token"),
    [("Article 10(2)(f,g)", "x-article-10-2-f-g"), ("5.2.2-5.2.13", "x-5.2.2-5.2.13"), ("((", "x")],
)
def test_a_reference_becomes_a_token(reference: str, token: str) -> None:
    assert control_id("x", reference) == token
