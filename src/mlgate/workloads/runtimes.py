"""Merges the objects a workload takes its pods from.

What a serving runtime defines runs as much as what the service itself defines.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.workload import Reference, ServedModel
from mlgate.workloads.configuration import merge_configuration
from mlgate.workloads.detect import detect
from mlgate.workloads.kinds import Component, find_kind
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models import built_in, detected, main_container, unique
from mlgate.workloads.overlay import lay_over
from mlgate.workloads.parts import Part
from mlgate.workloads.pods import Pod, read_pod
from mlgate.workloads.reading import Reader
from mlgate.workloads.referred import merge_object
from mlgate.workloads.silence import UNNAMED, names_one

_TEMPLATE = re.compile(r"\{\{\s*\.(Name|Namespace|Labels|Annotations)(?:\.([A-Za-z0-9_.-]{1,200}))?\s*\}\}")


def resolve(manifest: Manifest, resolved: tuple[ResolvedReference, ...]) -> Manifest:
    """The manifest with the state of its references, and the containers of those that were found."""
    references: list[Reference] = []
    reader = Reader()
    for named, reference in zip(manifest.named, manifest.references, strict=True):
        found = _match(named.lookup, resolved)
        references.append(_stated(reference, found, manifest.namespace))
        if found is not None and found.status == "found" and found.object is not None:
            manifest = _merged(reader, manifest, named, found, found.object)
        elif found is not None and found.status == "unavailable" and named.merge == "pods":
            manifest = _presumed(manifest, named)
    manifest = _with_unnamed(reader, manifest)
    problems = (*manifest.problems, *reader.problems)
    return replace(manifest, references=tuple(references), problems=problems)


def _with_unnamed(reader: Reader, manifest: Manifest) -> Manifest:
    """What is served where a configuration could have named a model and none does."""
    configured = [named for named in manifest.named if named.merge == "configuration"]
    if not configured or not manifest.serves or names_one(manifest.models):
        return manifest
    held = {model.uri: model for named in configured for model in named.instead}
    if not held:
        reader.problem(configured[0].lookup.path, UNNAMED)
    return replace(manifest, models=unique([*manifest.models, *held.values()]))


def _presumed(manifest: Manifest, named: Named) -> Manifest:
    """What takes its pods from an object that cannot be read may well serve a model."""
    if manifest.serves or manifest.trains:
        return manifest
    reason = f"reference:{named.lookup.name}@{named.lookup.path}"
    return replace(manifest, serves=True, detected_by=(*manifest.detected_by, reason))


def _match(lookup: ObjectReference, resolved: tuple[ResolvedReference, ...]) -> ResolvedReference | None:
    kinds = {(api_version, kind) for api_version, kind, _ in lookup.kinds}
    same = [r for r in resolved if r.name == lookup.name and (r.api_version, r.kind) in kinds]
    return next((r for r in same if r.status == "found"), next(iter(same), None))


def _stated(reference: Reference, found: ResolvedReference | None, namespace: str | None) -> Reference:
    if found is None:
        return reference
    update: dict[str, Any] = {"status": found.status}
    if found.status == "found":
        row = find_kind(found.api_version.partition("/")[0], found.kind)
        namespaced = row is None or row.scope == "Namespaced"
        update["api_version"], update["kind"] = found.api_version, found.kind
        update["namespace"] = namespace if namespaced else None
    return reference.model_copy(update=update)


def _merged(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    if named.merge == "none":
        return manifest
    if named.merge == "configuration":
        return merge_configuration(reader, manifest, named, found, obj)
    if named.merge == "runtime":
        return _merge(reader, manifest, named, found, obj)
    return merge_object(manifest, named, found, obj)


def _merge(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    base = f"{found.kind}/{found.name}.spec"
    given = _rendered(obj.get("spec"), manifest)
    spec = reader.mapping(given, base)
    runtime = read_pod(reader, spec, base, {})
    worker = reader.mapping(spec.get("workerSpec"), f"{base}.workerSpec")
    pods, models = [], list(manifest.models)
    for pod in manifest.pods:
        if pod.template.path != named.component:
            pods.append(pod)
            continue
        run = [lay_over(pod, runtime, named.into)]
        if worker:
            run.append(_worker(reader, worker, f"{base}.workerSpec", pod))
        for added in run:
            models += _added(reader, manifest, added)
        pods += run
    return replace(manifest, pods=tuple(pods), models=unique(models))


def _worker(reader: Reader, spec: dict[str, Json], path: str, pod: Pod) -> Pod:
    """The runtime's pod for further nodes of the component."""
    worker = read_pod(reader, spec, path, {}, component=f"{pod.component}.worker")
    return replace(worker, slots=tuple(replace(slot, from_reference=True) for slot in worker.slots))


def _added(reader: Reader, manifest: Manifest, pod: Pod) -> list[ServedModel]:
    """Models that only the merged containers name: a runtime's arguments load a model like any other."""
    part = _part(manifest, pod)
    known = {model.uri for model in manifest.models}
    own = any(model.path.startswith(f"{part.path}.") for model in manifest.models)
    detections = tuple(detect(slot, pod.volumes, presumed=True) for slot in pod.slots)
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


def _rendered(value: Json, manifest: Manifest) -> Json:
    """The runtime with the placeholders for the service's own metadata filled in, as KServe does."""
    if isinstance(value, str):
        return _TEMPLATE.sub(lambda match: _placeholder(match, manifest), value) if "{{" in value else value
    if isinstance(value, list):
        return [_rendered(item, manifest) for item in value]
    if isinstance(value, dict):
        return {key: _rendered(item, manifest) for key, item in value.items()}
    return value


def _placeholder(match: re.Match[str], manifest: Manifest) -> str:
    field, key = match.group(1), match.group(2)
    if field == "Name":
        return manifest.name or match.group(0)
    if field == "Namespace":
        return manifest.namespace or match.group(0)
    values = manifest.labels if field == "Labels" else manifest.annotations
    return values.get(key or "", match.group(0))
