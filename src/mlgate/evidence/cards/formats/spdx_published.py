"""The model of SPDX 3, as SPDX publishes it for Python: types, properties and values of every element."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from spdx_python_model import v3_0_1 as published

from mlgate.domain.base import Problem
from mlgate.evidence.shapes import join

_MOST = 50
_NAMES = frozenset({"type", "@type", "spdxId", "@id"})
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
"""What the library raises for a document that does not fit; it has no class of its own for that."""


def violations(elements: list[Any], place: str) -> tuple[Problem, ...]:
    """Which elements of a graph do not fit the model and by which property; at most fifty.

    Nothing a card says is repeated. Elements are looked at one by one only when the whole does not fit.
    """
    if _fits(elements):
        return ()
    return tuple(islice(_faults(elements, place), _MOST))


def _faults(elements: list[Any], place: str) -> Iterator[Problem]:
    for index, element in enumerate(elements):
        path = f"{place}[{index}]"
        if not isinstance(element, dict):
            yield Problem(path=path, message="must be an object")
        elif not _fits([element]):
            yield from _properties(element, path)


def _properties(element: dict[str, Any], path: str) -> Iterator[Problem]:
    named = {key: value for key, value in element.items() if key in _NAMES}
    if not _fits([named]):
        yield Problem(path=path, message="is of no type of SPDX 3, or its spdxId is no address")
        return
    for key, value in element.items():
        if key not in _NAMES and not _fits([named | {key: value}]):
            yield Problem(path=join(path, key), message="is no property or value that SPDX 3 allows here")


def _fits(elements: list[Any]) -> bool:
    try:
        published.JSONLDDeserializer().deserialize_data({"@graph": elements}, published.SHACLObjectSet())
    except _FAULTS:
        return False
    return True


def lacking(element: dict[str, Any]) -> bool:
    """Whether an element that fits lacks a property that SPDX 3 requires of it."""
    objects = published.SHACLObjectSet()
    try:
        published.JSONLDDeserializer().deserialize_data({"@graph": [element]}, objects)
        published.JSONLDSerializer().serialize_data(objects)
    except _FAULTS:
        return True
    return False
