"""Whether the gate survives the loss of a node or a replica."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.doctor.codes import finding
from mlgate.doctor.deployment import GateDeployment, deployments_of
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.snapshot import Snapshot
from mlgate.doctor.targets import targets
from mlgate.evidence.looked import field
from mlgate.evidence.selectors import selects
from mlgate.evidence.times import metadata

FEWEST = 2


def check_replicas(snapshot: Snapshot) -> Iterator[Finding]:
    """What is wrong with the Deployments that are called."""
    found: dict[tuple[str, str], GateDeployment] = {}
    for target in targets(snapshot.entries):
        for deployment in deployments_of(snapshot, target):
            found[(deployment.namespace, deployment.name)] = deployment
    for deployment in found.values():
        yield from _check(snapshot, deployment)


def _check(snapshot: Snapshot, deployment: GateDeployment) -> Iterator[Finding]:
    subject = Subject(kind="Deployment", name=deployment.name, namespace=deployment.namespace)

    def told(code: str, message: str) -> Finding:
        return finding(
            code,
            subject,
            message,
            fails_open=snapshot.fails_open,
            namespace=deployment.namespace,
            name=deployment.name,
        )

    wanted = field(deployment.stored, "spec", "replicas")
    wanted = 1 if wanted is None else wanted
    ready = field(deployment.stored, "status", "readyReplicas") or 0
    if wanted < FEWEST:
        yield told("replicas.few", f"{deployment.name} has {wanted} replica: each restart is an outage")
    if ready < wanted:
        yield told("replicas.unavailable", f"{ready} of {wanted} replicas of {deployment.name} are ready")
    if wanted >= FEWEST and snapshot.budgets is not None and not _has_budget(snapshot, deployment):
        message = f"no PodDisruptionBudget keeps a replica of {deployment.name} while nodes are drained"
        yield told("replicas.no_budget", message)


def _has_budget(snapshot: Snapshot, deployment: GateDeployment) -> bool:
    labels = field(deployment.stored, "spec", "template", "metadata", "labels") or {}
    return any(
        metadata(budget).get("namespace") == deployment.namespace
        and selects(field(budget, "spec", "selector"), labels) is True
        for budget in snapshot.budgets or ()
    )
