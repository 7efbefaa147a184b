"""The program: one line and a documented exit code for whatever goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.cli import main, version
from mlgate.cli.main import COMMANDS, run
from mlgate.errors import ManifestError, PolicyError

Program = Callable[..., Any]
"""Runs `mlgate` and gives code, out and err."""


def failing(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    """Let a command end with a fault."""

    def fail(_settings: object) -> object:
        raise fault

    monkeypatch.setattr(version, "installed_versions", fail)


@pytest.mark.parametrize(
    "command",
    [
        "",
        *COMMANDS,
        "card validate",
        "card digest",
        "card convert",
        "card new",
        "signoff new",
        "signoff verify",
        "waiver new",
        "policy lint",
        "policy new",
        "policy test",
    ],
)
def test_every_help_has_an_example(mlgate: Program, command: str) -> None:
    done = mlgate(*command.split(), "--help")

    assert done.code == 0
    assert "Example: " in done.out or "Examples: " in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("frob",),
        ("--frob",),
        ("check",),
        ("card",),
        ("signoff",),
        ("policy",),
        ("inspect", "-o", "xml", "x"),
    ],
)
def test_bad_usage_is_exit_code_two(mlgate: Program, arguments: tuple[str, ...]) -> None:
    assert mlgate(*arguments).code == 2


def test_what_was_foreseen_is_one_line(mlgate: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, PolicyError("the policy\n  is \x1b[31mbad"))

    done = mlgate("version")

    assert (done.code, done.out) == (2, "")
    assert done.err == "mlgate: the policy is \\u001b[31mbad\n"


def test_the_place_in_a_file_is_told_though_another_error_was_made_of_it(
    mlgate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = PolicyError("settings s.yaml: duplicate key 'a'")
    problem.__cause__ = ManifestError("duplicate key 'a'", line=2, column=1)
    failing(monkeypatch, problem)

    assert mlgate("version").err == "mlgate: settings s.yaml: duplicate key 'a' (line 2, column 1)\n"


def test_what_nobody_foresaw_is_one_line_without_its_text_and_not_the_code_of_a_denial(
    mlgate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, RuntimeError("password=hunter2"))

    done = mlgate("version")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "internal error (RuntimeError at test_main.py:" in done.err
    assert "hunter2" not in done.err


def test_what_the_system_refuses_is_one_line_that_names_the_file(
    mlgate: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, OSError(28, "No space left on device", "/cache/a\nb"))

    done = mlgate("version")

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "mlgate: the system refused: [Errno 28] No space left on device: '/cache/a" in done.err


@pytest.mark.parametrize("moment", ["in a command", "before it"])
def test_an_interrupt_is_not_the_code_of_a_denial(
    mlgate: Program, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    if moment == "before it":

        def interrupted(_names: object) -> object:
            raise KeyboardInterrupt

        monkeypatch.setattr(main, "build_app", interrupted)

    assert mlgate("version").code == 130


def test_the_arguments_are_those_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mlgate", "frob"])

    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == 2
    assert "No such command 'frob'" in capsys.readouterr().err


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys\nfrom mlgate.cli.main import build_app\nbuild_app(['inspect'])\n"
        "sys.exit(any(name in sys.modules for name in ('uvicorn', 'fastapi', 'kubernetes')))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - our own code

    assert done.returncode == 0
