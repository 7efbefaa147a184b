"""Reads one object by its row of the table of kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mlgate.domain.base import Json
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.request import GroupVersionKind
from mlgate.domain.workload import DatasetSource, Reference, ServedModel
from mlgate.workloads import facts
from mlgate.workloads.catalog import catalog
from mlgate.workloads.configuration import configurations, inline
from mlgate.workloads.detect import Detection, detect
from mlgate.workloads.exposure import exposure
from mlgate.workloads.kinds import Kind, ReferenceField, is_unknown_to_its_group
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.model_fields import MAX_MODELS, datasets, declared, storage_volumes
from mlgate.workloads.models import (
    built_in,
    detected,
    main_container,
    only_joins,
    unique,
    without_data,
)
from mlgate.workloads.parts import Part, read_parts
from mlgate.workloads.paths import holds, select
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader, dig
from mlgate.workloads.rollouts import rollout
from mlgate.workloads.strays import stray_addresses
from mlgate.workloads.volumes import (
    EMPTY,
    MODEL_MOUNT,
    PLATFORM_VOLUME,
    VolumeSlot,
    read_claim_templates,
    within,
)

_INITIALIZER = "storage-initializer"
_HELPERS = {"tokenizer", "adapter", "draft"}
"""Roles of models that serve nothing by themselves."""


@dataclass(frozen=True)
class Found:
    """What one part was found to load and do."""

    part: Part
    whole: Part
    """The same with the volumes of claim templates."""
    models: tuple[ServedModel, ...]
    detections: tuple[Detection, ...]
    configured: tuple[Detection, ...] = ()
    """The same of configuration whose text stands in the object."""


def read_object(
    obj: dict[str, Json], kind: GroupVersionKind, row: Kind | None, *, namespace: str | None, name: str | None
) -> Manifest:
    """Everything the object says. What cannot be read is a problem of the manifest."""
    reader = Reader()
    metadata = reader.mapping(obj.get("metadata"), "metadata")
    labels = reader.strings(metadata.get("labels"), "metadata.labels")
    if row is not None and kind.version not in row.versions:
        reader.problem("apiVersion", f"version {kind.version[:60]} of {row.kind} is not known to the reader")
    if row is None and is_unknown_to_its_group(kind.group, kind.kind):
        reader.problem("kind", f"{kind.kind[:60]} of {kind.group[:60]} is not known to the reader")
    parts = read_parts(reader, obj, row, name)
    claims = _claim_templates(reader, obj, row)
    stored = tuple(slot for part in parts for slot in storage_volumes(reader, part, name))
    found = [_examine(reader, obj, part, row, claims) for part in parts]
    detections = [detection for item in found for detection in item.detections]
    models = [model for item in found for model in item.models]
    given = tuple(entry for part in parts for entry in datasets(reader, part))
    models += _strays(reader, obj, row, {model.path for model in models} | {entry.path for entry in given})
    if not _names_one(models):
        models += [
            model
            for item in found
            if _may_hold(item, row)
            for model in _image(reader, item.part, item.detections, _served_name(obj, row))
        ]
    if len(models) > MAX_MODELS:
        reader.problem("", f"holds more than {MAX_MODELS} models")
        del models[MAX_MODELS:]  # refused for the problem; policy need not look at each of them
    model_kind = row is not None and row.is_model_kind
    labelled = [] if model_kind else list(_labels(parts))
    serves, trains = _purpose(reader, obj, row, detections, named=bool(models), labelled=bool(labelled))
    named = (*_named(reader, parts), *_configurations(found))
    _note_silence(reader, found, models, named, serves=serves and model_kind)
    slots = [slot for part in parts for slot in part.pod.slots]
    return Manifest(
        api_version=kind.api_version,
        kind=kind.kind,
        namespace=namespace,
        name=name,
        row=row,
        labels=labels,
        annotations=reader.strings(metadata.get("annotations"), "metadata.annotations"),
        serves=serves,
        trains=trains,
        detected_by=(*_evidence(row, detections), *labelled),
        pods=tuple(part.pod for part in parts if part.runs_pods),
        claim_templates=claims,
        storage=stored,
        models=unique(models),
        datasets=(*given, *_datasets(detections)),
        endpoints=tuple(facts.endpoints(reader, parts, slots if serves or trains or model_kind else [])),
        exposure=exposure(reader, obj, row, labels, parts),
        references=tuple(_reference(item, namespace) for item in named),
        named=named,
        features=facts.features(
            reader, parts, [*detections, *(file for item in found for file in item.configured)]
        ),
        rollout=rollout(reader, obj, row, parts),
        problems=reader.problems,
    )


def _examine(
    reader: Reader, obj: dict[str, Json], part: Part, row: Kind | None, claims: tuple[VolumeSlot, ...]
) -> Found:
    given = part
    # A container mounts a claim template by its name, like any volume.
    part = replace(part, pod=replace(part.pod, volumes=(*part.pod.volumes, *claims)))
    presumed = row is not None and row.is_model_kind
    platform = any(slot.name == _INITIALIZER for slot in part.pod.slots)
    detections = tuple(
        detect(
            slot,
            part.pod.volumes,
            presumed=presumed,
            batch=row is not None and row.batch,
            trainer=row is not None and row.trains,
            platform_mount=platform,
            made=part.pod.made,
        )
        for slot in part.pod.slots
    )
    detections = without_data(part, detections)
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        if not detection.complete:
            reader.problem(slot.at("args"), "is too long to be searched for models")
    name = _served_name(obj, row)
    configured: list[Detection] = []
    models = list(declared(reader, part, name))
    if models and presumed:
        _note_replaceable(reader, part)
    models += detected(part, detections, name=name, first=not models)
    for file, found in inline(reader, part, detections):
        models += detected(
            replace(part, pod=replace(part.pod, slots=(file,))), (found,), name=name, first=not models
        )
        configured.append(found)
    serves = any(detection.serves for detection in detections)
    component = part.component
    joins = component.image_if_none or (component.follows and only_joins(detections))
    alone = serves and not (presumed or joins)
    if not _names_one(models) and (component.image_holds_model or alone):
        models += _image(reader, part, detections, name)
    return Found(given, part, tuple(models), detections, tuple(configured))


def _may_hold(item: Found, row: Kind | None) -> bool:
    """Whether it has the model in its image if no other part names one."""
    component = item.part.component
    serves = any(detection.serves for detection in item.detections)
    by_kind = component.image_if_none and row is not None and row.is_model_kind
    return by_kind or (serves and (component.image_if_none or component.follows))


def _note_replaceable(reader: Reader, part: Part) -> None:
    """A mount by which a container could put another model in the place of the one that is named."""
    kinds = {item.volume.name: item.volume.kind for item in part.pod.volumes}
    for slot in part.pod.slots:
        for target, volume, _ in slot.mounts:
            over = within(MODEL_MOUNT, target) or within(target, MODEL_MOUNT)
            if volume == PLATFORM_VOLUME or (over and kinds.get(volume, "emptyDir") in EMPTY):
                reader.problem(slot.at("volumeMounts"), "is mounted over the model that is named elsewhere")


def _names_one(models: Iterable[ServedModel]) -> bool:
    """Whether one of the models can answer; tokenizers, adapters and drafts only help one that does."""
    return any(model.role not in _HELPERS for model in models)


def _image(
    reader: Reader, part: Part, detections: tuple[Detection, ...], name: str | None
) -> Iterator[ServedModel]:
    """The model inside an image: of the container that serves, or of a component's main one."""
    pairs = list(zip(part.pod.slots, detections, strict=True))
    serving = [(slot, detection) for slot, detection in pairs if detection.serves and slot.image]
    if serving and part.component.id is None:
        slot, _ = serving[0]
        pod = Pod(part.pod.template, (slot,), part.pod.volumes, {})
        component = part.component.model_copy(update={"id": f"container:{slot.name}"})
        part = Part(component, part.path, part.value, pod)
    main = main_container(part.pod)
    fetches = any(detection.fetches for slot, detection in pairs if slot is main)
    if fetches or (main is None and not part.component.image_holds_model):
        # Its server takes a model by name from elsewhere, so that no image says which.
        reader.problem(part.path, "names no model that the reader can find")
        return
    yield from built_in(part, name=name)


