"""Objects that hold pods or models of another one: what they say counts as if it stood there.

A Rollout takes its template from a Deployment, an LLMInferenceService its parts from a config, a NIMService
its model from a cache. The other object is read by its own row of the table of kinds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from mlgate.domain.base import Frozen, Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.request import GroupVersionKind
from mlgate.domain.workload import DatasetSource, Features, ServedModel, Switch
from mlgate.workloads.facts.exposure import width
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.loaded import unique
from mlgate.workloads.objects.read import read_object
from mlgate.workloads.objects.templates import fill
from mlgate.workloads.pods.overlay import lay_over
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import FIELDS, Slot
from mlgate.workloads.pods.volumes import VolumeSlot
from mlgate.workloads.reading import Reader
from mlgate.workloads.related.added import with_added

_IMAGE = "image"
T = TypeVar("T", bound=Frozen)
N = TypeVar("N", ServedModel, DatasetSource)


def merge_object(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    """The manifest with the pods, parts or models of the object a reference leads to."""
    group, _, version = found.api_version.rpartition("/")
    kind = GroupVersionKind(group=group, version=version, kind=found.kind)
    row = find_kind(group, found.kind)
    base = f"{found.kind}/{found.name}."
    obj = fill(reader, obj, row, manifest.values, base)
    other = read_object(obj, kind, row, namespace=manifest.namespace, name=found.name)
    if named.merge == "parts":
        return _with_parts(reader, manifest, other, base, named)
    whole = _with_models(manifest, _in_role(other, named), base, named)
    return whole if named.merge == "models" else _with_pods(whole, other, base, named)


def _in_role(other: Manifest, named: Named) -> Manifest:
    """The other object with its models in the role the reference gives them, under its own name."""
    if named.as_role is None:
        return other
    update = {"role": named.as_role, "id": f"{named.as_role}:{named.lookup.name}"}
    return replace(other, models=tuple(model.model_copy(update=update) for model in other.models))


def _with_parts(reader: Reader, manifest: Manifest, other: Manifest, base: str, named: Named) -> Manifest:
    """The parts of both: what merged containers name is looked for anew, once they are one.

    Of the models in fields of the other object those count whose role the object fills with none of its own:
    platforms take the field of the one or of the other, never both.
    """
    laid = {(pod.component, slot.name) for pod in manifest.pods if not pod.bare for slot in pod.slots}
    over = tuple(
        f"{slot.path}." for pod in other.pods for slot in pod.slots if (pod.component, slot.name) in laid
    )
    filled = {model.role for model in manifest.models if not _in_container(model, manifest)}
    left = [
        model
        for model in other.models
        if not model.path.startswith(over) and (_in_container(model, other) or model.role not in filled)
    ]
    features = other.features
    for name in ("runtime_lora", "trust_remote_code"):
        if (getattr(features, name).path or "").startswith(over):
            features = features.model_copy(update={name: Switch()})
    rest = replace(other, models=tuple(left), features=features)
    whole = _with_pods(_with_models(manifest, rest, base, named), rest, base, named)
    parts = {component for component, _ in laid} & {pod.component for pod in other.pods}
    return with_added(reader, whole, [pod for pod in whole.pods if pod.component in parts])


def _in_container(model: ServedModel, manifest: Manifest) -> bool:
    """Whether a container names it, and no field of the kind: some kinds hold both in one map."""
    return model.path.startswith(tuple(slot.at(key) for slot in manifest.slots for key in FIELDS))


def _with_models(manifest: Manifest, other: Manifest, base: str, named: Named) -> Manifest:
    """Models the object does not name itself: what stands in it overrides what it is laid over.

    An image that was taken to hold the model of a component holds none if another object names that model.
    """
    named_there = any(model.scheme != _IMAGE and model.role == "primary" for model in other.models)
    if named.merge == "models" and named_there:
        left = [model for model in manifest.models if not _presumed(model, named)]
        manifest = replace(manifest, models=tuple(left))
    kept = _kept(manifest, other, manifest.models, other.models)
    added = [_moved(model, base) for model in kept]
    known = {(model.uri, model.role) for model in manifest.models}
    added = [model for model in added if (model.uri, model.role) not in known]
    return replace(
        manifest,
        models=unique([*manifest.models, *added]),
        storage=(*manifest.storage, *(_moved_volume(slot, base) for slot in other.storage)),
        problems=(*manifest.problems, *(_moved(problem, base) for problem in other.problems)),
    )


def _kept(manifest: Manifest, other: Manifest, own: tuple[N, ...], entries: tuple[N, ...]) -> tuple[N, ...]:
    """The entries without those of a container that a field of the object names in their place."""
    replaced = {
        slot.name
        for pod in manifest.pods
        if pod.bare
        for slot in pod.slots
        if any(entry.path.rpartition(".")[0] == slot.path for entry in own)
    }
    paths = tuple(f"{slot.path}." for slot in other.slots if slot.name in replaced)
    return tuple(entry for entry in entries if not entry.path.startswith(paths))


def _laid(pods: tuple[Pod, ...], lower: list[Pod]) -> list[Pod]:
    """The parts over those of the same id, and what is said of containers alone over those of that name."""
    parts = {pod.component: pod for pod in lower if pod.component is not None}
    own = {pod.component for pod in pods if not pod.bare}
    whole = [
        pod if pod.bare else lay_over(pod, parts.get(pod.component or ""), None, adds_args=False)
        for pod in pods
    ]
    whole += [pod for pod in lower if pod.component is None or pod.component not in own]
    said = {slot.name: slot for pod in pods if pod.bare for slot in pod.slots}
    used = {slot.name for pod in whole if not pod.bare for slot in pod.slots}
    return [_left(pod, used) if pod.bare else _tuned(pod, said) for pod in whole]


def _left(pod: Pod, used: set[str]) -> Pod:
    return replace(pod, slots=tuple(slot for slot in pod.slots if slot.name not in used))


def _tuned(pod: Pod, said: dict[str, Slot]) -> Pod:
    slots = [(slot, said.get(slot.name)) for slot in pod.slots]
    return replace(
        pod,
        slots=tuple(
            slot if upper is None or not upper.runs else slot.overlaid(upper, adds_args=False)
            for slot, upper in slots
        ),
    )


def _with_pods(manifest: Manifest, other: Manifest, base: str, named: Named) -> Manifest:
    lower = [_moved_pod(pod, base) for pod in other.pods]
    pods = _laid(manifest.pods, lower) if named.merge == "parts" else [*manifest.pods, *lower]
    plain = manifest.row is None or not manifest.row.is_model_kind
    reasons = other.detected_by if plain else ()
    data = _kept(manifest, other, manifest.datasets, other.datasets)
    return replace(
        manifest,
        pods=tuple(pods),
        claim_templates=(
            *manifest.claim_templates,
            *(_moved_volume(slot, base) for slot in other.claim_templates),
        ),
        serves=manifest.serves or (plain and other.serves),
        trains=manifest.trains or (plain and other.trains),
        detected_by=(
            *manifest.detected_by,
            *(_evidence(reason, base) for reason in reasons),
        ),
        datasets=(*manifest.datasets, *(_moved(entry, base) for entry in data)),
        endpoints=(*manifest.endpoints, *(_moved(entry, base) for entry in other.endpoints)),
        features=_features(manifest.features, other.features, base),
        exposure=max(manifest.exposure, _place(other.exposure, base), key=width),
        rollout=manifest.rollout if manifest.rollout.strategy != "none" else _place(other.rollout, base),
        named=(*manifest.named, *(_moved_named(item, base) for item in _configured(other, named))),
    )


def _configured(other: Manifest, named: Named) -> list[Named]:
    """The configurations of what it runs; of parts they are looked for anew, once they are merged."""
    return [item for item in other.named if item.merge == "configuration" and named.merge == "pods"]


def _moved_named(named: Named, base: str) -> Named:
    lookup = named.lookup.model_copy(update={"path": f"{base}{named.lookup.path}"})
    instead = tuple(_moved(model, base) for model in named.instead)
    return replace(named, lookup=lookup, component=f"{base}{named.component}", instead=instead)


def _presumed(model: ServedModel, named: Named) -> bool:
    return model.scheme == _IMAGE and model.path.startswith(f"{named.component}.")


def _features(own: Features, other: Features, base: str) -> Features:
    """A switch that is on in either is on; the rest is the object's own if it says anything."""
    has = {
        "confidential": own.confidential.path is not None,
        "runtime_lora": own.runtime_lora.enabled,
        "trust_remote_code": own.trust_remote_code.enabled,
        "request_logging": own.request_logging.mode != "none",
    }
    added = {name: _place(getattr(other, name), base) for name, said in has.items() if not said}
    return own.model_copy(update={**added, "explainer": own.explainer or other.explainer})


