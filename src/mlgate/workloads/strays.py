"""What stands in fields the table of kinds does not know: nothing that runs or loads escapes the reader."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.domain.workload import ServedModel
from mlgate.workloads.pods import CONTAINER_SLOTS
from mlgate.workloads.reading import join
from mlgate.workloads.uris import normalise

_ADDRESS_KEYS = {"storageUri", "modelUri", "uri"}
_STORES = {"hf", "s3", "gs", "oci", "oci+native", "oci+fetch", "pvc", "hdfs", "webhdfs", "model-registry"}
"""Schemes of stores, where hardly anything but models and data is kept."""
_NOT_READ = {"metadata", "status"}
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


def stray_addresses(obj: dict[str, Json], known: set[str]) -> Iterator[tuple[str, ServedModel]]:
    """Path and model of text in fields named like a model's address whose path is not known."""
    count = 0
    for path, node in _maps(obj):
        for key in sorted(_ADDRESS_KEYS & node.keys()):
            place = join(path, key)
            value = node[key]
            if place in known or not isinstance(value, str) or not value or count >= MAX_FOUND:
                continue
            address = normalise(value)
            if key == "uri" and "storageUris" not in path and address.scheme not in _STORES:
                continue
            count += 1
            yield (
                place,
                ServedModel(
                    id=place,
                    uri=address.uri,
                    scheme=address.scheme,
                    revision=address.revision,
                    digest=address.digest,
                    immutable=address.immutable,
                    path=place,
                ),
            )


def _maps(obj: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    """Every map of the object with its path, without what is not specification."""
    stack: list[tuple[str, Json]] = [
        (key, value) for key, value in reversed(list(obj.items())) if key not in _NOT_READ
    ]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            yield path, node
            stack.extend((join(path, key), child) for key, child in reversed(list(node.items())))
        elif isinstance(node, list):
            stack.extend((f"{path}[{index}]", child) for index, child in reversed(list(enumerate(node))))


def _is_container_list(node: dict[str, Json], key: str) -> bool:
    value = node.get(key)
    return isinstance(value, list) and any(
        isinstance(item, dict) and ("image" in item or "name" in item) for item in value
    )
