"""Which models a part of an object loads: from fields made for addresses, from containers, from the image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from mlgate.domain.base import Json
from mlgate.domain.workload import ServedModel
from mlgate.workloads.containers import Slot
from mlgate.workloads.detect import Detection, mounted_anywhere
from mlgate.workloads.kinds import Component, ModelField
from mlgate.workloads.naming import FoundModel
from mlgate.workloads.paths import select
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.uris import Address, in_image, normalise

MAX_MODELS = 256
"""Models of one object that are looked at; one that names more has a problem, so that it is refused."""
_INDEX = re.compile(r"\[([0-9]+)\]")
_MAIN_CONTAINER = "kserve-container"


@dataclass(frozen=True)
class Part:
    """A component of a kind as it stands in an object."""

    component: Component
    path: str
    value: dict[str, Json]
    pod: Pod

    @property
    def id(self) -> str:
        """Id of its model: the slot that loads it."""
        index = _INDEX.search(self.path)
        return (self.component.id or self.path).replace("#", index.group(1) if index else "0")


def declared(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    """Models in the fields the kind has for them: the first ones of the object, the rest is a problem."""
    return takewhile(lambda _: reader.within("models", MAX_MODELS), _declared(reader, part, name))


def note_excess(reader: Reader, detections: list[Detection]) -> None:
    """A problem if the containers of the object, beside its fields, name more models than are looked at."""
    reader.within("models", MAX_MODELS, sum(len(detection.models) for detection in detections))


def _declared(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    for field in part.component.models:
        for path, value in select(reader, part.value, field.path, part.path):
            text = reader.text(value, path)
            if text:
                model_id = (
                    f"{part.id}.{path.removeprefix(part.path + '.').rpartition('.')[0]}"
                    if field.many
                    else part.id
                )
                yield _served(
                    part, normalise(text), path, model_id, name=name, format_=_format(part, field, path)
                )
    for field in part.component.storages:
        for path, value in select(reader, part.value, field.path, part.path):
            address = _storage(reader, reader.mapping(value, path), path)
            if address is not None:
                yield _served(part, address, path, part.id, name=name, format_=_format(part, field, path))


def detected(
    part: Part, detections: tuple[Detection, ...], *, name: str | None, first: bool
) -> Iterator[ServedModel]:
    """Models the containers name. The first takes the part's id if the kind's fields named none."""
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        for found in detection.models:
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
        yield _served(part, in_image(main.image), f"{main.path}.image", part.id, name=name)


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


def _served(
    part: Part, address: Address, path: str, model_id: str, *, name: str | None, format_: str | None = None
) -> ServedModel:
    return ServedModel(
        id=model_id,
        uri=address.uri,
        scheme=address.scheme,
        name=name,
        revision=address.revision,
        digest=address.digest,
        format=format_,
        role=part.component.role,
        immutable=address.immutable,
        path=path,
    )


def _id(found: FoundModel, container: str) -> str:
    if found.role == "adapter":
        return f"adapter:{found.adapter or container}"
    return f"{found.role}:{container}" if found.role in {"draft", "tokenizer"} else f"container:{container}"


def _format(part: Part, field: ModelField, path: str) -> str | None:
    if field.format == "key":
        return path.removeprefix(f"{part.path}.").partition(".")[0]
    found = dig(part.value, *field.format.split(".")) if field.format else None
    return found.lower() if isinstance(found, str) else None


def _storage(reader: Reader, storage: dict[str, Json], path: str) -> Address | None:
    """The address behind `{key, path, parameters}`; the key leads to a Secret, which is not read."""
    parameters = reader.strings(storage.get("parameters"), f"{path}.parameters")
    inner = reader.text(storage.get("path"), f"{path}.path") or ""
    kind, bucket = parameters.get("type"), parameters.get("bucket")
    if "://" in inner:
        return normalise(inner)
    if kind and bucket:
        return normalise(f"{kind}://{bucket}/{inner.lstrip('/')}")
    key = reader.text(storage.get("key"), f"{path}.key") or "default"
    return Address(f"{key}/{inner.lstrip('/')}", "unknown") if storage else None
