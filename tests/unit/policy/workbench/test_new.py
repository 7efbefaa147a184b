"""A new rule: files that work as written, and nothing in the way of what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.workbench.lint import lint
from mlgate.policy.workbench.new import new_rule
from mlgate.policy.workbench.unit_tests import run_tests
from mlgate.policy.workbench.workspace import workspace


def test_a_first_and_a_second_rule_are_clean_and_tested_as_written(tmp_path: Path, opa: Path) -> None:
    first = new_rule("ours.cost_centre", tmp_path, opa)
    second = new_rule("ours.owner", tmp_path, opa)
    assert [path.name for path in first] == [
        "cost_centre.rego",
        "cost_centre_test.rego",
        "cost_centre_case.yaml",
    ]
    assert "# title: ours\n" in first[0].read_text()
    assert "# title: ours\n" not in second[0].read_text()
    assert [problem.text for problem in lint(tmp_path, opa).problems] == []
    with workspace(tmp_path) as space:
        tested = run_tests(space, opa)
    assert (tested.passed, tested.failures) == (6, ())
    assert [(Path(found.file).name, found.percent) for found in tested.coverage] == [
        ("cost_centre.rego", 100.0),
        ("owner.rego", 100.0),
    ]


@pytest.mark.parametrize(
    "code", ["", "ours", "ours.", ".x", "Ours.x", "ours.x-y", "ours.x.y", "9.x", "ours. x"]
)
def test_what_is_no_code_is_refused(tmp_path: Path, opa: Path, code: str) -> None:
    with pytest.raises(PolicyError, match="is no code; write <subject>"):
        new_rule(code, tmp_path, opa)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", ["default.x", "ours.in", "ours_test.x", "ours.x_test"])
def test_a_word_that_means_something_else_is_refused(tmp_path: Path, opa: Path, code: str) -> None:
    with pytest.raises(PolicyError, match="means something in Rego or in a test"):
        new_rule(code, tmp_path, opa)


def test_a_subject_of_the_shipped_policy_is_refused(tmp_path: Path, opa: Path) -> None:
    with pytest.raises(PolicyError, match=r"fairness is a subject of the shipped policy .* our_fairness"):
        new_rule("fairness.x", tmp_path, opa)


def test_a_code_that_another_file_has_is_refused(tmp_path: Path, opa: Path) -> None:
    rule = new_rule("ours.owner", tmp_path, opa)[0]
    rule.rename(rule.with_name("other.rego"))
    with pytest.raises(PolicyError, match=r"ours\.owner is taken"):
        new_rule("ours.owner", tmp_path, opa)


@pytest.mark.parametrize("name", ["owner.rego", "owner_test.rego", "owner_case.yaml"])
def test_nothing_is_overwritten(tmp_path: Path, opa: Path, name: str) -> None:
    folder = tmp_path / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / name).write_text("package mlgate.rules.ours\n")
    with pytest.raises(PolicyError, match=f"{name} is there already; nothing was written"):
        new_rule("ours.owner", tmp_path, opa)
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path, opa: Path) -> None:
    folder = tmp_path / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "owner.rego").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PolicyError, match="owner"):
        new_rule("ours.owner", tmp_path, opa)
    assert not (tmp_path / "elsewhere").exists()


def test_beside_a_file_that_is_no_rego_nothing_is_begun(tmp_path: Path, opa: Path) -> None:
    folder = tmp_path / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    (folder / "a.rego").write_text("package mlgate.rules.ours\n\nx := := 1\n")
    with pytest.raises(PolicyError, match=r"a\.rego:3: unexpected assign"):
        new_rule("ours.owner", tmp_path, opa)


def test_a_whole_policy_is_not_added_to(tree: Path, opa: Path) -> None:
    with pytest.raises(PolicyError, match="is a whole policy tree"):
        new_rule("ours.owner", tree, opa)


def test_a_program_that_is_no_opa_writes_nothing(tmp_path: Path) -> None:
    fake = tmp_path / "opa"
    fake.write_text("#!/bin/sh\necho it broke >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(PolicyError, match="opa fmt: it broke"):
        new_rule("ours.owner", tmp_path / "site", fake)
    assert not (tmp_path / "site" / "mlgate" / "rules" / "ours" / "owner.rego").exists()
