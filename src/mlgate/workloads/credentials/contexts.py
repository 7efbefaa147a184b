"""What the search for credentials knows about a place of an object: a variable, a setting, a command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mlgate.domain.base import Json
from mlgate.workloads.credentials.field_names import command_names, settings_names, variable_names
from mlgate.workloads.reading import join

Role = Literal[
    "plain",
    "variables",
    "variableMap",
    "variable",
    "settings",
    "arguments",
    "configMap",
    "data",
    "configEntry",
]
_NOT_SEARCHED = {
    "metadata.managedFields",
    "metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']",
}
_VARIABLES = variable_names()
_VARIABLE_KEYS = {"value", "valueFrom"}
"""Fields of a variable in a map of its own, which is called as the field it stands in."""
_COMMANDS = command_names()
_SETTINGS = settings_names()
_LISTS = _VARIABLES | _SETTINGS
_SAID = {"oauth_secret"}
"""Fields that hold a credential itself."""


@dataclass(frozen=True)
class Node:
    """A value still to be searched, with what the walk knows about it."""

    value: Json
    path: str
    container: str | None = None
    nested: int = 0
    role: Role = "plain"
    key: str = ""


def children(node: Node) -> Iterator[Node]:
    """The entries of a map, without what the API server and kubectl keep there for themselves."""
    name = node.value.get("name")
    container = name if isinstance(name, str) else node.container
    for key, child in node.value.items():
        if not isinstance(child, str | list | dict):
            continue
        path = join(node.path, key)
        if not node.nested and path in _NOT_SEARCHED:
            continue
        yield Node(child, path, container, node.nested, _role(node, str(key), child), str(key))


def _role(node: Node, key: str, child: Json) -> Role:
    if isinstance(child, dict):
        return _role_of_map(node, key, child)
    if isinstance(child, str) and (node.role in {"data", "settings"} or key in _SAID):
        return "configEntry"
    if key in _LISTS and isinstance(child, list) and any(isinstance(item, dict) for item in child):
        return "variables"
    return "arguments" if key in _COMMANDS else "plain"


def _role_of_map(node: Node, key: str, child: dict[str, Json]) -> Role:
    if node.role == "configMap" and key == "data":
        return "data"
    if key in _VARIABLES or key in _COMMANDS:
        return "variableMap"
    if key in _SETTINGS or node.role == "settings":
        return "settings"
    return "variable" if child.keys() <= _VARIABLE_KEYS else "plain"
