"""What becomes of a code in each profile: enforcement, the site's settings and the mode taken together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mlgate.parsing.times import normalise_time
from mlgate.policy.catalog import Entry
from mlgate.policy.overrides import RANK
from mlgate.policy.workbench.enforcement import PROFILES, Enforced
from mlgate.policy.workbench.library import Library
from mlgate.policy.workbench.listing import subject
from mlgate.policy.workbench.matrix.model import ELSEWHERE, UNSET, Cell, Raised

CEILINGS = {"enforce": "deny", "warn": "warn", "audit": "audit"}
"""The strictest that is left of an action in each mode."""
NEVER_LOWERED = frozenset({"input", "settings"})
"""Subjects that no mode lowers."""
RECORDS = frozenset({"signOff", "waiver"})
"""Objects about which nothing is lowered by a mode: they would outlive it."""


def cells(policy: Library, settings: Any, code: str, at: str | None) -> dict[str, Cell]:
    """By profile, what becomes of a code.

    Args:
        policy: the policy with the site's settings.
        settings: the settings in force.
        code: the code.
        at: the moment it is asked for; a rule that only warns until a date does so where none is given.
    """
    entry, modes = policy.entry(code), settings.get("decision", {}).get("mode", {})
    return {
        profile: _cell(entry, found, settings, _ceiling(code, entry, modes.get(profile), at), profile)
        for profile, found in policy.enforced(code).items()
    }


def _cell(entry: Entry, found: Enforced, settings: Any, ceiling: str, profile: str) -> Cell:
    if profile not in entry["appliesWhen"].get("profiles", PROFILES):
        return Cell(ELSEWHERE)
    keys = entry.get("configuredBy", ())
    if keys and all(unset(settings, key, profile) for key in keys):
        return Cell(UNSET)
    action = _at_most(found.action, ceiling)
    raises = (Raised(_at_most(each.action, ceiling), each.case) for each in found.raises)
    return Cell(
        action,
        tuple(each for each in raises if RANK[each.action] > RANK[action]),
        None if action == found.shipped else found.shipped,
    )


def _ceiling(code: str, entry: Entry, mode: str | None, at: str | None) -> str:
    """The strictest that a code comes to in a mode, and before its date."""
    begins = normalise_time(str(entry.get("effectiveOn")))
    early = begins is not None and (at is None or datetime.fromisoformat(at) < datetime.fromisoformat(begins))
    fixed = subject(code) in NEVER_LOWERED or RECORDS.issuperset(entry["appliesWhen"]["objects"])
    by_mode = "deny" if fixed or mode is None else CEILINGS[mode]
    return _at_most(by_mode, "warn") if early else by_mode


def _at_most(action: str, ceiling: str) -> str:
    return min(action, ceiling, key=RANK.__getitem__)


def unset(settings: Any, key: str, profile: str) -> bool:
    """Whether a setting has no value; a map by profile counts by the entry of the profile."""
    group, _, name = key.partition(".")
    value = settings.get(group, {}).get(name)
    if isinstance(value, Mapping) and value.keys() <= set(PROFILES):
        return not _given(value.get(profile))
    return not _given(value)


def _given(value: Any) -> bool:
    """As the policy sees it: zero and false are values."""
    return value not in (None, "", [], {}, ())
