"""ModelCards written out: only what fits the schema, in its order, as YAML a person reads."""

from __future__ import annotations

import re
from typing import Any

import yaml

from mlgate.admission.refusal import escape
from mlgate.domain.base import Json
from mlgate.domain.model_card import ModelCardSpec
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.shapes import Shape, shape_of

_UNFIT_FOR_NAMES = re.compile(r"[^a-z0-9.-]+")
_LONGEST_NAME = 253
_NOTHING: Json = None


def card_manifest(
    card: dict[str, Any], claims: list[dict[str, Any]], *, name: str | None, namespace: str | None
) -> dict[str, Any]:
    """The ModelCard object of a card that was read. What did not fit is left out, so that it applies.

    Args:
        card: the spec as it was read, without approvals.
        claims: the approvals it carries.
        name: name of the object; by default made of the model's name and version.
        namespace: its namespace, if it is to be named.
    """
    spec = fitting(shape_of(ModelCardSpec), {**card, "signOffs": claims or None})
    metadata = {"name": name or object_name(card["model"]), "namespace": namespace}
    return {
        "apiVersion": API_VERSION,
        "kind": "ModelCard",
        "metadata": {key: value for key, value in metadata.items() if value is not None},
        "spec": spec,
    }


def object_name(model: dict[str, Any]) -> str:
    """A name for the object: that of the model and its version, as far as Kubernetes takes them."""
    plain = _UNFIT_FOR_NAMES.sub("-", f"{model['name']}-{model['version']}".lower())
    plain = re.sub(r"-+", "-", re.sub(r"[.-]*\.[.-]*", ".", plain))
    return plain[:_LONGEST_NAME].strip("-.") or "model-card"


def fitting(shape: Shape, value: Json) -> Json:
    """The part of a value that its shape takes: no nulls, and no objects that lack what they need."""
    if value is None:
        return _NOTHING
    if shape.type == "object":
        return _object(shape, value)
    if shape.type == "array" and shape.items is not None:
        items = [fitting(shape.items, item) for item in value]
        return [item for item in items if item is not None]
    return value


def _object(shape: Shape, value: dict[str, Any]) -> Json:
    if shape.values is not None:
        return {key: item for key, item in value.items() if item is not None}
    read = {key: fitting(part, value.get(key)) for key, part in shape.fields.items()}
    kept = {key: item for key, item in read.items() if item is not None}
    return kept if shape.required <= kept.keys() else _NOTHING


def yaml_text(value: Any) -> str:
    """The value as YAML; in ASCII where something in it is not displayed as itself."""
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110).rstrip()
    if all(escape(line) == line for line in text.split("\n")):
        return text
    return yaml.safe_dump(value, sort_keys=False, width=110).rstrip()
