"""The namespace mlgate is installed in: nothing there is judged, so that nobody else may deploy to it."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.doctor.codes import finding
from mlgate.doctor.finding import Finding, Subject
from mlgate.doctor.namespaces import told
from mlgate.doctor.snapshot import Snapshot

SHARED = frozenset({"default", "kube-public"})
"""Made by every cluster for no purpose of its own; who names no namespace is in the first."""


def check_home(snapshot: Snapshot) -> Iterator[Finding]:
    """Whether mlgate shares its namespace with those whom it is to judge."""
    if not snapshot.entries:
        return
    home = snapshot.home
    held = [one for one in (*snapshot.models, *snapshot.workloads) if one.namespace == home]
    if home in SHARED:
        message = f"mlgate is installed in {home}, which every cluster has for whoever deploys"
    elif held:
        message = f"{told(held)} lie beside mlgate in {home}"
    else:
        return
    subject = Subject(kind="Namespace", name=home)
    yield finding("namespace.home_shared", subject, message, namespace=home)
