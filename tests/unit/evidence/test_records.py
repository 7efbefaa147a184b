"""The CustomResourceDefinitions and the types hold the same thing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from mlgate.domain.model_card import ModelCardSpec
from mlgate.evidence.records import ModelCardStatus, SignOffSpec, WaiverSpec

CRDS = Path(__file__).resolve().parents[3] / "charts" / "mlgate" / "files" / "crds"
_SHORTEST = 25
"""Characters of a description that helps."""
_SHARED = ("type", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern")


def definition(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CRDS / f"{name}.yaml").read_text())
    return loaded


def schema(name: str, part: str) -> dict[str, Any]:
    version = definition(name)["spec"]["versions"][0]
    found: dict[str, Any] = version["schema"]["openAPIV3Schema"]["properties"][part]
    return found


def of_type(model: type[BaseModel]) -> dict[str, Any]:
    whole = model.model_json_schema(by_alias=True)
    return _plain(whole, whole.get("$defs", {}))


def _plain(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema of pydantic in the words of a definition."""
    if "anyOf" in node:
        node = next(option for option in node["anyOf"] if option.get("type") != "null")
    if "$ref" in node:
        node = definitions[node["$ref"].rsplit("/", 1)[1]]
    plain = {key: node[key] for key in _SHARED if key in node}
    if "enum" in node:
        plain["enum"] = set(node["enum"])
    if node.get("required"):
        plain["required"] = set(node["required"])
    if "properties" in node:
        plain["properties"] = {key: _plain(part, definitions) for key, part in node["properties"].items()}
    if "items" in node:
        plain["items"] = _plain(node["items"], definitions)
    if isinstance(node.get("additionalProperties"), dict):
        plain["additionalProperties"] = _plain(node["additionalProperties"], definitions)
    return plain


@pytest.mark.parametrize(
    ("name", "part", "model"),
    [
        ("modelcards", "spec", ModelCardSpec),
        ("modelcards", "status", ModelCardStatus),
        ("signoffs", "spec", SignOffSpec),
        ("waivers", "spec", WaiverSpec),
    ],
)
def test_the_definition_equals_the_type(name: str, part: str, model: type[BaseModel]) -> None:
    assert _plain(schema(name, part), {}) == of_type(model)


def _fields(node: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for key, part in node.get("properties", {}).items():
        found += [(f"{path}.{key}", part), *_fields(part, f"{path}.{key}")]
    return found + (_fields(node["items"], path + "[]") if "items" in node else [])


@pytest.mark.parametrize(
    ("name", "part"),
    [("modelcards", "spec"), ("modelcards", "status"), ("signoffs", "spec"), ("waivers", "spec")],
)
def test_every_field_is_explained_to_kubectl(name: str, part: str) -> None:
    fields = _fields(schema(name, part))
    assert fields
    told = [(path, field.get("description", "")) for path, field in [("", schema(name, part)), *fields]]
    assert [path for path, text in told if len(text) < _SHORTEST or not text.endswith((".", "..."))] == []
    assert [path for path, text in told if not re.match("[A-Z`]", text)] == []
    often = Counter(text for _, text in told)
    assert [path for path, text in told if often[text] > 1] == []
    assert [path for path, text in told if text.strip(".").lower() == _words(path.rpartition(".")[2])] == []


def _words(name: str) -> str:
    """`expiresAt` as a person would say it: a description that is no more than this says nothing."""
    return re.sub("([A-Z])", r" \1", name).lower()


@pytest.mark.parametrize("name", ["modelcards", "signoffs", "waivers"])
def test_how_a_date_is_written_and_what_a_day_means_is_told(name: str) -> None:
    parts = [part for part in ("spec", "status") if part != "status" or name == "modelcards"]
    fields = [field for part in parts for field in _fields(schema(name, part))]
    dates = [field["description"] for _, field in fields if "[0-9]{4}" in field.get("pattern", "")]
    assert dates
    assert [text for text in dates if not re.search("YYYY-MM-DD|[0-9]{4}-[0-9]{2}-[0-9]{2}", text)] == []
    ends = [field["description"] for path, field in fields if path.endswith("expiresAt")]
    assert all("00:00 UTC" in text for text in ends if name != "modelcards")


@pytest.mark.parametrize("name", ["signoffs", "waivers"])
def test_every_text_and_list_of_a_record_is_bounded(name: str) -> None:
    for path, field in _fields(schema(name, "spec")):
        bounded = {"string": {"maxLength", "enum", "pattern"}, "array": {"maxItems"}}.get(field["type"])
        assert bounded is None or bounded & field.keys(), path
        if "items" in field:
            assert "maxLength" in field["items"], path


def test_a_waiver_shows_what_it_is_for_and_needs_it() -> None:
    columns = definition("waivers")["spec"]["versions"][0]["additionalPrinterColumns"]
    shown = {column["jsonPath"] for column in columns if not column.get("priority")}
    assert {f".spec.subject.{part}" for part in ("workload.name", "model", "digest")} <= shown
    rules = [rule["rule"] for rule in schema("waivers", "spec")["x-kubernetes-validations"]]
    assert any("has(self.subject.digest)" in rule for rule in rules)


@pytest.mark.parametrize("name", ["signoffs", "waivers"])
def test_records_of_decisions_cannot_be_changed_and_end(name: str) -> None:
    rules = schema(name, "spec")["x-kubernetes-validations"]
    assert rules[0]["rule"] == "self == oldSelf"
    (rule,) = schema(name, "spec")["properties"]["expiresAt"]["x-kubernetes-validations"]
    assert rule["rule"].endswith("< timestamp('2100-01-01T00:00:00Z')"), "the day is one there is"
    assert "spec" in definition(name)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["required"]


@pytest.mark.parametrize("name", ["modelcards", "signoffs", "waivers"])
def test_records_are_namespaced_with_short_names_and_columns(name: str) -> None:
    spec = definition(name)["spec"]
    assert spec["scope"] == "Namespaced"
    assert spec["names"]["shortNames"]
    assert spec["versions"][0]["additionalPrinterColumns"]


def test_only_monitoring_writes_the_status_of_a_card() -> None:
    assert definition("modelcards")["spec"]["versions"][0]["subresources"] == {"status": {}}
