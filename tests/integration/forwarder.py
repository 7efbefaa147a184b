"""A Service of our own: sends each new connection to a replica that is ready, as kube-proxy does."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster import forwarder
from cluster.processes import free_port, launch, wait_ready
from process import Served

_LOOK = 0.25
"""Seconds between two looks at who is ready: for so long a replica that ends is still sent connections."""


@dataclass
class Service:
    """The replicas, and where they are reached."""

    replicas: list[Served]
    file: Path
    """What the forwarder reads: the ports of the ready ones."""
    port: int = field(default_factory=free_port)
    ready: list[Served] = field(default_factory=list)

    def look(self) -> None:
        """Look who is ready; where nobody is, those stay who were."""
        self.ready = [replica for replica in [*self.replicas] if _is_ready(replica)] or self.ready
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps([replica.port for replica in self.ready]))
        fresh.replace(self.file)

    def answers(self) -> bool:
        """Whether somebody listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _is_ready(replica: Served) -> bool:
    try:
        return replica.call("GET", "/readyz").status == 200
    except OSError:
        return False


@contextmanager
def service(*replicas: Served) -> Iterator[Service]:
    """A service whose forwarder is a process, and whose list a thread of its own keeps."""
    ended = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        found = Service([*replicas], Path(folder) / "ready.json")
        while not found.ready:
            found.look()
        command = [sys.executable, forwarder.__file__, "127.0.0.1", str(found.port), str(found.file)]
        child = launch("forwarder", command, Path(folder))

        def follow() -> None:
            while not ended.wait(_LOOK):
                found.look()

        thread = threading.Thread(target=follow)
        thread.start()
        try:
            wait_ready(child, found.answers, 30)
            yield found
        finally:
            ended.set()
            thread.join()
            child.stop()
