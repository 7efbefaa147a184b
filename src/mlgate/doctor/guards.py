"""The policies of the API server that guard records: whether they stand as they were shipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.shipped import guard_file
from mlgate.doctor.snapshot import Listing, Object, Snapshot
from mlgate.errors import CardInvalid
from mlgate.evidence.digest import canonical_digest
from mlgate.evidence.guards import BINDING, POLICY, KnownGuard, known_guards, was_edited
from mlgate.evidence.looked import entries, field
from mlgate.evidence.times import metadata, name_of

_DENY = "Deny"


def check_guards(snapshot: Snapshot) -> Iterator[Finding]:
    """Guards of this release that are missing, changed, edited meanwhile or bound to nothing."""
    for kind, guards in known_guards().items():
        yield from _policy(snapshot.policies, kind, guards[-1])
        yield from _binding(snapshot.bindings, kind, guards[-1])


def _policy(listing: Listing, kind: str, guard: KnownGuard) -> Iterator[Finding]:
    if listing is None:
        return
    subject = Subject(kind=POLICY, name=guard.name)
    stored = _named(listing, guard.name)
    file = str(guard_file(kind))
    if stored is None:
        message = f"nothing in the API server checks who creates a {kind}"
        yield finding("guard.policy_missing", subject, message, file=file)
    elif not _is_shipped(stored, guard.policy):
        message = f"what guards a {kind} differs from what mlgate ships, so that it vouches for none"
        yield finding("guard.policy_changed", subject, message, file=file)
    elif was_edited(stored):
        yield finding("guard.edited", subject, _edited(stored, kind), file=file)


def _binding(listing: Listing, kind: str, guard: KnownGuard) -> Iterator[Finding]:
    if listing is None:
        return
    subject = Subject(kind=BINDING, name=guard.name)
    stored = _named(listing, guard.name)
    file = str(guard_file(kind))
    if stored is None:
        message = f"the policy that guards a {kind} is bound to nothing, so that it checks none"
        yield finding("guard.binding_missing", subject, message, file=file)
    elif _DENY not in entries(field(stored, "spec", "validationActions")):
        actions = ", ".join(map(str, entries(field(stored, "spec", "validationActions")))) or "nothing"
        message = f"a {kind} that the guard does not accept is stored all the same: its action is {actions}"
        yield finding("guard.binding_not_deny", subject, message, file=file)
    elif not _is_shipped(stored, guard.binding):
        message = f"how the guard of a {kind} is bound differs from what mlgate ships: it vouches for none"
        yield finding("guard.binding_changed", subject, message, file=file)
    elif was_edited(stored):
        yield finding("guard.edited", subject, _edited(stored, kind), file=file)


def _edited(stored: Object, kind: str) -> str:
    generation = metadata(stored).get("generation")
    return (
        f"what guards a {kind} is as shipped, and was edited since it was created (generation {generation}):"
        " what it let pass in between nobody can tell, so that it vouches for none"
    )


def _named(listing: tuple[Object, ...], name: str) -> Object | None:
    """The object, unless it is being deleted."""
    found = (entry for entry in listing if name_of(entry) == name)
    return next((entry for entry in found if not metadata(entry).get("deletionTimestamp")), None)


def _is_shipped(stored: Object, digest: str) -> bool:
    spec: Any = stored.get("spec")
    try:
        return canonical_digest(spec) == digest
    except CardInvalid:
        return False
