"""Values of a trace, written as Rego and whole."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.policy.workbench.values import LONGEST, values_seen, written

ONE = {"type": "number", "value": 1}
TEXT = {"type": "string", "value": "ä"}


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (ONE, "1"),
        (TEXT, '"ä"'),
        ({"type": "boolean", "value": False}, "false"),
        ({"type": "null", "value": {}}, "null"),
        ({"type": "array", "value": [ONE, TEXT]}, '[1, "ä"]'),
        ({"type": "array", "value": None}, "[]"),
        ({"type": "set", "value": [TEXT, ONE]}, '{"ä", 1}'),
        ({"type": "set", "value": []}, "set()"),
        ({"type": "object", "value": [[TEXT, ONE]]}, '{"ä": 1}'),
        ({"type": "object", "value": []}, "{}"),
    ],
)
def test_a_term_is_written_as_rego(term: dict[str, Any], text: str) -> None:
    assert written(term) == text


def event(
    op: str, row: int, *named: tuple[str, int], file: str = "./a.rego", size: int = 1
) -> dict[str, Any]:
    return {
        "Op": op,
        "Location": {"file": file, "row": row},
        "Locals": [
            {"name": f"__local{number}__", "type": "string", "value": "x" * size}
            for number in range(len(named))
        ],
        "LocalMetadata": {
            f"__local{number}__": {"name": name, "location": {"row": at}}
            for number, (name, at) in enumerate(named)
        },
    }


def test_the_values_of_the_expression_that_failed_last_are_told() -> None:
    trace = [
        event("Fail", 3, ("early", 3)),
        event("Eval", 7, ("never", 7)),
        event("Fail", 7, ("a", 5), ("__local1__", 7), ("__local2__", 6)),
        event("Fail", 1, file=""),
    ]
    assert list(values_seen(trace, "a.rego")) == ['a = "x"', '"x"']


def test_values_are_told_in_the_order_of_the_source() -> None:
    failed = event("Fail", 7, ("__local0__", 7), ("later", 6), ("earlier", 5))
    assert list(values_seen([failed], "a.rego")) == ['earlier = "x"', 'later = "x"', '"x"']


def test_a_variable_nothing_is_known_of_is_left_out() -> None:
    nameless = event("Fail", 3, ("a", 3)) | {"LocalMetadata": None}
    assert list(values_seen([nameless], "a.rego")) == []


def test_without_a_failure_in_the_file_there_is_nothing_to_tell() -> None:
    assert list(values_seen([event("Fail", 3, ("a", 3), file="b.rego")], "a.rego")) == []
    assert list(values_seen([], "a.rego")) == []


def test_a_long_value_is_cut() -> None:
    assert len(next(values_seen([event("Fail", 3, ("a", 3), size=LONGEST * 2)], "a.rego"))) == LONGEST + 3
