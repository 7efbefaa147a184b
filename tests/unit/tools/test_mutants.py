"""The conditions of the library are found where they stand, and changed one at a time."""

from __future__ import annotations

from pathlib import Path

import mutants
import pytest

_FILE = """package p

import data.q

# What stands behind letters of two bytes is found all the same.
r contains "ü" if {
	"ü" != "u"; input.a == 1
	not input.b
}

s := [x | some x in input.list; x > 2] if {
	y := input.c
	every z in y {
		q.good(z)
	}
}

t := 1
"""


@pytest.fixture
def found(tmp_path: Path) -> list[mutants.Mutant]:
    path = tmp_path / "p.rego"
    path.write_text(_FILE, encoding="utf-8")
    return list(mutants.mutants_of(path, tmp_path))


def test_every_condition_is_removed_and_turned_round(found: list[mutants.Mutant]) -> None:
    assert {(mutant.text.split("{")[0].strip(), mutant.new[:24]) for mutant in found} == {
        ('"ü" != "u"', "true"),
        ('"ü" != "u"', 'not "ü" != "u"'),
        ("input.a == 1", "true"),
        ("input.a == 1", "not input.a == 1"),
        ("not input.b", "true"),
        ("not input.b", "input.b"),
        ("x > 2", "true"),
        ("x > 2", "not x > 2"),
        ("every z in y", "true"),
        ("q.good(z)", "true"),
        ("q.good(z)", "not q.good(z)"),
    }


def test_each_stands_where_it_is_said_to_stand(found: list[mutants.Mutant]) -> None:
    for mutant in found:
        assert _FILE[mutant.offset :].startswith(mutant.text)
        assert mutant.text.splitlines()[0] in _FILE.splitlines()[mutant.row - 1]


def test_a_change_is_there_only_for_as_long_as_it_is_tried(
    found: list[mutants.Mutant], tmp_path: Path
) -> None:
    removed = next(mutant for mutant in found if (mutant.text, mutant.new) == ("input.a == 1", "true"))
    with mutants.changed(removed, tmp_path):
        changed = (tmp_path / "p.rego").read_text(encoding="utf-8")
    assert changed == _FILE.replace("input.a == 1", "true")
    assert (tmp_path / "p.rego").read_text(encoding="utf-8") == _FILE


def test_survivors_are_told_and_those_with_a_reason_are_not(
    found: list[mutants.Mutant], capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [(found[0], "survived"), (found[1], "survived"), (found[2], "killed"), (found[3], "invalid")]
    assert mutants.report(outcomes, {found[1].name: "says nothing new"}) == 1
    said = capsys.readouterr().out
    assert said.startswith('survived: p.rego:7: "ü" != "u" (removed)\n')
    assert "4 mutants: 1 noticed, 1 do not compile, 1 known to change nothing, 1 survived" in said


def test_a_tree_that_is_no_policy_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "p.rego"
    path.write_text("package p\n\nr if {", encoding="utf-8")
    with pytest.raises(mutants.MutantError, match=r"p\.rego"):
        list(mutants.mutants_of(path, tmp_path))