def _place(setting: T, base: str) -> T:
    """A setting with its path told from the object that refers to its own, if it has one."""
    return setting if getattr(setting, "path", None) is None else _moved(setting, base)


def _moved(entry: T, base: str) -> T:
    """An entry whose path is told from the object that refers to its own."""
    path: str = getattr(entry, "path", "")
    moved: T = entry.model_copy(update={"path": f"{base}{path}"})
    return moved


def _evidence(reason: str, base: str) -> str:
    """A reason with the place it was found at; one that is no more than the kind stays as it is."""
    what, at, path = reason.rpartition("@")
    return f"{what}@{base}{path}" if at else reason


def _moved_pod(pod: Pod, base: str) -> Pod:
    template = pod.template.model_copy(update={"path": f"{base}{pod.template.path}"})
    slots = tuple(_moved_slot(slot, base) for slot in pod.slots)
    volumes = tuple(_moved_volume(slot, base) for slot in pod.volumes)
    return replace(pod, template=template, slots=slots, volumes=volumes)


def _moved_slot(slot: Slot, base: str) -> Slot:
    return replace(
        slot,
        path=f"{base}{slot.path}",
        places={key: f"{base}{place}" for key, place in slot.places.items()},
        env=tuple(_moved(var, base) for var in slot.env),
        env_from=tuple(_moved(source, base) for source in slot.env_from),
        sources={f"{base}{place}": value for place, value in slot.sources.items()},
        from_reference=True,
    )


def _moved_volume(slot: VolumeSlot, base: str) -> VolumeSlot:
    return replace(slot, volume=_moved(slot.volume, base))