def _served_name(obj: dict[str, Json], row: Kind | None) -> str | None:
    name = dig(obj, *row.served_name.split(".")) if row is not None and row.served_name else None
    return name if isinstance(name, str) else None


def _strays(reader: Reader, obj: dict[str, Json], row: Kind | None, known: set[str]) -> Iterator[ServedModel]:
    """Addresses in fields the table does not know; the field is named, because its kind is not."""
    if row is None or not row.is_model_kind:
        return
    for path, model in stray_addresses(obj, known):
        reader.problem(path, "holds a model address in a field the reader does not know")
        yield model


def _purpose(
    reader: Reader,
    obj: dict[str, Json],
    row: Kind | None,
    detections: list[Detection],
    *,
    named: bool,
    labelled: bool,
) -> tuple[bool, bool]:
    """Whether it serves and whether it trains: its kind says so, or else its containers do."""
    if row is not None and row.is_model_kind:
        helps = bool(row.helps) and holds(obj, row.helps) and not named
        return (
            (row.serves and not helps) or _has(reader, obj, row.serves_with),
            row.trains or _has(reader, obj, row.trains_with),
        )
    serves = labelled or any(detection.serves for detection in detections)
    return serves, any(detection.trains for detection in detections)


def _has(reader: Reader, obj: dict[str, Json], patterns: tuple[str, ...]) -> bool:
    return any(select(reader, obj, pattern) for pattern in patterns)


