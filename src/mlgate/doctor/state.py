"""The running gate: whether it is ready, what it judges by, and what becomes of a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from mlgate import __version__
from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import GateState, Snapshot
from mlgate.evidence.looked import entries, field
from mlgate.parsing.times import normalise_time

OLDEST_OPA = (1, 21, 3)
"""Before, OPA could be made to load a bundle without looking at its signature (GHSA-g2pf-6v5v-qcc8)."""
POLICY_AGE = timedelta(days=90)
_DOES = {"audit": "records", "warn": "warns"}
_RELEASE = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-.+)?")


def check_state(snapshot: Snapshot) -> Iterator[Finding]:
    """What the gate says of itself, and what it is set up to do."""
    if snapshot.gate is not None:
        yield from _gate(snapshot, snapshot.gate)
    elif snapshot.called and snapshot.entries:
        message = "nobody who is believed answers as mlgate where reviews are sent"
        yield _told(snapshot, "gate.not_answering", message)
    yield from _deciding(snapshot)


def _told(snapshot: Snapshot, code: str, message: str, **parts: str) -> Finding:
    subject = Subject(kind="Deployment", name="mlgate", namespace=snapshot.home)
    return finding(code, subject, message, fails_open=snapshot.fails_open, namespace=snapshot.home, **parts)


def _gate(snapshot: Snapshot, gate: GateState) -> Iterator[Finding]:
    problems = field(dict(gate.ready), "problems")
    if gate.ready.get("ready") is not True:
        named = problems if isinstance(problems, dict) else {}
        told = "; ".join(f"{part}: {problem}" for part, problem in named.items()) or "it does not say why"
        yield _told(snapshot, "gate.not_ready", f"the gate at {gate.place} is not ready: {told}")
    notes = [str(note) for note in entries(gate.ready.get("notes"))]
    if notes:
        yield _told(snapshot, "gate.certificate_refused", f"the gate at {gate.place}: {'; '.join(notes)}")
    yield from _policy(snapshot, gate)
    yield from _versions(snapshot, gate)


def _policy(snapshot: Snapshot, gate: GateState) -> Iterator[Finding]:
    policy: Any = gate.ready.get("policy")
    refused = field(policy, "refused")
    if refused:
        message = (
            f"the newest policy is refused since {field(refused, 'since')}, and {field(policy, 'revision')} "
            f"judges on: {field(refused, 'problem')}"
        )
        yield _told(snapshot, "gate.policy_refused", message)
    loaded = _moment(field(policy, "loadedAt"))
    if loaded is not None and snapshot.at - loaded > POLICY_AGE:
        days = (snapshot.at - loaded).days
        message = f"policy {field(policy, 'revision')} was loaded {days} days ago, and none since"
        yield _told(snapshot, "gate.policy_old", message)


def _versions(snapshot: Snapshot, gate: GateState) -> Iterator[Finding]:
    running, opa = gate.version.get("mlgate"), gate.version.get("opa")
    if running != __version__:
        message = f"the gate is mlgate {running}, and this is {__version__}: what it knows may differ"
        yield _told(snapshot, "gate.version_differs", message)
    found = _RELEASE.fullmatch(opa) if isinstance(opa, str) else None
    if found is None:
        yield _told(snapshot, "gate.opa_unknown", "the gate does not say which OPA judges")
    elif tuple(int(found[part]) for part in (1, 2, 3)) < OLDEST_OPA:
        message = f"OPA {opa} may load a bundle whose signature nobody has looked at"
        yield _told(snapshot, "gate.opa_old", message)


def _deciding(snapshot: Snapshot) -> Iterator[Finding]:
    deciding = snapshot.deciding
    if deciding is None:
        return
    if deciding.on_error != "deny":
        message = f"what cannot be judged is let through (onError {deciding.on_error}, in {deciding.source})"
        yield _told(snapshot, "gate.fails_open", message)
    lax = {profile: mode for profile, mode in deciding.modes.items() if mode != "enforce"}
    for profile, mode in sorted(lax.items()):
        message = f"profile {profile} only {_DOES.get(mode, mode)}: nothing is refused ({deciding.source})"
        yield _told(snapshot, "gate.mode_not_enforced", message, profile=profile)


def _moment(text: Any) -> datetime | None:
    found = normalise_time(text)
    return datetime.fromisoformat(found) if found is not None else None
