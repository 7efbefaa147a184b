"""What was read in one object, before it takes the form policy sees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mlgate.domain.base import Problem
from mlgate.domain.lookups import ObjectReference, place_of
from mlgate.domain.workload import (
    DatasetSource,
    Endpoint,
    Exposure,
    Features,
    ModelRole,
    Owner,
    PodTemplate,
    Reference,
    Rollout,
    ServedModel,
    Volume,
    Workload,
)
from mlgate.workloads.addresses.uris import OBJECT_STORES
from mlgate.workloads.kinds.fields import Merge
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import groups_without_versions
from mlgate.workloads.pods.pod import Pod
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import VolumeSlot

_CLAIM = "pvc"
_CLAIM_END = re.compile(r"[/?#]")


@dataclass(frozen=True)
class Named:
    """A reference to another object as the manifest names it."""

    lookup: ObjectReference
    component: str
    """Path of the pod that comes from it."""
    into: str | None
    """Path of the container its container is merged with."""
    merge: Merge = "runtime"
    """What of the other object counts: see the table of kinds."""
    key: str | None = None
    """The entry of a ConfigMap; null for all of them."""
    sure: bool = True
    """The configuration can stand in no other place."""
    role: ModelRole = "primary"
    """Role of the models a configuration names."""
    instead: tuple[ServedModel, ...] = ()
    """What is served if the configuration names no model."""
    as_role: ModelRole | None = None
    """Role of the models of the object, if it is not what that says itself."""

    variables: bool = False
    """The entries are variables of containers, not files."""
    optional: bool = False
    """The pods start without the object too."""
    runs: bool = False
    """The entry is a program that a container runs."""
    args: tuple[str, ...] = ()
    """What that program is given."""
    seen: Pod | None = field(default=None, repr=False)
    """The container that runs it with all it sees, where no pod lists it."""

    @property
    def entry(self) -> tuple[str, str, str | None, bool, str | None]:
        """What of which object counts for which pod, and as what; a program once for each that runs it."""
        place = self.lookup.path if self.runs else None
        return self.component, self.lookup.name, self.key, self.variables, place

    def reference(self, namespace: str | None) -> Reference:
        """The same in the form policy sees, before it is looked up."""
        api_version, kind, namespaced = self.lookup.kinds[0]
        choice = self.lookup.choice
        return Reference(
            api_version=api_version,
            kind=kind,
            namespace=place_of(namespaced, namespace),
            name=self.lookup.name if choice is None else f"picked for {choice.format}",
            path=self.lookup.path,
        )


@dataclass(frozen=True)
class Manifest:
    """Everything read in one object. `workload()` is the same in the form policy sees."""

    api_version: str
    kind: str
    namespace: str | None
    name: str | None
    row: Kind | None = field(default=None, repr=False)
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    serves: bool = False
    trains: bool = False
    detected_by: tuple[str, ...] = ()
    pods: tuple[Pod, ...] = ()
    claim_templates: tuple[VolumeSlot, ...] = ()
    storage: tuple[VolumeSlot, ...] = ()
    """Volumes in storage fields of the kind."""
    models: tuple[ServedModel, ...] = ()
    datasets: tuple[DatasetSource, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    exposure: Exposure = field(default_factory=Exposure)
    references: tuple[Reference, ...] = ()
    named: tuple[Named, ...] = ()
    features: Features = field(default_factory=Features)
    rollout: Rollout = field(default_factory=Rollout)
    values: dict[str, str] = field(default_factory=dict, repr=False)
    """What templates of other objects are filled with for this one."""
    problems: tuple[Problem, ...] = ()
    owner: Owner | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every container, in every template."""
        return tuple(slot for pod in self.pods for slot in pod.slots if slot.runs)

    @property
    def volume_slots(self) -> tuple[VolumeSlot, ...]:
        """Every volume and claim template."""
        return (*(slot for pod in self.pods for slot in pod.volumes), *self.claim_templates, *self.storage)

    def volumes(self) -> tuple[Volume, ...]:
        """The volumes, with those that hold a model marked and those a model address implies added."""
        claims = {model.uri: model.path for model in self.models if model.scheme == _CLAIM}
        held = {_CLAIM_END.split(uri.removeprefix("pvc://"), 1)[0]: path for uri, path in claims.items()}
        files = [model.uri.removeprefix("file://") for model in self.models if model.scheme == "file"]
        mounted = {name for slot in self.slots for target, name, _ in slot.mounts if _holds(target, files)}
        found = []
        for slot in self.volume_slots:
            volume = slot.volume
            names = {volume.claim_name, volume.name if volume.claim_name is None else None}
            holds = bool(names & held.keys()) if volume.kind == _CLAIM else volume.name in mounted
            found.append(volume.model_copy(update={"holds_model": True}) if holds else volume)
        known = {volume.claim_name or volume.name for volume in found if volume.kind == _CLAIM}
        found += [
            Volume(name=claim, kind=_CLAIM, claim_name=claim, holds_model=True, path=path)
            for claim, path in held.items()
            if claim not in known
        ]
        return tuple(found)

    def served_models(self) -> tuple[ServedModel, ...]:
        """The models; a version of an object pins none where the loader of the kind ignores it."""
        if self.row is None or self.row.group not in groups_without_versions():
            return self.models
        return tuple(
            model.model_copy(update={"immutable": False}) if model.scheme in OBJECT_STORES else model
            for model in self.models
        )

    def templates(self) -> tuple[PodTemplate, ...]:
        """The pod templates."""
        return tuple(pod.template for pod in self.pods if not pod.bare)

    def workload(self) -> Workload:
        """The object in the form policy sees."""
        row = self.row
        return Workload(
            api_version=self.api_version,
            kind=self.kind,
            namespace=self.namespace,
            name=self.name,
            labels=self.labels,
            annotations=self.annotations,
            serves_model=self.serves,
            trains_model=self.trains,
            is_runtime=row is not None and row.runtime and not (row.makes_pods and self.serves),
            is_route=row is not None and row.route and not self.serves,
            detected_by=self.detected_by,
            owner=self.owner,
            models=self.served_models(),
            datasets=self.datasets,
            containers=tuple(slot.container() for slot in self.slots),
            pods=self.templates(),
            volumes=self.volumes(),
            endpoints=self.endpoints,
            exposure=self.exposure,
            references=self.references,
            features=self.features,
            rollout=self.rollout,
            problems=self.problems,
        )


def _holds(mount: str, files: list[str]) -> bool:
    mount = mount.rstrip("/")
    return any(path == mount or path.startswith(f"{mount}/") for path in files)
