"""mlgate itself beside the control plane: `mlgate serve` with a certificate of the cluster's authority."""

from __future__ import annotations

import json
import os
import signal
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cluster.pki import Authority
from cluster.processes import Child, free_port, launch, wait_ready

_MLGATE = Path(sys.executable).with_name("mlgate")
"""The program as it is installed beside the interpreter that runs this."""


@dataclass
class GateProcess:
    """One `mlgate serve`, which a test may also break: its engine is a child that can be killed.

    `opa` is a link of the gate's own, so that a test can take the program away and the gate
    finds nothing to start again.
    """

    folder: Path
    opa_program: Path
    kubeconfig: Path
    authority: Authority
    variables: Mapping[str, str] = field(default_factory=dict)
    """Settings of its own, in place of those that go with the local cluster."""
    child: Child | None = None
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.opa = self.folder / "opa"
        self.provide_opa()

    @property
    def url(self) -> str:
        """Address the API server calls."""
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the gate and wait until it is ready.

        Raises:
            ClusterError: it ended, or is not ready within a minute.
        """
        pair = self.authority.server("mlgate", ["127.0.0.1", "localhost"])
        command = [
            *(str(_MLGATE), "serve"),
            *("--listen", f"127.0.0.1:{self.port}"),
            *("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key)),
            *("--opa", "managed"),
        ]
        self.child = launch("mlgate", command, self.folder, self._environment())
        wait_ready(self.child, self.ready, 60)

    def stop(self) -> None:
        """End the gate and, with it, its engine."""
        if self.child:
            self.child.stop(10)
            self.child = None

    def ready(self) -> bool:
        """Whether `/readyz` says so."""
        return self.status("/readyz") == 200  # noqa: PLR2004 - HTTP OK

    def status(self, path: str) -> int:
        """HTTP status of a GET; 0 when nobody answers."""
        context = ssl.create_default_context(cafile=self.authority.certificate)
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5, context=context) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except (urllib.error.URLError, OSError):
            return 0

    def log_lines(self) -> list[str]:
        """What the gate has logged so far."""
        return self.child.log.read_text(errors="replace").splitlines() if self.child else []

    def provide_opa(self) -> None:
        """Put the engine's program where the gate looks for it."""
        self.opa.unlink(missing_ok=True)
        self.opa.symlink_to(self.opa_program.resolve())

    def take_opa_away(self) -> None:
        """Remove the program and kill the running engine, so that no new one can start."""
        self.opa.unlink(missing_ok=True)
        self.signal_opa(signal.SIGKILL)

    def signal_opa(self, number: signal.Signals) -> int:
        """Send a signal to every engine process of this gate; returns how many there were."""
        pids = self.opa_pids()
        for pid in pids:
            os.kill(pid, number)
        return len(pids)

    def opa_pids(self) -> list[int]:
        """Process ids of the gate's engine."""
        if self.child is None:
            return []
        return [pid for pid in _descendants(self.child.process.pid) if _runs(pid, "opa")]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MLGATE_")}
        return kept | {
            "KUBECONFIG": str(self.kubeconfig),
            "MLGATE_OPA__BINARY": str(self.opa),
            "MLGATE_EVIDENCE__KUBECONFIG": str(self.kubeconfig),
            "MLGATE_EVIDENCE__CARD_SOURCES": json.dumps(["modelcard", "configmap"]),
            **self.variables,
        }


def _descendants(pid: int) -> list[int]:
    """All processes below one, from the kernel's process table."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, open_ends = [], [pid]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return found


def _runs(pid: int, program: str) -> bool:
    """Whether a process was started as this program."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == program
    except OSError:
        return False
