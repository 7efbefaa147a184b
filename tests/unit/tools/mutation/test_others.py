"""What the tests of its own package let pass may be noticed by those of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutation.bench import KILLED, SURVIVED, Bench, Memory
from mutation.conditions import MutantError, mutants_of
from mutation.others import Others

_FILES = {
    "lib/l/l.rego": "package mlgate.lib.l\n\nok(x) if {\n\tis_number(x)\n\tx > 1\n}\n",
    "lib/l/l_test.rego": "package mlgate.lib.l_test\n\nimport data.mlgate.lib.l\n\ntest_ok if l.ok(2)\n",
    "rules/r/r.rego": (
        "package mlgate.rules.r\n\nimport data.mlgate.lib.l\n\ndeny contains 1 if not l.ok(input)\n"
    ),
    "rules/r/r_test.rego": (
        "package mlgate.rules.r_test\n\nimport data.mlgate.rules.r\n\n"
        "test_r if r.deny == {1} with input as 0\n"
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in _FILES.items():
        path = tmp_path / "tree" / "mlgate" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "tree"


def test_the_tests_of_who_uses_a_package_are_asked_too(tree: Path, tmp_path: Path) -> None:
    mutants = list(mutants_of(tree / "mlgate/lib/l/l.rego", tree))
    found = Bench(tmp_path, Memory(tmp_path / "mutants.json"), tree).outcomes(mutants, jobs=1)
    assert {(mutant.text, mutant.change): outcome for mutant, outcome in found} == {
        ("is_number(x)", "removed"): SURVIVED,
        ("is_number(x)", "negated"): KILLED,
        ("x > 1", "removed"): KILLED,
        ("x > 1", "negated"): KILLED,
    }


def test_a_library_of_which_a_test_fails_is_not_asked(tree: Path, tmp_path: Path) -> None:
    path = tree / "mlgate/rules/r/r_test.rego"
    path.write_text(_FILES["rules/r/r_test.rego"].replace("{1}", "{2}"), encoding="utf-8")
    with pytest.raises(MutantError, match="mlgate/rules/r"):
        Others(tree, tmp_path)
