"""All checks over one snapshot, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mlgate.doctor.definitions import check_definitions
from mlgate.doctor.entries import check_entries
from mlgate.doctor.finding import Finding
from mlgate.doctor.guards import check_guards
from mlgate.doctor.matching import check_matching
from mlgate.doctor.namespaces import check_namespaces
from mlgate.doctor.selection import check_selection
from mlgate.doctor.snapshot import Snapshot, Unread
from mlgate.domain.base import Frozen

EXIT_OPEN, EXIT_UNKNOWN = 1, 2
CHECKS: tuple[Callable[[Snapshot], Iterable[Finding]], ...] = (
    check_entries,
    check_matching,
    check_selection,
    check_guards,
    check_definitions,
    check_namespaces,
)


class Installation(Frozen):
    """What was examined."""

    configurations: tuple[str, ...]
    """Names of the webhook configurations with entries of mlgate."""
    namespace: str
    """Where mlgate runs, as far as can be told."""


class Counts(Frozen):
    """How many findings let models through."""

    yes: int
    possibly: int
    no: int
    unread: int


class Report(Frozen):
    """Everything one run found, worst first."""

    checked_at: str
    installation: Installation
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    summary: Counts

    @property
    def exit_code(self) -> int:
        """1 where models get through; 2 where something could not be looked at; else 0."""
        if self.summary.yes:
            return EXIT_OPEN
        return EXIT_UNKNOWN if self.unread else 0


def examine(snapshot: Snapshot) -> Report:
    """Whether the installation can refuse anything."""
    found = sorted((one for check in CHECKS for one in check(snapshot)), key=lambda one: one.rank)
    counts = [one.lets_models_through for one in found]
    return Report(
        checked_at=snapshot.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        installation=Installation(
            configurations=tuple(dict.fromkeys(entry.configuration for entry in snapshot.entries)),
            namespace=snapshot.home,
        ),
        findings=(*found,),
        unread=snapshot.unread,
        summary=Counts(
            yes=counts.count("yes"),
            possibly=counts.count("possibly"),
            no=counts.count("no"),
            unread=len(snapshot.unread),
        ),
    )
