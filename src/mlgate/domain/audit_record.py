"""One decision, as it is recorded: who asked what, what was decided by which policy, and why.

No secrets, no card text; user ids only as far as policy needed them.
"""

from __future__ import annotations

from mlgate.domain.base import Frozen


class AuditRecord(Frozen):
    """The record of one review, written once as one JSON line."""

    decision_id: str
    evaluated_at: str
    origin: str
    uid: str | None
    operation: str
    dry_run: bool
    group: str
    version: str
    kind: str
    namespace: str | None
    name: str | None
    sub_resource: str | None
    username: str | None
    groups: tuple[str, ...]
    outcome: str
    allowed: bool
    reason: str
    profile: str | None
    tier: str | None
    classification: str | None
    mode: str | None
    revision: str | None
    violations: tuple[str, ...]
    warnings: tuple[str, ...]
    audited: tuple[str, ...]
    waived: tuple[str, ...]
    """Codes of the four lists, with their terms as `code` or `code[term]`."""
    suppressed: int
    skipped: tuple[str, ...]
    models: tuple[str, ...]
    """Addresses of the models, without user information; of a query only the revision is shown."""
    cards: tuple[str, ...]
    """`<reference>@<digest>` of every card that was read."""
    unavailable: tuple[str, ...]
    evidence_source: str
    """`cluster`, `files` or `none`; files never stand for a cluster unseen."""
    stage_seconds: dict[str, float]
    """Seconds spent per stage of the gate."""
