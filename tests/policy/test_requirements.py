"""The list of requirements holds together, and every one is served, spoken for or decided by somebody."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from rego import REGO

DATA: dict[str, Any] = yaml.safe_load((REGO / "mlgate" / "requirements" / "data.yaml").read_bytes())
CONTROLS: dict[str, dict[str, Any]] = DATA["controls"]
CATALOGUE = json.loads((REGO / "mlgate" / "catalog" / "data.json").read_bytes())


@pytest.mark.parametrize("key", DATA["frameworks"])
def test_a_framework_says_where_it_is_and_how_it_was_checked(key: str) -> None:
    found = DATA["frameworks"][key]

    assert found.keys() == {"title", "short", "url", "checked"}
    assert found["url"].startswith("https://")


@pytest.mark.parametrize("control", CONTROLS)
def test_a_requirement_is_served_spoken_for_or_decided_by_somebody(control: str) -> None:
    found = CONTROLS[control]
    served = any(control in entry["controls"] for entry in CATALOGUE.values())

    assert found.keys() <= {"title", "statement", "references", "coveredBy", "decidedBy"}
    assert [served, "coveredBy" in found, "decidedBy" in found].count(True) == 1
    assert found.get("coveredBy", control) in CONTROLS


@pytest.mark.parametrize("control", CONTROLS)
def test_references_are_of_known_frameworks_and_stand_once(control: str) -> None:
    references = CONTROLS[control]["references"]

    assert all(each.keys() == {"framework", "reference", "sure"} for each in references)
    assert {each["framework"] for each in references} <= DATA["frameworks"].keys()
    pairs = [(each["framework"], each["reference"]) for each in references]
    assert len(pairs) == len(set(pairs))


def test_what_no_gate_decides_names_known_requirements() -> None:
    for each in DATA["outside"]:
        assert each.keys() == {"matter", "decidedBy", "shows", "controls"}
        assert set(each["controls"]) <= CONTROLS.keys()
