"""What a card speaks of, and whether a card that was tampered with speaks of more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Place = tuple[str | int, ...]
Path = tuple[str, ...]
Spoken = Callable[[Any], set[Path]]
May = Callable[[Place, Any], set[Path]]


def _paths(value: Any, *path: str) -> Iterator[Path]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else (("*", item) for item in value):
            yield from _paths(item, *path, key)
    elif value is not None:
        yield path


def _may(place: Place, value: Any) -> set[Path]:
    names = [step for step in place if isinstance(step, str)]
    if not isinstance(value, str) or not value.strip():
        return set()
    if names[-2:] in (["performanceMetrics", "type"], ["performance_metrics", "type"]):
        # What a bias test has no column for is a measured value of that slice.
        return {("evaluation", "metrics", "*", "slice")}
    if names[-2:] in (["performanceMetrics", "slice"], ["performance_metrics", "slice"]):
        # So is what was measured of something that is no group of an attribute.
        return {("evaluation", "metrics", "*", "slice")}
    if names[-2:] == ["ai_hyperparameter", "key"]:
        # Hyperparameters are called as their author calls them.
        return {("training", "hyperparameters", value)}
    return set()


@pytest.fixture(scope="session")
def spoken() -> Spoken:
    """The fields that a card fills; entries of one list are not told apart."""
    return lambda card: set(_paths(card))


@pytest.fixture(scope="session")
def may() -> May:
    """The fields that a card may fill in addition where one value of the foreign card became another text."""
    return _may
