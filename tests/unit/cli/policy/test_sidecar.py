"""`policy sidecar` writes what an OPA beside the server is started with, and prints its arguments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Program = Callable[..., Any]


def test_arguments_are_printed_one_a_line(mlgate: Program, tmp_path: Path) -> None:
    shared, token = tmp_path / "shared", tmp_path / "token"
    done = mlgate(
        *("policy", "sidecar", "--shared", shared, "--token-file", token, "--opa", "http://127.0.0.1:8181")
    )
    assert done.code == 0
    found = done.out.splitlines()
    assert found[:3] == ["run", "--server", "--addr=127.0.0.1:8181"]
    assert f"--config-file={shared}/opa.json" in found
    assert token.read_text() not in done.out
    assert {path.name for path in shared.iterdir()} == {"guard", "opa.json"}


def test_what_is_missing_is_named(mlgate: Program, tmp_path: Path) -> None:
    done = mlgate("policy", "sidecar", "--shared", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "opa.token_file" in done.err
