"""An answer that is anything less than a complete decision of a known policy is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import DecisionInvalid
from mlgate.policy.answer import error_words, read_decision, shown
from mlgate.policy.manifest import BundleManifest

Make = Callable[..., dict[str, Any]]
MANIFEST = BundleManifest("r1", frozenset({"a.b", "c.d"}), None)


def answer(**changes: Any) -> dict[str, Any]:
    """A complete decision that allows, with changes."""
    decision: dict[str, Any] = {
        "allow": True, "profile": "production", "tier": None, "classification": None, "mode": "enforce",
        "unchanged": False, "violations": [], "warnings": [], "audited": [], "waived": [], "suppressed": 0,
        "skipped": [{"code": "c.d", "reason": "disabled", "detail": ""}], "evaluated": ["a.b"],
        "revision": "r1",
    }  # fmt: skip
    return {"result": decision | changes}


def finding(**changes: Any) -> dict[str, Any]:
    """A finding that refuses, with changes."""
    found: dict[str, Any] = {
        "code": "a.b", "severity": "high", "enforcement": "deny", "message": "m", "path": "p",
        "observed": "o", "required": "r", "fix": "f", "docs": "d", "term": None, "model": None,
    }  # fmt: skip
    return found | changes


def refused(value: dict[str, Any], *manifests: BundleManifest) -> str:
    """The message with which an answer is refused."""
    with pytest.raises(DecisionInvalid) as caught:
        read_decision(value, manifests or (MANIFEST,))
    return str(caught.value)


def test_a_complete_decision_is_taken() -> None:
    assert read_decision(answer(), (MANIFEST,)).allow is True


def test_a_decision_of_the_previous_bundle_is_held_against_the_previous_codes() -> None:
    current = BundleManifest("r2", frozenset({"new.code"}), None)
    assert read_decision(answer(), (current, MANIFEST)).revision == "r1"


def test_keys_beside_the_result_are_no_problem() -> None:
    assert read_decision(answer() | {"decision_id": "x", "metrics": {}}, (MANIFEST,)).allow is True


def test_no_result_is_named_as_an_undefined_decision() -> None:
    assert "undefined" in refused({})
    assert "undefined" in refused({"decision_id": "x"})


@pytest.mark.parametrize("result", [None, True, "true", 1, [], "allow", {}, {"allow": True}])
def test_a_result_that_is_no_decision_is_refused(result: Any) -> None:
    assert "no decision" in refused({"result": result})


@pytest.mark.parametrize("allow", ["true", 1, None, "yes", [True]])
def test_allow_must_be_a_boolean(allow: Any) -> None:
    assert "allow" in refused(answer(allow=allow))


def test_allow_must_agree_with_the_violations() -> None:
    assert "disagrees" in refused(answer(violations=[finding()]))
    assert "disagrees" in refused(answer(allow=False))


def test_an_unknown_key_in_the_decision_is_refused() -> None:
    assert "override" in refused(answer(override=True))


def test_a_revision_nobody_loaded_is_refused() -> None:
    assert "'r9'" in refused(answer(revision="r9"))
    assert "r1" in refused(answer(), BundleManifest("r2", MANIFEST.codes, None))


def test_an_empty_revision_is_refused_even_if_a_manifest_had_it() -> None:
    assert "revision" in refused(answer(revision=""), BundleManifest("", MANIFEST.codes, None))


def test_a_policy_without_rules_decides_nothing() -> None:
    empty = BundleManifest("r1", frozenset(), None)
    assert "no rules" in refused(answer(evaluated=[], skipped=[]), empty)


def test_a_code_left_out_is_named() -> None:
    assert "not decided: 'c.d'" in refused(answer(skipped=[]))


def test_a_code_of_another_policy_is_named() -> None:
    assert "not of this policy: 'x.y'" in refused(answer(evaluated=["a.b", "x.y"]))


def test_a_code_both_evaluated_and_skipped_or_named_twice_is_refused() -> None:
    both = [{"code": code, "reason": "disabled", "detail": ""} for code in ("a.b", "c.d")]
    assert "more than once: 'a.b'" in refused(answer(skipped=both))
    assert "more than once: 'a.b'" in refused(answer(evaluated=["a.b", "a.b"]))


def test_a_finding_hidden_in_a_milder_list_is_refused() -> None:
    assert "wrongly as warn" in refused(answer(warnings=[finding()]))
    assert "wrongly as audit" in refused(answer(audited=[finding(enforcement="warn")]))
    assert "wrongly as deny" in refused(answer(allow=False, violations=[finding(enforcement="audit")]))


def test_a_finding_of_a_code_that_was_not_evaluated_is_refused() -> None:
    assert "'c.d'" in refused(answer(allow=False, violations=[finding(code="c.d")]))


@given(st.text(max_size=5000))
def test_no_message_repeats_unbounded_or_unprintable_content(text: str) -> None:
    codes = [f"{text}{number}" for number in range(50)]
    for message in (refused(answer(revision=f"x{text}")), refused(answer(evaluated=codes))):
        assert len(message) < 6000
        assert message.isprintable()


def test_many_codes_are_counted() -> None:
    assert "and 3 more" in refused(answer(evaluated=["a.b", *(f"x.{n}" for n in range(8))]))


def test_shown_text_is_quoted_and_cut() -> None:
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("a" * 1000)) < 100


def test_the_errors_of_opa_are_named_by_code_and_place_only() -> None:
    said = {
        "code": "internal_error",
        "message": "secret",
        "errors": [
            {
                "code": "eval_builtin_error",
                "message": "secret",
                "location": {"file": "/t/mlgate/a.rego", "row": 3},
            }
        ],
    }
    assert error_words(said) == ["internal_error", "eval_builtin_error", "a.rego:3"]


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "x",
        {},
        {"code": 1},
        {"code": "Not plain!"},
        {"errors": []},
        {"errors": ["x"]},
        {"errors": {}},
        {"errors": [{"location": "x"}]},
        {"errors": [{"location": {"file": "a b", "row": 1}}]},
        {"errors": [{"location": {"file": "a", "row": "x"}}]},
    ],
)
def test_anything_else_in_an_error_of_opa_is_left_out(said: Any) -> None:
    assert error_words(said) == []
