"""Write decision records as log lines, so that whatever collects logs has every decision."""

from __future__ import annotations

from typing import Protocol

from mlgate.domain.audit_record import AuditRecord
from mlgate.logs import get_logger


class AuditSink(Protocol):
    """Where decision records go."""

    def write(self, record: AuditRecord) -> None:
        """Keep one record."""
        ...


class LogSink:
    """One JSON line a decision, event `decision`; a refusal or a failure is a warning."""

    def write(self, record: AuditRecord) -> None:
        """Log the record."""
        logger = get_logger()
        fields = record.wire()
        if record.allowed and record.outcome != "failed":
            logger.info("decision", **fields)
        else:
            logger.warning("decision", **fields)


class NoSink:
    """Keeps nothing: a check on a laptop enforces nothing and is nobody's record."""

    def write(self, record: AuditRecord) -> None:
        """Drop the record."""
