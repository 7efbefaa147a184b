"""What could put another model in the place of the one that a field names and the platform loads."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import EMPTY, MODEL_MOUNT, within
from mlgate.workloads.reading import Reader

_PLATFORM_VOLUME = "provision-location"
"""How the names of the volumes end into which KServe and Seldon put the model."""
_INITIALIZERS = ("storage-initializer", "model-initializer")
"""How the names of the containers end that load it; with one of that name in place, no other is added."""


def note_replaceable(reader: Reader, parts: list[tuple[Part, bool]]) -> None:
    """A problem for each such place, in the parts that run the pods of one with a model.

    Each part comes with the word whether its fields name a model. The id of a part says what it belongs to.
    """
    placed = {_group(part) for part, names_model in parts if names_model}
    for part, _ in parts:
        if _group(part) in placed:
            for path, message in _replacing(part):
                reader.problem(path, message)


def _group(part: Part) -> str:
    return part.id.partition(".")[0]


def _replacing(part: Part) -> Iterator[tuple[str, str]]:
    kinds = {item.volume.name: item.volume.kind for item in part.pod.volumes}
    for slot in part.pod.slots:
        if _loads(slot):
            yield slot.path, "stands in the place of the container that loads the model"
        for target, volume, _ in slot.mounts:
            over = within(MODEL_MOUNT, target) or within(target, MODEL_MOUNT)
            empty = over and kinds.get(volume, "emptyDir") in EMPTY
            if empty or volume.endswith(_PLATFORM_VOLUME):
                yield slot.at("volumeMounts"), "is mounted over the model that is named elsewhere"


def _loads(slot: Slot) -> bool:
    """Whether it is listed under the name of the platform's own container."""
    return slot.role == "init" and ".initContainers[" in slot.path and slot.name.endswith(_INITIALIZERS)
