"""Operation: monitoring, rollback, incidents."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.model_card.parts import Amount, CardPart, Date, Name, Number


class Signal(CardPart):
    """One signal that is watched in production."""

    kind: Literal[
        "performance",
        "dataDrift",
        "modelDrift",
        "fairness",
        "bulkQueries",
        "outOfRangeInputs",
        "unexpectedSource",
    ]
    """What is watched."""
    metric: str | None = None
    """Metric or query."""
    baseline: Number | None = None
    """Value at release."""
    limit: Number | None = None
    """Value that counts as failure."""
    direction: Literal["max", "min"] | None = None
    """max: the limit is a ceiling; min: a floor."""
    alert_at: Number | None = None
    """Value at which people are alerted."""
    attributes: tuple[str, ...] | None = None
    """Sensitive attributes it is split by; for fairness."""


class Monitoring(CardPart):
    """What is watched in production."""

    dashboard: str | None = None
    """Address of the dashboard."""
    runbook: str | None = None
    """What to do when a signal breaches its limit."""
    signals: tuple[Signal, ...] | None = None
    """Signals with limits."""


class Rollback(CardPart):
    """How to get back to a known state."""

    strategy: Literal["previousVersion", "fallbackProcess", "disable"] | None = None
    """What replaces this version."""
    target_version: str | None = None
    """Version to return to; for previousVersion."""
    procedure: str | None = None
    """Where the procedure is kept."""
    max_minutes: Amount | None = None
    """Longest time it takes."""
    last_tested_at: Date | None = None
    """Last successful rehearsal."""


class SeverityLevel(CardPart):
    """A severity level of the incident plan."""

    name: Name
    """Level."""
    respond_within_minutes: Amount | None = None
    """Time to first response."""


class IncidentResponse(CardPart):
    """What happens when the model does harm."""

    plan: str | None = None
    """Where the plan is kept."""
    contacts: tuple[str, ...] | None = None
    """Who is called."""
    notify_within_hours: Amount | None = None
    """Time to notify those affected and the authority."""
    scenarios: (
        tuple[
            Literal[
                "wrongDecisions", "fairnessBreach", "dataTheft", "modelTheft", "privacyBreach", "evasion"
            ],
            ...,
        ]
        | None
    ) = None
    """Cases the plan covers."""
    severity_levels: tuple[SeverityLevel, ...] | None = None
    """Levels with response times."""
