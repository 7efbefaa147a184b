"""Variables that containers take from ConfigMaps, where a model stands in one.

A server whose model is `$(MODEL_ID)`, or that names none, may be told it by a ConfigMap; one that names its
model may be told adapters, switches and stores by one. Once that is known
its container is looked at again as if the values stood there. They are kept beside it, not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from mlgate.domain.base import Json
from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.lookups import ObjectReference
from mlgate.domain.workload import EnvVar
from mlgate.workloads.configuration.located import UNREAD, holding_models, locate
from mlgate.workloads.facts.endpoints import STORES, stores
from mlgate.workloads.facts.features import with_switches
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.manifest import Manifest, Named
from mlgate.workloads.models.detect import detect
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.loaded import detected, unique
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, dig, join

_KEY = "configMapKeyRef"
_MOST = 20
"""ConfigMaps one pod may need for this: with more, its model stays unknown."""


def variables(reader: Reader, part: Part, detections: tuple[Detection, ...]) -> Iterator[Named]:
    """The ConfigMaps whose entries are variables of model servers, which can be told anything by them."""
    places: dict[str, str] = {}
    needed: set[str] = set()
    for slot, detection in zip(part.pod.slots, detections, strict=True):
        if not detection.serves:
            continue
        whole = _is_open(detection) or (detection.fetches and not _names(detection))
        for name, path, optional in _config_maps(slot, whole=whole):
            places.setdefault(name, path)
            if not optional:
                needed.add(name)
    if len(places) > _MOST:
        reader.problem(part.pod.template.path, f"takes variables from more than {_MOST} ConfigMaps")
        return
    for name, path in places.items():
        lookup = ObjectReference(kinds=(("v1", "ConfigMap", True),), name=name, path=path)
        yield Named(
            lookup,
            part.pod.template.path,
            None,
            "configuration",
            role=part.component.role,
            variables=True,
            optional=name not in needed,
        )


def with_variables(
    reader: Reader, manifest: Manifest, named: Named, found: ResolvedReference, obj: dict[str, Json]
) -> Manifest:
    """The manifest with the models and switches of its containers once the ConfigMap is known."""
    data = reader.strings(obj.get("data"), f"{found.kind}/{found.name}.data")
    pods = []
    seen: list[Detection] = []
    filled: list[Slot] = []
    for pod in manifest.pods:
        if pod.template.path != named.component:
            pods.append(pod)
            continue
        told = tuple(_told(slot, found.name, data) for slot in pod.slots)
        for before, slot in zip(pod.slots, told, strict=True):
            if before is not slot:
                was, now = (_examined(manifest, pod, _filled(one)) for one in (before, slot))
                manifest = _renamed(manifest, named, replace(pod, slots=(slot,)), was, now)
                _tell(reader, pod, _filled(slot), was, now)
                seen.append(now)
                filled.append(_filled(slot))
        pods.append(replace(pod, slots=told))
    features = with_switches(manifest.features, tuple(seen))
    known = {endpoint.path for endpoint in manifest.endpoints}
    added = [endpoint for endpoint in stores(filled) if endpoint.path not in known]
    return replace(manifest, pods=tuple(pods), features=features, endpoints=(*manifest.endpoints, *added))


def _tell(reader: Reader, pod: Pod, slot: Slot, was: Detection, now: Detection) -> None:
    """What cannot be followed now that the values are known; files they name are not looked up in turn."""
    for place, doubt in now.unfollowed:
        if (place, doubt) not in was.unfollowed:
            reader.problem(place, doubt)
    known = {(given.file, given.runs) for given in (*was.configured, *was.scripts)}
    holding = holding_models(slot, pod, now)
    for given in (*now.configured, *now.scripts):
        if (given.file, given.runs) in known or not now.serves:
            continue
        found = locate(pod, slot, given, holding)
        if found.entries or found.hidden is not None:
            reader.problem(given.path, UNREAD[given.runs])


def _is_open(detection: Detection) -> bool:
    """Whether it names a model by a variable whose value is not known."""
    return any(model.address.scheme == "unknown" and "$" in model.address.uri for model in detection.models)


def _names(detection: Detection) -> bool:
    return any(model.role in {"primary", "base"} for model in detection.models)


def _config_maps(slot: Slot, *, whole: bool) -> Iterator[tuple[str, str, bool]]:
    """Name of every ConfigMap its variables come from, where it is named, and whether it may be missing.

    `whole`: any of them can name the model. Else of single variables only those count that mean something.
    """
    given = slot.raw.get("envFrom")
    for source, item in zip(slot.env_from, given if isinstance(given, list) else (), strict=False):
        if source.kind == "configMap":
            yield source.name, source.path, dig(item, "configMapRef", "optional") is True
    for env in slot.env:
        counts = whole or env.name in _telling() or _mentions(slot, env.name)
        if env.from_ == "configMapKey" and env.from_name and counts:
            yield env.from_name, env.path, dig(slot.sources.get(env.path), _KEY, "optional") is True


def _mentions(slot: Slot, name: str) -> bool:
    """Whether the command line refers to the variable."""
    forms = (f"$({name})", f"${{{name}", f"${name}")
    return any(form in text for text in (*slot.command, *slot.args) for form in forms)


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """Variables that tell a server what to load, from where and how."""
    return frozenset[str](STORES).union(*catalog().variables.values())


def _told(slot: Slot, name: str, data: dict[str, str]) -> Slot:
    """The container with what is known of the ConfigMap, if it takes anything from it."""
    if all(found != name for found, _, _ in _config_maps(slot, whole=True)):
        return slot
    return replace(slot, learnt={**slot.learnt, name: data})


def _filled(slot: Slot) -> Slot:
    """The container as if the values it is told stood in it."""
    given = slot.raw.get("envFrom")
    taken: list[EnvVar] = []
    for source, item in zip(slot.env_from, given if isinstance(given, list) else (), strict=False):
        prefix = dig(item, "prefix")
        for key, value in slot.learnt.get(source.name, {}).items() if source.kind == "configMap" else ():
            variable = f"{prefix}{key}" if isinstance(prefix, str) else key
            taken.append(EnvVar(name=variable, value=value, path=_place(source.name, key)))
    return replace(slot, env=(*taken, *(_with_value(slot, env) for env in slot.env)))


def _with_value(slot: Slot, env: EnvVar) -> EnvVar:
    key = dig(slot.sources.get(env.path), _KEY, "key")
    value = slot.learnt.get(env.from_name or "", {}).get(key) if isinstance(key, str) else None
    if env.from_ != "configMapKey" or value is None:
        return env
    return EnvVar(name=env.name, value=value, path=_place(env.from_name or "", str(key)))


def _place(name: str, key: str) -> str:
    return join(f"ConfigMap/{name}.data", key)


def _examined(manifest: Manifest, pod: Pod, slot: Slot) -> Detection:
    row = manifest.row
    return detect(
        slot,
        pod.volumes,
        presumed=row is not None and row.is_model_kind,
        batch=row is not None and row.batch,
        lasting=row is not None and row.lasting,
        trainer=row is not None and row.trains,
        made=pod.made,
    )


def _renamed(manifest: Manifest, named: Named, pod: Pod, was: Detection, now: Detection) -> Manifest:
    """The models of the manifest, those of the container replaced by what they are now."""
    changed = _addresses(was) - _addresses(now)
    gone = [model for model in manifest.models if (model.uri, model.path) in changed]
    kept = [model for model in manifest.models if model not in gone]
    component = Component(path=named.component, id=pod.component, role=named.role)
    part = Part(component, named.component, {}, pod)
    name = next((model.name for model in gone), None)
    first = any(model.id == part.id for model in gone)
    known = {(model.uri, model.role) for model in kept}
    found = [
        model
        for model in detected(part, (now,), name=name, first=first)
        if (model.uri, model.role) not in known
    ]
    return replace(manifest, models=unique([*kept, *found]))


def _addresses(detection: Detection) -> set[tuple[str, str]]:
    return {(model.address.uri, model.path) for model in detection.models}
