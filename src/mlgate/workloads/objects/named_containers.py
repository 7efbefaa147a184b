"""Models in the images of containers that a component names, as each node of a graph has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.domain.workload import ServedModel
from mlgate.workloads.kinds.paths import holds
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.loaded import built_in
from mlgate.workloads.objects.silence import UNNAMED, Found, names_one
from mlgate.workloads.pods.field_containers import first_index
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

Listed = dict[tuple[str, str], list[tuple[Part, Slot, Detection]]]


def in_named_containers(reader: Reader, found: list[Found], name: str | None) -> Iterator[ServedModel]:
    """The models of the parts that name no address and are not known to load none."""
    naming = [item for item in found if item.part.component.in_container is not None]
    listed = _listed(found) if naming else {}
    for item in naming:
        part, field = item.part, item.part.component.in_container
        if field is None or names_one(item.models) or any(holds(part.value, rule) for rule in field.unless):
            continue
        container = part.value.get(field.name)
        holding = listed.get((first_index(part.path), str(container)), [])
        for other, slot, detection in holding:
            yield from _in_image(reader, part, other, slot, detection, name)
        if not holding:
            reader.problem(part.path, UNNAMED)


def _listed(found: list[Found]) -> Listed:
    """The containers by the first index in the path of their part and by their name."""
    listed: Listed = {}
    for item in found:
        index = first_index(item.part.path)
        for slot, detection in zip(item.whole.pod.slots, item.detections, strict=True):
            if slot.role == "server":
                listed.setdefault((index, slot.name), []).append((item.whole, slot, detection))
    return listed


def _in_image(
    reader: Reader, part: Part, other: Part, slot: Slot, detection: Detection, name: str | None
) -> Iterator[ServedModel]:
    """The model of one container, unless its command line names another one."""
    if any(model.role in {"primary", "base"} for model in detection.models):
        return
    alone = replace(part, pod=replace(other.pod, slots=(slot,)))
    models = [] if detection.fetches else list(built_in(alone, name=name))
    if not models:
        # Its image is the platform's, or takes a model by name from elsewhere.
        reader.problem(part.path, UNNAMED)
    yield from models
