"""Waivers, as the objects state them. Whether one applies to a finding is for policy."""

from __future__ import annotations

from typing import Any

from mlgate.domain.evidence import WaivedWorkload, Waiver, WaiverSubject
from mlgate.evidence.guards import Guard
from mlgate.evidence.records import WaiverSpec
from mlgate.evidence.shapes import Reader, shape_of
from mlgate.evidence.sign_offs import BEING_DELETED
from mlgate.evidence.times import created_at, metadata, name_of


def read_waiver(
    stored: dict[str, Any], guard: Guard, evaluated_at: str, *, under_review: bool = False
) -> Waiver:
    """One Waiver object; what cannot be read of it is null and named."""
    reader = Reader()
    spec = reader.read(shape_of(WaiverSpec), stored.get("spec"), "spec") or {}
    created = created_at(stored) or evaluated_at
    deleted = (BEING_DELETED,) if metadata(stored).get("deletionTimestamp") else ()
    return Waiver(
        assurance=guard.assurance(created),
        name=name_of(stored),
        namespace=metadata(stored).get("namespace") or "",
        codes=tuple(spec.get("codes") or ()),
        terms=tuple(spec.get("terms") or ()),
        subject=_subject(spec.get("subject") or {}),
        reason=spec.get("reason"),
        ticket=spec.get("ticket"),
        requested_by=spec.get("requestedBy"),
        approved_by=spec.get("approvedBy"),
        created_at=evaluated_at if under_review else created,
        expires_at=spec.get("expiresAt"),
        problems=reader.problems + deleted,
    )


def _subject(subject: dict[str, Any]) -> WaiverSubject:
    workload = subject.get("workload") or {}
    kind, name, namespace = (workload.get(key) for key in ("kind", "name", "namespace"))
    return WaiverSubject(
        model=subject.get("model"),
        version=subject.get("version"),
        digest=subject.get("digest"),
        workload=WaivedWorkload(kind=kind, name=name, namespace=namespace) if kind and name else None,
    )