def _labels(parts: list[Part]) -> Iterator[str]:
    """Labels that a serving platform puts on its pods; anyone can write them, and they only add."""
    for part in parts:
        for label in catalog().labels:
            if label in part.pod.template.labels:
                yield f"label:{label}@{part.pod.template.path}"


def _evidence(row: Kind | None, detections: list[Detection]) -> Iterator[str]:
    if row is not None and row.is_model_kind:
        yield "kind"
        return
    for detection in detections:
        if detection.serves or detection.trains:
            yield from detection.evidence


def _datasets(detections: list[Detection]) -> Iterator[DatasetSource]:
    for detection in detections:
        for address, path in detection.datasets:
            yield DatasetSource(uri=address.uri, scheme=address.scheme, path=path)


def _claim_templates(reader: Reader, obj: dict[str, Json], row: Kind | None) -> tuple[VolumeSlot, ...]:
    if row is None or row.claim_templates is None:
        return ()
    places = select(reader, obj, row.claim_templates)
    return tuple(slot for path, value in places for slot in read_claim_templates(reader, value, path))


def _named(reader: Reader, parts: list[Part]) -> Iterator[Named]:
    for part in parts:
        for field in part.component.references:
            for path, value in part.select(reader, field.path):
                name = reader.text(value, path)
                if name:
                    into = f"{part.path}.{field.into}" if field.into else None
                    lookup = ObjectReference(kinds=_kinds(part, field), name=name, path=path)
                    yield Named(lookup, part.pod.template.path, into, field.merge)


def _configurations(found: list[Found]) -> Iterator[Named]:
    """Each ConfigMap entry once, however many containers take it."""
    seen: set[tuple[str, str, str | None]] = set()
    for one in found:
        for item in configurations(one.whole, one.detections):
            key = (item.component, item.lookup.name, item.key)
            if key not in seen:
                seen.add(key)
                yield item


def _kinds(part: Part, field: ReferenceField) -> tuple[tuple[str, str, bool], ...]:
    """The kinds a reference can lead to; one that names its kind itself leads there alone."""
    kinds = tuple((kind.api_version, kind.kind, kind.namespaced) for kind in field.kinds)
    version = dig(part.value, *(field.api_version or "").split(".")) if field.api_version else None
    kind = dig(part.value, *(field.kind or "").split(".")) if field.kind else None
    first = kinds[0]
    if not isinstance(version, str) and not isinstance(kind, str):
        return kinds
    named = (version if isinstance(version, str) else first[0], kind if isinstance(kind, str) else first[1])
    known = next((entry for entry in kinds if entry[:2] == named), None)
    return (known or (*named, True),)


def _reference(named: Named, namespace: str | None) -> Reference:
    api_version, kind, namespaced = named.lookup.kinds[0]
    return Reference(
        api_version=api_version,
        kind=kind,
        namespace=namespace if namespaced else None,
        name=named.lookup.name,
        path=named.lookup.path,
    )


def _note_silence(
    reader: Reader, found: list[Found], models: list[ServedModel], named: tuple[Named, ...], *, serves: bool
) -> None:
    """A part that must load a model and names none hides it, unless what it refers to may name it."""
    naming = [item for item in named if item.merge != "none"]
    referring = {item.component for item in naming}
    told = False
    for item in found:
        must = item.part.component.image_holds_model and not _names_one(item.models)
        if must and item.part.pod.template.path not in referring:
            reader.problem(item.part.path, "names no model that the reader can find")
            told = True
    adds = any(item.models and item.part.component.role in _HELPERS for item in found)
    if serves and not (told or naming or adds or _names_one(models)):
        reader.problem("spec", "names no model that the reader can find")
