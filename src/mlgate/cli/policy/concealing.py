"""Texts out of an input document without what looks like a credential in it, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.domain.base import Json
from mlgate.policy.workbench.briefly import Conceal
from mlgate.workloads.credentials.arguments import argument_hit
from mlgate.workloads.credentials.patterns import shipped
from mlgate.workloads.credentials.shown import shown

SHORT = 4
"""A shorter secret is hidden only where nothing else stands with it, or half of a report would be."""


def concealer(document: Json) -> Conceal:
    """What hides the credentials of a document: those that their place tells, and those of their look."""
    secrets = sorted(set(_secrets(document)), key=lambda text: (-len(text), text))

    def conceal(text: str) -> str:
        for secret in secrets:
            if text == secret:
                return "***"
            if len(secret) >= SHORT:
                text = text.replace(secret, "***")
        return shown(text)

    return conceal


def _secrets(value: Json) -> Iterator[str]:
    """The strings that the names beside them say are credentials."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield from _named(node)
            stack.extend(node.values())
        elif isinstance(node, list):
            yield from _argued(node)
            stack.extend(node)


def _named(node: dict[str, Json]) -> Iterator[str]:
    patterns = shipped()
    name, value = node.get("name"), node.get("value")
    if isinstance(name, str) and isinstance(value, str) and patterns.reason_of_variable(name, value):
        yield value
    for key, other in node.items():
        if isinstance(other, str) and patterns.reason_of_name(str(key), other):
            yield other


def _argued(node: list[Json]) -> Iterator[str]:
    patterns = shipped()
    for before, item in zip([None, *node], node, strict=False):
        if isinstance(item, str) and argument_hit(before, item, patterns):
            yield item
