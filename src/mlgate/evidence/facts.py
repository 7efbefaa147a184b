"""Facts about the cluster: the namespace, storage classes, and the objects a workload takes its pods from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from mlgate.domain.cluster_facts import NamespaceFacts, StorageClassFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import ResolvedReference, Unavailable
from mlgate.domain.lookups import LookUps, ObjectReference, place_of
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.looked import cannot, is_files, not_in_files
from mlgate.evidence.selection import picked
from mlgate.evidence.times import created_at, metadata, name_of

PROFILE_LABEL = "mlgate.dev/profile"
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_STORAGE = "storage.k8s.io/v1"
MOST = 32
"""References, claims and storage classes of one object that are looked up, of each. The manifest's author
decides how many there are, and every one may cost a read of the API server."""


@dataclass(frozen=True)
class Storage:
    """What the claims and classes of the volumes are."""

    classes: dict[str, StorageClassFacts] = field(default_factory=dict)
    claims: dict[str, str | None] = field(default_factory=dict)
    default: str | None = None
    unavailable: Unavailable | None = None


async def namespace_facts(
    name: str, cluster: Cluster, profile: str | None, deadline: Deadline
) -> NamespaceFacts | Unavailable:
    """The namespace of the object; a profile given on the command line stands for its label."""
    lookup = "cluster.namespace"
    stored = await cluster.get("v1", "Namespace", None, name, deadline=deadline)
    if stored is None and profile is None:
        gone = cannot(lookup, "error", f"Namespace {name} does not exist")
        return not_in_files(cluster, lookup, [f"Namespace {name}"]) or gone
    labels = text_map(metadata(stored or {}).get("labels"))
    if profile is not None:
        labels[PROFILE_LABEL] = profile
    return NamespaceFacts(name=name, labels=labels)


async def resolve(
    reference: ObjectReference, namespace: str | None, cluster: Cluster, deadline: Deadline
) -> ResolvedReference:
    """The first object of the reference's kinds that exists. Raises EvidenceUnavailable.

    A kind that cannot be read ends the search: the next one might be another object of that name.
    """
    if reference.choice is not None:
        return await picked(reference, reference.choice, namespace, cluster, deadline)
    for api_version, kind, namespaced in reference.kinds:
        place = place_of(namespaced, namespace)
        stored = await cluster.get(api_version, kind, place, reference.name, deadline=deadline)
        if stored is not None:
            return ResolvedReference(
                api_version=api_version,
                kind=kind,
                namespace=place,
                name=reference.name,
                status="found",
                object=stored,
            )
    return unresolved(reference, namespace, known=not is_files(cluster))


def unresolved(reference: ObjectReference, namespace: str | None, *, known: bool) -> ResolvedReference:
    """A reference that leads nowhere (`known`), or of which that is not known."""
    api_version, kind, namespaced = reference.kinds[0]
    return ResolvedReference(
        api_version=api_version,
        kind=kind,
        namespace=place_of(namespaced, namespace),
        name=reference.name,
        status="missing" if known else "unavailable",
        choice=reference.choice,
    )


def too_many(lookup: str, what: str, number: int) -> Unavailable:
    """A look-up of which only a part was made, which is as good as none."""
    message = f"the object names {number} {what}; only {MOST} are looked up"
    return cannot(lookup, "error", message)


async def storage(lookups: LookUps, cluster: Cluster, deadline: Deadline) -> Storage:
    """Claims, their classes, and the default class where one is needed. Raises EvidenceUnavailable.

    Of too many nothing is looked up: part of the classes would not be known whatever came of the others.
    """
    if not (lookups.claims or lookups.storage_classes or lookups.needs_default_class):
        return Storage()
    lookup = "cluster.storageClasses"
    if len(lookups.claims) > MOST:
        return Storage(unavailable=too_many(lookup, "volume claims", len(lookups.claims)))
    if len(lookups.storage_classes) > MOST:
        return Storage(unavailable=too_many(lookup, "storage classes", len(lookups.storage_classes)))
    claims, default = await asyncio.gather(
        _claims(lookups, cluster, deadline), _default_class(lookups, cluster, deadline)
    )
    wanted = {*lookups.storage_classes, *(name for name in claims.values() if name)}
    if default:
        wanted.add(default)
    names = sorted(wanted)
    found = await asyncio.gather(
        *(cluster.get(_STORAGE, "StorageClass", None, name, deadline=deadline) for name in names)
    )
    classes = {name: _class_facts(stored) for name, stored in zip(names, found, strict=True) if stored}
    missing = [f"StorageClass {name}" for name in names if name not in classes]
    missing += [f"PersistentVolumeClaim {name}" for name in lookups.claims if name not in claims]
    if lookups.needs_default_class and default is None:
        missing.append("the default StorageClass")
    return Storage(classes, claims, default, not_in_files(cluster, lookup, missing))


async def _claims(lookups: LookUps, cluster: Cluster, deadline: Deadline) -> dict[str, str | None]:
    found = await asyncio.gather(
        *(
            cluster.get("v1", "PersistentVolumeClaim", lookups.namespace, name, deadline=deadline)
            for name in lookups.claims
        )
    )
    pairs = zip(lookups.claims, found, strict=True)
    return {name: _class_of_claim(stored) for name, stored in pairs if stored is not None}


def _class_of_claim(stored: dict[str, Any]) -> str | None:
    spec = stored.get("spec")
    name = spec.get("storageClassName") if isinstance(spec, dict) else None
    return name if isinstance(name, str) and name else None


async def _default_class(lookups: LookUps, cluster: Cluster, deadline: Deadline) -> str | None:
    """The class the API server gives a claim without one: of several defaults the newest."""
    if not lookups.needs_default_class:
        return None
    classes = await cluster.list(_STORAGE, "StorageClass", None, deadline=deadline)
    marked = [
        entry
        for entry in sorted(classes, key=name_of)
        if text_map(metadata(entry).get("annotations")).get(_DEFAULT_CLASS) == "true"
    ]
    return name_of(max(marked, key=lambda entry: created_at(entry) or "")) if marked else None


def _class_facts(stored: dict[str, Any]) -> StorageClassFacts:
    provisioner = stored.get("provisioner")
    return StorageClassFacts(
        provisioner=provisioner if isinstance(provisioner, str) else "",
        parameters=text_map(stored.get("parameters")),
    )


def text_map(value: Any) -> dict[str, str]:
    """The entries of a map whose values are strings."""
    if not isinstance(value, dict):
        return {}
    return {str(key): item for key, item in value.items() if isinstance(item, str)}


def failure(lookup: str, error: EvidenceUnavailable) -> Unavailable:
    """A look-up that was tried and gave nothing."""
    return cannot(lookup, "error", str(error))
