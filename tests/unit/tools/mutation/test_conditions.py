"""The conditions of the library are found where they stand, and changed one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation.conditions import Mutant, MutantError, all_mutants, mutants_of

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
def found(tmp_path: Path) -> list[Mutant]:
    path = tmp_path / "p.rego"
    path.write_text(_FILE, encoding="utf-8")
    return list(mutants_of(path, tmp_path))


def test_every_condition_is_removed_and_turned_round(found: list[Mutant]) -> None:
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


def test_each_stands_where_it_is_said_to_stand(found: list[Mutant]) -> None:
    for mutant in found:
        assert _FILE[mutant.offset :].startswith(mutant.text)
        assert mutant.text.splitlines()[0] in _FILE.splitlines()[mutant.row - 1]


def test_only_the_condition_is_changed(found: list[Mutant]) -> None:
    removed = next(mutant for mutant in found if (mutant.text, mutant.new) == ("input.a == 1", "true"))
    assert removed.applied(_FILE) == _FILE.replace("input.a == 1", "true")
    assert removed.name == "p.rego: input.a == 1 (removed)"


def test_a_tree_that_is_no_policy_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "p.rego"
    path.write_text("package p\n\nr if {", encoding="utf-8")
    with pytest.raises(MutantError, match=r"p\.rego"):
        list(mutants_of(path, tmp_path))


def test_files_may_be_chosen_and_keep_the_order_of_the_choice() -> None:
    files = [mutant.file for mutant in all_mutants(["rules/settings", "lib/levels", "settings/settings"])]
    assert files[0] == "mlgate/rules/settings/settings.rego"
    assert set(files) > {"mlgate/rules/settings/settings.rego", "mlgate/lib/levels/levels.rego"}
    assert not any(file.endswith("_test.rego") for file in files)
