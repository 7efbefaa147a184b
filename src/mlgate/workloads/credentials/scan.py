"""Finds what looks like a credential in a whole object, nested YAML and JSON included.

The walk knows five contexts: entries of an `env` list or map, settings under keys of the author's, command
lines, keys of ConfigMap data, and any other text. Values are never kept: a finding says where and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from mlgate.domain.base import Credential, Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.credentials.field_names import command_names, settings_names, variable_names
from mlgate.workloads.credentials.patterns import CredentialPatterns, shipped
from mlgate.workloads.reading import join

_Role = Literal[
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
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+")
_VALUE = r"(\"[^\"]*\"|'[^']*'|[^\s\"';&|]+)"
_FLAG = re.compile(r"(?<![\w-])--?([A-Za-z][A-Za-z0-9_.-]{0,100})(?:=|(?:\\\n|[ \t])+(?![-\\]))" + _VALUE)
_ASSIGNMENT = re.compile(r"(?<![\w-])([A-Za-z_][A-Za-z0-9_]{0,100})=" + _VALUE)
MAX_FINDINGS = 200
"""More are not told apart; that there may be more is a problem of a workload."""
_MAX_PAIRS = 2000
_MAX_DEPTH = 4
"""Text within text within text: deeper nesting is searched as plain text."""


@dataclass(frozen=True)
class _Node:
    """A value still to be searched, with what the walk knows about it."""

    value: Json
    path: str
    container: str | None = None
    nested: int = 0
    role: _Role = "plain"
    key: str = ""


def scan(obj: Json, patterns: CredentialPatterns | None = None) -> tuple[Credential, ...]:
    """The places that look like a credential, in the order of the object; at most 200."""
    role: _Role = "configMap" if isinstance(obj, dict) and obj.get("kind") == "ConfigMap" else "plain"
    return tuple(islice(_search(_Node(obj, "", role=role), patterns or shipped()), MAX_FINDINGS))


def scan_text_places(value: Json) -> list[tuple[str, str]]:
    """Path and reason of every place of a value that is no Kubernetes object, such as a card.

    The paths count from the value. No field is left out: what the API server keeps in objects is not here.
    """
    found = islice(_search(_Node(value, "", nested=1), shipped()), MAX_FINDINGS)
    return [(credential.path, credential.reason) for credential in found]


def scan_entries(data: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Key and reason of every entry of a ConfigMap's data that looks like a credential, or holds one."""
    patterns = shipped()
    found = []
    for key, value in data.items():
        if isinstance(value, str):
            node = _Node(value, "", role="configEntry", key=str(key))
            first = next(_search(node, patterns), None)
            if first is not None:
                found.append((str(key), first.reason))
    return found


