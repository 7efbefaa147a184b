"""What one workload needs to be looked up; `extract` lists it, `gather` makes it."""

from __future__ import annotations

from typing import Any, Literal

from mlgate.domain.base import Frozen
from mlgate.domain.evidence import CardReference, RuntimeChoice


class ObjectReference(Frozen):
    """One object the workload takes its pods from. Several kinds mean: the first that exists."""

    kinds: tuple[tuple[str, str, bool | str], ...]
    """(apiVersion, kind, namespaced) in the order they are tried; a name is that of the namespace itself."""
    name: str
    path: str
    choice: RuntimeChoice | None = None
    """It is named nowhere: the platform picks one of these kinds by this."""


def place_of(namespaced: bool | str, namespace: str | None) -> str | None:  # noqa: FBT001 - as in the kinds
    """The namespace a reference leads to from an object in a namespace."""
    if isinstance(namespaced, str):
        return namespaced
    return namespace if namespaced else None


class OwnerReference(Frozen):
    """The controller an object names; taken at its word by nobody."""

    api_version: str
    kind: str
    name: str
    uid: str


def controller_of(stored: dict[str, Any]) -> OwnerReference | None:
    """The one ownerReference of an object that is marked as controller; None when none can be read."""
    metadata = stored.get("metadata")
    references = metadata.get("ownerReferences") if isinstance(metadata, dict) else None
    for entry in references if isinstance(references, list) else ():
        if not isinstance(entry, dict) or entry.get("controller") is not True:
            continue
        parts = [entry.get(key) for key in ("apiVersion", "kind", "name", "uid")]
        if all(isinstance(part, str) and part for part in parts):
            api_version, kind, name, uid = map(str, parts)
            return OwnerReference(api_version=api_version, kind=kind, name=name, uid=uid)
    return None


class Served(Frozen):
    """An image or model in a registry, by digest."""

    kind: Literal["model", "image"]
    id: str
    """Model id, or the image as it is written."""
    registry: str
    repository: str
    digest: str


class LookUps(Frozen):
    """The look-ups of one object. What is empty or false is not made."""

    namespace: str | None = None
    """Namespace of the object; null for cluster-scoped ones."""
    cards: tuple[CardReference, ...] = ()
    model_uris: dict[str, str] = {}
    """Model id -> uri, for sources that need the model's address."""
    references: tuple[ObjectReference, ...] = ()
    claims: tuple[str, ...] = ()
    """PersistentVolumeClaims whose class is needed."""
    storage_classes: tuple[str, ...] = ()
    """Classes the manifest names itself."""
    needs_default_class: bool = False
    has_volumes: bool = False
    """A volume is of kind pvc or ephemeral, so cluster.storageClasses is a look-up of this object."""
    has_pods: bool = False
    has_images: bool = False
    """There are containers, in pods of the object or of its operator."""
    service_accounts: tuple[str, ...] = ()
    """Accounts the pods run as, by name."""
    token_accounts: tuple[str, ...] = ()
    """Those of them that decide themselves whether a pod gets their token."""
    pod_labels: tuple[dict[str, str], ...] = ()
    """Labels the pods get, each set once; empty for kinds without pod templates."""
    serves: bool = False
    trains: bool = False
    external: bool = False
    """exposure.scope is external or unknown."""
    mesh: bool = False
    """What is sent inside the cluster may rest on the mesh alone."""
    secrets: tuple[str, ...] = ()
    """Secrets the object refers to, by name."""
    config_maps: tuple[str, ...] = ()
    """ConfigMaps it refers to, by name."""
    served: tuple[Served, ...] = ()
    """Images and models that lie in registries, each once."""
    registry: bool = False
    """A model has a registry address."""
    owner: OwnerReference | None = None
    wants_sign_offs: bool = False
    wants_waivers: bool = False
    record: dict[str, Any] | None = None
    """For a SignOff or Waiver under review: the object, which is then all the evidence there is."""
    record_kind: str | None = None
