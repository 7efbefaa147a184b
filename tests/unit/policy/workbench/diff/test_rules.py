"""What METADATA and settings say: every difference is told, and what is weaker is known to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.archive import pack
from mlgate.policy.contents import DATA, MANIFEST, manifest_of
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.workbench.diff.rules import (
    Change,
    Policy,
    SettingChange,
    changes,
    read_policy,
    removal_loosens,
    setting_changes,
)

AT = "2026-11-26T00:00:00Z"
STRICT = {"sandbox": "off", "development": "audit", "staging": "warn", "production": "deny"}
RAISE = [{"tiers": ["high"], "classifications": ["restricted"], "to": {"development": "deny"}}]
RULE: dict[str, Any] = {
    "severity": "high",
    "message": "m",
    "fix": "f",
    "appliesWhen": {"objects": ["serving", "training"]},
    "enforcement": STRICT,
}


def policy(rule: dict[str, Any] | None = None, overrides: dict[str, Any] | None = None) -> Policy:
    """A policy with one rule."""
    data: dict[str, Any] = {"catalog": {"a.b": rule or RULE}, "overrides": overrides or {}}
    return Policy(BundleManifest("v1", frozenset({"a.b"}), None), data, {})


def changed(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    return list(changes(policy(RULE | old), policy(RULE | new), AT))


def override(code: dict[str, Any]) -> dict[str, Any]:
    return {"enforcement": {"overrides": {"a.b": code}}}


def test_the_same_rule_has_no_changes() -> None:
    assert changed({}, {}) == []


@pytest.mark.parametrize(
    ("old", "new", "loosens"), [("deny", "warn", True), ("warn", "deny", False), ("audit", "off", True)]
)
def test_enforcement_is_told_by_profile(old: str, new: str, *, loosens: bool) -> None:
    before, after = ({"enforcement": STRICT | {"staging": word}} for word in (old, new))
    assert changed(before, after) == [Change("a.b", "enforcement in staging", old, new, loosens)]


def test_a_profile_that_is_no_longer_named_is_enforced_most_strictly() -> None:
    without = {name: action for name, action in STRICT.items() if name != "sandbox"}
    assert changed({}, {"enforcement": without}) == [
        Change("a.b", "enforcement in sandbox", "off", "deny", loosens=False)
    ]


@pytest.mark.parametrize(
    ("new", "loosens"),
    [
        ([], True),
        ([{**RAISE[0], "to": {"development": "warn"}}], True),
        ([{**RAISE[0], "tiers": ["high", "low"]}], False),
        ([{**RAISE[0], "classifications": ["restricted", "secret"]}], False),
        ([{**RAISE[0], "classifications": []}], False),
        ([{**RAISE[0], "tiers": ["low"]}], True),
        ([*RAISE, {"tiers": ["low"], "to": {"development": "warn"}}], False),
    ],
)
def test_what_raises_the_enforcement_counts(new: Any, *, loosens: bool) -> None:
    (found,) = changed({"raise": RAISE}, {"raise": new})
    assert (found.what, found.loosens) == ("enforcement in development", loosens)
    assert found.before == "audit, deny for tier high and classification restricted"


def test_what_the_site_chose_counts() -> None:
    old, new = policy(RULE | {"raise": RAISE}), policy(RULE | {"raise": RAISE}, override({"raise": False}))
    assert [entry.loosens for entry in changes(old, new, AT)] == [True]
    assert [entry.loosens for entry in changes(new, old, AT)] == [False]
    (found,) = changes(policy(), policy(overrides=override({"production": "warn"})), AT)
    assert found == Change("a.b", "enforcement in production", "deny", "warn", loosens=True)


@pytest.mark.parametrize(
    ("key", "old", "new", "loosens"),
    [
        ("severity", "high", "low", False),
        ("message", "m", "n", False),
        ("fix", "f", "g", False),
        ("needs", None, ["signOffs"], False),
        ("effectiveOn", None, "2027-01-01T00:00:00Z", True),
        ("effectiveOn", None, "2026-01-01T00:00:00Z", False),
        ("effectiveOn", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z", True),
        ("effectiveOn", "2028-01-01T00:00:00Z", "2027-01-01T00:00:00Z", False),
        ("effectiveOn", "2027-01-01T00:00:00Z", None, False),
        ("appliesWhen", {"objects": ["serving", "training"]}, {"objects": ["serving"]}, True),
        ("appliesWhen", {"objects": ["serving"]}, {"objects": ["serving", "training"]}, False),
        ("appliesWhen", {"objects": ["serving"]}, {"objects": ["any"]}, False),
        ("appliesWhen", {"objects": ["any"]}, {"objects": ["serving"]}, True),
        ("appliesWhen", {"objects": ["any"]}, {"objects": ["any"], "tiers": ["high"]}, True),
        ("appliesWhen", {"objects": ["any"], "tiers": ["high"]}, {"objects": ["any"]}, False),
        ("appliesWhen", {"objects": ["any"]}, None, False),
    ],
)
def test_what_metadata_says_otherwise_is_told(key: str, old: Any, new: Any, *, loosens: bool) -> None:
    (found,) = changed({key: old}, {key: new})
    assert (found.code, found.what, found.loosens) == ("a.b", key, loosens)
    assert (found.before == "nothing") == (old is None)
    assert (found.after == "nothing") == (new is None)


def test_settings_are_told_by_their_name() -> None:
    old = {"a": {"b": 1, "c": [1, 2], "d": {"e": None}}, "x": 1}
    new = {"a": {"b": 1, "c": [2, 1], "d": {"e": False}}, "y": 0}
    assert list(setting_changes(old, new)) == [
        SettingChange("a.c", [1, 2], [2, 1]),
        SettingChange("a.d.e", None, new["a"]["d"]["e"]),  # type: ignore[index]
        SettingChange("x", 1, None),
        SettingChange("y", None, 0),
    ]


def test_a_rule_that_could_refuse_nothing_may_go() -> None:
    off = dict.fromkeys(STRICT, "off")
    assert removal_loosens(policy(), "a.b")
    assert not removal_loosens(policy(RULE | {"enforcement": off}), "a.b")
    raised = RULE | {"enforcement": off, "raise": RAISE}
    assert removal_loosens(policy(raised), "a.b")
    assert not removal_loosens(policy(raised, override({"raise": False})), "a.b")


def test_a_policy_is_read_out_of_its_bundle(tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    data = b"""{"mlgate": {"revision": "v1", "indexes": {"codes": ["a.b"]}, "catalog": {"a.b": {}},
        "settings": {"g": {"s": 1, "t": 2}}, "overrides": {"g": {"s": 3}}}}"""
    files = {MANIFEST: manifest_of("v1", "1", 0, ["a.b"]), DATA: data, "mlgate/x.rego": b"package mlgate.x"}
    path.write_bytes(pack(files))
    found = read_policy(BundleManifest("v1", frozenset({"a.b"}), path))
    assert found.settings == {"g": {"s": 3, "t": 2}}
    assert list(found.files) == ["mlgate/x.rego"]


@pytest.mark.parametrize("path", [None, Path("gone.tar.gz")])
def test_a_bundle_that_is_not_there_is_named(path: Path | None) -> None:
    with pytest.raises(PolicyError, match=r"v1 is not here|gone\.tar\.gz: No such file"):
        read_policy(BundleManifest("v1", frozenset(), path))
