"""Credentials that authors write where a message repeats them."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.decision import Decision
from mlgate.workloads.credentials.masking import masked

TOKEN = "ghp_" + "a1B2" * 9
FINDING = {
    "code": "data.supplier_terms_missing", "severity": "medium", "enforcement": "deny", "docs": "d.md",
    "message": "m", "path": "p", "observed": "o", "required": "r", "fix": "f", "term": None, "model": None,
}  # fmt: skip
WAIVER = {"namespace": "n", "name": "w", "ticket": "t", "reason": "r", "approvedBy": "a", "expiresAt": "e"}


def decision(**lists: Any) -> Decision:
    given = {
        "allow": not lists.get("violations"), "profile": "production", "tier": "high", "mode": "enforce",
        "classification": "public", "unchanged": False, "suppressed": 0, "skipped": [], "revision": "v1",
        "violations": [], "warnings": [], "audited": [], "waived": [], "evaluated": [FINDING["code"]],
    }  # fmt: skip
    return Decision.model_validate(given | lists)


@pytest.mark.parametrize("field", ["message", "path", "observed", "required", "fix", "term", "model"])
@pytest.mark.parametrize("name", ["violations", "warnings", "audited", "waived"])
def test_a_token_is_masked_wherever_it_is_told(name: str, field: str) -> None:
    given = (
        FINDING | {field: f"dataset {TOKEN} is {TOKEN}"} | ({"waiver": WAIVER} if name == "waived" else {})
    )

    (found,) = getattr(masked(decision(**{name: [given]})), name)

    assert getattr(found, field) == "dataset *** is ***"
    assert found.code == FINDING["code"]


@pytest.mark.parametrize("field", ["name", "ticket", "reason", "approvedBy"])
def test_a_token_in_a_waiver_is_masked(field: str) -> None:
    given = FINDING | {"waiver": WAIVER | {field: TOKEN}}

    (found,) = masked(decision(waived=[given])).waived

    assert found.waiver.wire()[field] == "***"


def test_a_decision_without_credentials_is_the_same_one() -> None:
    given = decision(violations=[FINDING], waived=[FINDING | {"waiver": WAIVER}])

    assert masked(given) is given
