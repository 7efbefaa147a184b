"""From where servers take their configuration: files of ConfigMaps are followed, others cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.domain.lookups import ObjectReference
from mlgate.workloads.commands.scripts import arguments_of
from mlgate.workloads.configuration.located import Entry, holding_models, locate
from mlgate.workloads.configuration.variables import variables
from mlgate.workloads.kinds.fields import FileField
from mlgate.workloads.manifest import Named
from mlgate.workloads.models.detection import Configured, Detection
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.reading import Reader

_FILE = "file://"


def configurations(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[Named]:
    """The ConfigMaps that containers are told to take their configuration from.

    A configuration in another volume cannot be read: a problem, unless the model lies there too.
    """
    yield from variables(reader, part, detections)
    here = inline_files(reader, part)
    unread, followed = dict[str, str](), set[str]()
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        models, holding = _as_models(detection), holding_models(slot, part.pod, detection)
        for given in (*detection.configured, *models, *detection.scripts):
            if plain_path(given.file) in here:
                continue
            found = locate(part.pod, slot, given, holding)
            for entry in found.entries:
                yield _named(part, given, entry, slot)
            if found.entries and found.settled and not given.maybe:
                followed.add(given.path)
            if given not in models and found.hidden is not None and (detection.serves or not given.runs):
                unread[given.path] = found.hidden
    for path, told in unread.items():
        if path not in followed:
            reader.problem(path, told)


def inline_files(reader: Reader, part: Part) -> dict[str, tuple[str, str]]:
    """Files whose text stands in the object: by their path, where it stands and how it reads."""
    return {path: entry for field in part.component.files for path, entry in _files(reader, part, field)}


def _files(reader: Reader, part: Part, field: FileField) -> Iterator[tuple[str, tuple[str, str]]]:
    for path, value in part.select(reader, field.path):
        given = reader.mapping(value, path)
        at = reader.text(given.get(field.at), f"{path}.{field.at}")
        text = reader.text(given.get(field.content), f"{path}.{field.content}")
        if at and text:
            yield plain_path(at), (f"{path}.{field.content}", text)


def _named(part: Part, given: Configured, entry: Entry, slot: Slot) -> Named:
    lookup = ObjectReference(kinds=(("v1", "ConfigMap", True),), name=entry.name, path=given.path)
    return Named(
        lookup,
        part.pod.template.path,
        None,
        "configuration",
        key=entry.key,
        sure=entry.sure,
        role=part.component.role,
        runs=given.runs,
        args=arguments_of(slot, given.file) if given.runs else (),
        seen=replace(part.pod, slots=(slot,)) if not slot.raw else None,
    )


def _as_models(detection: Detection) -> tuple[Configured, ...]:
    """Folders of models that are mounted: in one of a ConfigMap stands from where the models are loaded."""
    return tuple(
        Configured(model.address.uri.removeprefix(_FILE), model.path)
        for model in detection.models
        if model.address.uri.startswith(_FILE)
    )
