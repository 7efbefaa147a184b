"""An object with what files of ConfigMaps turned out to load: configurations and programs."""

from __future__ import annotations

from dataclasses import replace

from mlgate.workloads.facts.features import with_switches
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.loaded import detected, unique
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot


def with_found(
    manifest: Manifest, named: Named, pod: Pod, slot: Slot, detections: tuple[Detection, ...]
) -> Manifest:
    """The manifest with the models and switches of a file that counts for one container.

    A program can be the model of a part that has none, and make a server of its container.
    """
    component = Component(path=named.component, role=named.role, id=pod.component if named.runs else None)
    part = Part(component, named.component, {}, replace(pod, slots=(slot,) * len(detections)))
    known = {(model.uri, model.role) for model in manifest.models}
    first = named.runs and not manifest.models
    models = [
        model
        for model in detected(part, detections, name=manifest.name, first=first)
        if (model.uri, model.role) not in known
    ]
    added = {(model.uri, model.role): model for model in reversed(models)}
    whole = replace(
        manifest,
        models=unique([*manifest.models, *reversed(added.values())]),
        features=with_switches(manifest.features, detections),
    )
    if not named.runs:
        return whole
    reasons = [reason for found in detections if found.serves or found.trains for reason in found.evidence]
    return replace(
        whole,
        serves=manifest.serves or any(found.serves for found in detections),
        trains=manifest.trains or any(found.trains for found in detections),
        detected_by=tuple(dict.fromkeys([*manifest.detected_by, *reasons])),
    )
