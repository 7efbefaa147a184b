"""The rows of the table of kinds: what one kind says, and its parts."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen
from mlgate.domain.workload import ContainerRole, ModelRole
from mlgate.workloads.kinds.fields import (
    Conditions,
    ContainerField,
    EndpointField,
    FileField,
    ModelField,
    MountField,
    NamedContainer,
    ReferenceField,
    VolumeField,
)

WebhookEntry = Literal["models", "workloads", "records"]


class Component(Frozen):
    """A part of a kind that loads models, most often by running pods."""

    path: str
    where: Conditions = {}
    id: str | None = None
    role: ModelRole = "primary"
    layout: Literal["template", "spec", "pod", "none"] = "spec"
    pod_spec: str | None = None
    labels: str | tuple[str, ...] = ()
    settings: dict[str, str] = {}
    fixed: dict[str, str] = {}
    containers: dict[str, str | ContainerField] = {}
    lists: dict[str, ContainerRole] = {}
    models: tuple[ModelField, ...] = ()
    storages: tuple[ModelField, ...] = ()
    commands: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    in_shell: bool = False
    datasets: tuple[str, ...] = ()
    volumes: tuple[VolumeField, ...] = ()
    mounts: tuple[MountField, ...] = ()
    files: tuple[FileField, ...] = ()
    endpoints: tuple[EndpointField, ...] = ()
    image_holds_model: bool = False
    image_if_none: bool = False
    in_container: NamedContainer | None = None
    follows: bool = False
    data: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    loader: str | None = None
    loggers: tuple[str, ...] = ()
    confidential: tuple[str, ...] = ()
    runtime_lora: tuple[str, ...] = ()
    references: tuple[ReferenceField, ...] = ()
    canary_percent: tuple[str, ...] = ()


class ExposureLabel(Frozen):
    """The label that decides whether callers outside the cluster reach the object."""

    label: str
    value: str
    otherwise: Literal["external", "unknown"]


class ExposureField(Frozen):
    """A field that opens the object to callers."""

    path: str
    values: tuple[str, ...] = ()
    scope: Literal["cluster", "external", "unknown"] = "external"
    tls: str | None = None


class RolloutField(Frozen):
    """A field that says how a new version reaches traffic."""

    path: str
    strategy: Literal["canary", "shadow", "blueGreen", "unknown"]
    percent: str | None = None
    together: bool = False
    at_least: int = 1
    in_order: bool = False
    total: str | None = None
    new: dict[str, str] = {}
    old: dict[str, str] = {}
    of_all: bool = False


class Templates(Frozen):
    """Where a platform fills in templates."""

    language: Literal["metadata", "service"]
    within: tuple[str, ...]
    values: tuple[str, ...] = ()


class Reserved(Frozen):
    """Labels and annotations that only the platform may write."""

    prefix: str
    within: tuple[str, ...]
    written: tuple[str, ...] = ()
    written_with: tuple[str, ...] = ()


class Kind(Frozen):
    """One row of the table."""

    group: str
    kind: str
    resource: str
    versions: tuple[str, ...]
    scope: Literal["Namespaced", "Cluster"] = "Namespaced"
    webhook: WebhookEntry
    subresources: tuple[str, ...] = ()
    serves: bool = False
    trains: bool = False
    serves_with: tuple[str, ...] = ()
    trains_with: tuple[str, ...] = ()
    helps: Conditions = {}
    runtime: bool = False
    makes_pods: bool = False
    route: bool = False
    batch: bool = False
    lasting: bool = False
    components: tuple[Component, ...] = ()
    env: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    templates: Templates | None = None
    reserved: Reserved | None = None
    kept: tuple[str, ...] = ()
    claim_templates: str | None = None
    pod_labels: dict[str, str] = {}
    served_name: str | None = None
    exposure: ExposureLabel | None = None
    exposures: tuple[ExposureField, ...] = ()
    reached: Literal["none", "cluster", "unknown"] = "none"
    rollouts: tuple[RolloutField, ...] = ()
    scale: tuple[str, ...] = ()
    rehearsed: str | None = None
    unread: tuple[str, ...] = ()

    @property
    def is_model_kind(self) -> bool:
        """Whether the kind alone says that the object concerns a model."""
        conditional = bool(self.serves_with or self.trains_with)
        return self.serves or self.trains or self.runtime or self.route or conditional


class Aside(Frozen):
    """Kinds of a model group that are known and not read, and why."""

    group: str
    kinds: tuple[str, ...]
    between: tuple[str, ...] = ()
    why: str
