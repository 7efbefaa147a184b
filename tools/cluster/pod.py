"""One pod as processes of this machine: its containers as its specification says, and no container engine.

What a container would see at a mount path lies in a folder here, so that its arguments and variables name
that folder instead; ports of the pod's own network become free ports of this machine. Nothing else changes.
"""

from __future__ import annotations

import math
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kubernetes.utils.quantity import parse_quantity

from cluster.processes import Child, free_port, launch
from cluster.volumes import Volumes

Object = dict[str, Any]
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_MAPPED = Path(__file__).parent / "mapped"
"""A folder for PYTHONPATH: it tells the Kubernetes client where the account's files are here."""
_PATIENCE = 60.0
_OK, _NOT_OK = 200, 400
"""What a kubelet takes for success: from the first to below the second."""


@dataclass(frozen=True)
class Programs:
    """What stands for the programs of the image."""

    mlgate: Path
    opa: Path

    def command(self, container: Mapping[str, Any]) -> list[str]:
        """The program a container runs; without a command, that of the image."""
        if "command" not in container:
            return [str(self.mlgate)]
        assert container["command"] == ["/opt/mlgate/bin/opa"], container["command"]  # noqa: S101 - all there is
        return [str(self.opa)]


@dataclass
class RunningPod:
    """A pod that was started here."""

    pod: Object
    volumes: Volumes
    folder: Path
    programs: Programs
    cluster: Mapping[str, str]
    """Variables a kubelet sets in every container."""
    ports: dict[int, int] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    started: bool = False
    """Whether every container was; until then there is nothing to look after."""
    stopped: bool = False
    """Whether it was told to end, perhaps before it had started."""
    restarts: int = 0
    lived: bool = False
    """Whether it has been ready."""

    @property
    def name(self) -> str:
        """Name of the pod."""
        return str(self.pod["metadata"]["name"])

    @property
    def uid(self) -> str:
        """What tells it from a later one of the same name."""
        return str(self.pod["metadata"]["uid"])

    @property
    def serves(self) -> bool:
        """Whether it takes connections at all."""
        return any(container.get("ports") for container in self.pod["spec"]["containers"])

    @property
    def outcome(self) -> Literal["Running", "Succeeded", "Failed"]:
        """Its phase: a pod that is never restarted is over when its containers are."""
        if self.pod["spec"]["restartPolicy"] != "Never" or any(c.alive() for c in self.children.values()):
            return "Running"
        codes = {child.process.returncode for child in self.children.values()}
        return "Succeeded" if codes == {0} else "Failed"

    @property
    def port(self) -> int:
        """Where the container port lies on this machine."""
        return self.ports[8443]

    def start(self) -> None:
        """Run the init containers one after the other, then the others side by side.

        Where that failed before, it begins anew.
        """
        for child in self.children.values():
            child.stop(0.1)
        self.ports = {port: free_port() for port in (8443, 8181, 8182)}
        self.volumes.refresh()
        for container in self.pod["spec"].get("initContainers", []):
            done = self._launch(container).process.wait(_PATIENCE)
            assert done == 0, (self.folder / f"{container['name']}.log").read_text()  # noqa: S101 - as a test
        for container in self.pod["spec"]["containers"]:
            if self.stopped:
                return
            self.children[container["name"]] = self._launch(container)
        self.started = True

    def revive(self) -> None:
        """Start containers again that ended by themselves, where the pod wants that."""
        if self.pod["spec"]["restartPolicy"] == "Never":
            return
        for container in self.pod["spec"]["containers"]:
            if not self.children[container["name"]].alive():
                self.restarts += 1
                self.children[container["name"]] = self._launch(container)

    def ready(self) -> bool:
        """Whether the readiness probes succeed, and before the first time those of start and life as well.

        A pod that serves nothing has none.
        """
        if not self.serves:
            return self.outcome == "Running"
        kinds = ("readinessProbe",) if self.lived else ("startupProbe", "livenessProbe", "readinessProbe")
        probes = [
            (container, container[kind]["httpGet"], float(container[kind].get("timeoutSeconds", 1)))
            for container in self.pod["spec"]["containers"]
            for kind in kinds
            if kind in container
        ]
        found = bool(probes) and all(self._answers(*probe) for probe in probes)
        self.lived = self.lived or found
        return found

    def _answers(self, container: Mapping[str, Any], asked: Mapping[str, Any], seconds: float) -> bool:
        """Whether a probe of the kubelet gets a good answer."""
        named = {port["name"]: port["containerPort"] for port in container["ports"]}
        port = self.ports[named.get(asked["port"], asked["port"])]
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # as a kubelet
        url = f"{asked.get('scheme', 'HTTP').lower()}://127.0.0.1:{port}{asked['path']}"
        try:
            with urllib.request.urlopen(url, timeout=seconds, context=context) as answer:  # noqa: S310
                return _OK <= int(answer.status) < _NOT_OK
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End all containers at once, by force after the grace period."""
        self.stopped = True
        for child in self.children.values():
            if child.alive():
                child.process.terminate()
        limit = time.monotonic() + float(self.pod["spec"]["terminationGracePeriodSeconds"])
        for child in self.children.values():
            child.stop(max(0.1, limit - time.monotonic()))

    def _launch(self, container: Mapping[str, Any]) -> Child:
        variables = {entry["name"]: self._value(container, entry) for entry in container.get("env", [])}
        arguments = [self._here(container, argument) for argument in container.get("args", [])]
        environment = {"PATH": os.environ["PATH"], **self.cluster, **variables, **self._machine(container)}
        return launch(
            str(container["name"]), [*self.programs.command(container), *arguments], self.folder, environment
        )

    def _value(self, container: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
        """What a variable of a container holds; limits of containers are all that is asked of the cluster."""
        if "value" in entry:
            return self._here(container, entry["value"])
        asked = entry["valueFrom"]["resourceFieldRef"]
        part, resource = asked["resource"].split(".")
        limits = {each["name"]: each["resources"][part] for each in self.pod["spec"]["containers"]}
        amount = parse_quantity(limits[asked["containerName"]][resource])  # type: ignore[no-untyped-call]  # has none
        return str(math.ceil(amount))

    def _machine(self, container: Mapping[str, Any]) -> dict[str, str]:
        """What the namespaces of a container would do, said in variables."""
        mounts = {mount["mountPath"]: self._mounted(mount) for mount in container["volumeMounts"]}
        path = [str(_MAPPED), *filter(None, [os.environ.get("PYTHONPATH")])]
        found = {"PYTHONPATH": os.pathsep.join(path), "MAPPED_ACCOUNT": str(mounts.get(_ACCOUNT, "/nowhere"))}
        if "/tmp" in mounts:  # noqa: S108 - the container's own
            found["TMPDIR"] = str(mounts["/tmp"])  # noqa: S108 - as above
        if any(entry["name"].startswith("MLGATE_") for entry in container.get("env", [])):
            found["MLGATE_OPA__BUNDLE_PORT"] = str(self.ports[8182])
        return found

    def _mounted(self, mount: Mapping[str, Any]) -> Path:
        return self.volumes.path(mount["name"])

    def _here(self, container: Mapping[str, Any], text: str) -> str:
        """A text with paths and ports of the container as they are on this machine."""
        mounts = {mount["mountPath"]: str(self._mounted(mount)) for mount in container["volumeMounts"]}
        places = "|".join(re.escape(path) for path in sorted(mounts, key=len, reverse=True))
        ports = {str(port): str(here) for port, here in self.ports.items()}
        known = re.compile(rf"(?<![\w/.])(?:{places})(?=/|$|\")|\b(?:{'|'.join(ports)})\b")
        return known.sub(lambda found: (mounts | ports)[found[0]], text)


MLGATE = Path(sys.executable).with_name("mlgate")
"""The program as it is installed beside the interpreter that runs this."""
