"""The strict reading of JSON: what a lenient parser lets through is an error that names its place."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import ManifestError
from mlgate.parsing.json_text import decode_text, parse_json
from mlgate.parsing.limits import MANIFEST_LIMITS, Limits

SMALL = Limits(max_bytes=1000, max_depth=3, max_nodes=10)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


def refused(data: bytes | str, limits: Limits = MANIFEST_LIMITS) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse_json(data, limits)
    return caught.value


@pytest.mark.parametrize(
    ("text", "path", "line", "column"),
    [
        ('{"a": 1, "a": 2}', "a", 1, 10),
        ('{"a":\n  {"b": [1, {"c": 1,\n"c": 2}]}}', "a.b[1].c", 3, 1),
        (r'{"a": 1, "\u0061": 2}', "a", 1, 10),
        ('{"a": {"x": 1}, "b": {"x": 1, "x": 1}}', "b.x", 1, 31),
    ],
)
def test_a_duplicate_key_is_refused_with_its_place(text: str, path: str, line: int, column: int) -> None:
    error = refused(text)

    assert error.message.startswith("duplicate key")
    assert (error.path, error.line, error.column) == (path, line, column)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_not_finite_are_refused_with_their_place(word: str) -> None:
    error = refused(f'{{"a": [0,\n {word}]}}')

    assert error.message == f"{word} is no JSON number"
    assert (error.path, error.line, error.column) == ("a[1]", 2, 2)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400 + ".5"])
def test_numbers_no_double_can_hold_are_refused(number: str) -> None:
    error = refused(f'{{"a": {number}}}')

    assert error.message == "number out of range"
    assert (error.path, error.line, error.column) == ("a", 1, 7)


def test_whole_numbers_of_4300_digits_are_read_and_longer_ones_refused() -> None:
    assert parse_json("9" * 4300, MANIFEST_LIMITS) == int("9" * 4300)

    error = refused(f'{{"a": {"9" * 4301}}}')

    assert error.message == "number of 4301 digits"
    assert (error.path, error.line) == ("a", 1)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_nesting_of_ten_thousand_levels_is_refused_without_exhausting_the_stack(opening: str) -> None:
    error = refused(opening * 10_000)

    assert error.message == "nested deeper than 200 levels"
    assert error.line == 1
    assert len(error.path) < 200


def test_nesting_that_is_closed_again_is_refused_alike() -> None:
    assert refused("[" * 100_000 + "]" * 100_000).message == "nested deeper than 200 levels"


def test_depth_and_count_at_the_limit_are_read_and_one_more_is_not() -> None:
    assert parse_json("[[[]]]", SMALL) == [[[]]]
    assert refused("[[[[]]]]", SMALL).message == "nested deeper than 3 levels"
    assert parse_json("[1,2,3,4,5,6,7,8,9]", SMALL) == list(range(1, 10))
    assert refused("[1,2,3,4,5,6,7,8,9,10]", SMALL).message == "more than 10 values"


def test_size_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    text = json.dumps("x" * 998)

    assert parse_json(text, SMALL) == "x" * 998
    assert refused(text + " ", SMALL).message == "1001 bytes; at most 1000 are read"


def test_size_counts_bytes_not_characters() -> None:
    assert "bytes" in refused(json.dumps("ä" * 600, ensure_ascii=False), SMALL).message


@pytest.mark.parametrize(
    ("text", "path"), [(r'"\ud800"', ""), (r'{"a": "x\udfff"}', "a"), (r'{"b": {"\uDC00": 1}}', "b")]
)
def test_lone_surrogates_are_refused_wherever_they_stand(text: str, path: str) -> None:
    error = refused(text)

    assert error.message == "lone surrogate in a string"
    assert error.path.startswith(path)


def test_escaped_pairs_of_surrogates_are_read() -> None:
    assert parse_json(r'["\ud83d\ude00"]', MANIFEST_LIMITS) == ["\U0001f600"]


def test_text_with_a_lone_surrogate_is_refused_before_it_is_parsed() -> None:
    assert refused('"\ud800"').message == "not UTF-8: lone surrogate at character 1"


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbf{}", "{}".encode("utf-16"), "{}".encode("utf-16-be")[:0] + b"\xfe\xff\x00{\x00}"],
)
def test_byte_order_marks_are_refused(data: bytes) -> None:
    error = refused(data)

    assert "byte order mark" in error.message
    assert (error.line, error.column) == (1, 1)


@pytest.mark.parametrize("data", ['{"a": "b"}'.encode("utf-16-le"), '{"a": "b"}'.encode("utf-32-be")])
def test_other_encodings_without_a_mark_are_refused(data: bytes) -> None:
    assert refused(data).message.startswith("not valid JSON")


def test_bytes_that_are_not_utf_8_are_refused_with_their_line() -> None:
    error = refused(b'{"a":\n"\xff"}')

    assert error.message == "not UTF-8 (byte 7)"
    assert error.line == 2


def test_a_syntax_error_names_line_and_column() -> None:
    error = refused('{"a": 1,\n "b" 2}')

    assert error.message == "not valid JSON: Expecting ':' delimiter"
    assert (error.line, error.column) == (2, 6)


@pytest.mark.parametrize(
    "text", ["", " ", "{} {}", "{'a': 1}", "{a: 1}", "[1,]", "// x\n{}", "01", "+1", "True"]
)
def test_what_is_no_json_document_is_refused(text: str) -> None:
    assert refused(text).message.startswith("not valid JSON")


def test_the_messages_repeat_at_most_eighty_characters_of_a_key() -> None:
    key = "k" * 5000
    error = refused(f'{{"{key}": 1, "{key}": 2}}')

    assert error.message == f'duplicate key "{"k" * 80}"'


def test_control_characters_of_a_key_are_escaped_in_the_message() -> None:
    error = refused(r'{"\u001b[2J": 1, "\u001b[2J": 2}')

    assert error.message == r'duplicate key "\u001b[2J"'


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_nothing_but_a_manifest_error_ever_leaves_the_parser(data: bytes | str) -> None:
    try:
        value = parse_json(data, SMALL)
    except ManifestError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; a third one is not
    else:
        assert json.loads(data) == value


@given(st.text(st.sampled_from('{}[]:,"\\ud8a01-eE.NaI\n '), max_size=60))
def test_nothing_but_a_manifest_error_leaves_the_parser_for_nearly_valid_text(text: str) -> None:
    try:
        value = parse_json(text, SMALL)
    except ManifestError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; a third one is not
    else:
        assert json.loads(text) == value


@given(VALUES)
def test_strict_json_is_read_as_the_standard_parser_reads_it(value: Any) -> None:
    text = json.dumps(value)

    assert parse_json(text, MANIFEST_LIMITS) == json.loads(text)
    assert parse_json(json.dumps(value, ensure_ascii=False).encode(), MANIFEST_LIMITS) == json.loads(text)


def test_small_numbers_and_zeros_keep_their_sign_and_type() -> None:
    value = parse_json("[-0.0, 0, 1e-400, 1E2]", MANIFEST_LIMITS)

    assert [type(number) for number in value] == [float, int, float, float]
    assert math.copysign(1, value[0]) == -1


def test_text_is_decoded_once_for_all_readers() -> None:
    assert decode_text("ä".encode(), SMALL) == "ä"
