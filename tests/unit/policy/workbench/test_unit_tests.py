"""Tests in Rego: what passed, what a failed one saw, and what none of them runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.opa_command import Ran
from mlgate.policy.workbench import unit_tests
from mlgate.policy.workbench.unit_tests import RegoRun, run_tests
from mlgate.policy.workbench.workspace import workspace

_HELPERS = "package mlgate.rules.demo\n\nfull if input.a\n\nhalf if input.b\n"
_TESTS = """package mlgate.rules.demo_test

import data.mlgate.rules.demo

test_passes if demo.full with input as {"a": true}

test_fails if {
	found := {"name": "a value that is longer than what OPA writes out in its own report of failures"}
	found.name == "x"
}

test_table[note] if {
	some note, value in {"one": 1, "two": 2}
	value == 1
}

test_deep[above][below] if {
	some above in ["a", "b"]
	some below in ["c", "d"]
	[above, below] != ["b", "d"]
}

test_raises if {
	json.unmarshal("{") == 1
}

todo_test_later if false
"""


@pytest.fixture
def rules(tree: Path) -> Path:
    """The folder of the rules of a small policy, with helpers."""
    folder = tree / "mlgate" / "rules" / "demo"
    (folder / "helpers.rego").write_text(_HELPERS)
    return folder


def outcome(tree: Path, opa: Path, pattern: str = "") -> RegoRun:
    with workspace(tree) as space:
        return run_tests(space, opa, pattern or None)


def test_what_failed_is_told_with_place_and_values(tree: Path, rules: Path, opa: Path) -> None:
    (rules / "demo_test.rego").write_text(_TESTS)
    found = outcome(tree, opa)
    failed = {failure.name.rpartition(".")[2]: failure for failure in found.failures}
    assert found.passed == 2
    assert found.skipped == ("data.mlgate.rules.demo_test.todo_test_later",)
    assert set(failed) == {"test_fails", "test_table", "test_deep", "test_raises"}
    assert (failed["test_fails"].file, failed["test_fails"].line) == (str(rules / "demo_test.rego"), 7)
    assert "found.name ==" in "".join(failed["test_fails"].saw)
    assert failed["test_fails"].values[0].endswith('report of failures"}')
    assert failed["test_table"].notes == ("two",)
    assert failed["test_deep"].notes == ("b / d",)
    assert found.coverage == ()


def test_coverage_is_told_for_each_own_file(tree: Path, rules: Path, opa: Path) -> None:
    (rules / "demo_test.rego").write_text(_TESTS.split("test_fails", maxsplit=1)[0])
    files = {Path(found.file).name: found for found in outcome(tree, opa).coverage}
    assert set(files) == {"main.rego", "demo.rego", "helpers.rego"}
    assert 0 < files["helpers.rego"].percent < 100
    assert (5, 5) in files["helpers.rego"].missed


def test_some_tests_measure_no_coverage(tree: Path, rules: Path, opa: Path) -> None:
    (rules / "demo_test.rego").write_text(_TESTS)
    found = outcome(tree, opa, "test_passes")
    assert (found.passed, found.failures, found.coverage) == (1, (), ())
    assert outcome(tree, opa, "nothing").passed == 0


def test_rules_without_tests_are_covered_by_nothing(tree: Path, rules: Path, opa: Path) -> None:
    (tree / "mlgate" / "main" / "main_test.rego").unlink()
    found = outcome(tree, opa)
    assert (found.passed, found.failures) == (0, ())
    assert {Path(part.file).name: part.percent for part in found.coverage} == {
        "demo.rego": 0.0,
        "helpers.rego": 0.0,
        "main.rego": 0.0,
    }


def test_tests_that_do_not_compile_cannot_be_run(tree: Path, rules: Path, opa: Path) -> None:
    (rules / "demo_test.rego").write_text("package mlgate.rules.demo_test\n\ntest_x if y\n")
    with pytest.raises(PolicyError, match=r"demo_test\.rego:3: var y is unsafe; give y"):
        outcome(tree, opa)


@pytest.mark.parametrize("ran", [Ran(1, "", "it broke"), Ran(0, "no json", "")])
def test_an_opa_that_does_not_answer_is_told(
    tree: Path, opa: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    monkeypatch.setattr(unit_tests, "refuse", lambda _: None)
    monkeypatch.setattr(unit_tests, "call_opa", lambda *_, **__: ran)
    with pytest.raises(PolicyError, match=r"^opa test: (it broke; `mlgate policy lint`|no json)"):
        outcome(tree, opa)
