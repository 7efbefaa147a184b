"""METADATA by which a rule would never be asked, or would find nothing, builds no policy."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.metadata import check_metadata

WHOLE: dict[str, Any] = {
    "scope": "rule",
    "custom": {
        "code": "demo.refused",
        "controls": ["C001"],
        "severity": "high",
        "appliesWhen": {"objects": ["serving"], "tiers": ["high"], "profiles": ["production"]},
        "needs": ["signOffs"],
        "pair": True,
        "enforcement": {"sandbox": "off", "production": "deny"},
        "raise": [{"classifications": ["restricted"], "to": {"production": "deny"}}],
        "message": "{model} is {observed}.",
        "fix": "Change it.",
    },
}


def whole(**custom: object) -> dict[str, Any]:
    """METADATA with some keys written otherwise."""
    found = copy.deepcopy(WHOLE)
    found["custom"] |= custom
    return found


def test_whole_metadata_is_taken_with_and_without_what_may_be_left_out() -> None:
    check_metadata("demo.refused", WHOLE)
    required = ("severity", "appliesWhen", "enforcement", "message", "fix")
    check_metadata("demo.refused", {"custom": {key: WHOLE["custom"][key] for key in required}})


@pytest.mark.parametrize("scope", ["document", "package", "subpackages", None])
def test_with_another_scope_a_rule_does_not_know_its_code(scope: str | None) -> None:
    with pytest.raises(PolicyError, match=r"^demo\.refused: write `scope: rule` in its METADATA"):
        check_metadata("demo.refused", {**WHOLE, "scope": scope})


@pytest.mark.parametrize(
    ("custom", "words"),
    [
        ({"appliesWhen": {"objects": []}}, r"appliesWhen\.objects in its METADATA is empty"),
        (
            {"appliesWhen": {"objects": ["Serving"]}},
            r"appliesWhen\.objects: 'Serving' in its METADATA is",
        ),
        ({"appliesWhen": {"objects": [["serving"]]}}, r"appliesWhen\.objects: \['serving'\]"),
        ({"appliesWhen": {"objects": [1, "serving"]}}, r"appliesWhen\.objects: 1 "),
        ({"appliesWhen": {"objects": ["any"], "tiers": "high"}}, r"appliesWhen\.tiers .* is no list"),
        ({"appliesWhen": {"objects": ["any"], "tiers": ["hgih"]}}, r"appliesWhen\.tiers: 'hgih'"),
        ({"appliesWhen": {"objects": ["any"], "tiers": []}}, r"appliesWhen\.tiers .* is empty"),
        ({"appliesWhen": {"objects": ["any"], "profiles": ["prod"]}}, r"appliesWhen\.profiles: 'prod'"),
        ({"appliesWhen": {"objects": ["any"], "classifications": [None]}}, r"classifications: None"),
        ({"appliesWhen": "serving"}, "appliesWhen in its METADATA is no map"),
        ({"appliesWhen": {}}, r"appliesWhen\.objects in its METADATA is no list"),
        ({"appliesWhen": {"objects": "serving"}}, r"appliesWhen\.objects in its METADATA is no list"),
        ({"enforcement": "deny"}, "enforcement in its METADATA is no map"),
        ({"needs": "signOffs"}, "needs in its METADATA is no list"),
        ({"configuredBy": {}}, "configuredBy in its METADATA is no list"),
        ({"raise": {}}, "raise in its METADATA is no list"),
        ({"enforcement": {"production": "stop"}}, "'stop' in its METADATA is none of deny, warn, audit, off"),
        ({"enforcement": {"sandbox": False}}, 'False in its METADATA is none of .*; off .* write "off"'),
        ({"raise": [{"to": {"sandbox": "stop"}}]}, "'stop' in its METADATA is none of"),
        ({"severity": "huge"}, "severity: 'huge' in its METADATA is none of critical"),
        ({"effectiveOn": 5}, "effectiveOn in its METADATA is no time"),
        ({"effectiveOn": "2027-01-01"}, "effectiveOn in its METADATA is no time"),
        ({"effectiveOn": "2027-13-01T00:00:00Z"}, "effectiveOn in its METADATA is no time"),
        ({"effectiveOn": None}, "effectiveOn in its METADATA is no time"),
        ({"message": 5}, "message in its METADATA is no text"),
        ({"fix": None}, "fix in its METADATA is no text"),
        ({"pair": "no"}, "pair in its METADATA is no boolean"),
        ({"topLevelOnly": "false"}, "topLevelOnly in its METADATA is no boolean"),
        ({"needs": ["signoffs"]}, "needs: 'signoffs' in its METADATA is none of"),
        ({"needs": [["signOffs"]]}, r"needs: \['signOffs'\] in its METADATA is none of"),
        ({"configuredBy": [1]}, "configuredBy in its METADATA is no list of names"),
        ({"controls": [["C001"]]}, "controls in its METADATA is no list of names"),
        ({"severity": ["high"]}, r"severity: \['high'\] in its METADATA is none of"),
        ({"enforcement": {"prod": "deny"}}, "the profiles: 'prod'"),
        ({"enforcement": {"production": ["deny"]}}, r"the actions: \['deny'\]"),
        ({"raise": ["high"]}, "raise in its METADATA is no list of maps"),
        ({"raise": [{"to": "deny"}]}, "raise in its METADATA is no list of maps"),
        ({"raise": [{"tiers": ["high"]}]}, "raise in its METADATA is no list of maps"),
        ({"raise": [{"tiers": ["top"], "to": {}}]}, r"raise\.tiers: 'top'"),
        ({"raise": [{"tiers": "high", "to": {}}]}, r"raise\.tiers in its METADATA is no list"),
        ({"raise": [{"to": {"prod": "deny"}}]}, "the profiles: 'prod'"),
    ],
)
def test_a_key_that_cannot_serve_is_named(custom: dict[str, object], words: str) -> None:
    with pytest.raises(PolicyError, match=rf"^demo\.refused: .*{words}"):
        check_metadata("demo.refused", whole(**custom))
