"""Where a JSON text breaks the strict reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.parsing.json_faults import Fault, locate


def test_a_sound_text_has_no_fault() -> None:
    assert locate('{"a": [1, -2.5, true, null, "x"], "b": {"a": 1}}', 5) is None


def test_the_first_fault_in_the_order_of_the_text_is_the_one_named() -> None:
    assert locate('{"a": NaN, "b": 1, "b": 2}', 5) == Fault("NaN is no JSON number", "a", 1, 7)


def test_the_path_counts_the_elements_of_lists() -> None:
    assert locate('[[1], {"x": [0, 0, 1e999]}]', 5) == Fault("number out of range", "[1].x[2]", 1, 20)


def test_a_string_as_value_is_no_key() -> None:
    assert locate('{"a": "a", "b": "a"}', 5) is None


def test_depth_counts_open_levels_only() -> None:
    assert locate("[[], [], []]", 2) is None
    assert locate("[[], [[]]]", 2) == Fault("nested deeper than 2 levels", "[1][0][0]", 1, 7)


@pytest.mark.parametrize("text", ["]", "}", ",", ":", '"', '"\\q"', "x", "-", "1_0", "]]]{", "{]"])
def test_broken_syntax_is_not_its_business(text: str) -> None:
    assert locate(text, 5) is None


def test_the_scan_gives_up_on_texts_made_to_keep_it_busy() -> None:
    assert locate("[" + "1," * 200_000 + "NaN]", 5) is None


def test_long_paths_are_cut() -> None:
    fault = locate('{"a":' * 50, 30)

    assert fault is not None
    assert fault.path == ".".join("a" * 20)


@given(st.text(st.sampled_from('{}[]:,"\\u0d8a1-eE.N\n '), max_size=80))
def test_the_scan_never_raises(text: str) -> None:
    fault = locate(text, 3)

    assert fault is None or fault.line >= 1
