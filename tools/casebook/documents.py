"""Kubernetes objects in YAML files: reading, writing, finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]
"""One Kubernetes object as it stands in a file."""

RECORDS = "mlgate.dev/"
"""Start of the apiVersion of cards, sign-offs and waivers."""


class CasebookError(Exception):
    """An example is not what it should be; the message names the file or the object."""


class _Loader(yaml.CSafeLoader):
    """Like the API server: a date stays the string it is written as."""


_Loader.yaml_implicit_resolvers = {
    first: [entry for entry in entries if entry[0] != "tag:yaml.org,2002:timestamp"]
    for first, entries in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_all(path: Path) -> list[Any]:
    """Every YAML document of a file that is not empty.

    Raises:
        CasebookError: the file cannot be read or parsed.
    """
    try:
        return [item for item in yaml.load_all(path.read_text(), _Loader) if item is not None]
    except (OSError, yaml.YAMLError) as problem:
        raise CasebookError(f"{path}: {problem}") from problem


def read_one(path: Path) -> Any:
    """The only YAML document of a file.

    Raises:
        CasebookError: there is none, or more than one.
    """
    found = read_all(path)
    if len(found) != 1:
        raise CasebookError(f"{path}: {len(found)} documents instead of one")
    return found[0]


def write_all(path: Path, objects: Iterable[Object], heading: str) -> None:
    """Write objects as one YAML file under a comment line."""
    text = yaml.dump_all(
        objects,
        Dumper=yaml.CSafeDumper,
        sort_keys=False,
        width=1000,
        allow_unicode=True,
        explicit_start=True,
    )
    path.write_text(f"# {heading}\n{text}")


def label(item: Object) -> str:
    """Kind and name, as the examples call an object: `ModelCard/credit-scoring-3.2.0`."""
    return f"{item['kind']}/{item['metadata']['name']}"


def is_card(item: Object) -> bool:
    """Whether the object is a model card."""
    return bool(str(item["apiVersion"]).startswith(RECORDS) and item["kind"] == "ModelCard")


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every string in it (not the keys) replaced by what `change` makes of it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [map_strings(item, change) for item in value]
    if isinstance(value, dict):
        return {key: map_strings(item, change) for key, item in value.items()}
    return value


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
