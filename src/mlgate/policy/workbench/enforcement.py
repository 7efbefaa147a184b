"""How strictly a code is enforced in each profile, and what makes it stricter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from mlgate.policy.catalog import Entry
from mlgate.policy.metadata import ACTIONS
from mlgate.policy.overrides import RANK
from mlgate.policy.setting_values import Profile

PROFILES: tuple[str, ...] = get_args(Profile)
"""From the most relaxed to the strictest."""
STRICTEST = ACTIONS[0]
"""What holds for a profile of which METADATA says nothing."""


@dataclass(frozen=True)
class Raise:
    """A case in which a code is enforced more strictly."""

    action: str
    tiers: tuple[str, ...]
    """Any of them; all tiers where none is named."""
    classifications: tuple[str, ...]

    @property
    def case(self) -> str:
        """When, in words."""
        cases = [
            f"{word} {' or '.join(names)}"
            for word, names in (("tier", self.tiers), ("classification", self.classifications))
            if names
        ]
        return " and ".join(cases) or "all"

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.action} for {self.case}"


@dataclass(frozen=True)
class Enforced:
    """Enforcement of a code in one profile."""

    action: str
    shipped: str
    """What its METADATA says, without the site."""
    raises: tuple[Raise, ...]
    """Those that make it stricter, in the order of METADATA."""

    @property
    def actions(self) -> frozenset[str]:
        """All that it can come to."""
        return frozenset({self.action, *(entry.action for entry in self.raises)})

    @property
    def short(self) -> str:
        """The action, and the strictest that it can be raised to."""
        highest = max(self.actions, key=RANK.__getitem__)
        return self.action if highest == self.action else f"{self.action}→{highest}"

    def wire(self) -> dict[str, Any]:
        """As `--output json` prints it."""
        return {
            "action": self.action,
            "shipped": self.shipped,
            "raises": [asdict(entry) for entry in self.raises],
        }


def enforced(entry: Entry, own: Mapping[str, Any]) -> dict[str, Enforced]:
    """Enforcement by profile.

    Args:
        entry: the code in the catalogue.
        own: what the site says of the code, profile by profile; `raise` may be false.
    """
    return {profile: _in_profile(profile, entry, own) for profile in PROFILES}


def _in_profile(profile: str, entry: Entry, own: Mapping[str, Any]) -> Enforced:
    shipped = entry["enforcement"].get(profile, STRICTEST)
    action = own.get(profile, shipped)
    wanted = [] if own.get("raise") is False else entry.get("raise", [])
    raises = (
        Raise(each["to"][profile], tuple(each.get("tiers", ())), tuple(each.get("classifications", ())))
        for each in wanted
        if profile in each.get("to", {})
    )
    return Enforced(action, shipped, tuple(found for found in raises if RANK[found.action] > RANK[action]))
