"""`policy new`: what it writes and what it says; `tests/unit/policy/workbench` tells what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


def test_the_files_are_named_and_what_to_do_next(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("policy", "new", "ours.owner", "--dir", tmp_path)

    folder = tmp_path / "mlgate" / "rules" / "ours"
    written = [folder / name for name in ("owner.rego", "owner_test.rego", "owner_case.yaml")]
    assert done.code == 0
    assert done.out.splitlines() == [str(path) for path in written]
    assert all(path.is_file() for path in written)
    assert f"mlgate policy lint {tmp_path}" in done.err


def test_the_directory_is_this_one_unless_another_is_named(
    mlgate: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = mlgate("policy", "new", "ours.owner", "-o", "json")

    files = [f"mlgate/rules/ours/owner{end}" for end in (".rego", "_test.rego", "_case.yaml")]
    assert json.loads(done.out) == {"code": "ours.owner", "files": files}


def test_a_name_that_will_not_do_is_one_line(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("policy", "new", "fairness.owner", "--dir", tmp_path)

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "our_fairness" in done.err
