"""The whole card: only what identifies the model is required."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from mlgate.domain.model_card import ModelCardSpec

MODEL = {"name": "credit", "version": "2.3.1", "artifacts": [{"uri": "s3://m/1"}]}


def card(**changes: Any) -> ModelCardSpec:
    return ModelCardSpec.model_validate_json(json.dumps({"model": MODEL, **changes}))


def test_a_card_that_names_its_model_is_a_card() -> None:
    assert card().model_dump(by_alias=True, exclude_unset=True, mode="json") == {"model": MODEL}


def test_every_other_part_may_be_left_out() -> None:
    optional = {name for name, field in ModelCardSpec.model_fields.items() if not field.is_required()}

    assert optional == set(ModelCardSpec.model_fields) - {"model"}


@pytest.mark.parametrize("key", ["name", "version", "artifacts"])
def test_a_card_without_the_identity_of_its_model_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        card(model={name: value for name, value in MODEL.items() if name != key})


@pytest.mark.parametrize(
    "change",
    [
        {"model": MODEL | {"artifacts": []}},
        {"model": MODEL | {"version": "v" * 129}},
        {"model": MODEL | {"name": ""}},
        {"model": MODEL | {"task": "fortune-telling"}},
        {"risk": {"tier": "none"}},
        {"risk": {"tier": "High"}},
        {"intendedUse": {"purposes": [{"id": "Not A Label"}]}},
        {"training": {"hyperparameters": {"depth": 6}}},
        {"fairness": {"evaluations": [{"attribute": "sex", "groups": [{"group": "f", "count": -1}]}]}},
        {"limitations": "none"},
        {"exempt": True},
    ],
)
def test_a_card_with_a_part_of_the_wrong_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        card(**change)
