"""A second gate in front of the shared cluster, with settings a site gives in the values of the chart."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chart.rendering import objects, only, render
from cluster.gate import GateProcess
from cluster.local import LocalCluster
from records import sign_off

PATIENCE_SECONDS = 30
PROFILES = ("sandbox", "development", "staging", "production")
_SITE = ("MLGATE_EVIDENCE__", "MLGATE_SIGNATURES__", "MLGATE_POLICY__SETTINGS", "MLGATE_DECISION__ON_ERROR")
"""What a site chooses; address, certificate and engine are those of this machine."""
_AT_ONCE = {"MLGATE_SERVER__DRAIN_SECONDS": "0"}
"""When it ends nobody asks it any more."""


@contextmanager
def configured(cluster: LocalCluster, values: Mapping[str, Any], folder: Path) -> Iterator[GateProcess]:
    """As long as it lasts the API server asks a gate with these values, which enforces in every profile."""
    enforcing = {"decision": {"mode": dict.fromkeys(PROFILES, "enforce")}, "tls": {"mode": "helm"}}
    plane = cluster.control_plane
    gate = GateProcess(
        folder,
        cluster.tools / "opa",
        plane.gate_kubeconfig,
        plane.authority,
        variables(enforcing | dict(values), folder) | _AT_ONCE,
    )
    gate.start()
    try:
        _lead_to(cluster, gate)
        yield gate
    finally:
        _lead_to(cluster, cluster.gate)
        gate.stop()


def variables(values: dict[str, Any], folder: Path) -> dict[str, str]:
    """The variables the chart gives the gate's container, and below the folder the files they name."""
    installed = objects(render(values))
    pod = only(installed, "Deployment")["spec"]["template"]["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    files = {entry["metadata"]["name"]: entry["data"] for entry in installed if entry["kind"] == "ConfigMap"}
    container = pod["containers"][0]
    found = {entry["name"]: entry["value"] for entry in container["env"] if entry["name"].startswith(_SITE)}
    for mount in container["volumeMounts"]:
        name = volumes[mount["name"]].get("configMap", {}).get("name")
        if name is None:
            continue
        place = folder / mount["name"]
        place.mkdir()
        for file, text in files[name].items():
            (place / file).write_text(text)
        found = {key: value.replace(f"{mount['mountPath']}/", f"{place}/") for key, value in found.items()}
    return found


def _lead_to(cluster: LocalCluster, gate: GateProcess) -> None:
    """Register a gate and wait until the API server asks it."""
    before = _asked(gate)
    cluster.register(gate)
    limit = time.monotonic() + PATIENCE_SECONDS
    while _asked(gate) == before:
        assert time.monotonic() < limit, "the API server does not ask the gate"
        cluster.kubectl.send("business-owner", "create", [sign_off("whom-do-you-ask")], "--dry-run=server")


def _asked(gate: GateProcess) -> int:
    return sum('"decision"' in line for line in gate.log_lines())
