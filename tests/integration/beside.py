"""An OPA beside `mlgate serve`, each a process of its own, started by exactly what mlgate writes for it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from process import MLGATE, Served, environment, serving

from mlgate.policy.local_opa import find_opa

PATIENCE = 60.0


def free_port() -> int:
    """A port of loopback nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def verdict(response: dict[str, Any]) -> tuple[str, bool, list[str]]:
    """Revision, whether it is allowed, and the codes that refuse."""
    causes = response.get("status", {}).get("details", {}).get("causes", ())
    revision = response.get("auditAnnotations", {}).get("policy-revision", "")
    return revision, response["allowed"], [cause["reason"] for cause in causes]


def until(holds: Callable[[], Any]) -> Any:
    """What that gives, once it is true."""
    limit = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return found


@dataclass
class Pod:
    """The two containers and what they share."""

    folder: Path
    evidence: Sequence[Path]
    settings: dict[str, str] = field(default_factory=dict)
    opa: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)
    bundle_port: int = field(default_factory=free_port)

    @property
    def shared(self) -> Path:
        """The folder both see."""
        return self.folder / "shared"

    @property
    def token(self) -> str:
        """What opens OPA."""
        return (self.folder / "token").read_text()

    def variables(self) -> dict[str, str]:
        """The environment of the containers of mlgate."""
        return {
            "MLGATE_OPA__URL": f"http://127.0.0.1:{self.port}",
            "MLGATE_OPA__SHARED_DIR": str(self.shared),
            "MLGATE_OPA__TOKEN_FILE": str(self.folder / "token"),
            "MLGATE_OPA__BUNDLE_PORT": str(self.bundle_port),
            "MLGATE_POLICY__RELOAD_SECONDS": "0.05",
            "MLGATE_SERVER__DRAIN_SECONDS": "0",
            "MLGATE_DECISION__DEADLINE_SECONDS": "4",
        } | self.settings

    def prepare(self) -> list[str]:
        """The init container: `mlgate policy sidecar`. Gives the arguments of OPA."""
        done = subprocess.run(  # noqa: S603 - our own program
            [str(MLGATE), "policy", "sidecar"],
            env=environment(self.folder, **self.variables()),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    def start_opa(self, arguments: Sequence[str]) -> None:
        """The sidecar: nothing in its environment, and a folder of its own."""
        with (self.folder / "opa.log").open("ab") as log:
            self.opa = subprocess.Popen(  # noqa: S603 - the pinned program
                [str(find_opa()), *arguments], cwd="/", env={}, stdout=log, stderr=log
            )

    def kill_opa(self) -> None:
        """End it at once."""
        if self.opa is not None:
            self.opa.kill()
            self.opa.wait()

    @contextmanager
    def mlgate(self, bundle: Path | None) -> Iterator[Gate]:
        """The other container."""
        with serving(self.folder, self.evidence, bundle, settings=self.variables()) as server:
            yield Gate(server)

    def ask_opa(self, method: str, path: str, token: str | None = None, body: str | None = None) -> int:
        """The status of a call that somebody in the pod makes."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with contextlib.closing(client):
            client.request(method, path, body, headers)
            return client.getresponse().status


@dataclass
class Gate:
    """A running `mlgate serve` that hands its policy over."""

    server: Served

    def told(self) -> dict[str, Any]:
        """What it says of itself; `status` is that of the answer."""
        ready = self.server.call("GET", "/readyz")
        return {"status": ready.status} | ready.json()

    def ready(self) -> str:
        """The revision that judges, once it is ready."""
        told = until(lambda: (found := self.told())["status"] == 200 and found)
        return str(told["policy"]["revision"])

    def moved_from(self, revision: str) -> str:
        """The revision that judges, once it is another and nothing is refused."""

        def moved() -> Any:
            found = self.told()
            policy = found["policy"]
            return (
                found["status"] == 200
                and policy["refused"] is None
                and policy["revision"] != revision
                and found
            )

        return str(until(moved)["policy"]["revision"])

    def refused(self, *words: str) -> dict[str, Any]:
        """What it says of its policy, once the newest is refused with these words."""

        def told() -> Any:
            found = self.told()["policy"]
            return found["refused"] and all(word in found["refused"]["problem"] for word in words) and found

        found: dict[str, Any] = until(told)
        return found

    def metrics(self) -> dict[str, float]:
        """The metrics."""
        lines = self.server.call("GET", "/metrics").text.splitlines()
        found = [line.rpartition(" ") for line in lines if not line.startswith("#")]
        return {name: float(value) for name, _, value in found}

    def verdict(self, review: dict[str, Any]) -> tuple[str, bool, list[str]]:
        """What it answers."""
        return verdict(self.server.ask(review))


@contextmanager
def pod(folder: Path, evidence: Sequence[Path], **settings: str) -> Iterator[Pod]:
    """A pod with its sidecar running; mlgate is started by the test."""
    found = Pod(folder, evidence, settings)
    found.start_opa(found.prepare())
    try:
        yield found
    finally:
        found.kill_opa()


def stopped(process: subprocess.Popen[bytes]) -> int:
    """Order it to stop; gives its exit code."""
    os.kill(process.pid, signal.SIGTERM)
    return process.wait(PATIENCE)


def config_of(found: Pod) -> dict[str, Any]:
    """The configuration OPA was started with."""
    value: dict[str, Any] = json.loads((found.shared / "opa.json").read_text())
    return value
