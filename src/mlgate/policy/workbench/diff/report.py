"""All that differs between two policies, for people and programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from mlgate.policy.workbench.diff.rules import (
    Change,
    Policy,
    SettingChange,
    changes,
    removal_loosens,
    setting_changes,
)
from mlgate.policy.workbench.diff.verdicts import Moved, Pair, moved_codes, moved_verdicts
from mlgate.policy.workbench.enforcement import PROFILES

SHOWN = 5
"""Objects named in a line about a code that got stricter; programs are told all."""


@dataclass(frozen=True)
class Difference:
    """What the second policy does that the first does not."""

    old: Policy
    new: Policy
    changed: tuple[Change, ...]
    settings: tuple[SettingChange, ...]
    pairs: tuple[Pair, ...]
    objects: int
    """How many objects the corpus has; those no rule is asked about among them."""

    @property
    def added(self) -> list[str]:
        """Codes that only the second has."""
        return sorted(self.new.rules.keys() - self.old.rules.keys())

    @property
    def removed(self) -> list[str]:
        """Codes that only the first has."""
        return sorted(self.old.rules.keys() - self.new.rules.keys())

    @property
    def files(self) -> list[str]:
        """Rego files that only one has, or that are not the same."""
        before, after = self.old.files, self.new.files
        return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))

    @property
    def undecided(self) -> list[tuple[str, str, str]]:
        """Object, which policy, and why it came to no decision."""
        return [
            (pair.name, side, answer.trouble)
            for pair in self.pairs
            for side, answer in (("old", pair.old), ("new", pair.new))
            if answer.decision is None
        ]

    @property
    def verdicts(self) -> list[Moved]:
        """Objects with another verdict."""
        return list(moved_verdicts(self.pairs))

    @property
    def codes(self) -> list[Moved]:
        """Codes that came to something else for an object."""
        return list(moved_codes(self.pairs))

    @property
    def loosens(self) -> bool:
        """Whether anything that was refused, or told, passes now."""
        moved = any(entry.loosens for entry in (*self.verdicts, *self.codes))
        gone = any(removal_loosens(self.old, code) for code in self.removed)
        return moved or gone or any(change.loosens for change in self.changed)

    def wire(self) -> dict[str, Any]:
        """For programs."""
        moved = self.codes
        return {
            "old": _policy(self.old),
            "new": _policy(self.new),
            "added": self.added,
            "removed": self.removed,
            "changed": [asdict(change) for change in self.changed],
            "settings": [asdict(change) for change in self.settings],
            "files": self.files,
            "objects": self.objects,
            "judged": len(self.pairs),
            "verdicts": [_moved(entry) for entry in self.verdicts],
            "tightened": _by_code([entry for entry in moved if not entry.loosens]),
            "loosened": _by_code([entry for entry in moved if entry.loosens]),
            "undecided": [
                {"object": name, "policy": side, "reason": reason} for name, side, reason in self.undecided
            ],
            "loosens": self.loosens,
        }

    def text(self) -> Iterator[str]:
        """For a person: a line for each difference, those that loosen marked so."""
        yield f"old: {_told(self.old)}"
        yield f"new: {_told(self.new)}"
        for code in self.removed:
            mark = _mark(loosens=removal_loosens(self.old, code))
            yield f"{mark} {code}: removed ({_enforced(self.old, code)})"
        for code in self.added:
            yield f"+ {code}: added ({_enforced(self.new, code)})"
        for change in self.changed:
            told = f"{change.what}: {change.before} became {change.after}"
            yield f"{_mark(loosens=change.loosens)} {change.code}: {told}"
        for setting in self.settings:
            yield f"~ setting {setting.key}: {_value(setting.before)} became {_value(setting.after)}"
        if self.files:
            yield f"~ Rego: {', '.join(self.files)}"
        yield from self._corpus()

    def _corpus(self) -> Iterator[str]:
        for moved in self.verdicts:
            yield f"{_mark(loosens=moved.loosens)} {moved.name}: {moved.before} became {moved.after}"
        alike = sorted(self.codes, key=_way)
        for (code, tightens, before, after), entries in groupby(alike, key=_way):
            word = "tightened" if tightens else "loosened"
            names = _names([moved.name for moved in entries], whole=not tightens)
            yield f"{_mark(loosens=not tightens)} {code}: {word}: {before} became {after} for {names}"
        for name, side, reason in self.undecided:
            yield f"! {name}: the {side} policy came to no decision: {reason}"
        tightened = sum(not moved.loosens for moved in self.codes)
        loosened = len(self.codes) - tightened
        yield f"{self.objects} objects, {len(self.pairs)} judged: {tightened} tightened, {loosened} loosened"


def _way(moved: Moved) -> tuple[str, bool, str, str]:
    """What objects have in common that are told of in one line; what loosens comes first of its code."""
    return moved.code, not moved.loosens, moved.before, moved.after


def _names(names: list[str], *, whole: bool) -> str:
    """The objects of a line: all of those that pass now, the first few of the others."""
    if len(names) == 1:
        return names[0]
    shown = names if whole else names[:SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return f"{len(names)} objects: {', '.join(shown)}{more}"


def difference(old: Policy, new: Policy, pairs: tuple[Pair, ...], objects: int, at: str) -> Difference:
    """All that differs.

    Args:
        old: the policy before.
        new: the policy after.
        pairs: what both decided about the objects of the corpus.
        objects: how many objects the corpus has.
        at: the moment they are compared at.
    """
    settings = tuple(setting_changes(old.settings, new.settings))
    return Difference(old, new, tuple(changes(old, new, at)), settings, pairs, objects)


def _policy(policy: Policy) -> dict[str, Any]:
    manifest = policy.manifest
    return {"revision": manifest.revision, "version": manifest.version, "codes": len(manifest.codes)}


def _told(policy: Policy) -> str:
    return f"{policy.manifest.revision}, {len(policy.manifest.codes)} codes"


def _enforced(policy: Policy, code: str) -> str:
    held = policy.enforced(code)
    return ", ".join(f"{held[profile].short} in {profile}" for profile in PROFILES)


def _mark(*, loosens: bool) -> str:
    return "✗" if loosens else "~"


def _value(value: Any) -> str:
    return "nothing" if value is None else repr(value)


def _moved(entry: Moved) -> dict[str, Any]:
    return {"object": entry.name, "before": entry.before, "after": entry.after}


def _by_code(moved: list[Moved]) -> list[dict[str, Any]]:
    return [
        {"code": code, "objects": [_moved(entry) for entry in entries]}
        for code, entries in groupby(moved, key=lambda entry: entry.code)
    ]
