"""The chart as a platform team installs it: real helm, a real API server, and pods that run."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.documents import Object
from chart.rendering import NAMESPACE, RELEASE
from chart.values import CHART
from cluster.api import Api
from cluster.control_plane import ControlPlane
from cluster.kinds import definitions
from cluster.kubectl import Answer
from cluster.node import Node
from cluster.pod import MLGATE, Programs

PORT = 8443
"""Of the Service: a port that anybody may listen on."""
PATIENCE = "180s"


@dataclass
class Installation:
    """A control plane with a node, and helm before it."""

    plane: ControlPlane
    node: Node
    folder: Path
    notes: str = ""
    """What helm printed when it installed the chart."""

    def helm(self, *arguments: str) -> Answer:
        """Run helm as the administrator."""
        homes = {f"HELM_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        flags = (f"--namespace={NAMESPACE}", f"--kubeconfig={self.plane.kubeconfig}")
        command = [str(self.plane.tools / "helm"), *arguments, *flags, "--kube-context=administrator"]
        done = subprocess.run(  # noqa: S603 - the pinned helm
            command, capture_output=True, text=True, check=False, env=os.environ | homes, timeout=300
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def install(self, *values: str, chart: Path = CHART) -> str:
        """Install with Helm's own certificate, and lead to its Service; what helm printed."""
        told = self.change("tls.mode=helm", f"service.port={PORT}", *values, verb="install", chart=chart)
        self.node.forward(self.get("service", RELEASE, "-n", NAMESPACE)["spec"]["clusterIP"], PORT)
        return told

    def change(
        self,
        *values: str,
        verb: str = "upgrade",
        chart: Path = CHART,
        kept: str = "--reuse-values",
        files: Mapping[str, Path] | None = None,
    ) -> str:
        """Install or upgrade and wait until it is there; what helm printed.

        Args:
            values: as `--set` takes them.
            verb: `install` or `upgrade`.
            chart: folder or archive.
            kept: which flag keeps the values of the release when it is upgraded.
            files: values that are the text of a file.
        """
        given = [f"--set={value}" for value in values]
        given += [f"--set-file={name}={path}" for name, path in (files or {}).items()]
        flags = [*([kept] if verb == "upgrade" else []), *given, "--wait", f"--timeout={PATIENCE}"]
        answer = self.helm(verb, RELEASE, str(chart), *flags)
        assert answer.ok, f"{answer.errors}\n{self.told()}"
        return answer.output

    def told(self) -> str:
        """What went wrong on the node, and the ends of the logs there."""
        logs = [child.tail() for pod in self.node.pods.values() for child in pod.children.values()]
        return "\n".join([*self.node.faults[-5:], *logs])

    def send(self, entry: Object, *flags: str) -> Answer:
        """Create an object as the administrator."""
        return self.plane.kubectl.send("administrator", "create", [entry], *flags)

    def get(self, kind: str, name: str, *flags: str) -> dict[str, Any]:
        """An object that is there."""
        found: dict[str, Any] = json.loads(
            self.plane.kubectl.must("administrator", "get", kind, name, "-o", "json", *flags)
        )
        return found

    def running(self) -> set[str]:
        """The pods of which anything still runs, those that are told to end among them."""
        return {
            name
            for name, pod in list(self.node.pods.items())
            if any(child.alive() for child in list(pod.children.values()))
        }

    def webhook(self) -> dict[str, Any]:
        """The webhook configuration."""
        return self.get("validatingwebhookconfiguration", RELEASE)

    def hooks(self) -> list[str]:
        """What there is of `helm test`, in every namespace."""
        kinds = "pods,serviceaccounts,roles,rolebindings,networkpolicies"
        selector = f"app.kubernetes.io/name={RELEASE}-test"
        found = self.plane.kubectl.must("administrator", "get", kinds, "-A", "-l", selector, "-o", "name")
        return found.split()

    def attempt(self) -> str:
        """What the last `helm test` printed."""
        logs = sorted(
            self.folder.glob(f"node/{RELEASE}-test-*/reach.log"), key=lambda path: path.stat().st_mtime
        )
        return logs[-1].read_text()

    def trusted(self) -> str:
        """Whom the API server trusts to be the gate, as base64; the same in every entry."""
        (bundle,) = {entry["clientConfig"]["caBundle"] for entry in self.webhook()["webhooks"]}
        return str(bundle)

    def setting(self, variable: str) -> str:
        """A variable that replicas are started with."""
        spec = self.get("deployment", RELEASE, "-n", NAMESPACE)["spec"]["template"]["spec"]
        (value,) = [entry["value"] for entry in spec["containers"][0]["env"] if entry["name"] == variable]
        return str(value)

    def policies(self) -> list[str]:
        """The failure policies of its entries."""
        return [entry["failurePolicy"] for entry in self.webhook()["webhooks"]]


@contextmanager
def cluster(folder: Path, tools: Path) -> Iterator[Installation]:
    """A control plane with the kinds of the serving platforms, and a node for the namespace of the gate."""
    plane_folder = folder / "plane"
    plane_folder.mkdir()
    with ControlPlane(plane_folder, tools) as plane:
        kubectl = plane.kubectl
        kubectl.send("administrator", "create", definitions())
        space = {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
        kubectl.send(
            "administrator", "create", [{"apiVersion": "v1", "kind": "Namespace", "metadata": space}]
        )
        authority = plane.authority.certificate
        kubectl.must(
            *("administrator", "create", "configmap", "kube-root-ca.crt", "-n", NAMESPACE),
            f"--from-file=ca.crt={authority}",
        )
        api = Api(plane.url, authority, plane.tokens["administrator"])
        variables = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(plane.port)}
        programs = Programs(MLGATE, (tools / "opa").resolve())
        with Node(api, NAMESPACE, folder / "node", programs, variables) as node:
            yield Installation(plane, node, folder)


def kill_all(site: Installation) -> set[str]:
    """Delete all replicas at once and kill what runs in them, so that none answers any more; their names."""
    pods = [pod for pod in list(site.node.pods.values()) if pod.serves]
    names = {pod.name for pod in pods}

    def dead() -> bool:
        alive = [child for pod in pods for child in list(pod.children.values()) if child.alive()]
        for child in alive:
            child.process.kill()
        return not alive

    # First, or what makes new pods asks while the old ones still answer; what the node starts again is later.
    dead()
    now = ("--grace-period=0", "--force")
    site.plane.kubectl.must("administrator", "delete", "pod", *names, "-n", NAMESPACE, *now)
    # The node may just have been about to start one of them again.
    until(lambda: dead() and not names & set(site.node.pods), 60, "something still runs")
    return names


def until(found: Callable[[], object], seconds: float, why: str) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < limit, why
        time.sleep(0.3)
