"""Make the record of one decision: no secrets, no card text, user ids only as policy needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlgate.domain.audit_record import AuditRecord
from mlgate.domain.decision import Decision, Finding, Verdict
from mlgate.domain.evidence import Card, Unavailable
from mlgate.domain.request import Request
from mlgate.domain.workload import ServedModel, Workload

_MAX_ADDRESS = 512
_MAX_ADDRESSES = 100
"""A manifest may name thousands of models; one review must not fill the log."""


def _addresses(models: tuple[ServedModel, ...]) -> tuple[str, ...]:
    """The addresses of the models, as far as a log needs them."""
    shown = tuple(_address(model) for model in models[:_MAX_ADDRESSES])
    hidden = len(models) - len(shown)
    return (*shown, f"and {hidden} more") if hidden else shown


def _address(model: ServedModel) -> str:
    """The address of a model, cut; of its query only the revision, for a signed URL is a credential."""
    place, mark, query = model.uri.partition("?")
    shown = place + mark + "&".join(_masked(pair, model.revision) for pair in query.split("&") if pair)
    return shown if len(shown) <= _MAX_ADDRESS else f"{shown[:_MAX_ADDRESS]}…"


def _masked(pair: str, revision: str | None) -> str:
    key, equals, value = pair.partition("=")
    if not equals:
        return "***"
    return pair if value == revision else f"{key}=***"


def _named(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Findings as `code`, or `code[term]` where one code speaks of several things."""
    return tuple(f"{item.code}[{item.term}]" if item.term else item.code for item in findings)


def _of_decision(decision: Decision | None) -> dict[str, object]:
    """The parts of a record that come from the decision; empty when none was made."""
    if decision is None:
        return {
            "profile": None, "tier": None, "classification": None, "mode": None, "revision": None,
            "violations": (), "warnings": (), "audited": (), "waived": (), "suppressed": 0, "skipped": (),
        }  # fmt: skip
    return {
        "profile": decision.profile,
        "tier": decision.tier,
        "classification": decision.classification,
        "mode": decision.mode,
        "revision": decision.revision,
        "violations": _named(decision.violations),
        "warnings": _named(decision.warnings),
        "audited": _named(decision.audited),
        "waived": _named(decision.waived),
        "suppressed": decision.suppressed,
        "skipped": tuple(entry.code for entry in decision.skipped),
    }


def record_decision(
    request: Request,
    verdict: Verdict,
    *,
    decision_id: str,
    evaluated_at: str,
    workload: Workload | None,
    cards: Iterable[Card],
    unavailable: Iterable[Unavailable],
    evidence_source: str,
    stage_seconds: Mapping[str, float],
) -> AuditRecord:
    """The record of one review. Pure: writing it is the sink's work."""
    user = request.user_info
    return AuditRecord.model_validate(
        {
            "decision_id": decision_id,
            "evaluated_at": evaluated_at,
            "origin": request.origin,
            "uid": request.uid,
            "operation": request.operation,
            "dry_run": request.dry_run,
            "group": request.kind.group,
            "version": request.kind.version,
            "kind": request.kind.kind,
            "namespace": request.namespace,
            "name": request.name,
            "sub_resource": request.sub_resource,
            "username": user.username if user else None,
            "groups": user.groups if user else (),
            "outcome": verdict.outcome,
            "allowed": verdict.allowed,
            "reason": verdict.reason,
            "models": _addresses(workload.models) if workload else (),
            "cards": tuple(f"{card.source.reference}@{card.digest or card.status}" for card in cards),
            "unavailable": tuple(f"{entry.lookup}:{entry.reason}" for entry in unavailable),
            "evidence_source": evidence_source,
            "stage_seconds": {stage: round(seconds, 6) for stage, seconds in stage_seconds.items()},
            **_of_decision(verdict.decision),
        }
    )
