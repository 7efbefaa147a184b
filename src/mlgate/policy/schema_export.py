"""Writes the schemas of the input document and of the settings from the Python types.

OPA's type checker reads `policies/schema/input.json` and refuses a rule that reads a path the
document does not have. It goes blind at `anyOf`, so a value that may be null is written as
`type: [T, null]`, references are resolved in place, and only what the checker understands is kept.

    python -m mlgate.policy.schema_export
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mlgate.domain.model_card import ModelCardSpec
from mlgate.domain.policy_input import PolicyInput
from mlgate.policy.shipped import shipped_policies
from mlgate.policy.site_settings import PolicySettings

Schema = dict[str, Any]

_LIMITS = ("enum", "pattern", "minLength", "maxLength", "minItems", "minimum", "maximum")
ANY_NAME = "*"
_ANNOTATIONS = ("title", "description", "default", "discriminator")


def input_schema() -> Schema:
    """The schema of the input document, as OPA's type checker reads it.

    `object` and `oldObject` are raw and may hold anything; `card` is the canonical card without
    its sign-offs, which the document keeps elsewhere.
    """
    schema = _typed(PolicyInput)
    properties = schema["properties"]
    properties["object"] = properties["oldObject"] = {}
    card = _typed(ModelCardSpec)
    del card["properties"]["signOffs"]
    properties["cards"]["items"]["properties"]["card"] = _nullable(card)
    return _headed(schema, "The document OPA is asked about.")


def settings_schema() -> Schema:
    """The schema of the shipped settings."""
    return _headed(resolved(PolicySettings), "The settings the rules read, by group and name.")


def setting_schemas() -> dict[str, Schema]:
    """The schema of every single setting by its key, `<group>.<name>`, limits included.

    An override is checked against these one key at a time. Nothing is required in maps: an
    override holds only what differs.
    """
    groups = resolved(PolicySettings)["properties"]
    return {
        f"{group}.{name}": schema
        for group, of_group in groups.items()
        for name, schema in of_group["properties"].items()
    }


def resolved(model: type[BaseModel]) -> Schema:
    """The JSON schema of a type, references resolved in place and words left out."""
    whole = model.model_json_schema(by_alias=True)
    return dict(_inline(whole, whole.get("$defs", {})))


def _inline(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in node:
        return _alternatives([_inline(option, definitions) for option in node["anyOf"]])
    return {
        key: {name: _inline(part, definitions) for name, part in value.items()}
        if key == "properties"
        else _inline(value, definitions)
        for key, value in node.items()
        if key not in {"$defs", *_ANNOTATIONS}
    }


def _alternatives(options: list[Schema]) -> Schema:
    """One schema for `T or null`; there are no other alternatives in these types."""
    present = [option for option in options if option != {"type": "null"}]
    if len(present) != 1 or len(present) == len(options):
        raise ValueError(f"alternatives that the type checker cannot follow: {options}")
    return _nullable(present[0])


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]} if "type" in schema else schema


def _typed(model: type[BaseModel]) -> Schema:
    """The schema with types alone: limits and required keys are checked elsewhere."""
    return dict(_without_limits(resolved(model)))


def _without_limits(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_limits(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept: Schema = {}
    for key, value in node.items():
        if key == "properties":
            kept[key] = {name: _without_limits(part) for name, part in value.items()}
        elif key == "const":
            kept["type"] = "string"
        elif key not in {*_LIMITS, "required", "propertyNames"}:
            kept[key] = _without_limits(value)
    return _with_any_name(kept)


def _with_any_name(schema: Schema) -> Schema:
    """A map of objects as an object with one property that stands for every name.

    The type checker does not follow `additionalProperties`. It does follow properties, and takes
    `map[name]` for any of them: so a misspelt key of an entry is refused.
    """
    entry = schema.get("additionalProperties")
    if not isinstance(entry, dict) or "properties" not in entry:
        return schema
    rest = {key: value for key, value in schema.items() if key != "additionalProperties"}
    return {**rest, "properties": {ANY_NAME: entry}}


def _headed(schema: Schema, description: str) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": description,
        **schema,
    }


def export(target: Path) -> tuple[Path, ...]:
    """Writes both schemas into a folder and says which files these are."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in (("input.json", input_schema()), ("settings.json", settings_schema())):
        path = target / name
        path.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return tuple(written)


if __name__ == "__main__":
    export(shipped_policies() / "schema")
