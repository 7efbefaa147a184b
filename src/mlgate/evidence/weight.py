"""How much memory a value takes: what is remembered is bounded by that, and not by how it was written.

JSON takes more as objects than as text: `{}` has 2 bytes and takes 72, or 1,400 as an approval in a card, of
which each fault is noted. `sys.getsizeof` of all parts of a card comes to what `tracemalloc` counts for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

from pydantic import BaseModel


def weight_of(value: object) -> int:
    """Bytes of a value and of all it refers to; what it refers to twice counts once."""
    seen: set[int] = set()
    waiting: list[object] = [value]
    total = 0
    while waiting:
        found = waiting.pop()
        if id(found) not in seen:
            seen.add(id(found))
            total += sys.getsizeof(found)
            waiting.extend(_parts(found))
    return total


def _parts(value: Any) -> Iterable[object]:
    if isinstance(value, dict):
        return chain(value.keys(), value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, BaseModel):
        return value.__dict__, value.model_fields_set
    if is_dataclass(value):
        # Not by its `__dict__`, which would only come to be by being asked for.
        return [getattr(value, field.name) for field in fields(value)]
    return ()
