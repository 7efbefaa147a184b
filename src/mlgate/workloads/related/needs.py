"""What the pods of an object need to be looked up: their accounts, their labels, and what they take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from mlgate.domain.base import Json
from mlgate.domain.lookups import Served
from mlgate.domain.workload import Endpoint, Image, PodTemplate, Workload
from mlgate.workloads.addresses.images import parse_image
from mlgate.workloads.addresses.uris import REGISTRY_SCHEMES
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.pods.volumes import VolumeSlot
from mlgate.workloads.reading import dig

_NAMING = frozenset(
    {"workerSpec", "secret", "secretRef", "secretKeyRef", "configMap", "configMapRef", "configMapKeyRef"}
)
"""Fields that name an account, a Secret or a ConfigMap; further nodes run as an account of their own."""
_CLAIMING = {"pvc", "ephemeral"}
_ARTIFACTS = frozenset({"oci", "oci+native", "oci+fetch", "image"})
"""Schemes of models that lie in a registry."""
_DEFAULT_ACCOUNT = "default"
"""The account of a pod that names none."""


def needed(manifest: Manifest, workload: Workload) -> dict[str, Any]:
    """Fields of LookUps that follow from what was read; `workload` is the manifest as policy sees it."""
    claiming = [volume for volume in workload.volumes if volume.kind in _CLAIMING]
    classes = {volume.storage_class_name for volume in claiming}
    return {
        "claims": _each(volume.claim_name for volume in claiming),
        "storage_classes": _each(classes),
        "needs_default_class": any(not slot.own_class for slot in manifest.volume_slots),
        "has_volumes": bool(claiming),
        "has_pods": bool(workload.pods),
        "has_images": bool(workload.containers),
        "serves": workload.serves_model,
        "trains": workload.trains_model,
        "external": workload.exposure.scope in {"external", "unknown"},
        "mesh": workload.serves_model or any(map(needs_mesh, workload.endpoints)),
        "pod_labels": _pod_labels(manifest),
        "served": tuple(dict.fromkeys((*_served_images(workload), *_served_models(workload)))),
        "registry": any(model.scheme in REGISTRY_SCHEMES for model in workload.models),
        **named_by_pods(manifest),
    }


def _served_images(workload: Workload) -> Iterator[Served]:
    for image in (container.image for container in workload.containers):
        if image.raw and image.digest:
            yield from _served("image", image.raw, image, image.digest)


def _served_models(workload: Workload) -> Iterator[Served]:
    """Models that are artifacts of a registry."""
    for model in workload.models:
        if model.scheme in _ARTIFACTS and model.digest:
            place = model.uri.partition("://")[2].partition("@")[0]
            yield from _served("model", model.id, parse_image(place), model.digest)


def _served(kind: Literal["image", "model"], name: str, place: Image, digest: str) -> Iterator[Served]:
    """What lies in a registry and repository; nothing where one of them is not told."""
    if place.registry and place.repository:
        yield Served(
            kind=kind, id=name, registry=place.registry.lower(), repository=place.repository, digest=digest
        )


def named_by_pods(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """The objects the pods name, and ConfigMaps the object does, as fields of LookUps; each name once."""
    templates = manifest.templates()
    undecided = [pod for pod in templates if pod.automount_service_account_token is None]
    return {
        "service_accounts": _each(map(_account, templates)),
        "token_accounts": _each(map(_account, undecided)),
        "secrets": _each(_secrets(manifest)),
        "config_maps": _each(_config_maps(manifest)),
    }


def _pod_labels(manifest: Manifest) -> tuple[dict[str, str], ...]:
    """The sets of labels the pods get, each once."""
    found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for template in manifest.templates():
        found.setdefault(tuple(sorted(template.labels.items())), template.labels)
    return tuple(found.values())


def brings_names(obj: Json) -> bool:
    """Whether an object pods are taken from may name what `named_by_pods` lists; cheap. A no is certain."""
    stack = [obj]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if not _NAMING.isdisjoint(value):
                return True
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return False


def needs_mesh(endpoint: Endpoint) -> bool:
    """Whether only a mesh can encrypt what is sent to the address."""
    return endpoint.cluster_local and endpoint.tls is not True


def _account(template: PodTemplate) -> str:
    return template.service_account_name or _DEFAULT_ACCOUNT


def _secrets(manifest: Manifest) -> Iterator[str | None]:
    yield from _variables(manifest, "secret", "secretKey")
    for slot in manifest.volume_slots:
        yield slot.volume.secret_name


def _config_maps(manifest: Manifest) -> Iterator[str | None]:
    yield from _variables(manifest, "configMap", "configMapKey")
    yield from (item.lookup.name for item in manifest.named if item.lookup.kinds[0][1] == "ConfigMap")
    for slot in manifest.volume_slots:
        if slot.volume.kind == "configMap" and not slot.is_api_token:
            yield from _mounted(slot)


def _variables(manifest: Manifest, kind: str, source: str) -> Iterator[str | None]:
    for slot in manifest.slots:
        yield from (item.name for item in slot.env_from if item.kind == kind)
        yield from (env.from_name for env in slot.env if env.from_ == source)


def _mounted(slot: VolumeSlot) -> Iterator[str | None]:
    """ConfigMaps of a volume; a projected one holds its sources in one raw form."""
    sources = dig(slot.raw, "projected", "sources")
    for entry in (slot.raw, *(sources if isinstance(sources, list) else ())):
        name = dig(entry, "configMap", "name")
        yield name if isinstance(name, str) else None


def _each(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({name for name in names if name}))
