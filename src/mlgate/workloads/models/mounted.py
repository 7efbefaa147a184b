"""Models that come as a volume: the image in it is one, or nothing else names one."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.addresses.uris import normalise
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.signs import model_mounts
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import EMPTY, VolumeSlot, resolve_path

_HOLDING = {"pvc", "hostPath", "nfs", "image"}
"""Kinds of volumes that can hold a model."""


def mounted_as_model(slot: Slot, volumes: tuple[VolumeSlot, ...], *, signs: bool) -> Iterator[FoundModel]:
    """Models that come as a volume: an image where models lie, or another volume beside further signs."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    for target, name in model_mounts(slot):
        if kinds.get(name) == "image" or (signs and kinds.get(name) not in EMPTY):
            yield from _in_volume(slot, volumes, target, name)


def images_mounted(
    slot: Slot, volumes: tuple[VolumeSlot, ...], models: tuple[FoundModel, ...]
) -> Iterator[FoundModel]:
    """Volumes of images, wherever a server has them: it can take a cache of a hub from one, too."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    known = {model.address.uri for model in models}
    for target, name, _ in slot.mounts:
        for found in _in_volume(slot, volumes, target, name) if kinds.get(name) == "image" else ():
            if not any(uri.startswith(found.address.uri) for uri in known):
                yield found


def mounted_anywhere(slot: Slot, volumes: tuple[VolumeSlot, ...]) -> tuple[FoundModel, ...]:
    """The volumes of a model server that could hold the model nothing names."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    return tuple(
        model
        for target, name, _ in slot.mounts
        if kinds.get(name) in _HOLDING
        for model in _in_volume(slot, volumes, target, name)
    )


def _in_volume(slot: Slot, volumes: tuple[VolumeSlot, ...], target: str, name: str) -> Iterator[FoundModel]:
    address = resolve_path(target, slot.mounts, volumes) or f"file://{target}"
    yield FoundModel(normalise(address), "primary", slot.at("volumeMounts"), f"volume:{name}")
