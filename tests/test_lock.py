"""The lock files pin what pip asks for by the name it asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = sorted((Path(__file__).resolve().parent.parent / "requirements").glob("*.txt"))


def pinned(lock: Path) -> dict[str, set[str]]:
    """The extras of every pinned package, by name."""
    pins = [Requirement(line) for line in re.findall(r"(?m)^[a-zA-Z0-9][^\s;]*==[^\s;]+", lock.read_text())]
    return {canonicalize_name(pin.name): pin.extras for pin in pins}


def asked(names: set[str]) -> Iterator[tuple[str, str]]:
    """The extras that these packages ask of others, as they are installed here."""
    for distribution in distributions():
        if canonicalize_name(distribution.name) in names:
            for line in distribution.requires or []:
                wanted = Requirement(line)
                if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                    yield from ((canonicalize_name(wanted.name), extra) for extra in wanted.extras)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_package_that_is_asked_for_with_an_extra_is_pinned_with_it(lock: Path) -> None:
    # With hashes, pip takes the newest release for the name with the extra, and refuses it.
    pins = pinned(lock)
    assert pins
    assert [(name, extra) for name, extra in asked(set(pins)) if extra not in pins[name]] == []
