"""What all domain types share."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from mlgate.domain.base import Credential, Frozen, Problem


class Example(Frozen):
    """A value of two words."""

    two_words: str
    more: tuple[Problem, ...] = ()


def test_a_value_goes_over_the_wire_in_camel_case() -> None:
    example = Example(two_words="x", more=(Problem(path="a", message="b"),))

    assert example.wire() == {"twoWords": "x", "more": [{"path": "a", "message": "b"}]}
    assert json.loads(json.dumps(example.wire())) == example.wire()


@pytest.mark.parametrize("data", [{"twoWords": "x"}, {"two_words": "x"}])
def test_a_value_is_read_under_both_of_its_names(data: dict[str, str]) -> None:
    assert Example.model_validate(data) == Example(two_words="x")


@pytest.mark.parametrize("data", [{"twoWords": "x", "other": 1}, {}, {"twoWords": 1}, {"twoWords": None}])
def test_unknown_missing_and_mistyped_fields_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Example.model_validate(data)


def test_a_value_cannot_change() -> None:
    example: Any = Example(two_words="x")

    with pytest.raises(ValidationError, match="frozen"):
        example.two_words = "y"


def test_what_was_refused_is_not_repeated_by_the_error() -> None:
    with pytest.raises(ValidationError) as caught:
        Example.model_validate({"twoWords": ["s3cr3t"], "other": "s3cr3t"})

    assert "twoWords" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_a_credential_has_no_field_for_its_value() -> None:
    assert set(Credential.model_fields) == {"kind", "container", "name", "path", "reason"}
