"""What containers name once they are merged with those of another object.

A runtime's arguments load a model like any other, and arguments of the object may mean something only to the
image of its runtime.
"""

from __future__ import annotations

from dataclasses import replace

from mlgate.domain.workload import ServedModel
from mlgate.workloads.configuration.configured import configurations
from mlgate.workloads.facts.features import with_switches
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detect import detect
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.loaded import built_in, detected, main_container, unique
from mlgate.workloads.objects.silence import UNNAMED
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.volumes import with_sharing
from mlgate.workloads.reading import Reader


def with_added(reader: Reader, manifest: Manifest, pods: list[Pod]) -> Manifest:
    """The manifest with the models, switches and configurations that only the merged pods name."""
    models, features, named = list(manifest.models), manifest.features, list(manifest.named)
    for pod in pods:
        shared = with_sharing(pod.volumes, (slot.mounts for slot in pod.slots))
        detections = tuple(detect(slot, shared, presumed=True, made=pod.made) for slot in pod.slots)
        part = _part(manifest, pod)
        models += _models(reader, manifest, part, detections)
        features = with_switches(features, detections)
        for place, doubt in (item for detection in detections for item in detection.unfollowed):
            if all(problem.path != place for problem in manifest.problems):
                reader.problem(place, doubt)
        named += _configurations(reader, manifest, part, detections)
    return replace(manifest, models=unique(models), features=features, named=tuple(named))


def _configurations(
    reader: Reader, manifest: Manifest, part: Part, detections: tuple[Detection, ...]
) -> list[Named]:
    """Those nobody knew of before, and what cannot be followed of them."""
    fresh = Reader()
    found = {item.entry: item for item in configurations(fresh, part, detections)}
    for problem in fresh.problems:
        if problem not in manifest.problems:
            reader.problem(problem.path, problem.message)
    known = {item.entry for item in manifest.named}
    return [item for entry, item in found.items() if entry not in known]


def _models(
    reader: Reader, manifest: Manifest, part: Part, detections: tuple[Detection, ...]
) -> list[ServedModel]:
    pod = part.pod
    known = {model.uri for model in manifest.models}
    own = any(model.id == part.id or model.path.startswith(f"{part.path}.") for model in manifest.models)
    named = detected(part, detections, name=manifest.name, first=not own)
    found = [model for model in named if model.uri not in known]
    if not found and not own and part.component.image_holds_model:
        main = main_container(pod)
        pairs = zip(pod.slots, detections, strict=True)
        fetches = any(detection.fetches for slot, detection in pairs if slot is main)
        found = [] if fetches else list(built_in(part, name=manifest.name))
        if not found:
            reader.problem(part.path, UNNAMED)
    return found


def _part(manifest: Manifest, pod: Pod) -> Part:
    """The pod as a part of the object; further nodes hold no model of their own unless they name one."""
    components = manifest.row.components if manifest.row is not None else ()
    nodes = Component(path=pod.template.path, id=pod.component)
    component = next((item for item in components if item.id == pod.component), nodes)
    return Part(component, pod.template.path, pod.raw, pod)
