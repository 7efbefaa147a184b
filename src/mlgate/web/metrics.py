"""Prometheus metrics of one server, in a registry of their own.

Label values come from closed sets (kinds of the table, codes of the policy, stages of the
gate), so that no caller can grow the number of series.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from mlgate.domain.decision import Decision, Failure, Verdict
from mlgate.gate import Judgement
from mlgate.policy.contents import PROFILES
from mlgate.workloads.kinds.table import is_known_kind

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

DROPPED = (
    "displaced",
    "refused",
    "exhausted",
    "handshake_timeout",
    "handshake_failed",
    "client_certificate",
    "head_timeout",
    "answer_timeout",
    "no_room",
    "bad_request",
)
"""Every reason for which a connection is dropped."""


class Metrics:
    """What the server counts."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.reviews = Counter(
            "mlgate_reviews", "Reviews answered, by kind and verdict.", ["kind", "verdict"], registry=registry
        )
        self.findings = Counter(
            "mlgate_findings", "Findings, by code and what they led to.", ["code", "list"], registry=registry
        )
        self.decisions = Counter(
            "mlgate_decisions",
            "Decisions, by profile, mode in force and the strictest list with a finding.",
            ["profile", "mode", "strictest"],
            registry=registry,
        )
        self.stages = Histogram(
            "mlgate_stage_seconds",
            "Seconds per stage of the gate.",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.failures = Counter(
            "mlgate_failures",
            "Reviews the gate could not judge, by part and reason.",
            ["part", "reason"],
            registry=registry,
        )
        self.engine_errors = Counter(
            "mlgate_opa_errors", "OPA gave no usable decision, by reason.", ["reason"], registry=registry
        )
        self.allow_on_error = Gauge(
            "mlgate_on_error_allow",
            "Whether objects that cannot be judged are let through (decision.onError): 1, or 0.",
            registry=registry,
        )
        self.fail_open = Counter(
            "mlgate_allowed_on_error", "Reviews let through because onError is allow.", registry=registry
        )
        self.bad_calls = Counter(
            "mlgate_bad_calls", "Calls that were no review, by status.", ["status"], registry=registry
        )
        self.in_flight = Gauge("mlgate_reviews_in_flight", "Reviews being judged now.", registry=registry)
        self.held_bytes = Gauge(
            "mlgate_held_bytes", "Bytes of reviews that are being sent or judged now.", registry=registry
        )
        self.connections = Gauge(
            "mlgate_connections", "Connections, in their handshake too.", registry=registry
        )
        self.dropped = Counter(
            "mlgate_connections_dropped",
            "Connections ended by the server before they were done, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in DROPPED:
            self.dropped.labels(reason)

    def count(self, judgement: Judgement) -> None:
        """Count one judgement."""
        record, verdict = judgement.record, judgement.verdict
        known = is_known_kind(record.group, record.kind)
        self.reviews.labels(record.kind if known else "other", _outcome(verdict)).inc()
        for stage, seconds in record.stage_seconds.items():
            self.stages.labels(stage).observe(seconds)
        if verdict.decision is not None:
            decision = verdict.decision
            profile = decision.profile if decision.profile in PROFILES else "other"
            self.decisions.labels(profile, decision.mode, _strictest(decision)).inc()
            for name in ("violations", "warnings", "audited", "waived"):
                for finding in getattr(verdict.decision, name):
                    self.findings.labels(finding.code, name).inc()
        if verdict.failure is not None:
            self._count_failure(verdict.failure, allowed=verdict.allowed)

    def _count_failure(self, failure: Failure, *, allowed: bool) -> None:
        """Count a review that could not be judged."""
        self.failures.labels(failure.part, failure.reason).inc()
        if failure.part == "engine":
            self.engine_errors.labels(failure.reason).inc()
        if allowed:
            self.fail_open.inc()

    def drop(self, reason: str) -> None:
        """Count a connection that was dropped."""
        self.dropped.labels(reason).inc()

    def text(self) -> bytes:
        """The exposition in Prometheus' text format."""
        return generate_latest(self.registry)


def _strictest(decision: Decision) -> str:
    """The strictest list that holds something; where a mode lowers, denials stand in a later one."""
    lists = ("violations", "warnings", "audited")
    return next((name for name in lists if getattr(decision, name)), "none")


def _outcome(verdict: Verdict) -> str:
    """The label for one verdict."""
    if verdict.outcome == "failed":
        return "error_allowed" if verdict.allowed else "error_denied"
    if verdict.outcome == "skipped":
        return "skipped"
    return "allowed" if verdict.allowed else "denied"
