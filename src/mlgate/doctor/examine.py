"""All checks over one snapshot, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mlgate.doctor.account import check_account
from mlgate.doctor.certificates import check_certificates
from mlgate.doctor.definitions import check_definitions
from mlgate.doctor.entries import check_entries
from mlgate.doctor.finding import Finding
from mlgate.doctor.guards import check_guards
from mlgate.doctor.home import check_home
from mlgate.doctor.matching import check_matching
from mlgate.doctor.namespaces import check_namespaces
from mlgate.doctor.replicas import check_replicas
from mlgate.doctor.rights import check_rights
from mlgate.doctor.selection import check_selection
from mlgate.doctor.services import check_services
from mlgate.doctor.snapshot import Snapshot, Unread
from mlgate.doctor.state import check_state
from mlgate.doctor.trust import check_trust
from mlgate.domain.base import Frozen

EXIT_OPEN, EXIT_UNKNOWN = 1, 2
CHECKS: tuple[Callable[[Snapshot], Iterable[Finding]], ...] = (
    check_entries,
    check_matching,
    check_selection,
    check_guards,
    check_definitions,
    check_namespaces,
    check_home,
    check_services,
    check_certificates,
    check_state,
    check_replicas,
    check_trust,
    check_rights,
    check_account,
)


class RunningGate(Frozen):
    """The gate that answered."""

    place: str
    """Where it was called."""
    mlgate: str | None
    policy: str | None
    """The revision that judges."""
    opa: str | None


class Installation(Frozen):
    """What was examined."""

    configurations: tuple[str, ...]
    """Names of the webhook configurations with entries of mlgate."""
    namespace: str
    """Where mlgate runs, as far as can be told."""
    gate: RunningGate | None
    """Null where it was not reached."""


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
            gate=_gate(snapshot),
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


def _gate(snapshot: Snapshot) -> RunningGate | None:
    gate = snapshot.gate
    if gate is None:
        return None
    found = {name: gate.version.get(name) for name in ("mlgate", "policy", "opa")}
    return RunningGate(place=gate.place, **{name: value and str(value) for name, value in found.items()})
