"""Governance: decision log, reviews, approvals carried by the card."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlgate.domain.model_card.parts import CardPart, Date, Name

ApprovalRole = Literal["businessOwner", "modelRisk", "compliance", "legal", "privacy", "security", "product"]
"""In which a model can be approved: the one list of them; a test holds the definitions in the chart to it."""


class DecisionEntry(CardPart):
    """One entry of the decision log."""

    topic: Literal["algorithm", "fairness", "data", "tradeoff", "other"] | None = None
    """What it is about."""
    date: Date | None = None
    """When it was taken."""
    decision: Name
    """What was decided."""
    rationale: str | None = None
    """Why, and what was given up."""


class AuditFinding(CardPart):
    """A finding of a review or audit."""

    id: Name
    """Id of the finding."""
    due_at: Date | None = None
    """When it must be fixed."""
    closed_at: Date | None = None
    """When it was fixed; absent = open."""


class Review(CardPart):
    """A review, assessment, exercise, audit or certificate."""

    kind: Literal[
        "threatModel",
        "redTeam",
        "reidentification",
        "privacyImpact",
        "dataMinimization",
        "syntheticData",
        "risk",
        "compliance",
        "externalAudit",
        "certification",
        "incidentExercise",
    ]
    """What it is."""
    name: str | None = None
    """Which one; for certification the scheme: SOC 2 Type II, ISO/IEC 27001, ISO/IEC 42001, HIPAA
    evaluation.
    """
    date: Date | None = None
    """When it was finished."""
    by: str | None = None
    """Who did it."""
    independent: bool | None = None
    """Done by someone outside the organisation."""
    ai_qualified: bool | None = None
    """The auditor is experienced in AI systems."""
    outcome: Literal["passed", "accepted", "failed"] | None = None
    """Result; accepted = passed with accepted residual risk."""
    valid_until: Date | None = None
    """End of validity; for certificates."""
    report: str | None = None
    """Where the report is kept."""
    findings: tuple[AuditFinding, ...] | None = None
    """What it found."""


class ClaimedSignOff(CardPart):
    """An approval carried by the card: a claim, unless its statement verifies."""

    role: ApprovalRole
    """In which role."""
    approver: Name
    """Login name of the approver."""
    decision: Literal["approved", "rejected"] | None = None
    """What was decided."""
    issued_at: Date | None = None
    """When."""
    expires_at: Date | None = None
    """Until when it holds."""
    statement: Annotated[str, Field(max_length=65536)] | None = None
    """DSSE envelope (JSON) with an in-toto Statement of predicateType https://mlgate.dev/sign-
    off/v1alpha1. Its content replaces the fields above.
    """
