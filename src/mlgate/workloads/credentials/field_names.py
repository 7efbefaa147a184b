"""The names under which any kind holds variables and command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlgate.workloads.kinds.fields import ContainerField
from mlgate.workloads.kinds.table import gated_kinds

_NAME = re.compile(r"\w+")
_MAPPED = ("command", "args")
_SETTINGS = frozenset(
    {
        "additionalConfig",
        "config",
        "consumer",
        "options",
        "parameters",
        "producer",
        "streams",
        "user_config",
    }
)
"""Of storage, of brokers, of adapters and of applications."""


@lru_cache(maxsize=1)
def variable_names() -> frozenset[str]:
    """Fields that hold variables, as a list or as a map."""
    rows = gated_kinds().values()
    named = [pattern for field in _fields() for pattern in field.variables if isinstance(pattern, str)]
    named += [pattern for row in rows for pattern in row.env]
    return _last([*named, *_mapped("env")]) | {"env", "envs", "env_vars", "envVars", "rayStartParams"}


@lru_cache(maxsize=1)
def command_names() -> frozenset[str]:
    """Fields that hold a command line or a part of one: a list, a text or a map of flags."""
    rows = gated_kinds().values()
    told = [pattern for row in rows for component in row.components for pattern in component.commands]
    told += [pattern for row in rows for pattern in row.args]
    named = _last([*told, *(pattern for key in _MAPPED for pattern in _mapped(key))])
    return (named | {*_MAPPED}) - variable_names()


def settings_names() -> frozenset[str]:
    """Fields that hold settings under keys of the author's, so that a key can say what its value is."""
    return _SETTINGS


def _fields() -> Iterator[ContainerField]:
    for row in gated_kinds().values():
        for component in row.components:
            yield from (field for field in component.containers.values() if isinstance(field, ContainerField))


def _mapped(key: str) -> Iterator[str]:
    """Where the containers of any kind have one of their fields."""
    for field in _fields():
        given = field.fields.get(key, ())
        yield from (given,) if isinstance(given, str) else given


def _last(patterns: list[str]) -> frozenset[str]:
    """The last keys of paths."""
    return frozenset(name for pattern in patterns for name in _NAME.findall(pattern.rpartition(".")[2]))
