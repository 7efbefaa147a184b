"""What is said of a difference, to people and to programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.domain.decision import Decision
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.workbench.diff.report import Difference, difference
from mlgate.policy.workbench.diff.rules import Policy
from mlgate.policy.workbench.diff.verdicts import Answer, Pair

AT = "2026-11-26T00:00:00Z"
DENY = dict.fromkeys(("sandbox", "development", "staging", "production"), "deny")
OFF = dict.fromkeys(DENY, "off")


def rule(enforcement: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {"severity": "low", "enforcement": enforcement} | changes


def policy(files: dict[str, str], settings: dict[str, Any] | None = None, **rules: Any) -> Policy:
    catalog = {f"a.{name}": entry for name, entry in rules.items()}
    manifest = BundleManifest("v1", frozenset(catalog), None, version="1.0")
    return Policy(manifest, {"catalog": catalog, "settings": settings or {}}, files)


def compared(old: Policy, new: Policy, *pairs: Pair) -> Difference:
    return difference(old, new, pairs, len(pairs), AT)


def test_all_that_differs_has_a_line() -> None:
    old = policy(
        {"x.rego": "1", "y.rego": "1"}, {"g": {"s": 1}}, gone=rule(DENY), idle=rule(OFF), kept=rule(DENY)
    )
    new = policy(
        {"x.rego": "2", "z.rego": "1"}, {"g": {"s": None}}, new=rule(OFF), kept=rule(DENY, severity="high")
    )
    found = compared(old, new, Pair("case: Pod/a", Answer(None, "OPA is gone"), Answer(None, "late")))
    off, deny = (", ".join(f"{action} in {profile}" for profile in DENY) for action in ("off", "deny"))
    assert list(found.text()) == [
        "old: v1, 3 codes",
        "new: v1, 2 codes",
        f"✗ a.gone: removed ({deny})",
        f"~ a.idle: removed ({off})",
        f"+ a.new: added ({off})",
        "~ a.kept: severity: low became high",
        "~ setting g.s: 1 became nothing",
        "~ Rego: x.rego, y.rego, z.rego",
        "! case: Pod/a: the old policy came to no decision: OPA is gone",
        "! case: Pod/a: the new policy came to no decision: late",
        "1 objects, 1 judged: 0 tightened, 0 loosened",
    ]
    told = found.wire()
    assert (told["added"], told["removed"], told["loosens"]) == (["a.new"], ["a.gone", "a.idle"], True)
    assert told["undecided"] == [
        {"object": "case: Pod/a", "policy": "old", "reason": "OPA is gone"},
        {"object": "case: Pod/a", "policy": "new", "reason": "late"},
    ]
    assert told["old"] == {"revision": "v1", "version": "1.0", "codes": 3}


def test_a_rule_that_did_nothing_may_go_and_one_may_come() -> None:
    old, new = policy({}, idle=rule(OFF)), policy({}, more=rule(DENY))
    assert not compared(old, new).loosens
    assert compared(new, old).loosens
    assert compared(policy({}, a=rule(DENY)), policy({}, a=rule(OFF))).loosens


def test_what_moved_is_told_with_its_objects(decision: Callable[..., Decision]) -> None:
    old, new = policy({}, a=rule(DENY)), policy({}, a=rule(DENY))
    refused, let = Answer(decision(deny=("a.a",))), Answer(decision())
    found = compared(old, new, Pair("x", refused, let), Pair("y", let, refused))
    assert list(found.text())[2:] == [
        "✗ x: denied became allowed",
        "~ y: allowed became denied",
        "✗ a.a: loosened: deny became nothing for x",
        "~ a.a: tightened: nothing became deny for y",
        "2 objects, 2 judged: 1 tightened, 1 loosened",
    ]
    assert found.loosens
    assert found.wire()["loosened"] == [
        {"code": "a.a", "objects": [{"object": "x", "before": "deny", "after": "nothing"}]}
    ]


def test_the_same_policy_differs_in_nothing() -> None:
    same = policy({"x.rego": "1"}, kept=rule(DENY))
    found = compared(same, same)
    assert not found.loosens
    assert len(list(found.text())) == 3


def test_many_objects_are_told_in_one_line_and_all_that_pass_now_by_name(
    decision: Callable[..., Decision],
) -> None:
    old, new = policy({}, a=rule(DENY)), policy({}, a=rule(DENY))
    refused, let = Answer(decision(deny=("a.a",))), Answer(decision())
    names = [f"x{number}" for number in range(7)]
    stricter = compared(old, new, *(Pair(name, let, refused) for name in names))
    milder = compared(old, new, *(Pair(name, refused, let) for name in names))
    assert (
        "~ a.a: tightened: nothing became deny for 7 objects: x0, x1, x2, x3, x4 and 2 more"
        in stricter.text()
    )
    assert "✗ a.a: loosened: deny became nothing for 7 objects: " + ", ".join(names) in milder.text()
