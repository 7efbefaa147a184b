"""The values of a card: one JSON type is never taken for another, and nothing is unbounded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from mlgate.domain.model_card.parts import Amount, CardPart, Count, Date, Digest, Name, Number, Share


class Values(CardPart):
    """One of each."""

    a_digest: Digest | None = None
    a_date: Date | None = None
    a_name: Name | None = None
    a_share: Share | None = None
    a_count: Count | None = None
    an_amount: Amount | None = None
    a_number: Number | None = None
    a_flag: bool | None = None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aDigest", "sha256:" + "0f" * 32),
        ("aDate", "2026-11-22"),
        ("aDate", "2026-11-22T06:15:00Z"),
        ("aDate", "2026-11-22T06:15:00.25+02:00"),
        ("aName", "x"),
        ("aShare", 0),
        ("aShare", 1.0),
        ("aCount", 0),
        ("anAmount", 0),
        ("aNumber", -1.5),
        ("aFlag", False),
    ],
)
def test_a_value_of_its_kind_is_kept(key: str, value: object) -> None:
    read = Values.model_validate({key: value})

    assert read.model_dump(by_alias=True)[key] == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aDigest", "sha256:" + "0F" * 32),
        ("aDigest", "sha256:" + "0f" * 31),
        ("aDigest", "sha256:" + "0f" * 32 + "\n"),
        ("aDigest", "x sha256:" + "0f" * 32),
        ("aDigest", "md5:" + "0f" * 16),
        ("aDate", "yesterday"),
        ("aDate", "2026-11-22\n"),
        ("aDate", "2026-11-22T06:15"),
        ("aDate", 20261122),
        ("aName", ""),
        ("aName", 1),
        ("aShare", 1.01),
        ("aShare", -0.01),
        ("aShare", "0.5"),
        ("aShare", True),
        ("aCount", -1),
        ("aCount", 1.0),
        ("aCount", True),
        ("anAmount", -0.1),
        ("aNumber", float("nan")),
        ("aNumber", float("inf")),
        ("aShare", float("nan")),
        ("anAmount", float("inf")),
        ("aFlag", "yes"),
        ("aFlag", 1),
        ("other", 1),
    ],
)
def test_what_only_looks_like_it_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Values.model_validate({key: value})


def test_an_error_repeats_no_text_of_the_card() -> None:
    with pytest.raises(ValidationError) as caught:
        Values.model_validate_json(json.dumps({"aDate": "s3cr3t", "aCount": "s3cr3t"}))

    assert "aDate" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_a_part_cannot_change() -> None:
    part: Any = Values()

    with pytest.raises(ValidationError, match="frozen"):
        part.a_flag = True
