"""The whole local installation: control plane, records and their guards, people, mlgate, webhook.

The guards are installed first of all. A sign-off counts only if its guard is at least 60 s older
(so that nobody can lift the guard, sign, and put it back unseen), and everything that can be done
before is done in that time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from chart.rendering import render
from chart.values import CHART

from cluster.control_plane import ControlPlane
from cluster.gate import GateProcess
from cluster.kinds import definitions
from cluster.kubectl import Kubectl, manifest
from cluster.processes import Child
from cluster.webhook import configuration

ROOT = Path(__file__).resolve().parents[2]
RECORDS = CHART / "files" / "crds"
GUARDS = CHART / "files" / "guards"
OWN = Path(__file__).parent

GUARD_AGE = 62.0
"""Seconds from the installation of the guards to the first sign-off that counts: the rule's 60,
and two because the API server's times have whole seconds."""


def roles() -> str:
    """The roles of the chart, and the gate's own bound to it."""
    rendered = render()
    return "\n---\n".join(rendered[name] for name in ("rbac.yaml", "people.yaml"))


def _silent(_: str) -> None:
    """Progress that nobody reads."""


@dataclass
class LocalCluster:
    """Everything `make cluster` and the e2e tests stand on; a context manager."""

    tools: Path = ROOT / ".tools" / "bin"
    say: Callable[[str], None] = _silent
    _guarded_since: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mlgate-cluster-")
        self.folder = Path(self._folder.name)
        self.control_plane = ControlPlane(self.folder, self.tools)
        self.gate = GateProcess(
            self.folder,
            self.tools / "opa",
            self.control_plane.gate_kubeconfig,
            self.control_plane.authority,
        )

    @property
    def kubectl(self) -> Kubectl:
        """The kubectl of this cluster."""
        return self.control_plane.kubectl

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Bring everything up; returns when a manifest can be applied and judged.

        Raises:
            ClusterError: a part did not come up.
        """
        self.say("etcd, kube-apiserver and kube-controller-manager start")
        self.control_plane.start()
        self.say("definitions and guards of the records are installed")
        self.install_guards()
        self.say("kinds of the serving platform and rights of the people are installed")
        self.install_people()
        self.say("mlgate starts")
        self.gate.start()
        self.register()
        self.say("the webhook is registered")

    def stop(self) -> None:
        """End everything and remove its data."""
        self.gate.stop()
        self.control_plane.stop()
        self._folder.cleanup()

    def dead(self) -> Child | None:
        """A part that ended by itself, if there is one."""
        parts = [*self.control_plane.children, *([self.gate.child] if self.gate.child else [])]
        return next((part for part in parts if not part.alive()), None)

    def install_guards(self) -> None:
        """Install the record kinds and the policies that guard them."""
        self._create(RECORDS)
        self._create(GUARDS)
        self._guarded_since = time.monotonic()

    def install_people(self) -> None:
        """Install the kinds of the serving platform, the shipped roles, and who holds them."""
        self._create(OWN / "crds")
        self.kubectl.must("administrator", "create", "-f", "-", stdin=manifest(definitions()))
        self.kubectl.must("administrator", "create", "-f", "-", stdin=roles())
        self._create(OWN / "access")
        self.kubectl.must(
            "administrator",
            "wait",
            "--for=condition=Established",
            "crd",
            "--all",
            "--timeout=60s",
        )

    def register(self, gate: GateProcess | None = None) -> None:
        """Register the webhook with the API server; another gate than its own may answer for a while."""
        hook = configuration((gate or self.gate).url, self.control_plane.authority.pem())
        self.kubectl.must("administrator", "apply", "-f", "-", stdin=manifest([hook]))

    def seconds_until_signing(self) -> float:
        """How long a sign-off given now would still be too close to its guard; 0 when it counts."""
        return max(0.0, self._guarded_since + GUARD_AGE - time.monotonic())

    def wait_until_signing(self) -> None:
        """Wait until a sign-off counts. Costs time once per cluster."""
        time.sleep(self.seconds_until_signing())

    def _create(self, path: Path) -> None:
        self.kubectl.must("administrator", "create", "-f", str(path))
