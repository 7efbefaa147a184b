"""The codes of a policy that somebody looks for, and what is said of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.library import Library

KEPT = (
    "title",
    "description",
    "severity",
    "priority",
    "per",
    "appliesWhen",
    "topLevelOnly",
    "needs",
    "configuredBy",
    "effectiveOn",
    "settings",
    "alsoUses",
    "controls",
    "message",
    "fix",
)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; an empty list asks for nothing."""

    subjects: Sequence[str] = ()
    severities: Sequence[str] = ()
    frameworks: Sequence[str] = ()
    profiles: Sequence[str] = ()
    """With one: codes that are enforced there at all."""
    actions: Sequence[str] = ()
    """What a code can come to, in the profiles that are asked for."""

    @property
    def shown_profiles(self) -> Sequence[str]:
        """The profiles that are told of."""
        return [profile for profile in PROFILES if profile in self.profiles] or PROFILES


def codes(policy: Library, wanted: Wanted) -> Iterator[str]:
    """The codes that fit, in order."""
    for code in sorted(policy.catalog.codes):
        if _fits(policy, code, wanted):
            yield code


def described(policy: Library, code: str) -> dict[str, Any]:
    """All that is known of a code, as `--output json` prints it."""
    entry = policy.entry(code)
    place = policy.places[code]
    return {
        "code": code,
        "subject": subject(code),
        **{key: entry.get(key) for key in KEPT},
        "enforcement": {profile: found.wire() for profile, found in policy.enforced(code).items()},
        "references": policy.references(code),
        "own": not policy.space.whole and place.name in policy.space.own,
        "file": policy.space.shown(place.name),
        "line": place.line,
    }


def subject(code: str) -> str:
    """The part of a code before the dot."""
    return code.split(".", maxsplit=1)[0]


def _fits(policy: Library, code: str, wanted: Wanted) -> bool:
    entry = policy.entry(code)
    return (
        _among(wanted.subjects, {subject(code)})
        and _among(wanted.severities, {entry["severity"]})
        and _among(wanted.frameworks, {reference["framework"] for reference in policy.references(code)})
        and _enforced_so(policy, code, wanted)
    )


def _enforced_so(policy: Library, code: str, wanted: Wanted) -> bool:
    """Whether it is enforced as asked for, in the profiles that its METADATA does not leave out."""
    about = policy.entry(code)["appliesWhen"].get("profiles", PROFILES)
    by_profile = policy.enforced(code)
    profiles = [profile for profile in wanted.shown_profiles if profile in about]
    actions = {action for profile in profiles for action in by_profile[profile].actions}
    if wanted.actions:
        return _among(wanted.actions, actions)
    return not wanted.profiles or bool(actions - {"off"})


def _among(wanted: Sequence[str], found: Collection[str]) -> bool:
    return not wanted or any(name in found for name in wanted)
