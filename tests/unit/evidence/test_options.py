"""What an installation decides about evidence, held against the shipped settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlgate.evidence.options import EvidenceOptions

SETTINGS = Path(__file__).parents[3] / "policies" / "rego" / "mlgate" / "settings" / "data.yaml"


@pytest.fixture
def sign_offs() -> dict[str, Any]:
    """The shipped settings of approvals."""
    found: dict[str, Any] = yaml.safe_load(SETTINGS.read_text())["signOff"]
    return found


def test_no_shipped_rule_asks_for_more_approvals_than_are_read_again(sign_offs: dict[str, Any]) -> None:
    tiers = [sum(entry["count"] for entry in rules) for rules in sign_offs["required"].values()]
    classes = [
        sum(entry["count"] for entry in rules) for rules in sign_offs["requiredForClassification"].values()
    ]
    totals = [tier + data_class for tier in tiers for data_class in classes]
    asked_for = max(*totals, *sign_offs["minDistinctApprovers"].values())
    assert asked_for > 1
    assert EvidenceOptions().min_approvals >= asked_for
