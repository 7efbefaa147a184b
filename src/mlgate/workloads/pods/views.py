"""How the containers of an object mount volumes: where a path leads that is named outside of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.volumes import EMPTY, VolumeSlot
from mlgate.workloads.reading import Reader

MOST_VIEWS = 8
"""Ways to mount volumes that are told apart."""
_IDLE = EMPTY - {"configMap"}
"""Kinds of volumes that hold neither a model nor a configuration when a pod starts."""


@dataclass(frozen=True)
class View:
    """What a container sees of volumes that can hold something."""

    mounts: tuple[tuple[str, str, str], ...] = ()
    volumes: tuple[VolumeSlot, ...] = ()


def views(reader: Reader, pods: Iterable[Pod]) -> tuple[View, ...]:
    """The different ways in which the containers of the pods mount volumes; at least one, of nothing."""
    found: dict[tuple[tuple[str, str, str], ...], View] = {}
    for pod in pods:
        holding = {slot.volume.name: slot for slot in pod.volumes if slot.volume.kind not in _IDLE}
        written = {name: slot.fingerprint() for name, slot in holding.items()}
        for slot in pod.slots:
            mounts = tuple(mount for mount in slot.mounts if mount[1] in holding)
            key = tuple((target, written[name], inner) for target, name, inner in mounts)
            if mounts and key not in found:
                found[key] = _view(len(found), mounts, holding)
    if len(found) > MOST_VIEWS:
        reader.problem("", f"mounts volumes in more than {MOST_VIEWS} ways")
    return tuple(found.values())[:MOST_VIEWS] or (View(),)


def _view(number: int, mounts: tuple[tuple[str, str, str], ...], holding: dict[str, VolumeSlot]) -> View:
    """With names of volumes that are unique in the object."""
    names = dict.fromkeys(name for _, name, _ in mounts)
    volumes = (
        replace(holding[name], volume=holding[name].volume.model_copy(update={"name": f"{number}/{name}"}))
        for name in names
    )
    renamed = tuple((target, f"{number}/{name}", inner) for target, name, inner in mounts)
    return View(renamed, tuple(volumes))
