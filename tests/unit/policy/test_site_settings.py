"""The types of the settings and the shipped values are two halves of one thing."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from mlgate.policy.shipped import shipped_rego
from mlgate.policy.site_settings import PolicySettings


@pytest.fixture
def shipped() -> dict[str, Any]:
    text = (shipped_rego() / "mlgate" / "settings" / "data.yaml").read_bytes()
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_the_shipped_values_fit_and_none_is_missing(shipped: dict[str, Any]) -> None:
    read = PolicySettings.model_validate_json(json.dumps(shipped))
    written = read.model_dump(by_alias=True, mode="json", exclude_unset=True)
    assert written == shipped


@pytest.mark.parametrize("group", [field.alias for field in PolicySettings.model_fields.values()])
def test_every_group_refuses_a_setting_it_does_not_know_and_misses_none(
    shipped: dict[str, Any], group: str
) -> None:
    more = copy.deepcopy(shipped)
    more[group]["unknown"] = 1
    less = copy.deepcopy(shipped)
    del less[group][next(iter(less[group]))]
    for wrong in (more, less):
        with pytest.raises(ValidationError) as caught:
            PolicySettings.model_validate_json(json.dumps(wrong))
        assert caught.value.errors()[0]["loc"][0] == group


@pytest.mark.parametrize("name", ["tolerance", "min_ratio"])
def test_settings_cannot_be_changed(shipped: dict[str, Any], name: str) -> None:
    read = PolicySettings.model_validate_json(json.dumps(shipped))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(read.fairness, name, 1.0)
