"""Decisions without credentials: authors write names and labels too, and a message repeats those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from mlgate.domain.base import Frozen
from mlgate.domain.decision import Decision
from mlgate.workloads.credentials.patterns import shipped

_LISTS = ("violations", "warnings", "audited", "waived")
_NO_TEXT = ("code", "severity", "enforcement", "docs")
_Told = TypeVar("_Told", bound=Frozen)


def masked(decision: Decision) -> Decision:
    """The decision with every text that looks like a credential by its value masked.

    What is told to one person ends in events and logs, and must not carry a token there that its author put
    into the name of a dataset, a label or the tag of an image.
    """
    findings = [finding for name in _LISTS for finding in getattr(decision, name)]
    # One look at all texts: in the usual case there is nothing to mask in any of them.
    if shipped().reason_of_text("\n".join(text for finding in findings for text in _texts(finding))) is None:
        return decision
    return decision.model_copy(
        update={name: tuple(_masked(finding) for finding in getattr(decision, name)) for name in _LISTS}
    )


def _texts(told: Frozen) -> Iterator[str]:
    """Every text of a finding that somebody else may have written."""
    for name in type(told).model_fields:
        value = getattr(told, name)
        if isinstance(value, Frozen):
            yield from _texts(value)
        elif isinstance(value, str) and name not in _NO_TEXT:
            yield value


def _masked(told: _Told) -> _Told:
    update: dict[str, object] = {}
    for name in type(told).model_fields:
        value = getattr(told, name)
        if isinstance(value, Frozen):
            update[name] = _masked(value)
        elif isinstance(value, str) and name not in _NO_TEXT:
            update[name] = shipped().mask(value)
    return told.model_copy(update=update)
