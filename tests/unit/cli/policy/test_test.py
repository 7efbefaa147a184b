"""`policy test`: one rule of one's own from `policy new` on, changed until something fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


@pytest.fixture
def rules(mlgate: Program, tmp_path: Path) -> Path:
    """The folder of a subject with one new rule in it."""
    assert mlgate("policy", "new", "ours.owner", "--dir", tmp_path).code == 0
    return tmp_path / "mlgate" / "rules" / "ours"


def test_a_new_rule_passes_as_written(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    done = mlgate("policy", "test", tmp_path)

    assert done.code == 0
    assert done.out.splitlines() == [
        "tests: 3 passed, 0 failed",
        "cases: 2 passed, 0 failed",
        "coverage: 1 files, the least of them 100 %",
    ]


def test_what_fails_is_told_with_place_value_and_codes(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    rule = rules / "owner.rego"
    rule.write_text(rule.read_text().replace("labels.owner", "labels.ownr"))

    done = mlgate("policy", "test", tmp_path)

    assert done.code == 1
    assert f"✗ {rules / 'owner_test.rego'}:10: mlgate.rules.ours_test.test_owner_passes" in done.out
    assert '    saw: {{"code": "ours.owner"' in done.out
    assert "keeps this rule: expected ours.owner to be absent; it is among the violations" in done.out
    assert "violations: ours.owner: InferenceService/demo carries no label owner." in done.out
    assert "tests: 2 passed, 1 failed" in done.out


def test_programs_read_the_same(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    rule = rules / "owner.rego"
    rule.write_text(rule.read_text() + "\nunused if input.object.x\n")

    found = json.loads(mlgate("policy", "test", tmp_path, "-o", "json").out)

    assert found["passed"] is False
    assert found["tests"] == {"passed": 3, "failed": [], "skipped": []}
    assert [case["problems"] for case in found["cases"]] == [[], []]
    assert [part["missed"] for part in found["coverage"]] == [[[40, 40]]]


def test_lines_that_no_test_runs_are_named_unless_less_will_do(
    mlgate: Program, rules: Path, tmp_path: Path
) -> None:
    rule = rules / "owner.rego"
    rule.write_text(
        rule.read_text() + "\nunused if input.object.x\n\nmore if {\n\tinput.object.x\n\ttrue\n}\n"
    )

    strict = mlgate("policy", "test", tmp_path)
    mild = mlgate("policy", "test", tmp_path, "--min-coverage", "10")

    assert strict.code == 1
    assert f"✗ {rule}: " in strict.out
    assert "67 % covered; no test runs lines 40, 42-44" in strict.out
    assert mild.code == 0


def test_some_are_chosen_by_name(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    done = mlgate("policy", "test", tmp_path, "--run", "owner_case: .*refused")

    assert (done.code, done.out.splitlines()) == (
        0,
        ["tests: 0 passed, 0 failed", "cases: 1 passed, 0 failed"],
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--run", "nothing_like_it"), "there is no test and no case that matches 'nothing_like_it'"),
        (("--run", "["), "is no regular expression"),
        (("--min-coverage", "101"), "less than or equal to 100"),
    ],
)
def test_what_cannot_be_run_is_told(
    mlgate: Program, rules: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = mlgate("policy", "test", tmp_path, *arguments)

    assert done.code == 2
    assert told in done.err


def test_a_test_that_is_to_be_written_is_told(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    (rules / "later_test.rego").write_text("package mlgate.rules.ours_test\n\ntodo_test_more if false\n")

    done = mlgate("policy", "test", tmp_path, "--run", "test_more")

    assert (done.code, done.out.splitlines()[:2]) == (
        0,
        ["~ data.mlgate.rules.ours_test.todo_test_more: skipped", "tests: 0 passed, 0 failed, 1 skipped"],
    )


def test_the_code_of_an_own_rule_is_judged_by_check(mlgate: Program, rules: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    case = (rules / "owner_case.yaml").read_text().split("---")[0]
    body = case.partition("manifest:\n")[2].partition("expect:")[0]
    manifest.write_text("\n".join(line.removeprefix("  ") for line in body.splitlines()))

    done = mlgate("check", manifest, "--bundle", tmp_path, "--profile", "production", "-o", "json")

    result = json.loads(done.out)["results"][0]
    assert done.code == 1
    assert "ours.owner" in result["evaluated"]
    assert "ours.owner" in [finding["code"] for finding in result["violations"]]
