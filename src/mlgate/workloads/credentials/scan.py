"""Finds what looks like a credential in a whole object, nested YAML and JSON included.

The walk knows five contexts: entries of an `env` list or map, settings under keys of the author's, command
lines, keys of ConfigMap data, and any other text. Values are never kept: a finding says where and why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from mlgate.domain.base import Credential, Json
from mlgate.errors import ManifestError
from mlgate.parsing.limits import CARD_LIMITS
from mlgate.parsing.yaml_text import parse_yaml
from mlgate.workloads.credentials.arguments import argument_hit
from mlgate.workloads.credentials.contexts import Node, Role, children
from mlgate.workloads.credentials.patterns import CredentialPatterns, shipped
from mlgate.workloads.reading import join

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+")
MAX_FINDINGS = 200
"""More are not told apart; that there may be more is a problem of a workload."""
_MAX_DEPTH = 4
"""Text within text within text: deeper nesting is searched as plain text."""


def scan(obj: Json, patterns: CredentialPatterns | None = None) -> tuple[Credential, ...]:
    """The places that look like a credential, in the order of the object; at most 200."""
    role: Role = "configMap" if isinstance(obj, dict) and obj.get("kind") == "ConfigMap" else "plain"
    return tuple(islice(_search(Node(obj, "", role=role), patterns or shipped()), MAX_FINDINGS))


def scan_text_places(value: Json) -> list[tuple[str, str]]:
    """Path and reason of every place of a value that is no Kubernetes object, such as a card.

    The paths count from the value. No field is left out: what the API server keeps in objects is not here.
    """
    found = islice(_search(Node(value, "", nested=1), shipped()), MAX_FINDINGS)
    return [(credential.path, credential.reason) for credential in found]


def scan_entries(data: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Key and reason of every entry of a ConfigMap's data that looks like a credential, or holds one."""
    patterns = shipped()
    found = []
    for key, value in data.items():
        if isinstance(value, str):
            node = Node(value, "", role="configEntry", key=str(key))
            first = next(_search(node, patterns), None)
            if first is not None:
                found.append((str(key), first.reason))
    return found


def _search(root: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
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
                Node(item, f"{node.path}[{index}]", node.container, node.nested)
                for index, item in reversed(list(enumerate(node.value)))
            )
        elif isinstance(node.value, dict):
            stack.extend(reversed(list(children(node))))


def _variables(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    for index, item in enumerate(node.value):
        path = f"{node.path}[{index}]"
        name = item.get("name", item.get("key")) if isinstance(item, dict) else None
        value = item.get("value") if isinstance(item, dict) else None
        if isinstance(value, str):
            reason = patterns.reason_of_variable(name if isinstance(name, str) else "", value)
            if reason is not None:
                yield _found("env", f"{path}.value", reason, name, node.container)
                continue
            yield from _nested(Node(value, f"{path}.value", node.container, node.nested), patterns)
        rest = {k: v for k, v in item.items() if k != "value"} if isinstance(item, dict) else item
        yield from _search(Node(rest, path, node.container, node.nested), patterns)


def _variable_map(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    for name, value in node.value.items():
        path = join(node.path, name)
        if not isinstance(value, str):
            yield from _search(Node(value, path, node.container, node.nested), patterns)
            continue
        reason = patterns.reason_of_variable(str(name), value)
        if reason is not None:
            yield _found("env", path, reason, str(name), node.container)
            continue
        yield from _nested(Node(value, path, node.container, node.nested), patterns)


def _variable(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    value = node.value.get("value")
    reason = patterns.reason_of_variable(node.key, value) if isinstance(value, str) else None
    if reason is not None:
        yield _found("env", f"{node.path}.value", reason, node.key, node.container)
    else:
        yield from _search(replace(node, role="plain"), patterns)


def _arguments(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    whole = isinstance(node.value, str)
    items: list[Json] = [node.value] if whole else node.value
    for index, item in enumerate(items):
        path = node.path if whole else f"{node.path}[{index}]"
        if not isinstance(item, str):
            yield from _search(Node(item, path, node.container, node.nested), patterns)
            continue
        hit = argument_hit(items[index - 1] if index else None, item, patterns)
        if hit is not None:
            reason, name = hit
            yield _found("argument", path, reason, name, node.container)
            continue
        yield from _nested(Node(item, path, node.container, node.nested), patterns)


def holds_credentials(text: str, patterns: CredentialPatterns | None = None) -> bool:
    """Whether a text is a document with something in it that looks like a credential."""
    return any(True for _ in _nested(Node(text, ""), patterns or shipped()))


def _config_entry(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    found = list(_text(node, patterns))
    if not found and patterns.reason_of_name(node.key, node.value):
        found = [_found("text", node.path, "name", node.key, None)]
    yield from found


def _text(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    nested = list(_nested(node, patterns))
    if nested:
        yield from nested
        return
    reason = patterns.reason_of_text(node.value) if patterns.may_hold_value(node.value) else None
    if reason is not None:
        kind = "uri" if _URI.fullmatch(node.value) else "text"
        yield _found(kind, node.path, reason, None, None)


def _nested(node: Node, patterns: CredentialPatterns) -> Iterator[Credential]:
    """Findings inside a text that is itself a YAML or JSON document."""
    text: str = node.value
    if node.nested >= _MAX_DEPTH or len(text) > CARD_LIMITS.max_bytes or not _may_be_document(text):
        return
    try:
        value = parse_yaml(text.encode(), CARD_LIMITS)
    except (ManifestError, UnicodeEncodeError):
        return
    if isinstance(value, dict | list):
        yield from _search(Node(value, node.path, node.container, node.nested + 1), patterns)


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


_FINDERS: dict[Role, Callable[[Node, CredentialPatterns], Iterator[Credential]]] = {
    "variables": _variables,
    "variableMap": _variable_map,
    "variable": _variable,
    "arguments": _arguments,
    "configEntry": _config_entry,
}
