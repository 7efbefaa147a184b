"""Survivors are told, excused ones are not, and all are counted."""

from __future__ import annotations

import mutants
import pytest
from mutation.conditions import Mutant


def _mutant(file: str, text: str, change: str = "removed") -> Mutant:
    return Mutant(file, 7, 0, text, change)


def test_survivors_are_told_and_those_with_a_reason_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    excused = _mutant("mlgate/rules/p/p.rego", "input.b")
    outcomes = [
        (_mutant("mlgate/rules/p/p.rego", "input.a ==\n\t1"), "survived"),
        (excused, "survived"),
        (_mutant("mlgate/rules/p/q.rego", "input.c"), "killed"),
        (_mutant("mlgate/lib/p/p.rego", "input.d", "negated"), "invalid"),
    ]
    assert mutants.report(outcomes, {excused.name: "says nothing new"}) == 1
    first, *rows = capsys.readouterr().out.splitlines()
    assert first == "survived: mlgate/rules/p/p.rego:7: input.a == 1 (removed)"
    assert [row.split() for row in rows[1:]] == [
        ["lib/p", "1", "0", "1", "0", "0"],
        ["rules/p", "3", "1", "0", "1", "1"],
        ["all", "4", "1", "1", "1", "1"],
    ]


def test_an_excuse_for_what_is_noticed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    noticed = _mutant("mlgate/rules/p/p.rego", "input.b")
    assert mutants.report([(noticed, "killed")], {noticed.name: "says nothing new"}) == 0
    assert capsys.readouterr().out.startswith(f"needs no excuse: {noticed.name}\n")


def test_each_reason_is_about_a_mutant_there_is() -> None:
    names = {mutant.name for mutant in mutants.all_mutants()}
    assert set(mutants.excuses()) <= names
    assert all(len(reason) > 10 for reason in mutants.excuses().values())
