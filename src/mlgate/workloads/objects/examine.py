"""What one part of an object loads and does."""

from __future__ import annotations

from dataclasses import replace

from mlgate.domain.base import Json
from mlgate.domain.workload import ServedModel
from mlgate.workloads.configuration.config_maps import inline
from mlgate.workloads.configuration.configured import configurations
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.models.detect import detect
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.fields import declared
from mlgate.workloads.models.loaded import detected, only_joins, without_data
from mlgate.workloads.objects.silence import Found, in_image, names_one
from mlgate.workloads.objects.told import Voice, told, with_voices
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.volumes import VolumeSlot
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, dig

_INITIALIZER = "storage-initializer"


def once(models: list[ServedModel]) -> list[ServedModel]:
    """What one place names is one model, however many containers take it from there."""
    return list({(model.uri, model.role, model.path): model for model in reversed(models)}.values())[::-1]


def examine(
    reader: Reader, obj: dict[str, Json], part: Part, row: Kind | None, claims: dict[str, VolumeSlot]
) -> Found:
    """What one part of an object loads and does, by its fields, its containers and what it is told."""
    own = replace(part, pod=replace(part.pod, volumes=part.pod.volumes + _mounted(part, claims)))
    presumed = row is not None and row.is_model_kind
    batch = row is not None and row.batch
    lasting = row is not None and row.lasting
    trainer = row is not None and row.trains
    platform = any(slot.name == _INITIALIZER for slot in part.pod.slots)
    detections = tuple(
        detect(
            slot,
            own.pod.volumes,
            presumed=presumed,
            batch=batch,
            lasting=lasting,
            trainer=trainer,
            platform_mount=platform,
            made=part.pod.made,
        )
        for slot in own.pod.slots
    )
    detections = without_data(own, detections)
    voices, heard = _heard(reader, part, presumed=presumed, batch=batch)
    whole = with_voices(own, voices)
    for slot, detection in zip(whole.pod.slots, (*detections, *heard), strict=True):
        if presumed and slot.variable_from_elsewhere(catalog().variables["arguments"]):
            reader.problem(slot.at("env"), "takes arguments from an object that is not read")
        if not detection.complete:
            reader.problem(slot.at("args"), "is too long to be searched for models")
        for place, doubt in detection.unfollowed:
            reader.problem(place, doubt)
    name = served_name(obj, row)
    models = list(declared(reader, own, name))
    placed = bool(models) and presumed
    models += detected(whole, (*detections, *heard), name=name, first=not models)
    files = list(inline(reader, own, detections))
    for file, given in files:
        alone = replace(own, pod=replace(own.pod, slots=(file,)))
        models += detected(alone, (given,), name=name, first=not models)
    named = tuple(configurations(reader, whole, (*detections, *heard)))
    configured = tuple(given for _, given in files)
    _note_loader(reader, own, models)
    found = Found(own, whole, tuple(once(models)), (*detections, *heard), named, configured, placed)
    return found if names_one(models) else _with_image(reader, found, name, presumed=presumed)


def _mounted(part: Part, claims: dict[str, VolumeSlot]) -> tuple[VolumeSlot, ...]:
    """The claim templates its containers mount by their names, like any volume."""
    names = dict.fromkeys(name for slot in part.pod.slots for _, name, _ in slot.mounts)
    return tuple(claims[name] for name in names if name in claims)


def _note_loader(reader: Reader, part: Part, models: list[ServedModel]) -> None:
    """A loader that is switched off, where nothing but a field says which model there is."""
    for path, value in part.select(reader, part.component.loader) if part.component.loader else ():
        loaded = any(model.path.startswith(f"{part.pod.template.path}.") for model in models)
        if reader.boolean(value, path) is False and models and not loaded:
            reader.problem(path, "is off, so that nothing is known to load the model that is named")


def _heard(
    reader: Reader, part: Part, *, presumed: bool, batch: bool
) -> tuple[list[Voice], tuple[Detection, ...]]:
    """What is told to a part and what that does. Volumes matter only to what names something."""
    voices: list[Voice] = []
    heard: list[Detection] = []
    for in_views in told(reader, part):
        for voice in in_views:
            slot, volumes, words = voice
            detection = detect(slot, volumes, presumed=presumed, batch=batch, told=words)
            voices.append(voice)
            heard.append(detection)
            if not (detection.models or detection.configured):
                break
    return voices, tuple(heard)


def _with_image(reader: Reader, found: Found, name: str | None, *, presumed: bool) -> Found:
    """The model in the image of a part that names none, unless it is looked for with the other parts."""
    component = found.part.component
    joins = component.image_if_none or component.code or (component.follows and only_joins(found.detections))
    if not (component.image_holds_model or (found.serves and not (presumed or joins))):
        return found
    # A configuration that names a model comes before one that is part of the image.
    held = tuple(in_image(Reader() if found.named else reader, found.whole, found.detections, name))
    if found.named:
        return replace(found, named=tuple(replace(item, instead=held) for item in found.named))
    return replace(found, models=(*found.models, *held))


def served_name(obj: dict[str, Json], row: Kind | None) -> str | None:
    """The name callers use for what the object serves, if its kind has a field for it."""
    name = dig(obj, *row.served_name.split(".")) if row is not None and row.served_name else None
    return name if isinstance(name, str) else None
