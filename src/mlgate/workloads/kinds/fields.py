"""The fields of a kind's parts, as the table of kinds writes them."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen
from mlgate.domain.workload import ContainerRole, ModelRole

Library = Literal["hub", "ollama", "ngc", "kaito", "bento", "image", "pvc"]
Merge = Literal["runtime", "pods", "parts", "models", "configuration", "none"]
Purpose = Literal["logger", "graphStep", "proxy", "cache", "other"]
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
