"""What containers name once they are merged with those of another object.

A runtime's arguments load a model like any other, and arguments of the object may mean something only to the
image of its runtime.
"""

from __future__ import annotations

from dataclasses import replace

from mlgate.domain.workload import ServedModel
from mlgate.workloads.detect import Detection, detect
from mlgate.workloads.facts import with_switches
from mlgate.workloads.kinds import Component
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.models import built_in, detected, main_container, unique
from mlgate.workloads.parts import Part
from mlgate.workloads.pods import Pod
from mlgate.workloads.reading import Reader
from mlgate.workloads.silence import UNNAMED


def with_added(reader: Reader, manifest: Manifest, pods: list[Pod]) -> Manifest:
    """The manifest with the models and switches that only the merged pods name."""
    models, features = list(manifest.models), manifest.features
    for pod in pods:
        detections = tuple(detect(slot, pod.volumes, presumed=True, made=pod.made) for slot in pod.slots)
        models += _models(reader, manifest, pod, detections)
        features = with_switches(features, detections)
    return replace(manifest, models=unique(models), features=features)


def _models(
    reader: Reader, manifest: Manifest, pod: Pod, detections: tuple[Detection, ...]
) -> list[ServedModel]:
    part = _part(manifest, pod)
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
