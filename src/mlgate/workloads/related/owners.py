"""Compares an object with the controller that made it.

Anyone can write an ownerReference, so being owned means nothing: only equality with the owner counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from mlgate.domain.request import GroupVersionKind
from mlgate.domain.workload import Container, Owner, ServedModel, Volume, Workload
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.objects.read import read_object
from mlgate.workloads.pods.pod import POD_SETTINGS, Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import VolumeSlot
from mlgate.workloads.reading import dig

_PREFIX = "mlgate.dev/"
_GATED = {"models", "workloads"}


@dataclass(frozen=True)
class Controller:
    """The owner that counts: the topmost the gate judges itself, else the topmost."""

    owner: Owner
    manifest: Manifest | None
    """What it says; None unless it is gated."""


def find_controller(
    owners: tuple[dict[str, Any], ...], namespace: str | None, of: Kind | None = None
) -> Controller | None:
    """The owner that counts in a chain that was resolved by uid, nearest first; `of` is what it owns."""
    known = [(obj, _kind(obj)) for obj in owners if isinstance(obj, dict)]
    chain = [(obj, kind) for obj, kind in known if kind is not None]
    if not chain:
        return None
    for obj, kind in reversed(chain):
        row = find_kind(kind.group, kind.kind)
        if row is None or not _judged(row, of):
            continue
        name = dig(obj, "metadata", "name")
        manifest = read_object(
            obj, kind, row, namespace=namespace, name=name if isinstance(name, str) else None
        )
        return Controller(_owner(obj, kind, gated=True), manifest)
    obj, kind = chain[-1]
    return Controller(_owner(obj, kind, gated=False), None)


def _judged(row: Kind, of: Kind | None) -> bool:
    """Whether an owner was judged like a workload before the object was made.

    Templates are not: what they say is only warned of, because it is judged where they are used. Plain
    workloads are where the namespace asks for it, so that one need not have been where a kind of models
    is made, which is judged everywhere.
    """
    if row.webhook not in _GATED or (row.runtime and not row.makes_pods):
        return False
    return row.webhook == "models" or of is None or of.webhook != "models"


def inherit(manifest: Manifest, controller: Controller) -> Manifest:
    """The manifest with its owner, the owner's labels and annotations of ours, and models if it has none."""
    upper = controller.manifest
    if upper is None:
        return replace(manifest, owner=controller.owner)
    owner = controller.owner
    models = manifest.models or tuple(
        model.model_copy(update={"path": f"{owner.kind}/{owner.name}.{model.path}"}) for model in upper.models
    )
    return replace(
        manifest,
        owner=owner,
        labels=_ours(upper.labels) | manifest.labels,
        annotations=_ours(upper.annotations) | manifest.annotations,
        models=models,
    )


def with_owner_facts(workload: Workload, manifest: Manifest, controller: Controller | None) -> Workload:
    """The workload with what stands in its gated owner marked as such."""
    if controller is None or controller.manifest is None:
        return workload
    upper = controller.manifest
    owner = controller.owner.model_copy(update={"pod_settings_equal": _settings_equal(manifest, upper)})
    return workload.model_copy(
        update={
            "owner": owner,
            "models": _models(workload.models, upper.models),
            "containers": _containers(workload.containers, manifest, upper),
            "volumes": _volumes(workload.volumes, manifest, upper),
        }
    )


def _kind(obj: dict[str, Any]) -> GroupVersionKind | None:
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    group, _, version = api_version.rpartition("/")
    return GroupVersionKind(group=group, version=version, kind=kind)


def _owner(obj: dict[str, Any], kind: GroupVersionKind, *, gated: bool) -> Owner:
    name, uid = dig(obj, "metadata", "name"), dig(obj, "metadata", "uid")
    return Owner(
        api_version=kind.api_version,
        kind=kind.kind,
        name=name if isinstance(name, str) else "",
        uid=uid if isinstance(uid, str) else "",
        gated=gated,
        pod_settings_equal=False,
    )


def _ours(entries: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in entries.items() if key.startswith(_PREFIX)}


def _models(models: tuple[ServedModel, ...], upper: tuple[ServedModel, ...]) -> tuple[ServedModel, ...]:
    known = {(model.uri, model.role) for model in upper}
    return tuple(
        model.model_copy(update={"in_owner": True}) if (model.uri, model.role) in known else model
        for model in models
    )


def _containers(
    containers: tuple[Container, ...], manifest: Manifest, upper: Manifest
) -> tuple[Container, ...]:
    known = {_signature(slot) for slot in upper.slots}
    return tuple(
        container.model_copy(update={"in_owner": _signature(slot) in known})
        for container, slot in zip(containers, manifest.slots, strict=True)
    )


def _signature(slot: Slot) -> tuple[str, str]:
    return slot.name, slot.fingerprint()


def _volumes(volumes: tuple[Volume, ...], manifest: Manifest, upper: Manifest) -> tuple[Volume, ...]:
    """Volumes are compared as written; those that a model address implies go with their model."""
    known = {slot.fingerprint() for slot in upper.volume_slots}
    templates = {slot.volume.name for slot in upper.claim_templates}
    slots = manifest.volume_slots
    implied = {(volume.kind, volume.claim_name) for volume in upper.volumes()}
    result = [
        volume.model_copy(update={"in_owner": _held(slot, known, templates, manifest, upper)})
        for volume, slot in zip(volumes, slots, strict=False)
    ]
    result += [
        volume.model_copy(update={"in_owner": (volume.kind, volume.claim_name) in implied})
        for volume in volumes[len(slots) :]
    ]
    return tuple(result)


def _held(
    slot: VolumeSlot, known: set[str], templates: set[str], manifest: Manifest, upper: Manifest
) -> bool:
    if slot.is_api_token or slot.fingerprint() in known:
        return True
    claim = slot.volume.claim_name
    if claim is None or slot.volume.name not in templates or not upper.name:
        return False
    # A StatefulSet names the claim of a pod after the template and the pod, and the pod after itself.
    pod, number = manifest.name or "", claim.removeprefix(f"{slot.volume.name}-{upper.name}-")
    return (
        number.isdecimal()
        and claim == f"{slot.volume.name}-{upper.name}-{number}"
        and pod == f"{upper.name}-{number}"
    )


def _settings_equal(manifest: Manifest, upper: Manifest) -> bool:
    known = [_settings(pod) for pod in upper.pods if not pod.bare]
    return all(_settings(pod) in known for pod in manifest.pods if not pod.bare)


def _settings(pod: Pod) -> tuple[object, ...]:
    template = pod.template
    return (
        template.host_network,
        template.host_pid,
        template.host_ipc,
        template.host_ports,
        template.service_account_name or "default",
        template.automount_service_account_token,
        template.runtime_class_name,
        *(pod.setting(name) for name in POD_SETTINGS),
    )
