"""A node for a control plane without kubelets: it runs the pods of one namespace, and tells of them.

Pods get processes (pod.py), volumes that follow their Secrets and ConfigMaps, readiness, restarts and an
orderly end. One Service is forwarded to those that are ready.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from cluster.api import Api, ApiError
from cluster.forwarder import NOT_TAKEN
from cluster.pod import Programs, RunningPod
from cluster.pod_status import Status
from cluster.processes import Child, launch, wait_ready
from cluster.volumes import Volumes

Object = dict[str, Any]
NAME = "node-of-processes"
_PAUSE = 0.3
_BACK_OFF = 1.0
"""Seconds until a pod that did not start is tried again."""
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
        self._told: dict[str, Status] = {}
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
        self._kill()  # so that nobody waits for an orderly end,
        self._workers.shutdown()
        self._kill()  # and what was being started meanwhile
        if self._forwarder:
            self._forwarder.stop()

    def _kill(self) -> None:
        for running in [*self.pods.values()]:
            running.stopped = True
            for child in [*running.children.values()]:
                child.process.kill()
                child.process.wait()

    def forward(self, address: str, port: int) -> None:
        """Listen at the address of a Service, and no longer at the one before."""
        if self._forwarder:
            self._forwarder.stop()
        script = Path(__file__).with_name("forwarder.py")
        command = [sys.executable, str(script), address, str(port), str(self._ports)]
        self._forwarder = launch("forwarder", command, self._folder)
        wait_ready(self._forwarder, lambda: _listens(address, port), 30)

    @property
    def ready(self) -> list[RunningPod]:
        """The pods that get connections."""
        pods = {name: pod for name, pod in [*self.pods.items()] if pod.serves}
        return [pods[name] for name, status in [*self._told.items()] if status.ready and name in pods]

    @property
    def not_taken(self) -> list[float]:
        """When, by the monotonic clock, a connection to the Service met a pod that was not there."""
        told = self._forwarder.log.read_text().splitlines() if self._forwarder else []
        return [float(line.rpartition(" ")[2]) for line in told if line.startswith(NOT_TAKEN)]

    def _run(self) -> None:
        """Look again and again; a fault of one look must not be the last of the node."""
        while not self._ended.wait(_PAUSE):
            try:
                self._look()
            except Exception as fault:  # noqa: BLE001 - told, and tried again
                self._note("the node", fault)

    def _look(self) -> None:
        """Bring what runs here to what the API server wants."""
        wanted = {found["metadata"]["name"]: found for found in self._api.get(f"{self._home}/pods")["items"]}
        for name, pod in wanted.items():
            if "deletionTimestamp" in pod["metadata"]:
                self._leave(name, pod["metadata"]["uid"])
            elif name not in self.pods:
                self.pods[name] = self._made(pod)
                self._workers.submit(self._begin, self.pods[name])
        for name, running in [*self.pods.items()]:
            # Deleted without grace, and perhaps there again: what runs is not what is wanted.
            if wanted.get(name, {}).get("metadata", {}).get("uid") != running.uid:
                self._leave(name, running.uid)
        looked_after = [pod for name, pod in self.pods.items() if pod.started and name not in self._leaving]
        list(self._workers.map(self._tend, looked_after))
        self._write_ports()

    def _made(self, pod: Object) -> RunningPod:
        folder = self._folder / f"{pod['metadata']['name']}-{pod['metadata']['uid'][:8]}"
        folder.mkdir(exist_ok=True)
        volumes = Volumes(self._api, pod, folder / "volumes")
        return RunningPod(pod, volumes, folder, self._programs, self._variables)

    def _begin(self, running: RunningPod) -> None:
        """Start a pod; as long as something it needs is missing, it is tried again."""
        target = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": running.name}}
        target["target"] = {"apiVersion": "v1", "kind": "Node", "name": NAME}
        try:
            self._api.call("POST", f"{self._home}/pods/{running.name}/binding", target)
        except (ApiError, OSError) as fault:
            self._note(running.name, fault)
            self.pods.pop(running.name, None)
            return
        while not self._ended.is_set() and running.name not in self._leaving:
            try:
                running.start()
                self._tell(running, Status("Running", ready=False))
            except Exception as fault:  # noqa: BLE001 - told, and tried again
                self._note(running.name, fault)
                self._ended.wait(_BACK_OFF)
            else:
                return

    def _note(self, what: str, fault: Exception) -> None:
        self.faults.append(f"{what}: {type(fault).__name__}: {fault}")

    def _tend(self, running: RunningPod) -> None:
        """Renew volumes, start what ended, and tell how it is."""
        try:
            running.revive()
            running.volumes.refresh()
        except (ApiError, OSError) as fault:
            self._note(running.name, fault)
        status = Status(running.outcome, ready=running.ready())
        if self._told.get(running.name) != status:
            self._tell(running, status)

    def _tell(self, running: RunningPod, status: Status) -> None:
        with contextlib.suppress(ApiError):  # it may be gone by now
            self._api.patch(
                f"{self._home}/pods/{running.name}/status",
                {"status": status.of(running.pod, running.restarts)},
            )
        self._told[running.name] = status

    def _leave(self, name: str, uid: str) -> None:
        if name not in self._leaving:
            self._leaving.add(name)
            self._workers.submit(self._end, name, uid)

    def _end(self, name: str, uid: str) -> None:
        """The order to stop and the end of new connections come apart, as in a cluster."""
        notice = threading.Timer(_NOTICE_SECONDS, self._withdraw, [name])
        notice.start()
        running = self.pods.get(name)
        if running is not None:
            running.stop()
        notice.join()
        with contextlib.suppress(ApiError):  # it may be gone, and another of its name be there
            body = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
            self._api.call("DELETE", f"{self._home}/pods/{name}", body)
        self.pods.pop(name, None)
        self._told.pop(name, None)
        self._leaving.discard(name)

    def _withdraw(self, name: str) -> None:
        self._told.pop(name, None)
        self._write_ports()

    def _write_ports(self) -> None:
        fresh = self._ports.with_suffix(f".{threading.get_ident()}")
        fresh.write_text(json.dumps([pod.port for pod in self.ready]))
        fresh.replace(self._ports)

    @property
    def _home(self) -> str:
        return f"/api/v1/namespaces/{self._namespace}"


def _listens(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=2):
            return True
    except OSError:
        return False
