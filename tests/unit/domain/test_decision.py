"""A decision is complete or none; a verdict allows only what a decision allows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mlgate.domain.decision import Decision, Failure, Finding, Verdict

FINDING = {
    "code": "model_card.missing", "severity": "critical", "enforcement": "deny", "message": "m", "path": "p",
    "observed": "o", "required": "r", "fix": "f", "docs": "d", "term": None, "model": None,
}  # fmt: skip
ALLOW = {
    "allow": True, "profile": "production", "tier": None, "classification": None, "mode": "enforce",
    "unchanged": False, "violations": [], "warnings": [], "audited": [], "waived": [], "suppressed": 0,
    "skipped": [], "evaluated": ["model_card.missing"], "revision": "v1",
}  # fmt: skip
DENY = ALLOW | {"allow": False, "violations": [FINDING]}
FAILURE = Failure(part="engine", reason="timeout", message="late")


def decision(data: dict[str, Any] = ALLOW) -> Decision:
    return Decision.model_validate(data)


def test_a_complete_answer_is_a_decision() -> None:
    assert decision().allow
    assert decision(DENY).violations == (Finding.model_validate(FINDING),)


@pytest.mark.parametrize("key", sorted(ALLOW))
def test_an_answer_that_lacks_a_part_is_no_decision(key: str) -> None:
    with pytest.raises(ValidationError):
        decision({name: value for name, value in ALLOW.items() if name != key})


@pytest.mark.parametrize("value", ["true", "yes", 1, 1.0, None, [], {}])
def test_only_true_itself_allows(value: object) -> None:
    with pytest.raises(ValidationError):
        decision(ALLOW | {"allow": value})


@pytest.mark.parametrize("data", [ALLOW | {"allow": False}, DENY | {"allow": True}])
def test_an_allow_that_disagrees_with_the_violations_is_no_decision(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="allow disagrees with violations"):
        decision(data)


@pytest.mark.parametrize(
    "change",
    [
        {"revision": ""},
        {"mode": "off"},
        {"unchanged": "false"},
        {"extra": 1},
        {"suppressed": None},
        {"violations": None},
        {"warnings": [FINDING | {"severity": "severe"}]},
        {"warnings": [FINDING | {"enforcement": "off"}]},
        {"waived": [FINDING]},
        {"skipped": [{"code": "a.b", "reason": "bored", "detail": ""}]},
    ],
)
def test_an_answer_with_a_wrong_part_is_no_decision(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        decision(ALLOW | change)


def test_a_waived_finding_names_its_waiver() -> None:
    waiver = {
        "namespace": "bank", "name": "w", "ticket": "T-1", "reason": "r", "approvedBy": "a",
        "expiresAt": "2026-12-01T00:00:00Z",
    }  # fmt: skip

    found = decision(ALLOW | {"waived": [FINDING | {"waiver": waiver}]})

    assert found.waived[0].waiver.approved_by == "a"


def test_the_codes_are_those_evaluated_and_those_skipped() -> None:
    skipped = [{"code": "a.b", "reason": "offline", "detail": "cluster"}]

    assert decision(ALLOW | {"skipped": skipped}).codes == {"model_card.missing", "a.b"}


@pytest.mark.parametrize("data", [ALLOW, DENY])
def test_a_judged_verdict_says_what_its_decision_says(data: dict[str, Any]) -> None:
    found = decision(data)

    assert Verdict(outcome="judged", allowed=found.allow, reason="r", decision=found).decision == found
    with pytest.raises(ValidationError, match="a judged verdict follows its decision"):
        Verdict(outcome="judged", allowed=not found.allow, reason="r", decision=found)


def test_a_judged_verdict_without_a_decision_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="a judged verdict follows its decision"):
        Verdict(outcome="judged", allowed=True, reason="r")


def test_a_failed_verdict_names_its_failure_and_may_be_allowed_by_the_operator_alone() -> None:
    assert Verdict(outcome="failed", allowed=True, reason="r", failure=FAILURE).failure == FAILURE
    with pytest.raises(ValidationError, match="a failed verdict names its failure"):
        Verdict(outcome="failed", allowed=False, reason="r")


def test_a_skipped_verdict_needs_neither() -> None:
    verdict = Verdict(outcome="skipped", allowed=True, reason="serves no model")

    assert (verdict.decision, verdict.failure) == (None, None)
