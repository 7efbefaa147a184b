"""The other objects of group mlgate.dev, as their CustomResourceDefinitions hold them.

A test holds these types and the definitions in `charts/mlgate/files/crds` equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlgate.domain.model_card.parts import CardPart, Date, Digest, Name

ModelName = Annotated[str, Field(min_length=1, max_length=253)]
Version = Annotated[str, Field(min_length=1, max_length=128)]


class SignOffSpec(CardPart):
    """An approval or rejection of one model version, given by the person who creates the object."""

    model: ModelName
    """Model name, as in the card."""
    version: Version
    """Model version, as in the card."""
    digest: Digest | None = None
    """Digest of the artifact; to be left out only if the card has none."""
    card_digest: Digest | None = None
    """Digest of the card that was read; `mlgate card digest` prints it."""
    role: Literal["businessOwner", "modelRisk", "compliance", "legal", "privacy", "security", "product"]
    """Role in which it is given; needs the verb approve on signoffroles of that name."""
    approver: Name
    """Login name of the creator."""
    decision: Literal["approved", "rejected"]
    """What was decided."""
    comment: str | None = None
    """For people; no rule reads it."""
    expires_at: Date | None = None
    """Earlier end of validity."""


class WaivedWorkloadSpec(CardPart):
    """Workload a waiver is for."""

    kind: Name
    """Kind of the workload or of the owner that is judged for it."""
    name: Name
    """Its name."""
    namespace: Name | None = None
    """Its namespace; left out, the one of the waiver, or any for a waiver that holds everywhere."""


class WaiverSubjectSpec(CardPart):
    """What a waiver is for: a workload, a digest, or a model with version."""

    model: ModelName | None = None
    """Model name, as in the card."""
    version: Version | None = None
    """Model version, as in the card."""
    digest: Digest | None = None
    """Digest of the artifact."""
    workload: WaivedWorkloadSpec | None = None
    """Workload it is for."""


class WaiverSpec(CardPart):
    """A documented exception, granted by the person who creates the object."""

    codes: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Codes to lift; no patterns."""
    terms: tuple[Name, ...] | None = None
    """Terms to narrow it to; absent = all."""
    subject: WaiverSubjectSpec | None = None
    """What it is for."""
    reason: Name
    """Why the risk is acceptable."""
    ticket: Name
    """Where it was discussed."""
    requested_by: Name
    """Login name of who asked."""
    approved_by: Name
    """Login name of the creator, who is somebody else."""
    expires_at: Date
    """End."""


class IncidentStatus(CardPart):
    """An incident on this version."""

    id: Name
    """Id in the incident tracker."""
    severity: Literal["low", "medium", "high", "critical"] | None = None
    """Absent counts as critical."""
    closed_at: Date | None = None
    """When it was closed; absent = open."""


class AlertStatus(CardPart):
    """An alert firing on this version."""

    name: Name
    """Name of the alert."""
    firing_since: Date | None = None
    """When it started."""
    acknowledged_at: Date | None = None
    """When someone took it; absent = nobody has."""


class ModelCardStatus(CardPart):
    """Written by the platform's monitoring and incident tools, never by card authors."""

    incidents: tuple[IncidentStatus, ...] | None = None
    """Incidents on this version."""
    alerts: tuple[AlertStatus, ...] | None = None
    """Alerts firing on this version."""
