"""Streams of YAML documents, read strictly; a bad document hides no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import ManifestError
from mlgate.parsing.limits import MANIFEST_LIMITS, Limits
from mlgate.parsing.yaml_text import parse_yaml, read_documents

SMALL = Limits(max_bytes=1000, max_depth=3, max_nodes=10)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


def refused(text: str | bytes, limits: Limits = MANIFEST_LIMITS) -> ManifestError:
    with pytest.raises(ManifestError) as caught:
        parse_yaml(text if isinstance(text, bytes) else text.encode(), limits)
    return caught.value


def read(text: str) -> Any:
    return parse_yaml(text.encode(), MANIFEST_LIMITS)


def test_one_document_is_read_as_json_values() -> None:
    assert read("a: 1\nb: [yes, ~, 2026-11-02, 'no']\nc:\n  d: |\n    text\n") == {
        "a": 1,
        "b": [True, None, "2026-11-02", "no"],
        "c": {"d": "text\n"},
    }


@pytest.mark.parametrize(
    ("text", "message", "path", "line", "column"),
    [
        ("a: 1\na: 2\n", "duplicate key 'a'", "a", 2, 1),
        ("a:\n  b: 1\n  'b': 2\n", "duplicate key 'b'", "a.b", 3, 3),
        ("x: &here 1\n", "anchor &here; anchors are not read", "x", 1, 4),
        ("x: &m {}\n", "anchor &m; anchors are not read", "x", 1, 4),
        ("x: *gone\n", "alias *gone; aliases are not read", "x", 1, 4),
        ("<<: {a: 1}\n", "merge keys are not read", "", 1, 1),
        ("a: !!python/object/new:os.system [ls]\n", "is not read", "a", 1, 4),
        ("a: !custom {b: 1}\n", "tag '!custom' is not read", "a", 1, 4),
        ("a: !!seq {b: 1}\n", "tag 'tag:yaml.org,2002:seq' is not read", "a", 1, 4),
        ("a: [0, .nan]\n", ".nan is no JSON number", "a[1]", 1, 8),
        ("1: a\n", "key '1' is no string; quote it", "", 1, 1),
        ("yes: a\n", "key 'yes' is no string; quote it", "", 1, 1),
        ("a: [{b: 1}, {c: [0, {d: *x}]}]\n", "alias *x; aliases are not read", "a[1].c[1].d", 1, 25),
        ("a: {b: 1}\n2: x\n", "key '2' is no string; quote it", "", 2, 1),
        ("--- {b: 1, b: 2}\n", "duplicate key 'b'", "b", 1, 12),
        ("? [a]\n: b\n", "a key is no string", "", 1, 3),
        ("? {a: 1}\n: b\n", "a key is no string", "", 1, 3),
    ],
)
def test_what_has_no_strict_meaning_is_refused_with_its_place(
    text: str, message: str, path: str, line: int, column: int
) -> None:
    error = refused(text)

    assert error.message.endswith(message)
    assert (error.path, error.line, error.column) == (path, line, column)


def test_core_tags_on_maps_and_lists_are_read() -> None:
    assert read("a: !!map {b: !!seq [!!str 1]}\n") == {"a": {"b": ["1"]}}


def test_quoted_scalars_are_always_text() -> None:
    assert read("a: ['1', \"yes\", '', '<<']\n") == {"a": ["1", "yes", "", "<<"]}


def test_a_syntax_error_names_line_and_column() -> None:
    error = refused("a: 1\nb: [1,\nc: 2\n")

    assert error.message.startswith("not valid YAML")
    assert error.line is not None
    assert error.line >= 2
    assert error.column is not None


def test_directives_are_refused() -> None:
    documents = read_documents(b"%YAML 1.1\n--- \na: 1\n", MANIFEST_LIMITS)

    assert documents[0].error is not None
    assert documents[1].value == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000,
        "{a: " * 10_000,
        "- " * 10_000 + "x",
        "a:\n" + "".join(f"{' ' * i}b:\n" for i in range(1, 1200)),
    ],
)
def test_nesting_of_ten_thousand_levels_is_refused(text: str) -> None:
    error = refused(text)

    assert error.message == "nested deeper than 200 levels"
    assert error.line is not None


def test_limits_hold_for_yaml_as_for_json() -> None:
    assert parse_yaml(b"- [[]]", SMALL) == [[[]]]
    assert refused("- [[[]]]", SMALL).message == "nested deeper than 3 levels"
    assert refused("[" + "a," * 10 + "]", SMALL).message == "more than 10 values"
    assert refused("a" * 1001, SMALL).message == "1001 bytes; at most 1000 are read"


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    text = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"

    assert refused(text).line == 1


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfa: 1", "a: 1".encode("utf-16"), b"a: \xff"])
def test_other_encodings_are_refused(data: bytes) -> None:
    documents = read_documents(data, MANIFEST_LIMITS)

    assert len(documents) == 1
    assert documents[0].error is not None
    assert documents[0].line == 1


def test_control_characters_are_refused() -> None:
    assert refused("a: \x00b\n").message.startswith("not valid YAML")
    assert refused("a: \x1b[2J\n").message.startswith("not valid YAML")


def test_a_bad_document_hides_no_other() -> None:
    stream = "a: 1\n---\nb: [1\n---\n# nothing\n---\nc: &x 1\n---\nd: 4\n...\n---\n"

    documents = read_documents(stream.encode(), MANIFEST_LIMITS)

    assert [document.value for document in documents] == [{"a": 1}, None, None, {"d": 4}]
    assert [document.index for document in documents] == [0, 1, 2, 3]
    assert [document.error is None for document in documents] == [True, False, False, True]
    assert [document.line for document in documents] == [1, 2, 6, 8]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n---\nb:\n  name: {{ .Release.Name }}\n", 4),
        ("{{- if .Values.on }}\na: 1\n{{- end }}\n", 1),
        ("a:\n  {{- toYaml .Values.b | nindent 2 }}\n", 2),
        ("a: {{ .Values.b }}-x\n", 1),
    ],
)
def test_a_template_is_told_as_one_by_its_line(text: str, line: int) -> None:
    error = read_documents(text.encode(), MANIFEST_LIMITS)[-1].error

    assert error is not None
    assert error.message.endswith("; this is a template, which must be rendered first")
    assert error.line == line


def test_braces_in_another_line_explain_no_mistake() -> None:
    assert "template" not in refused("a: '{{.Name}}'\nb: 1\nb: 2\n").message
    assert "template" not in refused("a: '{{.Name}}'\n" + "[" * 1000, SMALL).message


def test_lines_count_from_the_start_of_the_stream() -> None:
    documents = read_documents(
        b'a: 1\n---\nb: 1\nb: 2\n---\n{"c": 1,\n"c": 2}\n---\n{"d": 1\n', MANIFEST_LIMITS
    )

    assert [document.error.line if document.error else None for document in documents] == [None, 4, 7, 10]


def test_a_marker_inside_a_quoted_or_block_text_is_a_marker_only_at_the_start_of_a_line() -> None:
    assert read("a: |\n  ---\n  b\nc: 'x --- y'\n") == {"a": "---\nb\n", "c": "x --- y"}


def test_a_document_may_begin_on_its_marker_line() -> None:
    assert [d.value for d in read_documents(b"--- {a: 1}\n--- b\n---\tc\n", MANIFEST_LIMITS)] == [
        {"a": 1},
        "b",
        "c",
    ]


def test_json_is_read_by_the_strict_reader_of_json() -> None:
    error = refused('{"a": 1e999}')

    assert error.message == "number out of range"
    assert read('{"a": "yes", "b": 1}') == {"a": "yes", "b": 1}


def test_flow_style_that_is_no_json_is_read_as_yaml() -> None:
    assert read("{a: yes, b: [x]}") == {"a": True, "b": ["x"]}


def test_a_faulty_json_document_is_no_second_time_read_as_yaml() -> None:
    assert refused('{"a": 1, "a": 2}').message == 'duplicate key "a"'


def test_a_document_that_says_null_is_a_document() -> None:
    documents = read_documents(b"---\nnull\n---\n~\n", MANIFEST_LIMITS)

    assert [(document.value, document.error) for document in documents] == [(None, None), (None, None)]


@pytest.mark.parametrize("text", ["", "\n\n", "# comment\n", "---\n---\n"])
def test_an_empty_stream_holds_no_documents(text: str) -> None:
    assert read_documents(text.encode(), MANIFEST_LIMITS) == []
    assert refused(text).message == "0 documents; exactly one is needed"


def test_two_documents_are_not_one() -> None:
    assert refused("a: 1\n---\nb: 2\n").message == "2 documents; exactly one is needed"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for document in read_documents(data, SMALL):
        assert document.error is None or str(document.error)


@given(st.text(st.sampled_from("ab:- \n\t#&*!|>%@`'\"{}[],?~<=.0123"), max_size=80))
def test_nearly_valid_yaml_never_raises_and_agrees_with_the_safe_loader(text: str) -> None:
    for document in read_documents(text.encode(), SMALL):
        assert document.error is None or document.error.line is not None


@given(VALUES)
def test_what_is_written_as_yaml_is_read_back(value: Any) -> None:
    text = yaml.safe_dump(value, default_style='"')

    assert parse_yaml(text.encode(), MANIFEST_LIMITS) == value


@given(VALUES)
def test_json_is_read_alike_through_both_doors(value: Any) -> None:
    assert parse_yaml(json.dumps({"value": value}).encode(), MANIFEST_LIMITS) == {"value": value}


def test_a_second_document_behind_a_line_break_only_yaml_knows_is_refused() -> None:
    error = refused("a: 1\r---\rb: 2\r")

    assert error.message == "a second document without a marker line"


def test_a_parser_that_gives_up_is_an_error_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_args: object, **_options: object) -> object:
        raise RecursionError

    monkeypatch.setattr(yaml, "parse", give_up)

    assert refused("a: 1").message == "not readable as YAML (RecursionError)"


def test_a_text_too_long_to_be_searched_for_the_fault_is_refused_all_the_same() -> None:
    error = refused("[" + "1," * 160_000 + "9" * 4301 + "]", Limits(10**6, 10, 10**6))

    assert error.message == "not readable as JSON (ValueError)"
