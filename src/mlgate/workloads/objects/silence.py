"""Where a model is that nothing names: in code that is fetched, in an image, or nowhere: then a problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlgate.domain.workload import ServedModel
from mlgate.workloads.addresses.uris import normalise
from mlgate.workloads.manifest import Named
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.fields import served
from mlgate.workloads.models.loaded import built_in, main_container
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.reading import Reader

UNNAMED = "names no model that the reader can find"
_HELPERS = {"tokenizer", "adapter", "draft"}
"""Roles of models that serve nothing by themselves."""


@dataclass(frozen=True)
class Found:
    """What one part was found to load and do."""

    part: Part
    whole: Part
    """The same with the volumes of claim templates, and with what is told to it."""
    models: tuple[ServedModel, ...]
    detections: tuple[Detection, ...]
    named: tuple[Named, ...] = ()
    """ConfigMaps its servers take their configuration from."""
    configured: tuple[Detection, ...] = ()
    """What configuration does whose text stands in the object."""
    placed: bool = False
    """The platform puts a model into its pods: one that its fields name."""

    @property
    def serves(self) -> bool:
        """Whether anything in it says so."""
        return any(detection.serves for detection in self.detections)


def names_one(models: Iterable[ServedModel]) -> bool:
    """Whether one of the models can answer; tokenizers, adapters and drafts only help one that does."""
    return any(model.role not in _HELPERS for model in models)


def elsewhere(
    reader: Reader, found: list[Found], models: list[ServedModel], name: str | None, *, presumed: bool
) -> Iterator[ServedModel]:
    """Models of parts that name none: in their code, or in the images of the object.

    `presumed`: the kind says that there is one. Each part with code has one of its own.
    """
    others = names_one(model for item in found if not item.part.component.code for model in item.models)
    silent = [
        item
        for item in found
        if item.part.component.code and not (others or names_one(item.models)) and (presumed or item.serves)
    ]
    # What a ConfigMap says is not known yet: `resolve` comes back to it.
    awaited = [item for item in silent if item.named]
    silent = [item for item in silent if not item.named]
    coded = {item.part.path: list(_with_code(reader, item.part, name)) for item in silent}
    for addresses in coded.values():
        yield from addresses
    bare = [path for path, addresses in coded.items() if not addresses]
    if not bare and (awaited or names_one(models) or any(coded.values())):
        return
    images = [
        model
        for item in found
        if _may_hold(item, presumed=presumed or bool(bare))
        for model in in_image(reader, item.whole, item.detections, name)
    ]
    by_address = {model.uri: model for model in reversed(images)}
    yield from reversed(by_address.values())
    if not any(item.part.component.image_if_none for item in found):
        for path in bare:
            reader.problem(path, UNNAMED)


def _may_hold(item: Found, *, presumed: bool) -> bool:
    """Whether it has the model in its image if no other part names one."""
    component = item.part.component
    if component.image_if_none:
        return presumed or item.serves
    return component.follows and item.serves


def _with_code(reader: Reader, part: Part, name: str | None) -> Iterator[ServedModel]:
    for pattern in part.component.code:
        for path, value in part.select(reader, pattern):
            if isinstance(value, str) and "://" in value:
                yield served(part, normalise(value), path, part.id, name=name)


def in_image(
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
        reader.problem(part.path, UNNAMED)
        return
    yield from built_in(part, name=name)


def note_silence(
    reader: Reader, found: list[Found], models: list[ServedModel], named: tuple[Named, ...], *, serves: bool
) -> None:
    """A part that must load a model and names none hides it, unless what it refers to may name it."""
    naming = [item for item in named if item.merge != "none" and item.lookup.choice is None]
    referring = {item.component for item in naming}
    told = False
    for item in found:
        must = item.part.component.image_holds_model and not names_one(item.models)
        if must and item.part.pod.template.path not in referring:
            reader.problem(item.part.path, UNNAMED)
            told = True
    adds = any(item.models and item.part.component.role in _HELPERS for item in found)
    if serves and not (told or naming or adds or names_one(models)):
        reader.problem("spec", UNNAMED)
