"""Linting: what stops it, what it still finds, in the author's own files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy.workbench.lint import lint
from mlgate.policy.workbench.new import new_rule


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The folder of a subject of one's own."""
    folder = tmp_path / "mlgate" / "rules" / "ours"
    folder.mkdir(parents=True)
    return folder


def checks(site: Path, opa: Path) -> list[tuple[str, int, str]]:
    return [(Path(found.file).name, found.line, found.check) for found in lint(site, opa).problems]


def test_files_that_cannot_be_parsed_are_all_named(tmp_path: Path, rules: Path, opa: Path) -> None:
    (rules / "a.rego").write_text("package mlgate.rules.ours\n\nx := := 1\n")
    (rules / "b.rego").write_text("package mlgate.rules.ours\n\n\ny if {\n")
    found = {(name, check) for name, _, check in checks(tmp_path, opa)}
    assert found == {("a.rego", "compile"), ("b.rego", "compile")}


def test_what_a_build_refuses_comes_before_what_the_compiler_says(
    tmp_path: Path, rules: Path, opa: Path
) -> None:
    (rules / "a.rego").write_text("package mlgate.main\n\ndecision := y\n")
    assert checks(tmp_path, opa) == [("a.rego", 1, "site"), ("a.rego", 3, "site")]


def test_a_file_in_the_wrong_place_is_named(tmp_path: Path, opa: Path) -> None:
    path = tmp_path / "mlgate" / "rules" / "fairness" / "ours.rego"
    path.parent.mkdir(parents=True)
    path.write_text("package mlgate.rules.fairness\n\nx := 1\n")
    found = lint(tmp_path, opa).problems
    assert [problem.check for problem in found] == ["site", "site"]
    assert found[0].what == "belongs to the subject fairness of the shipped policy"


def test_the_first_line_that_is_not_formatted_is_named(tmp_path: Path, rules: Path, opa: Path) -> None:
    text = "# METADATA\n# title: x\n# description: x\npackage mlgate.rules.ours\n\nx := 1\n\ny  :=  2\n"
    (rules / "a.rego").write_text(text)
    assert checks(tmp_path, opa) == [("a.rego", 8, "format")]


def test_lines_that_are_missing_or_too_many_at_the_end_are_named(
    tmp_path: Path, rules: Path, opa: Path
) -> None:
    text = "# METADATA\n# title: x\n# description: x\npackage mlgate.rules.ours\n\nx := 1"
    (rules / "a.rego").write_text(text)
    assert checks(tmp_path, opa) == [("a.rego", 6, "format")]


def test_without_opa_nothing_is_linted(tmp_path: Path, rules: Path) -> None:
    (rules / "a.rego").write_text("package mlgate.rules.ours\n")
    with pytest.raises(PolicyError, match="opa cannot be started"):
        lint(tmp_path, tmp_path / "opa")


def test_what_only_a_build_refuses_is_told_as_well(tmp_path: Path, opa: Path) -> None:
    rule = new_rule("ours.label", tmp_path, opa)[0]
    rule.write_text(rule.read_text().replace("objects: [serving]", "objects: []"))
    (found,) = lint(tmp_path, opa).problems
    assert found.check == "annotations"
    assert found.what == "ours.label: appliesWhen.objects in its METADATA is empty, which is true of nothing"
    assert (found.name, found.line > 1) == ("mlgate/rules/ours/label.rego", True)
    assert found.fix == "`mlgate policy new` writes a rule that can serve"
