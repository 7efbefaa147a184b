from __future__ import annotations

from typing import Any

import pytest
from casebook.documents import CasebookError
from casebook.patch import Operation, patched


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/a/c", "value": 3}, {"a": {"b": 1, "c": 3}, "l": [1, 2]}),
        ({"op": "replace", "path": "/a/b", "value": 3}, {"a": {"b": 3}, "l": [1, 2]}),
        ({"op": "remove", "path": "/a/b"}, {"a": {}, "l": [1, 2]}),
        ({"op": "add", "path": "/l/0", "value": 0}, {"a": {"b": 1}, "l": [0, 1, 2]}),
        ({"op": "add", "path": "/l/-", "value": 3}, {"a": {"b": 1}, "l": [1, 2, 3]}),
        ({"op": "replace", "path": "/l/1", "value": 5}, {"a": {"b": 1}, "l": [1, 5]}),
        ({"op": "remove", "path": "/l/0"}, {"a": {"b": 1}, "l": [2]}),
        ({"op": "add", "path": "/a/x~1y~0z", "value": 1}, {"a": {"b": 1, "x/y~z": 1}, "l": [1, 2]}),
    ],
)
def test_an_operation_changes_one_place_of_a_copy(operation: dict[str, Any], result: dict[str, Any]) -> None:
    original = {"a": {"b": 1}, "l": [1, 2]}
    assert patched(original, (Operation.model_validate(operation),)) == result
    assert original == {"a": {"b": 1}, "l": [1, 2]}


@pytest.mark.parametrize(
    ("op", "path"),
    [
        ("remove", "/a/x"),
        ("replace", "/a/x"),
        ("add", "/x/y"),
        ("remove", "/l/7"),
        ("replace", "/l/last"),
        ("add", "/a/b/c"),
    ],
)
def test_a_place_that_is_not_there_is_an_error_naming_it(op: str, path: str) -> None:
    operation = Operation.model_validate({"op": op, "path": path, "value": 1})
    with pytest.raises(CasebookError, match=f"{op} {path}: no such place"):
        patched({"a": {"b": 1}, "l": [1, 2]}, (operation,))
