"""The other objects of group mlgate.dev, as their CustomResourceDefinitions hold them.

A test holds these types and the definitions in `charts/mlgate/files/crds` equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mlgate.domain.model_card.governance import ApprovalRole
from mlgate.domain.model_card.parts import CardPart, Date, Digest, Name

ModelName = Annotated[str, Field(min_length=1, max_length=253)]
Version = Annotated[str, Field(min_length=1, max_length=128)]
Login = Annotated[str, Field(min_length=1, max_length=512)]
"""Name of a user in the cluster."""
Prose = Annotated[str, Field(min_length=1, max_length=4096)]
End = Annotated[Date, Field(max_length=40)]
"""A bare date is 00:00 UTC at the start of that day."""


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
    role: ApprovalRole
    """Role in which it is given; needs the verb approve on signoffroles of that name."""
    approver: Login
    """Login name of the creator."""
    decision: Literal["approved", "rejected"]
    """What was decided."""
    comment: Annotated[str, Field(max_length=4096)] | None = None
    """For people; no rule reads it."""
    expires_at: End | None = None
    """When it ends, if that is to be sooner than the settings make it end."""


class WaivedWorkloadSpec(CardPart):
    """Workload a waiver is for."""

    kind: Annotated[str, Field(min_length=1, max_length=63)]
    """Kind of the workload or of the owner that is judged for it; its API group is not compared."""
    name: Annotated[str, Field(min_length=1, max_length=253)]
    """Its name."""
    namespace: Annotated[str, Field(min_length=1, max_length=63)] | None = None
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

    codes: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=128)], ...], Field(min_length=1, max_length=64)
    ]
    """Codes to lift; no patterns."""
    terms: (
        Annotated[tuple[Annotated[str, Field(min_length=1, max_length=1024)], ...], Field(max_length=64)]
        | None
    ) = None
    """Terms to narrow it to; absent = all."""
    subject: WaiverSubjectSpec | None = None
    """What it is for."""
    reason: Prose
    """Why the risk is acceptable."""
    ticket: Annotated[str, Field(min_length=1, max_length=1024)]
    """Where it was discussed."""
    requested_by: Login
    """Login name of who asked."""
    approved_by: Login
    """Login name of the creator, who is somebody else."""
    expires_at: End
    """When its rules deny again."""


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
