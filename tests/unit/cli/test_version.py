"""`version`: what judges here; a part that is not there is said to be missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate import __version__
from mlgate.cli import version

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


def test_versions_are_printed_one_a_line(mlgate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"mlgate": "1", "policy": "v1+abc", "opa": None}
    monkeypatch.setattr(version, "installed_versions", lambda _settings: found)

    assert mlgate("version").out == "mlgate 1\npolicy v1+abc\nopa not found\n"
    assert json.loads(mlgate("version", "--output", "json").out) == found


def test_a_machine_without_opa_still_has_a_version(
    mlgate: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLGATE_OPA__BINARY", str(tmp_path / "opa"))

    done = mlgate("version", "-o", "json")

    assert done.code == 0
    assert json.loads(done.out) == {"mlgate": __version__, "policy": None, "opa": None}
