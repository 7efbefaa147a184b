"""Reads which objects concern a model and lie where somebody has to look; of the others nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlgate.doctor.reading import Reader
from mlgate.doctor.snapshot import Entry, Held, Object, Served, labels_of
from mlgate.domain.request import GroupVersionKind, Request
from mlgate.evidence.looked import entries, field
from mlgate.evidence.resources import Resource
from mlgate.evidence.selectors import selects
from mlgate.evidence.times import metadata, name_of
from mlgate.workloads.extract import ExtractOptions, extract
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds


def read_models(reader: Reader, served: tuple[Served, ...]) -> Iterator[tuple[str, Held]]:
    """Objects of model kinds, wherever they are, by their uid. Only their metadata is asked for."""
    for row in gated_kinds().values():
        resource = _resource(row, served, metadata_only=True) if row.webhook == "models" else None
        for stored in (reader.all(resource) or ()) if resource is not None else ():
            yield _uid(stored), _held(row, stored)


def read_workloads(
    reader: Reader, served: tuple[Served, ...], open_to: frozenset[str], judged: frozenset[str]
) -> Iterator[Held]:
    """Plain workloads that run a model in a namespace where they are not judged.

    Those of an owner that is judged, or is one of them itself, are told by their owner. An owner that is
    neither tells nothing, so that a made-up one hides nothing.

    Args:
        reader: the way to the API server.
        served: what it serves.
        open_to: the namespaces where plain workloads are not judged.
        judged: uids of the objects that are judged as models.
    """
    found: dict[str, tuple[str, Held]] = {}
    for row in gated_kinds().values():
        resource = _resource(row, served, metadata_only=False) if row.webhook == "workloads" else None
        if resource is None:
            continue
        for stored in reader.each(resource):
            if metadata(stored).get("namespace") in open_to:
                because = _runs_a_model(row, resource, stored)
                if because is not None:
                    found[_uid(stored)] = (_owner(stored), _held(row, stored, because))
    for owner, held in found.values():
        if owner not in found and owner not in judged:
            yield held


def not_gated(namespaces: tuple[Object, ...], gating: tuple[Entry, ...]) -> frozenset[str]:
    """The namespaces that no entry for plain workloads selects."""
    return frozenset(name_of(space) for space in namespaces if not selected(space, gating))


def selected(space: Object, by: tuple[Entry, ...]) -> bool:
    """Whether an entry sends anything from a namespace."""
    labels = labels_of(space)
    return any(selects(entry.webhook.get("namespaceSelector"), labels) is True for entry in by)


def _resource(row: Kind, served: tuple[Served, ...], *, metadata_only: bool) -> Resource | None:
    """Where the objects of a kind are read, in a version that the table knows if there is one."""
    found = {one.version for one in served if (one.group, one.resource) == (row.group, row.resource)}
    version = next((name for name in (*row.versions, *sorted(found)) if name in found), None)
    if version is None:
        return None
    api_version = f"{row.group}/{version}" if row.group else version
    return Resource(api_version, row.resource, row.scope == "Namespaced", metadata_only=metadata_only)


def _runs_a_model(row: Kind, resource: Resource, stored: Object) -> str | None:
    """From what it is concluded that the object runs a model; None where it does not."""
    group, _, version = resource.api_version.rpartition("/")
    request = Request(
        origin="scan",
        uid=None,
        operation="CREATE",
        dry_run=False,
        kind=GroupVersionKind(group=group, version=version, kind=row.kind),
        namespace=metadata(stored).get("namespace"),
        name=name_of(stored),
        sub_resource=None,
        user_info=None,
        object={**stored, "apiVersion": resource.api_version, "kind": row.kind},
        old_object=None,
    )
    workload = extract(request, ExtractOptions()).workload
    if workload is None or not (workload.serves_model or workload.trains_model):
        return None
    return workload.detected_by[0] if workload.detected_by else row.kind


def _held(row: Kind, stored: Object, because: str = "") -> Held:
    return Held(row.kind, metadata(stored).get("namespace"), name_of(stored), because)


def _uid(stored: Object) -> str:
    return str(metadata(stored).get("uid"))


def _owner(stored: Object) -> str:
    """The uid of the controller of an object; empty where there is none."""
    owners: list[Any] = entries(metadata(stored).get("ownerReferences"))
    return next((str(field(one, "uid")) for one in owners if field(one, "controller")), "")
