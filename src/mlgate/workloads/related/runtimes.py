"""Merges the objects a workload takes its pods from.

What a serving runtime defines runs as much as what the service itself defines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.workload import Reference
from mlgate.workloads.configuration.config_maps import merge_configuration
from mlgate.workloads.facts.endpoints import stores
from mlgate.workloads.facts.exposure import on_host, width
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.loaded import unique
from mlgate.workloads.objects.silence import UNNAMED, names_one
from mlgate.workloads.objects.templates import fill
from mlgate.workloads.pods.overlay import lay_over
from mlgate.workloads.pods.pod import Pod, read_pod
from mlgate.workloads.reading import Reader
from mlgate.workloads.related.added import with_added
from mlgate.workloads.related.referred import merge_object


def resolve(
    manifest: Manifest,
    resolved: tuple[ResolvedReference, ...],
    *,
    offline: bool = False,
    unread: bool = False,
) -> Manifest:
    """The manifest with the state of its references, and the containers of those that were found.

    `offline`: what is not found was never to be had, as in files, so that it says nothing about the object.
    `unread`: ConfigMaps are not looked up, so that what one tells a server goes unseen: a problem.
    """
    references: list[Reference] = []
    found: list[tuple[Named, ResolvedReference]] = []
    reader = Reader()
    for named, reference in zip(manifest.named, manifest.references, strict=True):
        other = _match(named.lookup, resolved)
        references.append(_stated(reference, other))
        if other is not None:
            found.append((named, other))
    for named, other in _in_order(found):
        if other.status == "found" and other.object is not None:
            manifest = _merged(reader, manifest, named, other, other.object)
        elif other.status == "unavailable" and named.merge == "pods" and not offline:
            manifest = _presumed(manifest, named)
    # What is merged can be configured by ConfigMaps of its own, and a program in one can run another.
    while len(references) < len(manifest.named):
        named = manifest.named[len(references)]
        other = _match(named.lookup, resolved)
        references.append(_stated(named.reference(manifest.namespace), other))
        if other is not None and other.object is not None:
            manifest = _merged(reader, manifest, named, other, other.object)
    manifest = replace(_with_unnamed(reader, manifest), references=tuple(references))
    _note_silence(reader, manifest)
    if unread:
        _note_unread(reader, manifest)
    pairs = zip(manifest.named, manifest.references, strict=True)
    # What the pods start without decides nothing while it is not there.
    kept = tuple(ref for named, ref in pairs if not (named.optional and ref.status == "missing"))
    return replace(_outside(manifest), references=kept, problems=(*manifest.problems, *reader.problems))


def _in_order(
    found: list[tuple[Named, ResolvedReference]],
) -> Iterator[tuple[Named, ResolvedReference]]:
    """The order they are merged in: of several that are laid below, the last one stands on top."""
    yield from (pair for pair in found if pair[0].merge != "parts")
    yield from (pair for pair in reversed(found) if pair[0].merge == "parts")


def _note_silence(reader: Reader, manifest: Manifest) -> None:
    """A model that neither the object nor what it refers to names, once all of that is known."""
    pairs = zip(manifest.named, manifest.references, strict=True)
    naming = [reference.status for named, reference in pairs if named.merge != "none"]
    if manifest.row is None or not manifest.row.is_model_kind or not manifest.serves or not naming:
        return
    told = {problem.message for problem in (*manifest.problems, *reader.problems)}
    known = all(status == "found" for status in naming)
    if known and UNNAMED not in told and not names_one(manifest.models):
        reader.problem("spec", UNNAMED)


def _note_unread(reader: Reader, manifest: Manifest) -> None:
    """Whoever hides a second model, a switch or another hub in a ConfigMap does it where none is read."""
    if not manifest.serves:
        return
    for named, reference in zip(manifest.named, manifest.references, strict=True):
        if named.merge == "configuration" and reference.status == "unavailable":
            told = (
                f"ConfigMap {named.lookup.name} tells the server what to do, and ConfigMaps are not read here"
            )
            reader.problem(named.lookup.path, told)


def _outside(manifest: Manifest) -> Manifest:
    """The manifest with what merged containers open and call."""
    known = {endpoint.path for endpoint in manifest.endpoints}
    slots = manifest.slots if manifest.serves or manifest.trains else ()
    added = [endpoint for endpoint in stores(slots) if endpoint.path not in known]
    opened = max([manifest.exposure, *on_host(manifest.pods)], key=width)
    return replace(manifest, endpoints=(*manifest.endpoints, *added), exposure=opened)


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
    same = [r for r in resolved if _leads_to(lookup, r) and (r.api_version, r.kind) in kinds]
    return next((r for r in same if r.status == "found"), next(iter(same), None))


def _leads_to(lookup: ObjectReference, found: ResolvedReference) -> bool:
    """Whether it was found by the reference's name, or picked by what the reference says."""
    if lookup.choice is not None or found.choice is not None:
        return lookup.choice == found.choice
    return found.name == lookup.name


def _stated(reference: Reference, found: ResolvedReference | None) -> Reference:
    if found is None:
        return reference
    update: dict[str, Any] = {"status": found.status}
    if found.status == "found":
        update["api_version"], update["kind"] = found.api_version, found.kind
        update["namespace"], update["name"] = found.namespace, found.name
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
    return merge_object(reader, manifest, named, found, obj)


def _merge(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    base = f"{found.kind}/{found.name}.spec"
    row = find_kind(found.api_version.partition("/")[0], found.kind)
    given = fill(reader, obj, row, manifest.values, f"{found.kind}/{found.name}.")
    spec = reader.mapping(given.get("spec"), base)
    runtime = read_pod(reader, spec, base, {})
    worker = reader.mapping(spec.get("workerSpec"), f"{base}.workerSpec")
    pods: list[Pod] = []
    merged: list[Pod] = []
    for pod in manifest.pods:
        if pod.template.path != named.component:
            pods.append(pod)
            continue
        run = [lay_over(pod, runtime, named.into)]
        if worker:
            run.append(_worker(reader, worker, f"{base}.workerSpec", pod))
        merged += run
        pods += run
    return with_added(reader, replace(manifest, pods=tuple(pods)), merged)


def _worker(reader: Reader, spec: dict[str, Json], path: str, pod: Pod) -> Pod:
    """The runtime's pod for further nodes of the component."""
    worker = read_pod(reader, spec, path, {}, component=f"{pod.component}.worker")
    return replace(worker, slots=tuple(replace(slot, from_reference=True) for slot in worker.slots))
