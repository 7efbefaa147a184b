"""A node for a control plane without kubelets: it runs the pods of one namespace, and tells of them.

Pods get processes (pod.py), volumes that follow their Secrets and ConfigMaps, readiness, restarts and an
orderly end. One Service is forwarded to those that are ready.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from cluster.api import Api, ApiError
from cluster.pod import Programs, RunningPod
from cluster.processes import Child, launch
from cluster.volumes import Volumes

Object = dict[str, Any]
NAME = "node-of-processes"
_PAUSE = 0.3
_NOTICE_SECONDS = 1.0
"""From the order to end a pod until connections stop coming: endpoints travel through two controllers."""


class Node:
    """Runs what is scheduled to it, in a thread; a context manager."""

    def __init__(
        self, api: Api, namespace: str, folder: Path, programs: Programs, variables: dict[str, str]
    ) -> None:
        self._api, self._namespace, self._folder = api, namespace, folder
        self._programs, self._variables = programs, variables
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._workers = ThreadPoolExecutor(8)
        self._forwarder: Child | None = None
        self._ports = folder / "ready.json"
        self._told: dict[str, bool] = {}
        self._leaving: set[str] = set()
        self.pods: dict[str, RunningPod] = {}
        self.faults: list[str] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        self._ports.write_text("[]")
        self._api.call(
            "POST", "/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": NAME}}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for running in self.pods.values():
            for child in running.children.values():
                child.process.kill()
                child.process.wait()
        self._workers.shutdown()
        if self._forwarder:
            self._forwarder.stop()

    def forward(self, address: str, port: int) -> None:
        """Listen at the address of a Service."""
        script = Path(__file__).with_name("forwarder.py")
        command = [sys.executable, str(script), address, str(port), str(self._ports)]
        self._forwarder = launch("forwarder", command, self._folder)

    @property
    def ready(self) -> list[RunningPod]:
        """The pods that get connections."""
        return [self.pods[name] for name, ready in self._told.items() if ready and name in self.pods]

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE):
            try:
                self._look()
            except (ApiError, OSError) as fault:
                self.faults.append(str(fault))

    def _look(self) -> None:
        """Bring what runs here to what the API server wants."""
        wanted = {found["metadata"]["name"]: found for found in self._api.get(f"{self._home}/pods")["items"]}
        for name, pod in wanted.items():
            if "deletionTimestamp" in pod["metadata"]:
                self._leave(name)
            elif name not in self.pods:
                self._workers.submit(self._begin, pod)
                self.pods[name] = self._made(pod)
        running = [pod for name, pod in self.pods.items() if pod.children and name not in self._leaving]
        list(self._workers.map(self._tend, running))
        self._write_ports()

    def _made(self, pod: Object) -> RunningPod:
        folder = self._folder / pod["metadata"]["name"]
        folder.mkdir()
        volumes = Volumes(self._api, pod, folder / "volumes")
        return RunningPod(pod, volumes, folder, self._programs, self._variables)

    def _begin(self, pod: Object) -> None:
        name = pod["metadata"]["name"]
        try:
            target = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}}
            target["target"] = {"apiVersion": "v1", "kind": "Node", "name": NAME}
            self._api.call("POST", f"{self._home}/pods/{name}/binding", target)
            self.pods[name].start()
            self._tell(self.pods[name], ready=False)
        except (ApiError, OSError, AssertionError) as fault:
            self.faults.append(f"{name}: {fault}")

    def _tend(self, running: RunningPod) -> None:
        """Renew volumes, start what ended, and tell whether it is ready."""
        running.revive()
        running.volumes.refresh()
        ready = running.ready()
        if self._told.get(running.name) != ready:
            self._tell(running, ready=ready)

    def _tell(self, running: RunningPod, *, ready: bool) -> None:
        word = "True" if ready else "False"
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        kinds = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        conditions = [
            {"type": kind, "status": word if kind.endswith("Ready") else "True", "lastTransitionTime": now}
            for kind in kinds
        ]
        containers = [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": ready,
                "started": True,
                "restartCount": running.restarts,
                "state": {"running": {"startedAt": now}},
            }
            for container in running.pod["spec"]["containers"]
        ]
        status = {"phase": "Running", "podIP": "127.0.0.1", "conditions": conditions, "startTime": now}
        with contextlib.suppress(ApiError):  # it may be gone by now
            self._api.patch(
                f"{self._home}/pods/{running.name}/status",
                {"status": status | {"containerStatuses": containers}},
            )
        self._told[running.name] = ready

    def _leave(self, name: str) -> None:
        if name in self.pods and name not in self._leaving:
            self._leaving.add(name)
            self._workers.submit(self._end, name)

    def _end(self, name: str) -> None:
        """The order to stop and the end of new connections come apart, as in a cluster."""
        notice = threading.Timer(_NOTICE_SECONDS, self._withdraw, [name])
        notice.start()
        self.pods[name].stop()
        notice.join()
        with contextlib.suppress(ApiError):
            self._api.call("DELETE", f"{self._home}/pods/{name}?gracePeriodSeconds=0")

    def _withdraw(self, name: str) -> None:
        self._told[name] = False
        self._write_ports()

    def _write_ports(self) -> None:
        fresh = self._ports.with_suffix(f".{threading.get_ident()}")
        fresh.write_text(json.dumps([pod.port for pod in self.ready]))
        fresh.replace(self._ports)

    @property
    def _home(self) -> str:
        return f"/api/v1/namespaces/{self._namespace}"
