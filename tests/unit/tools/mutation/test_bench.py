"""What comes of the mutants of a small library, tried by a real OPA."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation import bench
from mutation.bench import INVALID, KILLED, SURVIVED, Bench, Memory
from mutation.conditions import MutantError, mutants_of

_RULES = """package mlgate.rules.r

deny contains "a" if {
	input.a == 1
	is_number(input.a)
}

deny contains x if {
	x := [y | some y in input.list; startswith(y, "n"); is_string(y)][_]
	[z, 2] = [input.b, 2]
	input.c[z][w]; w > 1
	is_string(input.d)
	contains(input.d, "d")
}
"""
_TESTS = """package mlgate.rules.r_test

import data.mlgate.rules.r

given := {"a": 1, "list": ["no", "yes"], "b": "b", "c": {"b": {"1": 1}}, "d": "do"}

test_a if "a" in r.deny with input as given

test_not_a[note] if {
	some note, wrong in {"more": 2, "text": "x"}
	r.deny == set() with input as {"a": wrong}
}

test_no if r.deny == {"a", "no"} with input as given

test_not_no[note] if {
	some note, wrong in {"null": null, "text": "x"}
	r.deny == {"a"} with input as object.union(given, {"d": wrong})
}
"""
_EXPECTED = {
    "input.a == 1 (removed)": KILLED,
    "input.a == 1 (negated)": KILLED,
    "is_number(input.a) (removed)": SURVIVED,
    "is_number(input.a) (negated)": KILLED,
    'startswith(y, "n") (removed)': KILLED,
    'startswith(y, "n") (negated)': KILLED,
    "is_string(y) (removed)": SURVIVED,
    "is_string(y) (negated)": KILLED,
    "input.c[z][w] (removed)": INVALID,
    "input.c[z][w] (negated)": INVALID,
    "w > 1 (removed)": SURVIVED,
    "w > 1 (negated)": KILLED,
    "is_string(input.d) (removed)": KILLED,
    "is_string(input.d) (negated)": KILLED,
    'contains(input.d, "d") (removed)': KILLED,
    'contains(input.d, "d") (negated)': KILLED,
}


def _library(folder: Path, tests: str) -> Path:
    rules = folder / "tree" / "mlgate" / "rules" / "r"
    rules.mkdir(parents=True)
    (rules / "r.rego").write_text(_RULES, encoding="utf-8")
    (rules / "r_test.rego").write_text(tests, encoding="utf-8")
    return folder / "tree"


def _outcomes(folder: Path, tree: Path, memory: Memory) -> dict[str, str]:
    mutants = list(mutants_of(tree / "mlgate/rules/r/r.rego", tree))
    folder.mkdir()
    found = Bench(folder, memory, tree).outcomes(mutants, jobs=1)
    return {mutant.name.removeprefix("mlgate/rules/r/r.rego: "): outcome for mutant, outcome in found}


def test_each_mutant_is_noticed_survives_or_does_not_compile_and_that_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, memory = _library(tmp_path, _TESTS), Memory(tmp_path / "cache" / "mutants.json")
    assert _outcomes(tmp_path / "one", tree, memory) == _EXPECTED
    monkeypatch.setattr(bench, "serving", None)
    assert _outcomes(tmp_path / "two", tree, memory) == _EXPECTED


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('test_b if "b" in r.deny\n', "fails as it is: test_b"),
        ("test_b if not count(input) == 1 with input as 1\n", "fails as it is: a built-in"),
        ("test_b if nothing(1)\n", "does not compile"),
    ],
)
def test_a_library_that_fails_its_own_tests_is_not_tried(tmp_path: Path, wrong: str, said: str) -> None:
    tree = _library(tmp_path, f"{_TESTS}\n{wrong}")
    with pytest.raises(MutantError, match=said):
        _outcomes(tmp_path / "one", tree, Memory(tmp_path / "mutants.json"))
