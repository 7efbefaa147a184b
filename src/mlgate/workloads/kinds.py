"""The table of kinds, typed. Matching is on group and kind together: kind names collide."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from mlgate.domain.base import Frozen
from mlgate.domain.workload import ContainerRole, ModelRole

Library = Literal["hub", "ollama", "ngc", "kaito", "bento", "image", "pvc"]
Merge = Literal["runtime", "pods", "parts", "models", "configuration", "none"]
Purpose = Literal["logger", "graphStep", "proxy", "cache", "other"]
WebhookEntry = Literal["models", "workloads", "records"]
Rule = dict[str, Any]
Conditions = dict[str, tuple[str, ...]]
"""Fields and the values one of which each must have; without values it must be absent."""


class ModelField(Frozen):
    """A field that holds a model's address."""

    path: str
    format: str | None = None
    many: bool = False
    first: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    volume: str | None = None
    library: Library | None = None
    only: tuple[str, ...] = ()
    only_where: Conditions = {}
    revision: str | None = None
    name: str | None = None
    role: ModelRole | None = None
    where: Conditions = {}
    revision_flag: Conditions | None = None


class VariablesField(Frozen):
    """A list of maps that hold one variable each, under other keys than usual."""

    path: str
    name: str
    value: str


class ContainerField(Frozen):
    """A field that holds one container, or a map whose fields make one up."""

    name: str
    role: ContainerRole = "server"
    fields: dict[str, str | tuple[str, ...]] = {}
    inside: str | None = None
    variables: tuple[str | VariablesField, ...] = ()
    from_secret: dict[str, str] = {}
    secrets: tuple[str, ...] = ()
    where: Conditions = {}
    always: bool = False
    elsewhere: bool = False
    tag: str | None = None


class NamedContainer(Frozen):
    """The field that names a container which stands in another component."""

    name: str
    unless: tuple[Conditions, ...] = ()


class VolumeField(Frozen):
    """A storage field of the kind."""

    path: str
    kind: Literal["pvc", "hostPath", "emptyDir", "nfs", "secret", "source"]
    claim: str | None = None
    called: str | None = None
    storage_class: str | None = None
    holds_model: bool = True
    where: Conditions = {}
    values: tuple[str, ...] = ()


class MountField(Frozen):
    """A place where the operator mounts a volume, which no list of mounts holds."""

    path: str
    claim: str | None = None
    called: str | None = None
    at: str | None = None
    otherwise: str = "/"
    sub_path: str | None = None


class FileField(Frozen):
    """Files whose text stands in the object."""

    path: str
    at: str
    content: str


class EndpointField(Frozen):
    """A field that holds an address the object calls."""

    path: str
    purpose: Purpose = "other"
    separator: str | None = None
    scheme: str | None = None
    within: bool = False


class ReferenceKind(Frozen):
    """One of the kinds a reference can lead to."""

    api_version: str
    kind: str
    namespaced: bool | str


class ReferenceField(Frozen):
    """A field that names an object the pods or models come from."""

    path: str
    into: str | None = None
    merge: Merge = "runtime"
    api_version: str | None = None
    kind: str | None = None
    role: ModelRole | None = None
    picked: bool = False
    kinds: tuple[ReferenceKind, ...]


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
    why: str


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = files("mlgate.workloads").joinpath("kinds.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@lru_cache(maxsize=1)
def gated_kinds() -> dict[tuple[str, str], Kind]:
    """Every row by (group, kind)."""
    rows = [Kind.model_validate(row) for row in _table()["kinds"]]
    return {(row.group, row.kind): row for row in rows}


@lru_cache(maxsize=1)
def kinds_aside() -> tuple[Aside, ...]:
    """The kinds of model groups that are not read."""
    return tuple(Aside.model_validate(entry) for entry in _table()["aside"])


@lru_cache(maxsize=1)
def groups_without_versions() -> frozenset[str]:
    """The groups whose loaders ignore the version of an object that an address names."""
    return frozenset(_table()["unversioned"])


def is_unknown_to_its_group(group: str, kind: str) -> bool:
    """Whether the kind is of a group of model kinds and nobody has said what it holds."""
    known = {row.kind: row.webhook for row in gated_kinds().values() if row.group == group}
    aside = (name for entry in kinds_aside() if entry.group == group for name in entry.kinds)
    return "models" in known.values() and kind not in {*known, *aside}


def find_kind(group: str, kind: str) -> Kind | None:
    """The row of a kind; None when the table does not have it."""
    return gated_kinds().get((group, kind))


def webhook_rules() -> dict[WebhookEntry, list[Rule]]:
    """The rules of the three webhook entries, one for each group, set of versions and scope."""
    entries: dict[WebhookEntry, list[Rule]] = {"models": [], "workloads": [], "records": []}
    for row in gated_kinds().values():
        resources = [row.resource, *(f"{row.resource}/{name}" for name in row.subresources)]
        key = {"apiGroups": [row.group], "apiVersions": list(row.versions), "scope": row.scope}
        rules = entries[row.webhook]
        rule = next((rule for rule in rules if key.items() <= rule.items()), None)
        if rule is None:
            rule = {**key, "operations": ["CREATE", "UPDATE"], "resources": []}
            rules.append(rule)
        rule["resources"].extend(resources)
    return entries


def is_known_kind(group: str, kind: str) -> bool:
    """Whether the table has the kind."""
    return find_kind(group, kind) is not None


def is_record(group: str, kind: str) -> bool:
    """Whether decisions rest on objects of the kind: cards, approvals, waivers, and Namespaces."""
    row = find_kind(group, kind)
    return row is not None and row.webhook == "records"


def is_cluster_scoped(group: str, kind: str) -> bool:
    """Whether objects of the kind live in no namespace; false for kinds the table does not have."""
    row = find_kind(group, kind)
    return row is not None and row.scope == "Cluster"
