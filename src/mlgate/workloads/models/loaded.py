"""Which models a part of an object loads: from fields made for addresses, from containers, from the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mlgate.domain.workload import ServedModel
from mlgate.workloads.addresses.uris import in_image
from mlgate.workloads.models.detection import Detection, as_data
from mlgate.workloads.models.fields import MAX_MODELS, served
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.mounted import mounted_anywhere
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

_REFERENCE = re.compile(r"\$\(([A-Za-z_]\w*)\)(?:/|$)|\$\{([A-Za-z_]\w*)\}(?:/|$)")
_MAIN_CONTAINER = "kserve-container"


def note_excess(reader: Reader, detections: list[Detection]) -> None:
    """A problem if the containers of the object, beside its fields, name more models than are looked at."""
    reader.within("models", MAX_MODELS, sum(len(detection.models) for detection in detections))


def detected(
    part: Part, detections: tuple[Detection, ...], *, name: str | None, first: bool
) -> Iterator[ServedModel]:
    """Models the containers name. The first takes the part's id if the kind's fields named none."""
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        for found in detection.models:
            if _is_given(part, slot, found):
                continue
            own = first and found.role in {"primary", "base"}
            first = first and not own
            role = part.component.role if found.role == "primary" else found.role
            yield ServedModel(
                id=part.id if own and part.component.id else _id(found, slot.name),
                uri=found.address.uri,
                scheme=found.address.scheme,
                name=found.name or name,
                revision=found.address.revision,
                digest=found.address.digest,
                role=role,
                immutable=found.address.immutable,
                path=found.path,
            )


def _is_given(part: Part, slot: Slot, found: FoundModel) -> bool:
    """Whether it is no more than the place where the platform puts what is named elsewhere."""
    match = _REFERENCE.match(found.address.uri)
    name = match.group(1) or match.group(2) if match is not None else None
    return name in part.component.given and slot.variable(name) is None


def without_data(part: Part, detections: tuple[Detection, ...]) -> tuple[Detection, ...]:
    """The detections; what containers load that are there for data is no model."""
    data = part.component.data
    pairs = zip(part.pod.slots, detections, strict=True)
    return tuple(as_data(detection) if slot.name in data else detection for slot, detection in pairs)


def only_joins(detections: tuple[Detection, ...]) -> bool:
    """Whether its servers are told their model by another one, because it starts none of them itself."""
    serving = [detection for detection in detections if detection.serves]
    return all(detection.fetches and not detection.called for detection in serving)


def main_container(pod: Pod) -> Slot | None:
    """The container that serves: KServe's by its name, else the first one."""
    servers = [slot for slot in pod.slots if slot.role == "server" and slot.image]
    return next((slot for slot in servers if slot.name == _MAIN_CONTAINER), next(iter(servers), None))


def built_in(part: Part, *, name: str | None) -> Iterator[ServedModel]:
    """Where the model of the main container is when nothing names it: in its volumes, else in its image."""
    main = main_container(part.pod)
    if main is None or main.image is None:
        return
    mounted = mounted_anywhere(main, part.pod.volumes)
    if mounted:
        alone = replace(part, pod=replace(part.pod, slots=(main,)))
        yield from detected(alone, (Detection(models=mounted),), name=name, first=True)
    else:
        yield served(part, in_image(main.image), main.at("image"), part.id, name=name)


def unique(models: list[ServedModel]) -> tuple[ServedModel, ...]:
    """The models with ids that are unique in the object."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    result = []
    for model in models:
        model_id, number = model.id, numbers.get(model.id, 2)
        while model_id in taken:
            model_id, number = f"{model.id}#{number}", number + 1
        taken.add(model_id)
        # Every lower number is taken for good: the next one of this id goes on from here.
        numbers[model.id] = number
        result.append(model if model_id == model.id else model.model_copy(update={"id": model_id}))
    return tuple(result)


def _id(found: FoundModel, container: str) -> str:
    if found.role == "adapter":
        return f"adapter:{found.adapter or container}"
    return f"{found.role}:{container}" if found.role in {"draft", "tokenizer"} else f"container:{container}"
