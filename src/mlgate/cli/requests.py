"""The request the API server would send for a manifest that a person holds in hands."""

from __future__ import annotations

from typing import Any

from mlgate.domain.request import GroupVersionKind, Request, UserInfo
from mlgate.workloads.kinds.table import is_cluster_scoped


def kind_of(value: dict[str, Any]) -> GroupVersionKind:
    """Group, version and kind of an object."""
    group, _, version = str(value["apiVersion"]).rpartition("/")
    return GroupVersionKind(group=group, version=version, kind=str(value["kind"]))


def request_for(value: dict[str, Any], *, default_namespace: str | None, user: UserInfo | None) -> Request:
    """A CREATE of the object, in its own namespace or the default one."""
    kind = kind_of(value)
    metadata = value.get("metadata") or {}
    namespace, name = metadata.get("namespace"), metadata.get("name")
    if is_cluster_scoped(kind.group, kind.kind):
        namespace = None
    elif not isinstance(namespace, str) or not namespace:
        namespace = default_namespace
    return Request(
        origin="check",
        uid=None,
        operation="CREATE",
        dry_run=False,
        kind=kind,
        namespace=namespace,
        name=name if isinstance(name, str) and name else None,
        sub_resource=None,
        user_info=user,
        object=value,
        old_object=None,
    )
