"""What the running gate says, and what it is set up to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mlgate.doctor.snapshot import Deciding
from mlgate.doctor.state import check_state


def say(broken: Any, **ready: Any) -> None:
    broken.gate = replace(broken.gate, ready={**broken.gate.ready, **ready})


def test_a_gate_that_is_well_is_nothing_to_tell(broken: Any, codes: Any) -> None:
    assert codes(check_state, broken) == []


def test_a_gate_that_must_answer_and_does_not_is_told(broken: Any, codes: Any, only: Any) -> None:
    broken.gate = None
    assert codes(check_state, broken) == []
    broken.changes = {"called": True}
    assert only(check_state, broken).code == "gate.not_answering"
    broken.configuration["webhooks"].clear()
    assert codes(check_state, broken) == []


@pytest.mark.parametrize(
    ("problems", "told"),
    [({"policy engine": "it is away"}, "policy engine: it is away"), (None, "it does not say why")],
)
def test_a_gate_that_is_not_ready_says_why(broken: Any, only: Any, problems: Any, told: str) -> None:
    say(broken, ready=False, problems=problems)
    found = only(check_state, broken)
    assert found.code == "gate.not_ready"
    assert found.message.endswith(told)


def test_a_certificate_that_was_refused_is_told(broken: Any, only: Any) -> None:
    say(broken, notes=["the new certificate cannot be served: no key"])
    assert only(check_state, broken).code == "gate.certificate_refused"


def test_a_policy_that_was_refused_is_told(broken: Any, only: Any) -> None:
    refused = {"since": "2026-11-25T00:00:00Z", "problem": "a.rego:3: no such rule"}
    say(broken, policy={"revision": "v1", "loadedAt": "2026-11-20T00:00:00Z", "refused": refused})
    found = only(check_state, broken)
    assert (found.code, found.lets_models_through) == ("gate.policy_refused", "possibly")
    assert "a.rego:3" in found.message


@pytest.mark.parametrize(
    ("loaded", "code"),
    [("2026-08-01T00:00:00Z", "gate.policy_old"), ("2026-09-01T00:00:00Z", None), ("never", None), (7, None)],
)
def test_a_policy_nobody_touched_for_long_is_told(
    broken: Any, codes: Any, loaded: Any, code: str | None
) -> None:
    say(broken, policy={"revision": "v1", "loadedAt": loaded, "refused": None})
    assert codes(check_state, broken) == [code] * (code is not None)


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ({"opa": "1.21.2"}, "gate.opa_old"),
        ({"opa": "0.70.0"}, "gate.opa_old"),
        ({"opa": "v1.21.3"}, None),
        ({"opa": "2.0.0-rc1"}, None),
        ({"opa": None}, "gate.opa_unknown"),
        ({"opa": "next"}, "gate.opa_unknown"),
        ({"mlgate": "9.9.9"}, "gate.version_differs"),
    ],
)
def test_versions_are_looked_at(broken: Any, codes: Any, version: Any, code: str | None) -> None:
    broken.gate = replace(broken.gate, version={**broken.gate.version, **version})
    assert codes(check_state, broken) == [code] * (code is not None)


def test_a_gate_that_lets_through_what_it_cannot_judge_is_told(broken: Any, only: Any) -> None:
    broken.changes = {"deciding": Deciding("allow", {"production": "enforce"}, "there")}
    found = only(check_state, broken)
    assert (found.code, found.lets_models_through) == ("gate.fails_open", "yes")
    assert "--set decision.onError=deny" in found.fix


def test_profiles_that_refuse_nothing_are_told_one_by_one(broken: Any) -> None:
    modes = {"production": "enforce", "staging": "warn", "sandbox": "audit", "other": "sleep"}
    broken.changes = {"deciding": Deciding("deny", modes, "there")}
    found = [*check_state(broken.snapshot())]
    assert [one.code for one in found] == ["gate.mode_not_enforced"] * 3
    assert {one.lets_models_through for one in found} == {"yes"}
    assert [one.message.partition(":")[0] for one in found] == [
        "profile other only sleep",
        "profile sandbox only records",
        "profile staging only warns",
    ]
    assert "decision.mode.sandbox=enforce" in found[1].fix


def test_what_could_not_be_read_tells_nothing(broken: Any, codes: Any) -> None:
    broken.changes = {"deciding": None}
    assert codes(check_state, broken) == []
