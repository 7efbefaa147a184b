"""Command lines as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.workloads.shell.words import MAX_WORDS, read_words


def words(*items: str) -> list[str]:
    return [word.text for word in read_words([(item, str(index)) for index, item in enumerate(items)]).words]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((), []),
        (("",), []),
        (("a", "b"), ["a", "b"]),
        (("sh", "-c", "a b; c"), ["sh", "-c", "a", "b", ";", "c"]),
        (("sh", "-c", "a>b|c&d"), ["sh", "-c", "a", ">", "b", "|", "c", "&", "d"]),
        (("sh", "-c", "vllm${IFS}serve$IFS'o/m'"), ["sh", "-c", "vllm", "serve", "o/m"]),
        (("--model", "https://h/m?a=1&b=2"), ["--model", "https://h/m?a=1&b=2"]),
        (("sh", "-ec", "a>b|c;d&"), ["sh", "-ec", "a", ">", "b", "|", "c", ";", "d", "&"]),
        (("sh", "-c", "a''b;"), ["sh", "-c", "ab", ";"]),
        (("bash -c 'sh -c \"a;b\"'",), ["bash", "-c", "sh", "-c", "a", ";", "b"]),
        (("x y>z",), ["x", "y", ">", "z"]),
        (("a 'b c' d",), ["a", "b", "c", "d"]),
        (("a 'b\"c' \"d'e\"",), ["a", 'b"c', "d'e"]),
        (('a "b\\"c"',), ["a", 'b"c']),
        (('a "b\\\\c"',), ["a", "b\\c"]),
        (("a \\\n b",), ["a", "b"]),
        (("a\\ b",), ["a", "b"]),
        (('a "b\\\nc"',), ["a", "bc"]),
        (("a 'unclosed",), ["a", "unclosed"]),
        (("a ''b",), ["a", "b"]),
        (("a `b c`",), ["a", "$", "(", "b", "c", ")"]),
        (("$(which a) b",), ["a", "b"]),
        (("a --x=$(A_1):80 $(b c)$d",), ["a", "--x=$(A_1):80", "$", "(", "b", "c", ")", "$d"]),
        (("-mpkg.mod", "x"), ["-m", "pkg.mod", "x"]),
        (("-mpkg",), ["-mpkg"]),
        (('{"a": [1, 2]}', '--x={"b": "c d"}', "[1, 2]"), ['{"a": [1, 2]}', '--x={"b": "c d"}', "[1, 2]"]),
        (("[ -f x ] && a b",), ["[", "-f", "x", "]", "&&", "a", "b"]),
        (("[" * 5000 + " ]",), ["[" * 5000, "]"]),
    ],
)
def test_a_line_is_split_as_a_shell_would(items: tuple[str, ...], expected: list[str]) -> None:
    assert words(*items) == expected


@pytest.mark.parametrize(
    ("line", "leading"),
    [
        ("a b c", ["a"]),
        ("A=1 a b; c && d | e", ["a", "c", "d", "e"]),
        ("env -i A=1 nice -n 5 a b", ["a"]),
        ("timeout 5m a b", ["a"]),
        ("if a; then b; else c; fi", ["a", "b", "c", "fi"]),
        ("while ! a; do b; done", ["a", "b", "done"]),
        ("{ a; }", ["a", "}"]),
        ("-x a", ["-x"]),
        ("a > b c; d 2>&1 | e", ["a", "d", "e"]),
        ("a <<< b", ["a", "b"]),
        (">/dev/null a < b", ["a"]),
        ("a <(b c) & d &> e", ["a", "b", "d"]),
        ("exec", []),
    ],
)
def test_the_words_that_name_programs_are_marked(line: str, leading: list[str]) -> None:
    found = read_words([(line, "p")]).words

    assert [word.text for word in found if word.leads] == leading


def test_a_word_knows_its_item_and_its_name_without_a_folder() -> None:
    found = read_words([("/usr/bin/a b", "args[0]"), ("c", "args[1]")]).words

    assert [(word.base, word.path) for word in found] == [
        ("a", "args[0]"),
        ("b", "args[0]"),
        ("c", "args[1]"),
    ]


@pytest.mark.parametrize(
    "items",
    [
        ["x" * (64 * 1024 + 1)],
        ["a"] * (MAX_WORDS + 1),
        ["x" * 60_000] * 20,
    ],
)
def test_what_is_too_long_is_not_read_to_its_end_and_says_so(items: list[str]) -> None:
    line = read_words([(item, "p") for item in items])

    assert not line.complete
    assert len(line.words) <= MAX_WORDS


def test_a_line_that_was_read_to_its_end_says_so() -> None:
    assert read_words([("sh -c 'a \"b c\"' ; d\n", "p"), ('{"x": "y z"}', "p")]).complete


@given(st.lists(st.text(st.sampled_from("ab =-;&|<>()`'\"\\$\n{}[]"), max_size=40), max_size=5))
def test_any_line_is_split_without_losing_letters(items: list[str]) -> None:
    found = read_words([(item, "p") for item in items])

    letters = "".join(c for item in items for c in item if c in "ab")
    assert "".join(c for word in found.words for c in word.text if c in "ab") == letters