def _search(root: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    """Depth first, in document order, without recursion: nesting is the author's."""
    stack = [root]
    while stack:
        node = stack.pop()
        finder = _FINDERS.get(node.role)
        if finder is not None:
            yield from finder(node, patterns)
        elif isinstance(node.value, str):
            yield from _text(node, patterns)
        elif isinstance(node.value, list):
            stack.extend(
                _Node(item, f"{node.path}[{index}]", node.container, node.nested)
                for index, item in reversed(list(enumerate(node.value)))
            )
        elif isinstance(node.value, dict):
            stack.extend(reversed(list(_children(node))))


def _children(node: _Node) -> Iterator[_Node]:
    """The entries of a map, without what the API server and kubectl keep there for themselves."""
    name = node.value.get("name")
    container = name if isinstance(name, str) else node.container
    for key, child in node.value.items():
        if not isinstance(child, str | list | dict):
            continue
        path = join(node.path, key)
        if not node.nested and path in _NOT_SEARCHED:
            continue
        yield _Node(child, path, container, node.nested, _role(node, str(key), child), str(key))


def _role(node: _Node, key: str, child: Json) -> _Role:
    if isinstance(child, dict):
        return _role_of_map(node, key, child)
    if isinstance(child, str) and (node.role in {"data", "settings"} or key in _SAID):
        return "configEntry"
    if key in _LISTS and isinstance(child, list) and any(isinstance(item, dict) for item in child):
        return "variables"
    return "arguments" if key in _COMMANDS else "plain"


def _role_of_map(node: _Node, key: str, child: dict[str, Json]) -> _Role:
    if node.role == "configMap" and key == "data":
        return "data"
    if key in _VARIABLES or key in _COMMANDS:
        return "variableMap"
    if key in _SETTINGS or node.role == "settings":
        return "settings"
    return "variable" if child.keys() <= _VARIABLE_KEYS else "plain"


def _variables(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    for index, item in enumerate(node.value):
        path = f"{node.path}[{index}]"
        name = item.get("name", item.get("key")) if isinstance(item, dict) else None
        value = item.get("value") if isinstance(item, dict) else None
        if isinstance(value, str):
            reason = patterns.reason_of_variable(name if isinstance(name, str) else "", value)
            if reason is not None:
                yield _found("env", f"{path}.value", reason, name, node.container)
                continue
            yield from _nested(_Node(value, f"{path}.value", node.container, node.nested), patterns)
        rest = {k: v for k, v in item.items() if k != "value"} if isinstance(item, dict) else item
        yield from _search(_Node(rest, path, node.container, node.nested), patterns)


def _variable_map(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    for name, value in node.value.items():
        path = join(node.path, name)
        if not isinstance(value, str):
            yield from _search(_Node(value, path, node.container, node.nested), patterns)
            continue
        reason = patterns.reason_of_variable(str(name), value)
        if reason is not None:
            yield _found("env", path, reason, str(name), node.container)
            continue
        yield from _nested(_Node(value, path, node.container, node.nested), patterns)


def _variable(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    value = node.value.get("value")
    reason = patterns.reason_of_variable(node.key, value) if isinstance(value, str) else None
    if reason is not None:
        yield _found("env", f"{node.path}.value", reason, node.key, node.container)
    else:
        yield from _search(replace(node, role="plain"), patterns)


def _arguments(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    whole = isinstance(node.value, str)
    items: list[Json] = [node.value] if whole else node.value
    for index, item in enumerate(items):
        path = node.path if whole else f"{node.path}[{index}]"
        if not isinstance(item, str):
            yield from _search(_Node(item, path, node.container, node.nested), patterns)
            continue
        hit = argument_hit(items[index - 1] if index else None, item, patterns)
        if hit is not None:
            reason, name = hit
            yield _found("argument", path, reason, name, node.container)
            continue
        yield from _nested(_Node(item, path, node.container, node.nested), patterns)


def argument_hit(before: Json, item: str, patterns: CredentialPatterns) -> tuple[str, str | None] | None:
    """Reason and name of a command-line item that looks like a credential; `before` is the item before it."""
    reason: str | None = patterns.reason_of_text(item)
    if reason is not None:
        return reason, None
    if isinstance(before, str) and _is_flag(before) and not item.startswith("-"):
        reason = patterns.reason_of_variable(before, item)
        if reason is not None:
            return reason, before.lstrip("-")
    for name, value, _ in pairs(item):
        reason = patterns.reason_of_variable(name, value)
        if reason is not None:
            return reason, name
    return None


def pairs(item: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Name, value and span of the value of each flag and assignment in a command-line item."""
    for pattern in (_FLAG, _ASSIGNMENT):
        for match in islice(pattern.finditer(item), _MAX_PAIRS):
            yield match.group(1), match.group(2).strip("\"'"), match.span(2)


def mask_arguments(items: tuple[str, ...], patterns: CredentialPatterns | None = None) -> tuple[str, ...]:
    """A command line with credentials replaced by `***`."""
    patterns = patterns or shipped()
    masked: list[str] = []
    for index, item in enumerate(items):
        hit = argument_hit(items[index - 1] if index else None, item, patterns)
        if holds_credentials(item, patterns):
            masked.append("***")
        else:
            masked.append(
                item if hit is None else _mask_item(items[index - 1] if index else "", item, patterns)
            )
    return tuple(masked)


def shown(text: str) -> str:
    """A text that is told to people: without what looks like a credential by its value."""
    return "***" if holds_credentials(text) else shipped().mask(text)


def holds_credentials(text: str, patterns: CredentialPatterns | None = None) -> bool:
    """Whether a text is a document with something in it that looks like a credential."""
    return any(True for _ in _nested(_Node(text, ""), patterns or shipped()))


def _mask_item(before: str, item: str, patterns: CredentialPatterns) -> str:
    if _is_flag(before) and not item.startswith("-") and patterns.reason_of_variable(before, item):
        return "***"
    spans = {span for name, value, span in pairs(item) if patterns.reason_of_variable(name, value)}
    for start, end in sorted(spans, reverse=True):
        item = f"{item[:start]}***{item[end:]}"
    return patterns.mask(item)


def _is_flag(item: str) -> bool:
    return item.startswith("-") and "=" not in item and not any(c.isspace() for c in item)


def _config_entry(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    found = list(_text(node, patterns))
    if not found and patterns.reason_of_name(node.key, node.value):
        found = [_found("text", node.path, "name", node.key, None)]
    yield from found


def _text(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    nested = list(_nested(node, patterns))
    if nested:
        yield from nested
        return
    reason = patterns.reason_of_text(node.value) if patterns.may_hold_value(node.value) else None
    if reason is not None:
        kind = "uri" if _URI.fullmatch(node.value) else "text"
        yield _found(kind, node.path, reason, None, None)


def _nested(node: _Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    """Findings inside a text that is itself a YAML or JSON document."""
    text: str = node.value
    if node.nested >= _MAX_DEPTH or len(text) > CARD_LIMITS.max_bytes or not _may_be_document(text):
        return
    try:
        value = parse_yaml(text.encode(), CARD_LIMITS)
    except (ManifestError, UnicodeEncodeError):
        return
    if isinstance(value, dict | list):
        yield from _search(_Node(value, node.path, node.container, node.nested + 1), patterns)


def _may_be_document(text: str) -> bool:
    head = text.lstrip()[:1]
    return head in {"{", "["} or ("\n" in text and ":" in text)


def _found(kind: str, path: str, reason: str, name: Json, container: str | None) -> Credential:
    text = name if isinstance(name, str) else None
    return Credential(
        kind=kind,
        container=container if kind in {"env", "argument"} else None,
        name=text,
        path=path,
        reason=reason,
    )


_FINDERS: dict[_Role, Callable[[_Node, CredentialPatterns], Iterator[Credential]]] = {
    "variables": _variables,
    "variableMap": _variable_map,
    "variable": _variable,
    "arguments": _arguments,
    "configEntry": _config_entry,
}
