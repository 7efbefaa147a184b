"""Reads the snapshot from the API server. It changes nothing, and what it cannot read it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from mlgate.doctor.calling import read_called
from mlgate.doctor.holdings import not_gated, read_models, read_workloads
from mlgate.doctor.reading import Reader
from mlgate.doctor.shipped import definitions
from mlgate.doctor.snapshot import Held, Object, Served, Snapshot, home_of
from mlgate.evidence.looked import entries
from mlgate.evidence.resources import KNOWN, RBAC, Resource
from mlgate.evidence.transport import Transport
from mlgate.workloads.kinds.table import gated_kinds

_ADMISSION = "admissionregistration.k8s.io/v1"
CONFIGURATIONS = Resource(_ADMISSION, "validatingwebhookconfigurations", namespaced=False)
POLICIES = KNOWN[(_ADMISSION, "ValidatingAdmissionPolicy")]
BINDINGS = KNOWN[(_ADMISSION, "ValidatingAdmissionPolicyBinding")]
NAMESPACES = KNOWN[("v1", "Namespace")]
DEFINITIONS = Resource("apiextensions.k8s.io/v1", "customresourcedefinitions", namespaced=False)


def read_snapshot(
    transport: Transport, *, timeout: float, home: str | None = None, url: str | None = None
) -> Snapshot:
    """The cluster as it is now.

    Args:
        transport: the way to its API server.
        timeout: seconds for one call.
        home: the namespace of mlgate, where the Service that is called does not say.
        url: where the gate is reached from here, in place of where the API server calls it.

    Raises:
        EvidenceUnavailable: the webhook configurations cannot be read, so that there is nothing to say.
    """
    reader = Reader(transport, timeout)
    configurations = (*reader.items(CONFIGURATIONS, None),)  # without them there is nothing to say
    listed = reader.at("/apis", "the API groups")
    groups = {str(entry.get("name")): entry for entry in entries(listed.get("groups"))}
    first = Snapshot(
        at=datetime.now(UTC),
        configurations=configurations,
        home=home or home_of(configurations),
        served=(*_served(reader, groups),),
        groups=frozenset(groups),
        namespaces=reader.all(NAMESPACES),
        policies=reader.all(POLICIES),
        bindings=reader.all(BINDINGS),
        cluster_roles=reader.all(KNOWN[(RBAC, "ClusterRole")]),
        cluster_role_bindings=reader.all(KNOWN[(RBAC, "ClusterRoleBinding")]),
        roles=reader.all(KNOWN[(RBAC, "Role")]),
        role_bindings=reader.all(KNOWN[(RBAC, "RoleBinding")]),
        definitions=reader.tried("customresourcedefinitions", lambda: _definitions(reader)),
    )
    models, workloads = _held(reader, first)
    whole = read_called(reader, replace(first, models=models, workloads=workloads), url)
    return replace(whole, unread=(*reader.unread,))


def _held(reader: Reader, first: Snapshot) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """Objects that concern a model: of model kinds, and plain ones where they are not judged."""
    models = dict(read_models(reader, first.served))
    open_to = not_gated(first.namespaces or (), first.named("workloads"))
    workloads = read_workloads(reader, first.served, open_to, frozenset(models)) if open_to else ()
    return (*models.values(),), (*workloads,)


def _definitions(reader: Reader) -> dict[str, Object | None]:
    return {name: reader.one(DEFINITIONS, None, name) for name in definitions()}


def _served(reader: Reader, groups: dict[str, Object]) -> Iterator[Served]:
    """What is served of the groups in the table of kinds, in every version."""
    known = {row.group for row in gated_kinds().values()}
    yield from _resources(reader, "", "v1", "/api/v1")
    for name in sorted(known & groups.keys()):
        for version in entries(groups[name].get("versions")):
            yield from _resources(reader, name, version["version"], f"/apis/{version['groupVersion']}")


def _resources(reader: Reader, group: str, version: str, path: str) -> Iterator[Served]:
    listed = reader.at(path, f"the resources of {group or 'the core group'}/{version}")
    for entry in entries(listed.get("resources")):
        yield Served(group, version, entry["name"], entry["kind"], namespaced=bool(entry.get("namespaced")))
