"""The metrics: what an operator alarms on, with labels that no caller can invent."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from mlgate.audit.record import record_decision
from mlgate.domain.decision import Decision, Verdict
from mlgate.domain.request import GroupVersionKind, Request
from mlgate.gate import Judgement
from mlgate.web.metrics import Metrics

STAGES = MappingProxyType({"extract": 0.002})


def _judgement(verdict: dict[str, Any], kind: str = "InferenceService") -> Judgement:
    found = Verdict.model_validate({"reason": "r"} | verdict)
    request = Request(
        origin="admission",
        uid="u-1",
        operation="CREATE",
        dry_run=False,
        kind=GroupVersionKind(group="serving.kserve.io", version="v1beta1", kind=kind),
        namespace="bank",
        name="credit",
        sub_resource=None,
        user_info=None,
        object={},
        old_object=None,
    )
    record = record_decision(
        request,
        found,
        decision_id="d-1",
        evaluated_at="2026-11-26T00:00:00Z",
        workload=None,
        cards=(),
        unavailable=(),
        evidence_source="none",
        stage_seconds=STAGES,
    )
    return Judgement(found, record)


def _lines(*judgements: Judgement) -> set[str]:
    metrics = Metrics()
    for judgement in judgements:
        metrics.count(judgement)
    return {line for line in metrics.text().decode().splitlines() if not line.startswith("#")}


FAILED = {"outcome": "failed", "allowed": False}


def test_reviews_are_counted_by_kind_and_verdict(denial: Decision) -> None:
    allowed = Decision.model_validate(denial.model_dump() | {"allow": True, "violations": []})
    found = _lines(
        _judgement({"outcome": "judged", "allowed": True, "decision": allowed}),
        _judgement({"outcome": "judged", "allowed": False, "decision": denial}),
        _judgement({"outcome": "skipped", "allowed": True}),
        _judgement({"outcome": "skipped", "allowed": True}),
    )

    series = 'mlgate_reviews_total{kind="InferenceService",verdict="%s"} %s'
    assert {series % ("allowed", "1.0"), series % ("denied", "1.0"), series % ("skipped", "2.0")} <= found


def test_findings_are_counted_by_code_and_what_they_led_to(denial: Decision) -> None:
    twice = Decision.model_validate(
        denial.model_dump()
        | {"warnings": denial.model_dump()["violations"], "violations": denial.model_dump()["violations"] * 2}
    )

    found = _lines(_judgement({"outcome": "judged", "allowed": False, "decision": twice}))

    assert 'mlgate_findings_total{code="model_card.missing",list="violations"} 2.0' in found
    assert 'mlgate_findings_total{code="model_card.missing",list="warnings"} 1.0' in found


@pytest.mark.parametrize(
    ("profile", "mode", "lists", "series"),
    [
        ("staging", "warn", {"warnings": True, "audited": True}, ("warn", "staging", "warnings")),
        ("sandbox", "audit", {"audited": True}, ("audit", "sandbox", "audited")),
        ("production", "enforce", {}, ("enforce", "production", "none")),
        ("invented", "enforce", {}, ("enforce", "other", "none")),
    ],
)
def test_decisions_are_counted_by_profile_mode_and_the_strictest_finding(
    denial: Decision, profile: str, mode: str, lists: dict[str, bool], series: tuple[str, ...]
) -> None:
    whole = denial.model_dump() | {"allow": True, "violations": [], "profile": profile, "mode": mode}
    given = Decision.model_validate(whole | {name: denial.model_dump()["violations"] for name in lists})

    found = _lines(_judgement({"outcome": "judged", "allowed": True, "decision": given}))

    text = 'mlgate_decisions_total{mode="%s",profile="%s",strictest="%s"} 1.0'
    assert text % series in found


@pytest.mark.parametrize(
    ("part", "reason", "opa"), [("engine", "timeout", True), ("gate", "overloaded", False)]
)
def test_failures_are_counted_by_part_and_those_of_opa_once_more(
    part: str, reason: str, *, opa: bool
) -> None:
    failure = {"part": part, "reason": reason, "message": "m"}

    found = _lines(_judgement(FAILED | {"failure": failure}))

    assert f'mlgate_failures_total{{part="{part}",reason="{reason}"}} 1.0' in found
    assert (f'mlgate_opa_errors_total{{reason="{reason}"}} 1.0' in found) is opa
    assert 'mlgate_reviews_total{kind="InferenceService",verdict="error_denied"} 1.0' in found
    assert "mlgate_allowed_on_error_total 0.0" in found


def test_what_is_let_through_unjudged_has_a_counter_of_its_own() -> None:
    failure = {"part": "engine", "reason": "timeout", "message": "m"}

    found = _lines(_judgement({"outcome": "failed", "allowed": True, "failure": failure}))

    assert "mlgate_allowed_on_error_total 1.0" in found
    assert 'mlgate_reviews_total{kind="InferenceService",verdict="error_allowed"} 1.0' in found


def test_the_seconds_of_each_stage_fall_into_buckets() -> None:
    found = _lines(_judgement({"outcome": "skipped", "allowed": True}))

    assert 'mlgate_stage_seconds_bucket{le="0.001",stage="extract"} 0.0' in found
    assert 'mlgate_stage_seconds_bucket{le="0.0025",stage="extract"} 1.0' in found


def test_kinds_that_nobody_knows_share_one_series() -> None:
    made_up = [_judgement({"outcome": "skipped", "allowed": True}, f"Kind{number}") for number in range(50)]

    found = [line for line in _lines(*made_up) if line.startswith("mlgate_reviews_total")]

    assert found == ['mlgate_reviews_total{kind="other",verdict="skipped"} 50.0']


def test_two_servers_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()

    first.bad_calls.labels("400").inc()

    assert b'mlgate_bad_calls_total{status="400"}' in first.text()
    assert b'mlgate_bad_calls_total{status="400"}' not in second.text()
