"""A package is copied under another name, and what its mutants depend on is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation.conditions import Mutant
from mutation.copies import Package

_FILES = {
    "main/main.rego": (
        "package mlgate.main\n\nimport data.mlgate.lib.a\n\nx if a.y == data.mlgate.main.inner.z\n"
    ),
    "main/main_test.rego": (
        "package mlgate.main_test\n\nimport data.mlgate.main\n\n"
        "test_x if main.x with data.mlgate.main.w as data.mlgate.mainly\n\ntest_y[note] if some note in [1]\n"
    ),
    "main/inner/inner.rego": "package mlgate.main.inner\n\nz := 1\n",
    "lib/a/a.rego": "package mlgate.lib.a\n\nimport data.mlgate.lib.b\n\ny := b.y\n",
    "lib/b/b.rego": "package mlgate.lib.b\n\ny := 1\n",
    "lib/c/c.rego": "package mlgate.lib.c\n\ny := 1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in _FILES.items():
        path = tmp_path / "tree" / "mlgate" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "tree"


@pytest.fixture
def package(tree: Path) -> Package:
    return Package(tree, "mlgate/main")


def test_a_copy_refers_to_itself_and_to_nothing_else_that_is_called_alike(package: Package) -> None:
    rules = package.renamed(_FILES["main/main.rego"], "mutants.m7")
    assert "package mutants.m7\n" in rules
    assert "a.y == data.mlgate.main.inner.z" in rules
    tests = package.renamed(_FILES["main/main_test.rego"], "mutants.m7")
    assert tests.startswith("package mutants.m7_test\n\nimport data.mutants.m7 as main\n")
    assert "with data.mutants.m7.w as data.mlgate.mainly" in tests


def test_the_copy_is_changed_and_its_tests_can_be_asked(package: Package, tmp_path: Path) -> None:
    condition = "a.y == data.mlgate.main.inner.z"
    offset = _FILES["main/main.rego"].index(condition)
    mutant = Mutant("mlgate/main/main.rego", 5, offset, condition, "removed")
    package.write(tmp_path / "copy", "mutants.m7", mutant)
    assert "x if true\n" in (tmp_path / "copy" / "main.rego").read_text()
    asked = (tmp_path / "copy" / "asked_tests.rego").read_text()
    assert asked.startswith("package asked.m7\n")
    assert 'beside := {"test_x": [x | x := data.mutants.m7_test.test_x], "test_y": [' in asked
    assert "others := {}" in asked


def test_tests_beside_a_file_are_those_named_like_it(package: Package) -> None:
    own = package.tests
    assert package.beside("mlgate/main/main.rego") == own
    assert package.beside("mlgate/main/other.rego") == own


@pytest.mark.parametrize(
    ("name", "concerns"),
    [
        ("main/main.rego", True),
        ("main/main_test.rego", True),
        ("lib/b/b.rego", True),
        ("lib/c/c.rego", False),
    ],
)
def test_outcomes_are_kept_until_something_changes_they_depend_on(
    tree: Path, name: str, *, concerns: bool
) -> None:
    before = Package(tree, "mlgate/main").digest()
    path = tree / "mlgate" / name
    path.write_text(_FILES[name] + "\nmore := 1\n", encoding="utf-8")
    assert (Package(tree, "mlgate/main").digest() != before) == concerns
