"""The three JSON Patch operations (RFC 6902) with which a twin differs from its original."""

from __future__ import annotations

import copy
from typing import Any, Literal

from casebook.documents import CasebookError, Object
from mlgate.domain.base import Frozen


class Operation(Frozen):
    """One change at one place; `path` is a JSON Pointer (RFC 6901)."""

    op: Literal["add", "replace", "remove"]
    path: str
    value: Any = None


def patched(item: Object, operations: tuple[Operation, ...]) -> Object:
    """A copy of the object with the operations applied in order.

    Raises:
        CasebookError: a path leads nowhere, so the example no longer fits its original.
    """
    result = copy.deepcopy(item)
    for operation in operations:
        try:
            _apply(result, operation)
        except (KeyError, IndexError, ValueError, TypeError) as problem:
            raise CasebookError(f"{operation.op} {operation.path}: no such place") from problem
    return result


def _apply(root: Object, operation: Operation) -> None:
    """Apply one operation in place."""
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in operation.path.split("/")[1:])
    holder: Any = root
    for part in parents:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    if isinstance(holder, list):
        _apply_to_list(holder, last, operation)
        return
    if operation.op != "add" and last not in holder:
        raise KeyError(last)
    if operation.op == "remove":
        del holder[last]
    else:
        holder[last] = copy.deepcopy(operation.value)


def _apply_to_list(holder: list[Any], last: str, operation: Operation) -> None:
    """Apply one operation to an item of a list; `-` is the place behind the last."""
    if operation.op == "add":
        holder.insert(len(holder) if last == "-" else int(last), copy.deepcopy(operation.value))
    elif operation.op == "remove":
        del holder[int(last)]
    else:
        holder[int(last)] = copy.deepcopy(operation.value)
