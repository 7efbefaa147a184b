"""Maps of settings, of whatever shape: what stands in one counts like the flags of a server.

Arguments of an application, the configuration of a server, a document within a text. The settings of one map
belong together: a revision beside one model says nothing of another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mlgate.domain.base import Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.commands.flags import Flag
from mlgate.workloads.commands.invocation import Told
from mlgate.workloads.kinds.paths import Trail, written
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import Reader, entries

MOST = 2000
"""Settings below one place that are looked at; more are a problem."""
_DRAFTING = "speculative-config"
"""A map whose model answers nothing by itself."""
_SOURCES = {"model_id": "model_source"}
"""Names that callers use where the source of the model stands beside them."""
_COMMANDS = frozenset({"args", "arguments", "cmd", "command", "entrypoint"})
_MAX_DOCUMENTS = 2
"""Texts within texts that are opened."""


@dataclass
class _Map:
    """What was found in one map."""

    flags: list[Flag] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Node:
    value: Json
    trail: Trail
    into: _Map
    key: str = ""
    above: str = ""
    """The key under which the map lies that holds it."""
    documents: int = 0


def read_settings(
    reader: Reader,
    value: Json,
    path: str,
    known: frozenset[str] = frozenset(),
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Told, ...]:
    """The settings below a place, those of each map for themselves, without the places that are `known`.

    `names`: keys that mean a flag of another name.
    """
    maps = [_Map()]
    stack = [_Node(value, (), maps[0])]
    count = 0
    while stack:
        node = stack.pop()
        if isinstance(node.value, dict | list):
            stack.extend(reversed(list(_below(node, path, maps, names))))
        elif node.value is not None:
            count += 1
            if count > MOST:
                reader.problem(path, f"holds more than {MOST} settings")
                break
            place = written(path, node.trail)
            if place not in known:
                stack.extend(_taken(node, place))
    return tuple(
        Told(tuple(found.lines), tuple(found.flags), in_shell=True)
        for found in maps
        if found.flags or found.lines
    )


def _below(node: _Node, path: str, maps: list[_Map], names: Mapping[str, str]) -> Iterator[_Node]:
    if isinstance(node.value, dict):
        into = _Map()
        maps.append(into)
        for key, child in entries(node.value):
            if node.value.get(_SOURCES.get(key)):
                continue
            name = (names.get(key) or key).replace("_", "-").lower()
            yield _Node(child, (node.trail, key), into, name, node.key, node.documents)
        return
    texts = [item for item in node.value if isinstance(item, str)]
    is_command = node.key in _COMMANDS or any(text.startswith("-") for text in texts)
    if is_command:
        place = written(path, node.trail)
        node.into.lines += [(";", place), *((text, place) for text in texts[:MOST])]
    for index, child in enumerate(node.value):
        if isinstance(child, dict) and node.key in catalog().flags["adapters"]:
            # An adapter as a map, with its name and its path, is what the flag takes as JSON.
            child = json.dumps(child)  # noqa: PLW2901 - the same adapter
        key = "" if is_command and isinstance(child, str) else node.key
        yield _Node(child, (node.trail, index), node.into, key, node.above, node.documents)


def _taken(node: _Node, place: str) -> Iterator[_Node]:
    """Keep one value. A command line is read as words too, and a document in a text like any map."""
    value = node.value
    text = str(value).lower() if isinstance(value, bool) else str(value)
    name = "speculative-model" if node.above == _DRAFTING and node.key == "model" else node.key
    if name:
        node.into.flags.append(Flag(name, text or None, place, -1, joined=True, setting=True))
    if name and (text.startswith("-") or " --" in text or node.key in _COMMANDS):
        node.into.lines += [(";", place), (text, place)]
    if node.documents < _MAX_DOCUMENTS and name not in catalog().flags["adapters"]:
        document = _document(text)
        yield _Node(document, node.trail, node.into, node.key, node.above, node.documents + 1)


def _document(text: str) -> Json:
    """The map or list a text holds; null for one that holds none."""
    if text.lstrip()[:1] not in {"{", "["} and ": " not in text and ":\n" not in text:
        return None
    try:
        value = parse_yaml(text.encode("utf-8", "surrogatepass"), CARD_LIMITS)
    except ManifestError:
        return None
    return value if isinstance(value, dict | list) else None
