"""Objects as an author may write them, and a short way to read them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.domain.request import GroupVersionKind, Request
from mlgate.workloads.extract import Extraction, ExtractOptions, extract

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:  # for what several of these files share
    sys.path.insert(0, HERE)

Object = dict[str, Any]
Ask = Callable[..., Request]
Read = Callable[..., Extraction]
PodOf = Callable[..., Object]
Service = Callable[..., Object]

_IMAGE = "registry.example.com/team/app@sha256:" + "a" * 64


def request_for(obj: Object, old: Object | None = None, *, namespace: str | None = "team") -> Request:
    group, _, version = str(obj.get("apiVersion", "v1")).rpartition("/")
    metadata = obj.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return Request(
        origin="check",
        uid=None,
        operation="CREATE" if old is None else "UPDATE",
        dry_run=False,
        kind=GroupVersionKind(group=group, version=version, kind=str(obj.get("kind", ""))),
        namespace=namespace,
        name=name if isinstance(name, str) else None,
        sub_resource=None,
        user_info=None,
        object=obj,
        old_object=old,
    )


@pytest.fixture
def ask() -> Ask:
    """A request to create the object, or to update an older one to it."""
    return request_for


@pytest.fixture
def read() -> Read:
    """What is extracted from an object."""

    def extracted(obj: Object, old: Object | None = None, **options: Any) -> Extraction:
        return extract(request_for(obj, old), ExtractOptions(**options))

    return extracted


@pytest.fixture
def pod_of() -> PodOf:
    """A Pod with one container of an image nobody knows, unless the fields say otherwise."""

    def pod(spec: Object | None = None, metadata: Object | None = None, **container: Any) -> Object:
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "app", **(metadata or {})},
            "spec": {"containers": [{"name": "app", "image": _IMAGE, **container}], **(spec or {})},
        }

    return pod


@pytest.fixture
def service() -> Service:
    """An InferenceService with the given spec; annotations and labels by keyword."""

    def inference_service(spec: Any, **metadata: Any) -> Object:
        return {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {"name": "scoring", "namespace": "team", **metadata},
            "spec": spec,
        }

    return inference_service
