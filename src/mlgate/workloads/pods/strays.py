"""What stands in fields the table of kinds does not know: nothing that runs or loads escapes the reader."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mlgate.domain.base import Json
from mlgate.domain.workload import ServedModel
from mlgate.workloads.addresses.uris import normalise
from mlgate.workloads.pods.pod import CONTAINER_SLOTS
from mlgate.workloads.reading import entries, join

_ADDRESS_KEYS = {"storageUri", "modelUri", "uri"}
_STORES = {"hf", "s3", "gs", "oci", "oci+native", "oci+fetch", "pvc", "hdfs", "webhdfs", "model-registry"}
"""Schemes of stores, where hardly anything but models and data is kept."""
_NOT_READ = frozenset({"metadata", "status"})
_NO_IMAGES = frozenset({"labels", "annotations", "nodeSelector", "matchLabels", "volumes"})
"""Maps with keys of the author's, and volumes, some of which call what they mount an image."""
_IMAGE_KEYS = ("repository", "name")
MAX_FOUND = 50
"""More are not told apart; that there may be more is a problem."""


def stray_pods(obj: dict[str, Json], known: set[str]) -> Iterator[tuple[str, dict[str, Json]]]:
    """Path and value of maps that hold a list of containers and are none of the known pods."""
    count = 0
    for path, node in _maps(obj):
        if (
            path not in known
            and count < MAX_FOUND
            and any(_is_container_list(node, key) for key, _ in CONTAINER_SLOTS)
        ):
            count += 1
            yield path, node


def stray_addresses(obj: dict[str, Json], known: set[str]) -> Iterator[tuple[str, ServedModel | None]]:
    """Path and model of fields named like a model's address that are not known; none if it is no text."""
    count = 0
    for path, node in _maps(obj):
        for key in sorted(_ADDRESS_KEYS & node.keys()):
            place, value = join(path, key), node[key]
            if place in known or not value or count >= MAX_FOUND:
                continue
            model = _model(value, place) if isinstance(value, str) else None
            stored = model is not None and model.scheme in _STORES
            if key == "uri" and "storageUris" not in path and not stored:
                continue
            count += 1
            yield place, model


def _model(text: str, place: str) -> ServedModel:
    address = normalise(text)
    return ServedModel(
        id=place,
        uri=address.uri,
        scheme=address.scheme,
        revision=address.revision,
        digest=address.digest,
        immutable=address.immutable,
        path=place,
    )


def stray_images(obj: dict[str, Json], known: set[str]) -> Iterator[str]:
    """Paths of fields called an image, whose path is not known."""
    found = (
        join(path, key)
        for path, node in _maps(obj, passed=_NO_IMAGES)
        for key, value in entries(node)
        if key[-5:].lower() == "image" and _is_image(value)
    )
    yield from islice((place for place in found if place not in known), MAX_FOUND)


def _maps(
    obj: dict[str, Json], passed: frozenset[str] = frozenset()
) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every map of the object with its path, without what is not specification or below a key passed over."""
    stack: list[tuple[str, Json]] = [
        (key, value) for key, value in reversed(entries(obj)) if key not in _NOT_READ
    ]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            yield path, node
            below = ((key, child) for key, child in reversed(entries(node)) if key not in passed)
            stack.extend((join(path, key), child) for key, child in below)
        elif isinstance(node, list):
            stack.extend((f"{path}[{index}]", child) for index, child in reversed(list(enumerate(node))))


def _is_image(value: Json) -> bool:
    if isinstance(value, dict):
        return any(isinstance(value.get(key), str) and value[key] for key in _IMAGE_KEYS)
    return isinstance(value, str) and bool(value)


def _is_container_list(node: dict[str, Json], key: str) -> bool:
    value = node.get(key)
    return isinstance(value, list) and any(
        isinstance(item, dict) and ("image" in item or "name" in item) for item in value
    )
