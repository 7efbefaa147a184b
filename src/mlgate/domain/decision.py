"""What policy answers (section 12 of the input document), and what the gate makes of it."""

from __future__ import annotations

from typing import Literal

from pydantic import StrictBool, model_validator

from mlgate.domain.base import Frozen

Severity = Literal["critical", "high", "medium", "low"]
Enforcement = Literal["deny", "warn", "audit"]
Mode = Literal["enforce", "warn", "audit"]


class AppliedWaiver(Frozen):
    """The waiver that lifted a finding."""

    namespace: str
    name: str
    ticket: str
    reason: str
    approved_by: str
    expires_at: str


class Finding(Frozen):
    """One failure about one thing, with the way out."""

    code: str
    severity: Severity
    enforcement: Enforcement
    message: str
    path: str
    observed: str
    required: str
    fix: str
    docs: str
    term: str | None
    model: str | None


class WaivedFinding(Finding):
    """A finding lifted by a waiver; never hidden."""

    waiver: AppliedWaiver


class Skipped(Frozen):
    """A code that was not decided, and why."""

    code: str
    reason: Literal["offline", "disabled", "notConfigured", "coveredByOwner", "invalidInput"]
    detail: str


class Decision(Frozen):
    """A complete answer of the policy. Anything less is an engine error, never a Decision."""

    allow: StrictBool
    profile: str
    tier: str | None
    classification: str | None
    mode: Mode
    unchanged: StrictBool
    violations: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    audited: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    suppressed: int
    skipped: tuple[Skipped, ...]
    evaluated: tuple[str, ...]
    revision: str

    @model_validator(mode="after")
    def _allow_agrees_with_violations(self) -> Decision:
        if self.allow != (not self.violations):
            raise ValueError("allow disagrees with violations")
        if not self.revision:
            raise ValueError("revision is empty")
        return self

    @property
    def codes(self) -> frozenset[str]:
        """Every code the policy says it knows: evaluated and skipped together."""
        return frozenset(self.evaluated) | {entry.code for entry in self.skipped}


class Failure(Frozen):
    """The gate could not decide: which part failed and how, in words for the person refused."""

    part: Literal["review", "manifest", "evidence", "engine", "gate"]
    reason: str
    """Short machine word: `unavailable`, `timeout`, `decision_invalid`, `overloaded`, `internal`."""
    message: str


class Verdict(Frozen):
    """The outcome of one request: exactly one of the three ways an object is answered.

    `judged` carries the decision, `failed` the failure, `skipped` the reason no rule applies.
    """

    outcome: Literal["judged", "failed", "skipped"]
    allowed: bool
    reason: str
    decision: Decision | None = None
    failure: Failure | None = None

    @model_validator(mode="after")
    def _only_an_explicit_allow_allows(self) -> Verdict:
        if self.outcome == "judged" and (self.decision is None or self.allowed != self.decision.allow):
            raise ValueError("a judged verdict follows its decision")
        if self.outcome == "failed" and self.failure is None:
            raise ValueError("a failed verdict names its failure")
        return self
