"""Child processes with a log file each, that end in order and never outlive their parent."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_LOG_TAIL = 2000
"""Characters of a child's log that an error shows."""


class ClusterError(Exception):
    """The cluster could not be brought up; the message says which part and why."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Child:
    """A running program and the file that holds what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, grace: float = 5.0) -> None:
        """End it: politely, and after `grace` seconds without asking."""
        if self.alive():
            self.process.terminate()
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def tail(self) -> str:
        """The end of its log, for error messages."""
        return self.log.read_text(errors="replace")[-_LOG_TAIL:]


def launch(
    name: str, command: Sequence[str], logs: Path, environment: Mapping[str, str] | None = None
) -> Child:
    """Start a program on the leash of this process; its output goes to `<logs>/<name>.log`.

    It gets a session of its own, so that Ctrl-C reaches the parent alone and the parent ends
    its children in order.
    """
    log = logs / f"{name}.log"
    leashed = [sys.executable, str(_LEASH), str(os.getpid()), *command]
    with log.open("ab") as output:
        process = subprocess.Popen(
            leashed,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
        )
    return Child(name, process, log)


def wait_ready(child: Child, probe: Callable[[], bool], seconds: float) -> None:
    """Wait until the probe succeeds.

    Raises:
        ClusterError: the child died or is not ready in time; the end of its log is included.
    """
    limit = time.monotonic() + seconds
    while not probe():
        if not child.alive():
            raise ClusterError(f"{child.name} ended with code {child.process.returncode}:\n{child.tail()}")
        if time.monotonic() > limit:
            raise ClusterError(f"{child.name} was not ready within {seconds:.0f} s:\n{child.tail()}")
        time.sleep(0.1)
