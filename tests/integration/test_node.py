"""The node of the tests' clusters: a pod that does not start is tried again, and no fault ends the node."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cluster.api import Api, ApiError
from cluster.node import Node
from cluster.pod import Programs

Object = dict[str, Any]


@dataclass(frozen=True)
class Server(Api):
    """An API server with pods in it; it fails as often as a test says."""

    pods: dict[str, Object] = field(default_factory=dict)
    failing: list[Exception] = field(default_factory=list)
    """What the next calls raise, one each."""
    missing: list[str] = field(default_factory=list)
    """ConfigMaps that are not there yet."""
    phases: list[tuple[str, str]] = field(default_factory=list)
    """Name and phase, each time a phase is told."""

    def call(self, method: str, path: str, body: Object | None = None, kind: str = "") -> Object:
        if self.failing:
            raise self.failing.pop()
        name = path.partition("/pods/")[2].partition("/")[0]
        if method == "PATCH" and body:
            self.phases.append((name, body["status"]["phase"]))
        if method == "DELETE" and body:
            if self.pods[name]["metadata"]["uid"] != body["preconditions"]["uid"]:
                raise ApiError(409, "another one")
            del self.pods[name]
        if path.endswith("/pods"):
            return {"items": [*self.pods.values()]}
        if "/configmaps/" in path:
            if path.rpartition("/")[2] in self.missing:
                raise ApiError(404, "no such ConfigMap")
            return {"data": {"settings": "x"}}
        return {}


def pod(name: str, uid: str, code: int) -> Object:
    """A pod that ends with a code."""
    return {
        "metadata": {"name": name, "uid": uid, "namespace": "n"},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 1,
            "containers": [{"name": "main", "image": "i", "args": [str(code)], "volumeMounts": []}],
            "volumes": [{"name": "policy", "configMap": {"name": "settings"}}],
        },
    }


@pytest.fixture
def server() -> Server:
    return Server("https://127.0.0.1", Path("/nowhere"), "")


@pytest.fixture
def node(server: Server, tmp_path: Path) -> Iterator[Node]:
    program = tmp_path / "mlgate"
    program.write_text('#!/bin/sh\nexit "$1"\n')
    program.chmod(0o755)
    with Node(server, "n", tmp_path / "node", Programs(program, program), {}) as running:
        yield running


def until(found: Callable[[], object]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + 60
    while not found():
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.mark.parametrize(("code", "phase"), [(0, "Succeeded"), (3, "Failed")])
def test_a_pod_that_ends_by_itself_is_told_and_not_started_again(
    server: Server, node: Node, code: int, phase: str
) -> None:
    server.pods["trial"] = pod("trial", "1", code)
    until(lambda: ("trial", phase) in server.phases)
    assert node.pods["trial"].restarts == 0
    assert node.ready == [], "it serves nothing"
    assert node.faults == []


def test_another_pod_of_the_same_name_is_another_pod(server: Server, node: Node) -> None:
    server.pods["trial"] = pod("trial", "1", 3)
    until(lambda: ("trial", "Failed") in server.phases)
    server.pods["trial"] = pod("trial", "2", 0)  # taken away and made again between two looks
    until(lambda: ("trial", "Succeeded") in server.phases)
    assert node.pods["trial"].uid == "2"


def test_a_pod_whose_volumes_come_later_starts_then(server: Server, node: Node) -> None:
    server.missing.append("settings")
    server.pods["trial"] = pod("trial", "1", 0)
    until(lambda: node.faults)
    assert server.phases == []
    server.missing.clear()
    until(lambda: ("trial", "Succeeded") in server.phases)


@pytest.mark.parametrize("fault", [ApiError(500, "no"), OSError("gone"), KeyError("opa")])
def test_no_fault_of_one_look_is_the_last(server: Server, node: Node, fault: Exception) -> None:
    server.failing.append(fault)
    until(lambda: node.faults)
    server.pods["trial"] = pod("trial", "1", 0)
    until(lambda: ("trial", "Succeeded") in server.phases)


def test_a_pod_of_which_a_part_does_not_start_is_not_looked_after_but_tried_again(
    server: Server, node: Node
) -> None:
    half = pod("half", "1", 0)
    half["spec"]["restartPolicy"] = "Always"
    half["spec"]["containers"].append(half["spec"]["containers"][0] | {"name": "no", "command": ["/no"]})
    server.pods["half"] = half
    until(lambda: len(node.faults) > 1)
    assert node.pods["half"].children
    server.pods["trial"] = pod("trial", "2", 0)
    until(lambda: ("trial", "Succeeded") in server.phases)
    assert {fault.split(": ")[1] for fault in node.faults} == {"AssertionError"}


def test_a_pod_that_is_ordered_to_end_goes(server: Server, node: Node) -> None:
    server.pods["trial"] = pod("trial", "1", 0)
    until(lambda: ("trial", "Succeeded") in server.phases)
    server.pods["trial"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    until(lambda: not server.pods and not node.pods)
