"""A refusal names every failure, most severe first, then the fixes; and nothing in it can forge a line."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.admission.refusal import cut, escape, refusal_text
from mlgate.domain.decision import Decision, Finding, Verdict

_SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13460)}
"""Format characters that are displayed: number signs of scripts."""

Make = Callable[..., Any]


def test_every_failure_is_named_in_order_then_each_fix_once(finding: Make, judgement: Make) -> None:
    violations = [
        finding(code="a.b", message="first", fix="Do one."),
        finding(code="c.d", message="second", fix="Do two."),
        finding(code="c.d", message="third", fix="Do one."),
    ]
    assert refusal_text(judgement(violations), "InferenceService/credit", 4096) == (
        "mlgate refused InferenceService/credit: 2 of 3 checks failed "
        "(profile production, tier high, policy v1+abc)\n"
        " ✗ a.b: first\n"
        " ✗ c.d: second\n"
        " ✗ c.d: third\n"
        "How to fix\n"
        " 1 Do one.\n"
        " 2 Do two."
    )


def test_a_decision_without_a_tier_names_none(finding: Make, judgement: Make) -> None:
    text = refusal_text(judgement([finding()], tier=None), "Pod/x", 4096)
    assert "(profile production, policy v1+abc)" in text


def test_what_waits_for_a_card_is_counted(finding: Make, judgement: Make) -> None:
    text = refusal_text(judgement([finding()], suppressed=4), "Pod/x", 4096)
    assert " … 4 more wait for a usable model card, or repeat one code\nHow to fix" in text


def test_there_is_nothing_to_say_about_an_allow(judgement: Make, failure: Make) -> None:
    assert refusal_text(judgement(), "Pod/x", 4096) == ""
    assert refusal_text(failure(allowed=True), "Pod/x", 4096) == ""


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("engine", "the policy engine failed (unavailable)"),
        ("evidence", "gathering evidence failed (unavailable)"),
        ("review", "reading the review failed (unavailable)"),
        ("gate", "the gate failed (unavailable)"),
    ],
)
def test_a_failure_of_the_gate_says_which_part_and_that_it_is_not_the_object(
    failure: Make, part: str, words: str
) -> None:
    first, second = refusal_text(failure(part), "Pod/x", 4096).split("\n")
    assert first == f"mlgate could not judge Pod/x and refuses it: {words}: OPA cannot be reached"
    assert second.startswith("This says nothing about the object.")


def test_an_object_that_cannot_be_read_is_refused_for_itself(failure: Make) -> None:
    text = refusal_text(failure("manifest", "unreadable"), "Pod/x", 4096)
    assert text == "mlgate refused Pod/x: reading the object failed (unreadable): OPA cannot be reached"


def test_a_refusal_without_a_decision_says_its_reason() -> None:
    verdict = Verdict(outcome="skipped", allowed=False, reason="none\n")
    assert refusal_text(verdict, "Pod/x", 4096) == "mlgate refused Pod/x: none\\u000a"


def test_hostile_text_forges_no_line_and_hides_nothing(hostile: str, finding: Make, judgement: Make) -> None:
    everywhere = finding(code=hostile, message=hostile, fix=hostile)
    verdict = judgement([everywhere], profile=hostile, tier=hostile, revision=hostile)
    text = refusal_text(verdict, hostile, 8192)
    lines = text.split("\n")
    assert [line[:3] for line in lines] == ["mlg", " ✗ ", "How", " 1 "]
    assert all(line.isprintable() for line in lines)
    assert "\\u001b[2J\\u000aError from server" in text
    assert "\\u202eevil" in text


@pytest.mark.parametrize("point", [0x34F, 0x115F, 0x17B4, 0x3164, 0xFFA0, 0xE0100, 0xE0FFF, 0x180B])
def test_letters_that_are_displayed_as_nothing_are_escaped(point: int) -> None:
    assert escape(chr(point)).isascii()


def test_whatever_is_invisible_or_moves_the_cursor_is_escaped() -> None:
    wrong = [
        f"U+{point:04X}"
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and point not in _SEEN
        and escape(chr(point)) == chr(point)
    ]
    assert wrong == []


@pytest.mark.parametrize("text", ["plain", "Grüße, 模型, مرحبا, 🙂", "a\\b", " ✗ …"])
def test_text_that_is_displayed_as_it_is_stays(text: str) -> None:
    assert escape(text) == text


@given(text=st.text(), limit=st.integers(min_value=3, max_value=60))
def test_a_cut_text_is_within_its_bytes_and_begins_as_before(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def _decision(findings: list[Finding]) -> Decision:
    return Decision.model_validate(
        {
            "allow": False, "profile": "production", "tier": "high", "classification": None,
            "mode": "enforce", "unchanged": False, "violations": findings, "warnings": (), "audited": (),
            "waived": (), "suppressed": 0, "skipped": (), "evaluated": ("a.b",), "revision": "v1",
        }
    )  # fmt: skip


_FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(["a.b", "c.d"]),
        severity=st.just("high"),
        enforcement=st.just("deny"),
        message=st.text(max_size=400),
        path=st.just("p"),
        observed=st.just("o"),
        required=st.just("r"),
        fix=st.text(max_size=400),
        docs=st.just("d"),
        term=st.none(),
        model=st.none(),
    ),
    min_size=1,
    max_size=12,
)


@given(findings=_FINDINGS, limit=st.integers(min_value=256, max_value=3000), document=st.text(max_size=300))
def test_a_refusal_is_within_its_bytes_holds_whole_lines_and_counts_the_others(
    findings: list[Finding], limit: int, document: str
) -> None:
    decision = _decision(findings)
    verdict = Verdict(outcome="judged", allowed=False, reason="policy", decision=decision)
    whole = refusal_text(verdict, document, 10**9).split("\n")
    shown = refusal_text(verdict, document, limit)
    lines = shown.split("\n")
    assert len(shown.encode()) <= limit
    assert lines[0] in whole or lines[0].endswith("…")
    if lines == whole:
        return
    assert lines[-1].startswith(" … ")
    assert lines[-1].endswith(" left out")
    assert lines[2:-1] == whole[2 : len(lines) - 1]  # the first failure alone may be cut within
    left = [line for line in whole[len(lines) - 1 :] if line != "How to fix"]
    assert sum(int(word) for word in lines[-1].split() if word.isdigit()) == len(left)


def test_one_failure_is_named_even_where_its_line_alone_is_too_long(finding: Make, judgement: Make) -> None:
    text = refusal_text(judgement([finding(message="x" * 5000), finding()]), "Pod/x", 896)
    lines = text.split("\n")
    assert lines[1].startswith(" ✗ fairness.limit_exceeded: xxx")
    assert lines[1].endswith("…")
    assert lines[2:] == [" … 1 failure and 1 fix left out"]


def test_a_name_that_fills_the_page_leaves_room_for_the_failure(finding: Make, judgement: Make) -> None:
    text = refusal_text(judgement([finding()]), "Pod/" + "n" * 9000, 896)
    assert " ✗ fairness.limit_exceeded: the ratio is 0.6" in text
    assert len(text.encode()) <= 896
