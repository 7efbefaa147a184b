"""What unquoted YAML means once Kubernetes turns it into JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.parsing.yaml_scalars import ScalarError, explicit, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("nULL", "nULL"),
        ("yes", True), ("On", True), ("TRUE", True), ("no", False), ("off", False), ("y", "y"), ("N", "N"),
        ("0", 0), ("-7", -7), ("+7", 7), ("1_000", 1000), ("0x1F", 31), ("0b101", 5), ("017", 15),
        ("0o17", 15), ("-0x10", -16), ("08", 8.0), ("0x", "0x"), ("0x_", "0x_"), ("0b_", "0b_"), ("1__0", 10),
        ("0X1f", 31), ("0O17", 15), ("-0B11", -3), ("0o8", "0o8"), ("00", 0), ("-_1", -1), ("_1", "_1"),
        ("1_000.5", 1000.5), ("0_8", 8.0), ("-1_0e1", -100.0), (".5_0", ".5_0"), ("+_", "+_"),
        ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("-1.5e3", -1500.0), ("1e3", 1000.0), ("1e", "1e"),
        ("1.2.3", "1.2.3"), ("2026-11-02", "2026-11-02"), ("12:30:45", "12:30:45"), ("1m", "1m"),
        ("<", "<"), ("=x", "=x"), ("-", "-"), (".", "."), ("...x", "...x"), ("text", "text"),
    ],
)  # fmt: skip
def test_a_plain_scalar_has_its_value_in_json(text: str, expected: Any) -> None:
    value = plain(text)

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<", "merge keys are not read"),
        ("=", "a bare '=' has no meaning; quote it"),
        (".inf", ".inf is no JSON number"),
        ("-.Inf", "-.Inf is no JSON number"),
        (".NaN", ".NaN is no JSON number"),
        ("1e999", "number out of range"),
        ("9" * 401, "number of 401 characters"),
        ("0." + "9" * 500, "number of 502 characters"),
    ],
)
def test_a_scalar_without_a_meaning_in_json_is_refused(text: str, message: str) -> None:
    with pytest.raises(ScalarError) as caught:
        plain(text)

    assert str(caught.value) == message


def test_long_texts_that_are_no_numbers_are_texts() -> None:
    assert plain("0" * 500 + "x") == "0" * 500 + "x"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("str", "1", "1"), ("str", ".nan", ".nan"), ("int", "1", 1), ("float", "1", 1), ("float", "1.5", 1.5),
        ("bool", "yes", True), ("null", "", None),
    ],
)  # fmt: skip
def test_a_core_tag_settles_the_type(kind: str, text: str, expected: Any) -> None:
    assert explicit(f"tag:yaml.org,2002:{kind}", text) == expected


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("tag:yaml.org,2002:int", "yes"),
        ("tag:yaml.org,2002:int", "1.5"),
        ("tag:yaml.org,2002:float", "true"),
        ("tag:yaml.org,2002:null", "x"),
        ("tag:yaml.org,2002:binary", "aGk="),
        ("tag:yaml.org,2002:timestamp", "2026-11-02"),
        ("tag:yaml.org,2002:python/object/apply:os.system", "true"),
        ("!secret", "x"),
        ("str", "x"),
        ("int", "1"),
    ],
)
def test_other_tags_and_other_types_are_refused(tag: str, text: str) -> None:
    with pytest.raises(ScalarError):
        explicit(tag, text)


@given(st.text(max_size=30) | st.from_regex(r"[-+]?[0-9a-fxob_.eE]{1,20}", fullmatch=True))
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        value = plain(text)
    except ScalarError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; a third one is not
    else:
        assert value is None or isinstance(value, str | bool | int | float)
