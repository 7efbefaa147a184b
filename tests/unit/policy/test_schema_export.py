"""The schemas say what OPA's type checker can follow, and nothing it cannot."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from mlgate.domain.policy_input import PolicyInput
from mlgate.policy import schema_export, shipped
from mlgate.policy.schema_export import export, input_schema, resolved, setting_schemas, settings_schema


class Leaf(BaseModel):
    """Words that the type checker does not need."""

    size: int = Field(default=3, ge=1, title="Size", description="How large.")
    kind: Literal["a"] = "a"


class Whole(BaseModel):
    leaf: Leaf
    maybe: Leaf | None
    leaves: list[Leaf]
    by_name: dict[str, Leaf]
    default: str
    anything: Any | None
    labels: dict[str, str]


class Either(BaseModel):
    value: int | str


class EitherOrNull(BaseModel):
    value: int | str | None


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema."""
    if isinstance(schema, list):
        for item in schema:
            yield from nodes(item)
    elif isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            yield from nodes(list(value.values()) if key == "properties" else value)


def test_references_are_resolved_in_place_and_words_left_out() -> None:
    leaf = {
        "properties": {"size": {"minimum": 1, "type": "integer"}, "kind": {"const": "a", "type": "string"}},
        "type": "object",
    }
    properties = resolved(Whole)["properties"]
    assert properties["leaf"] == leaf
    assert properties["leaves"] == {"type": "array", "items": leaf}
    assert properties["by_name"] == {"type": "object", "additionalProperties": leaf}


def test_a_property_called_like_a_keyword_stays() -> None:
    assert resolved(Whole)["properties"]["default"] == {"type": "string"}


def test_a_value_that_may_be_null_is_a_type_or_null() -> None:
    properties = resolved(Whole)["properties"]
    assert properties["maybe"]["type"] == ["object", "null"]
    assert properties["anything"] == {}


@pytest.mark.parametrize("model", [Either, EitherOrNull])
def test_alternatives_the_type_checker_cannot_follow_are_refused(model: type[BaseModel]) -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        resolved(model)


def test_without_limits_only_types_are_left_and_maps_of_objects_can_be_followed() -> None:
    properties = schema_export._typed(Whole)["properties"]
    leaf = {"properties": {"size": {"type": "integer"}, "kind": {"type": "string"}}, "type": "object"}
    assert properties["leaf"] == leaf
    assert properties["by_name"] == {"type": "object", "properties": {"*": leaf}}
    assert properties["labels"] == {"type": "object", "additionalProperties": {"type": "string"}}


def test_the_schema_of_the_input_holds_every_field_of_the_document() -> None:
    properties = input_schema()["properties"]
    assert set(properties) == {field.alias for field in PolicyInput.model_fields.values()}
    assert properties["object"] == properties["oldObject"] == {}
    card = properties["cards"]["items"]["properties"]["card"]
    assert card["type"] == ["object", "null"]
    assert "signOffs" not in card["properties"]
    assert {"model", "fairness", "encryption"} <= set(card["properties"])


@pytest.mark.parametrize("schema", [input_schema(), settings_schema()], ids=["input", "settings"])
def test_nothing_in_a_schema_blinds_the_type_checker(schema: dict[str, Any]) -> None:
    for node in nodes(schema):
        assert not {"anyOf", "oneOf", "allOf", "$ref", "$defs"} & node.keys()
        kinds = node.get("type")
        assert not isinstance(kinds, list) or (len(kinds) == 2 and kinds[1] == "null")


def test_each_setting_has_a_schema_with_its_limits() -> None:
    schemas = setting_schemas()
    assert schemas["fairness.tolerance"] == {"type": "number", "minimum": 0, "maximum": 1}
    assert schemas["decision.unchangedUpdate"]["enum"] == ["deny", "warn", "audit"]
    groups = settings_schema()["properties"]
    assert len(schemas) == sum(len(group["properties"]) for group in groups.values())


def test_both_files_are_written_and_named(tmp_path: Path) -> None:
    paths = export(tmp_path / "new" / "schema")
    assert [path.name for path in paths] == ["input.json", "settings.json"]
    assert json.loads(paths[0].read_text()) == input_schema()
    assert json.loads(paths[1].read_text()) == settings_schema()


def test_as_a_script_it_writes_into_the_shipped_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "shipped_policies", lambda: tmp_path)
    runpy.run_path(str(schema_export.__file__), run_name="__main__")
    assert (tmp_path / "schema" / "input.json").is_file()
