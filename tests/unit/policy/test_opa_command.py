"""One call of the OPA program: its output, or an error that says what it said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import PolicyError
from mlgate.policy import opa_command
from mlgate.policy.opa_command import inspect, run_opa


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """A program of a few lines of Python."""

    def make(text: str) -> Path:
        path = tmp_path / "program"
        path.write_text(f"#!{sys.executable} -IS\nimport os, sys, time\n{text}\n")
        path.chmod(0o700)
        return path

    return make


def test_its_output_is_given_back(program: Callable[[str], Path]) -> None:
    assert run_opa(program("print(sys.argv[1:])"), "check", "a b", "$HOME") == "['check', 'a b', '$HOME']\n"


def test_it_runs_in_the_folder_that_is_named_even_where_the_program_is_named_by_a_relative_path(
    program: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("print(os.getcwd())")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inside").mkdir()
    assert run_opa(Path("program"), "check", folder=Path("inside")).strip().endswith("/inside")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("sys.exit('one\\n\\n  two  ')", "opa check: one; two"),
        ("print('on stdout')\nsys.exit(1)", "opa check: on stdout"),
        ("sys.exit(1)", "opa check: failed without a message"),
        ("sys.exit('\\n'.join('abcdefgh'))", "opa check: a; b; c; d; e; and 3 more lines"),
        ("sys.stderr.buffer.write(b'\\xff')\nsys.exit(1)", "opa check: \ufffd"),
    ],
)
def test_a_failure_is_told_in_one_line(program: Callable[[str], Path], script: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        run_opa(program(script), "check")
    assert str(caught.value) == message


def test_a_program_that_hangs_is_given_up(
    program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opa_command, "SECONDS", 0.1)
    with pytest.raises(PolicyError, match="opa build did not end within 0 s"):
        run_opa(program("time.sleep(1000)"), "build")


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="opa cannot be started: No such file"):
        run_opa(tmp_path / "none", "version")


def test_an_inspection_tells_annotations_of_a_tree_or_a_bundle_by_relative_names(
    tree: Path, opa: Path, tmp_path: Path
) -> None:
    run_opa(opa, "build", "--bundle", str(tree), "--output", str(tmp_path / "b.tar.gz"))
    codes = []
    for policy in (tree, tmp_path / "b.tar.gz"):
        found = inspect(policy, opa)["annotations"]
        codes.append([item["annotations"].get("custom", {}).get("code") for item in found])
    assert codes[0] == codes[1]
    assert "demo.refused" in codes[0]
    assert "mlgate/rules/demo/demo.rego" in str(inspect(tree, opa)["namespaces"])
    assert str(tree) not in str(inspect(tree, opa))


def test_a_tree_that_cannot_be_read_is_refused(opa: Path, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="opa inspect"):
        inspect(tmp_path / "none", opa)
