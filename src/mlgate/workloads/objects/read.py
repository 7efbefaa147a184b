"""Reads one object by its row of the table of kinds."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.request import GroupVersionKind
from mlgate.domain.workload import DatasetSource, ServedModel
from mlgate.workloads.facts.endpoints import endpoints, unverified
from mlgate.workloads.facts.exposure import exposure
from mlgate.workloads.facts.features import features
from mlgate.workloads.facts.kept import note_kept
from mlgate.workloads.facts.replaceable import note_replaceable
from mlgate.workloads.facts.reserved import note_reserved
from mlgate.workloads.facts.rollouts import rollout
from mlgate.workloads.kinds.fields import ReferenceField
from mlgate.workloads.kinds.paths import holds, select
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import is_unknown_to_its_group
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.fields import MAX_MODELS, datasets
from mlgate.workloads.models.loaded import unique
from mlgate.workloads.models.storage_fields import storage_volumes
from mlgate.workloads.objects.choices import choice_of
from mlgate.workloads.objects.examine import examine, once, served_name
from mlgate.workloads.objects.named_containers import in_named_containers
from mlgate.workloads.objects.silence import Found, elsewhere, note_silence
from mlgate.workloads.objects.templates import fill, values_of
from mlgate.workloads.pods.parts import Part, read_parts
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.strays import stray_addresses, stray_images
from mlgate.workloads.pods.volumes import VolumeSlot, read_claim_templates
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, dig

_OPEN = {"unknown", "file", "image"}
"""Schemes of addresses in templates that may lead to a model which is named elsewhere."""


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
    note_reserved(reader, obj, row)
    note_kept(reader, obj, row)
    values = values_of(obj, name, namespace) if row is not None and row.templates is not None else {}
    obj = fill(reader, obj, row, {} if row is not None and row.runtime else values)
    parts = read_parts(reader, obj, row, name)
    claims = _claim_templates(reader, obj, row)
    stored = tuple(slot for part in parts for slot in storage_volumes(reader, part, name))
    by_name = {slot.volume.name: slot for slot in reversed(claims)}
    found = [examine(reader, obj, part, row, by_name) for part in parts]
    detections = [detection for item in found for detection in item.detections]
    models = [model for item in found for model in item.models]
    models += in_named_containers(reader, found, served_name(obj, row))
    note_replaceable(reader, [(item.part, item.placed) for item in found])
    given = tuple(entry for part in parts for entry in datasets(reader, part))
    models += _strays(reader, obj, row, {model.path for model in models} | {entry.path for entry in given})
    model_kind = row is not None and row.is_model_kind
    models = once(models)
    models += elsewhere(reader, found, models, served_name(obj, row), presumed=model_kind)
    if len(models) > MAX_MODELS:
        reader.problem("", f"holds more than {MAX_MODELS} models")
        del models[MAX_MODELS:]  # refused for the problem; policy need not look at each of them
    labelled = [] if model_kind else list(_labels(parts))
    serves, trains = _purpose(reader, obj, row, detections, models, labelled=bool(labelled))
    named = (*_named(reader, parts), *_configurations(found))
    note_silence(reader, found, models, named, serves=serves and model_kind)
    slots = [slot for part in parts for slot in part.pod.slots]
    calls = tuple(endpoints(reader, parts, slots if serves or trains or model_kind else []))
    calls += tuple(unverified(models))
    read = {model.path for model in models} | {data.path for data in given} | {call.path for call in calls}
    _note_images(reader, obj, row, slots, read)
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
        endpoints=calls,
        exposure=exposure(reader, obj, row, labels, parts),
        references=tuple(item.reference(namespace) for item in named),
        named=named,
        features=features(
            reader, parts, [*detections, *(file for item in found for file in item.configured)]
        ),
        rollout=rollout(reader, obj, row, parts),
        values=values,
        problems=reader.problems,
    )


def _strays(reader: Reader, obj: dict[str, Json], row: Kind | None, known: set[str]) -> Iterator[ServedModel]:
    """Addresses in fields the table does not know; the field is named, because its kind is not."""
    if row is None or row.webhook != "models":
        return
    told = {problem.path for problem in reader.problems}
    for path, model in stray_addresses(obj, known):
        if model is not None or path not in told:
            reader.problem(path, "holds a model address in a field the reader does not know")
        if model is not None:
            yield model


def _note_images(
    reader: Reader, obj: dict[str, Json], row: Kind | None, slots: list[Slot], known: set[str]
) -> None:
    """A new version of a kind may run images from fields the table does not know."""
    if row is not None and row.webhook == "models":
        for path in stray_images(obj, known | {slot.at("image") for slot in slots if slot.image}):
            reader.problem(path, "holds an image in a field the reader does not know")


def _purpose(
    reader: Reader,
    obj: dict[str, Json],
    row: Kind | None,
    detections: list[Detection],
    models: list[ServedModel],
    *,
    labelled: bool,
) -> tuple[bool, bool]:
    """Whether it serves and whether it trains: its kind says so, or else its containers do."""
    if row is not None and row.is_model_kind:
        helps = bool(row.helps) and holds(obj, row.helps) and not models
        # Whatever is started from a template serves the model the template names.
        names = row.runtime and any(map(_is_certain, models))
        return (
            (row.serves and not helps) or names or _has(reader, obj, row.serves_with),
            row.trains or _has(reader, obj, row.trains_with),
        )
    serves = labelled or any(detection.serves for detection in detections)
    return serves, any(detection.trains for detection in detections)


def _is_certain(model: ServedModel) -> bool:
    return model.role == "primary" and model.scheme not in _OPEN


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
                if field.picked:
                    yield from _picked(part, field, path, value)
                    continue
                name = reader.text(value, path)
                if name:
                    into = f"{part.path}.{field.into}" if field.into else None
                    lookup = ObjectReference(kinds=_kinds(part, field), name=name, path=path)
                    yield Named(
                        lookup,
                        part.pod.template.path,
                        into,
                        field.merge,
                        role=part.component.role,
                        as_role=field.role,
                    )


def _picked(part: Part, field: ReferenceField, path: str, value: Json) -> Iterator[Named]:
    """The runtime of a model that names none; none of what is no model."""
    choice = choice_of(part.value, path.rpartition(".")[2], value)
    if choice is not None:
        lookup = ObjectReference(kinds=_kinds(part, field), name="", path=path, choice=choice)
        yield Named(lookup, part.pod.template.path, path, field.merge, optional=True)


def _configurations(found: list[Found]) -> Iterator[Named]:
    """Each ConfigMap entry once, however many containers take it."""
    items = [item for one in found for item in one.named]
    first = {item.entry: item for item in reversed(items)}
    yield from (item for item in items if first[item.entry] is item)


def _kinds(part: Part, field: ReferenceField) -> tuple[tuple[str, str, bool | str], ...]:
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
