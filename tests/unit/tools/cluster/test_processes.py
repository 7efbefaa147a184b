from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cluster import processes
from cluster.processes import ClusterError, free_port, launch, wait_ready

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def test_a_child_is_stopped_politely(tmp_path: Path) -> None:
    child = launch("sleeper", SLEEPER, tmp_path)
    wait_ready(child, lambda: "up" in child.tail(), 20)
    child.stop()
    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = launch("stubborn", STUBBORN, tmp_path)
    wait_ready(child, lambda: "up" in child.tail(), 20)
    child.stop(grace=0.1)
    assert child.process.returncode == -signal.SIGKILL


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    child = launch("short", [sys.executable, "-c", ""], tmp_path)
    child.stop()
    child.stop()
    assert not child.alive()


def test_a_child_that_dies_is_told_with_its_log(tmp_path: Path) -> None:
    child = launch("broken", [sys.executable, "-c", "import sys; sys.exit('no etcd here')"], tmp_path)
    with pytest.raises(ClusterError, match="broken ended with code 1:\nno etcd here"):
        wait_ready(child, lambda: False, 20)


def test_a_child_that_never_gets_ready_is_told(tmp_path: Path) -> None:
    child = launch("sleeper", SLEEPER, tmp_path)
    with pytest.raises(ClusterError, match="sleeper was not ready within 0 s"):
        wait_ready(child, lambda: False, 0.05)
    child.stop()


def test_the_environment_of_a_child_can_be_set(tmp_path: Path) -> None:
    code = "import os; print(os.environ['COLOUR'])"
    child = launch("child", [sys.executable, "-c", code], tmp_path, {"COLOUR": "green"})
    child.process.wait()
    assert child.tail() == "green\n"


def test_a_free_port_is_a_port() -> None:
    assert 1024 <= free_port() <= 65535


def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cluster.processes import launch, wait_ready\n"
        f"child = launch('grandchild', {SLEEPER!r}, Path({str(tmp_path)!r}))\n"
        "wait_ready(child, lambda: 'up' in child.tail(), 20)\n"
        "print(child.process.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(processes.__file__).parents[1])}
    with subprocess.Popen(  # noqa: S603 - a literal program
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        parent.kill()
    limit = time.monotonic() + 20
    while _runs(grandchild) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not _runs(grandchild)


def _runs(pid: int) -> bool:
    """Whether a process exists and is no zombie that only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
