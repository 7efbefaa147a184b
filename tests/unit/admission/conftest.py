"""Verdicts to be answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mlgate.admission.review import ReviewEnvelope
from mlgate.domain.decision import Decision, Failure, Finding, Verdict, WaivedFinding
from mlgate.domain.request import GroupVersionKind, Request, UserInfo

HOSTILE = "a\x1b[2J\nError from server\r\n\u202eevil\u2028\x00\x9b31m\u200b\ud800\U000e0041"
"""Text that would forge a line, clear a terminal, turn the reading direction round, or hide."""


def make_finding(**changed: Any) -> Finding:
    whole = {
        "code": "fairness.limit_exceeded", "severity": "critical", "enforcement": "deny",
        "message": "the ratio is 0.6", "path": "cards[0].card.fairness", "observed": "0.6",
        "required": "0.8", "fix": "Test again.", "docs": "d", "term": None, "model": "predictor",
    }  # fmt: skip
    return Finding.model_validate(whole | changed)


def make_decision(violations: Sequence[Finding] = (), **changed: Any) -> Decision:
    whole = {
        "allow": not violations, "profile": "production", "tier": "high", "classification": "restricted",
        "mode": "enforce", "unchanged": False, "violations": violations, "warnings": (), "audited": (),
        "waived": (), "suppressed": 0, "skipped": (), "evaluated": ("a.b", "c.d", "e.f"),
        "revision": "v1+abc",
    }  # fmt: skip
    return Decision.model_validate(whole | changed)


def judged(violations: Sequence[Finding] = (), **changed: Any) -> Verdict:
    decision = make_decision(violations, **changed)
    return Verdict(outcome="judged", allowed=decision.allow, reason="policy", decision=decision)


def failed(part: str = "engine", reason: str = "unavailable", *, allowed: bool = False) -> Verdict:
    failure = Failure.model_validate({"part": part, "reason": reason, "message": "OPA cannot be reached"})
    return Verdict(outcome="failed", allowed=allowed, reason=f"{part} {reason}", failure=failure)


def make_waived(**changed: Any) -> WaivedFinding:
    waiver = {
        "namespace": "bank", "name": "w1", "ticket": "T-1", "reason": "r", "approvedBy": "ann",
        "expiresAt": "2027-01-01T00:00:00Z",
    }  # fmt: skip
    return WaivedFinding.model_validate(make_finding().wire() | {"waiver": waiver} | changed)


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture
def waived() -> Callable[..., WaivedFinding]:
    return make_waived


@pytest.fixture
def judgement() -> Callable[..., Verdict]:
    return judged


@pytest.fixture
def failure() -> Callable[..., Verdict]:
    return failed


@pytest.fixture
def envelope() -> ReviewEnvelope:
    return ReviewEnvelope("admission.k8s.io/v1", "AdmissionReview", "u-1")


@pytest.fixture
def asked() -> Callable[..., Request]:
    def make(username: str | None = "erin", name: str | None = "credit", **changed: Any) -> Request:
        return Request(
            origin="admission",
            uid="u-1",
            operation="CREATE",
            dry_run=False,
            kind=GroupVersionKind(
                group="serving.kserve.io", version="v1beta1", kind=changed.pop("kind", "InferenceService")
            ),
            namespace="bank",
            name=name,
            sub_resource=None,
            user_info=None if username is None else UserInfo(username=username),
            object=changed.pop("content", {}),
            old_object=None,
        )

    return make
