"""`policy lint`: one line a problem, and an exit code for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


def site(folder: Path, text: str) -> Path:
    path = folder / "mlgate" / "rules" / "ours" / "ours.rego"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_a_problem_is_one_line_with_place_and_fix(mlgate: Program, tmp_path: Path) -> None:
    path = site(tmp_path, "package mlgate.rules.ours\n\nx := y\n")

    done = mlgate("policy", "lint", tmp_path)

    assert done.code == 1
    assert f"{path}:3: var y is unsafe [compile]; give y a value" in done.out


def test_programs_read_the_same(mlgate: Program, tmp_path: Path) -> None:
    path = site(tmp_path, "package mlgate.rules.ours\n\nx := y\n")

    done = mlgate("policy", "lint", tmp_path, "-o", "json")

    found = json.loads(done.out)
    assert (done.code, found["files"]) == (1, 1)
    assert (found["problems"][0]["file"], found["problems"][0]["line"]) == (str(path), 3)


def test_what_is_no_directory_cannot_be_checked(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("policy", "lint", tmp_path / "gone")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "gone is no directory" in done.err
