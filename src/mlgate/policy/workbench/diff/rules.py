"""What METADATA, settings and files of two policies say differently."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import PolicyError
from mlgate.policy.archive import unpack
from mlgate.policy.catalog import Entry
from mlgate.policy.contents import contents_of
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.overrides import RANK
from mlgate.policy.workbench.enforcement import Enforced, enforced
from mlgate.policy.workbench.library import merged

TOLD = (
    "severity",
    "title",
    "message",
    "fix",
    "appliesWhen",
    "effectiveOn",
    "needs",
    "configuredBy",
    "pair",
    "per",
    "topLevelOnly",
)
"""Keys of METADATA that are told of when they change, beside the enforcement."""
WIDEST = "any"
"""In a list of objects: all of them."""


@dataclass(frozen=True)
class Policy:
    """One of the two policies."""

    manifest: BundleManifest
    data: Mapping[str, Any]
    """`data.mlgate`."""
    files: Mapping[str, str]
    """Hash of every Rego file."""

    @property
    def rules(self) -> Mapping[str, Entry]:
        """METADATA by code."""
        found: Mapping[str, Entry] = self.data["catalog"]
        return found

    @property
    def settings(self) -> Json:
        """The settings in force."""
        return merged(self.data.get("settings", {}), self.data.get("overrides", {}))

    def enforced(self, code: str) -> dict[str, Enforced]:
        """How strictly a code is enforced, by profile."""
        own = self.data.get("overrides", {}).get("enforcement", {}).get("overrides", {}).get(code, {})
        return enforced(self.rules[code], own)


@dataclass(frozen=True)
class Change:
    """One thing that METADATA says of a code in another way."""

    code: str
    what: str
    """A key of METADATA, or `enforcement` and the profile."""
    before: str
    after: str
    loosens: bool
    """Whether it alone lets something pass that was refused or told; of other changes the corpus decides."""


@dataclass(frozen=True)
class SettingChange:
    """One setting with another value."""

    key: str
    before: Json
    after: Json


def read_policy(manifest: BundleManifest) -> Policy:
    """A policy out of its bundle.

    Raises:
        PolicyError: the bundle cannot be read.
    """
    if manifest.path is None:
        raise PolicyError(f"the bundle of {manifest.revision} is not here")
    try:
        files = unpack(manifest.path.read_bytes())
    except OSError as error:
        raise PolicyError(f"bundle {manifest.path}: {error.strerror or error}") from error
    rego = {name: hashlib.sha256(text).hexdigest() for name, text in files.items() if name.endswith(".rego")}
    return Policy(manifest, contents_of(files).data, rego)


def changes(old: Policy, new: Policy, at: str) -> Iterator[Change]:
    """What is said of the codes that both have.

    Args:
        old: the policy before.
        new: the policy after.
        at: the moment (RFC 3339, UTC) at which they are compared: a rule may only warn until a later one.
    """
    for code in sorted(old.rules.keys() & new.rules.keys()):
        before, after = old.enforced(code), new.enforced(code)
        for profile, held in before.items():
            holds = after[profile]
            if held.action != holds.action or held.raises != holds.raises:
                what = f"enforcement in {profile}"
                yield Change(code, what, _strictness(held), _strictness(holds), _weaker(held, holds))
        for key in TOLD:
            was, is_ = old.rules[code].get(key), new.rules[code].get(key)
            if was != is_:
                yield Change(code, key, _shown(was), _shown(is_), _loosens(key, was, is_, at))


def setting_changes(old: Json, new: Json, key: str = "") -> Iterator[SettingChange]:
    """Every setting that has another value, by its dotted name."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted(old.keys() | new.keys()):
            yield from setting_changes(old.get(name), new.get(name), f"{key}.{name}" if key else name)
    elif old != new:
        yield SettingChange(key, old, new)


def removal_loosens(old: Policy, code: str) -> bool:
    """Whether a code that is gone could refuse or tell of anything."""
    return any(held.actions != {"off"} for held in old.enforced(code).values())


def _strictness(held: Enforced) -> str:
    return ", ".join([held.action, *(entry.text for entry in held.raises)])


def _weaker(held: Enforced, holds: Enforced) -> bool:
    """Whether there is a tier and a classification for which less is enforced."""
    every = (*held.raises, *holds.raises)
    tiers = {None, *(name for entry in every for name in entry.tiers)}
    classifications = {None, *(name for entry in every for name in entry.classifications)}
    return any(
        _rank(holds, tier, classification) < _rank(held, tier, classification)
        for tier in tiers
        for classification in classifications
    )


def _rank(held: Enforced, tier: str | None, classification: str | None) -> int:
    """How strictly it is enforced for objects of a tier and a classification."""
    applied = (
        entry.action
        for entry in held.raises
        if (not entry.tiers or tier in entry.tiers)
        and (not entry.classifications or classification in entry.classifications)
    )
    return max(RANK[action] for action in (held.action, *applied))


def _loosens(key: str, was: Any, is_: Any, at: str) -> bool:
    if key == "effectiveOn":
        return isinstance(is_, str) and is_ > at and not (isinstance(was, str) and was >= is_)
    if key != "appliesWhen" or not isinstance(was, Mapping) or not isinstance(is_, Mapping):
        return False
    return any(_narrower(was.get(name), is_[name]) for name in is_)


def _narrower(was: Any, is_: Any) -> bool:
    """Whether a list of what a rule is about lost something; without a list it is about everything."""
    if not isinstance(is_, list) or WIDEST in is_:
        return False
    return not isinstance(was, list) or bool(set(was) - set(is_))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "nothing" if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)
