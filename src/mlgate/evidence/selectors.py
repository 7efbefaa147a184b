"""Label selectors, as the API server reads them, and never more of one than a person would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

S = TypeVar("S")
Labels = Mapping[str, str]
MOST_PARTS = 64
"""Requirements of one selector that are read, and values of one requirement: their author decides how many
there are, and every pod template is compared with each."""


def selects(selector: Any, labels: Labels) -> bool | None:
    """Whether the labels match the selector; None when it cannot be read.

    An empty selector, and one that is left out, matches everything.
    """
    if selector is None:
        return True
    if not isinstance(selector, dict):
        return None
    wanted, rules = _given(selector, "matchLabels", dict), _given(selector, "matchExpressions", list)
    if wanted is None or rules is None or len(wanted) + len(rules) > MOST_PARTS:
        return None
    if not all(isinstance(text, str) for pair in wanted.items() for text in pair):
        return None
    judged = [_holds(rule, labels) for rule in rules]
    if None in judged:
        return None
    same = all(labels.get(key) == value for key, value in wanted.items())
    return same and all(judged)


def is_empty(selector: Any) -> bool:
    """Whether the selector asks for nothing, so that it matches whatever there is."""
    return selects(selector, {}) is True and not any((selector or {}).values())


def selects_all(selector: Any, templates: Sequence[Labels]) -> bool:
    """Whether every template is known to match; without templates only a selector of everything does."""
    if not templates:
        return is_empty(selector)
    return all(selects(selector, labels) is True for labels in templates)


def may_select(selector: Any, templates: Sequence[Labels]) -> bool:
    """Whether a template may match: one does, there are none to compare, or the selector cannot be read."""
    return not templates or any(selects(selector, labels) is not False for labels in templates)


def _given(selector: dict[str, Any], key: str, shape: type[S]) -> S | None:
    """A part of the selector; None when it has another shape than it must have."""
    value = selector.get(key)
    if value is None:
        return shape()
    return value if isinstance(value, shape) else None


def _holds(rule: Any, labels: Labels) -> bool | None:
    if not isinstance(rule, dict) or not isinstance(rule.get("key"), str):
        return None
    key, operator, values = rule["key"], rule.get("operator"), rule.get("values")
    if operator in ("Exists", "DoesNotExist"):
        there = key in labels
        return None if values else there == (operator == "Exists")
    if operator not in ("In", "NotIn") or not isinstance(values, list):
        return None
    if not 0 < len(values) <= MOST_PARTS or not all(isinstance(value, str) for value in values):
        return None
    return bool((labels.get(key) in values) == (operator == "In"))
