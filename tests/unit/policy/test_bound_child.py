"""The step before OPA: no environment is passed on, and the child ends with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlgate.policy import bound_child

STEP = [sys.executable, "-I", "-S", bound_child.__file__]
_STARTS_AND_DIES = """
import os, signal, subprocess, sys
command = [*sys.argv[1:], str(os.getpid()), "/", sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
while b"bound_child" in open(f"/proc/{child.pid}/cmdline", "rb").read():
    pass
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the process would have become, and what it told the kernel."""
    calls: list[tuple[object, ...]] = []

    class Kernel:
        def __init__(self, *_: object, **__: object) -> None: ...

        def prctl(self, *arguments: object) -> int:
            calls.append(("prctl", *arguments))
            return 0

    monkeypatch.setattr(ctypes, "CDLL", Kernel)
    monkeypatch.setattr(os, "execve", lambda *arguments: calls.append(("execve", *arguments)))
    return calls


def test_it_becomes_the_program_with_a_home_and_no_other_variable(became: list[tuple[object, ...]]) -> None:
    bound_child.become([str(os.getppid()), "/home", "/bin/opa", "run"])
    assert became[-1] == ("execve", "/bin/opa", ["/bin/opa", "run"], {"HOME": "/home", **bound_child.MEMORY})


def test_a_parent_that_is_gone_already_needs_no_program(became: list[tuple[object, ...]]) -> None:
    bound_child.become(["1" if os.getppid() != 1 else "2", "/home", "/bin/opa"])
    assert [call for call in became if call[0] == "execve"] == []


def test_the_kernel_is_asked_on_linux_alone(
    became: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for platform, asked in (("linux", [("prctl", 1, 9)]), ("darwin", [])):
        became.clear()
        monkeypatch.setattr(sys, "platform", platform)
        bound_child.become([str(os.getppid()), "/home", "/bin/opa"])
        assert [call for call in became if call[0] == "prctl"] == asked


def test_as_a_script_it_takes_its_arguments(
    became: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bound_child.py", str(os.getppid()), "/home", "/bin/opa", "run"])
    runpy.run_path(bound_child.__file__, run_name="__main__")
    assert became[-1][1] == "/bin/opa"


def test_secrets_in_the_environment_do_not_reach_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_SECRET", "s3cret")
    code = "import os; print(dict(os.environ))"
    command = [*STEP, str(os.getpid()), "/", sys.executable, "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603
    assert "'HOME': '/'" in told
    assert "MLGATE_SECRET" not in told


if sys.platform == "linux":  # elsewhere the kernel makes no such promise

    def test_the_program_ends_when_its_parent_is_killed() -> None:
        command = [sys.executable, "-c", _STARTS_AND_DIES, *STEP]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=60)  # noqa: S603
        pid = int(done.stdout)
        until = time.monotonic() + 30
        while _runs(pid):
            assert time.monotonic() < until
            time.sleep(0.01)
        assert done.returncode == -9


def _runs(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
