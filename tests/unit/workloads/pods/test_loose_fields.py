"""Images in parts, variables and flags as maps: however a kind writes them, they are read as one form."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.pods.loose_fields import read_image, read_variables, read_words
from mlgate.workloads.reading import Reader

DIGEST = "sha256:" + "e" * 64


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("r.example.com/app:1", "r.example.com/app:1"),
        (None, None),
        ({}, None),
        ({"tag": "1", "digest": DIGEST}, None),
        ({"repository": "r.example.com/app", "tag": "1"}, "r.example.com/app:1"),
        ({"registry": "r.example.com", "name": "app:1"}, "r.example.com/app:1"),
        ({"registry": "r.example.com/", "repository": "team/app"}, "r.example.com/team/app"),
        ({"pullPolicy": "Always", "imagePullSecrets": ["a"]}, None),
        ({"repository": "app", "tag": ":1"}, "app:1"),
        ({"repository": "app", "digest": DIGEST}, f"app@{DIGEST}"),
        ({"repository": "app", "tag": "1", "digest": f"@{DIGEST}"}, f"app:1@{DIGEST}"),
        ({"repository": "app", "tag": "1", "pullPolicy": "Always", "pullSecrets": ["a"]}, "app:1"),
    ],
)
def test_the_parts_of_an_image_are_joined(value: Any, expected: str | None) -> None:
    reader = Reader()
    assert read_image(reader, value, "image") == expected
    assert reader.problems == ()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (["a"], "image"),
        (3, "image"),
        ({"repository": ["a"]}, "image.repository"),
        ({"repository": "app", "tag": 1.25}, "image.tag"),
        ({"repository": "app", "digest": {}}, "image.digest"),
        ({"repository": "app", "name": "other"}, "image"),
        ({"registry": "r.example.com", "path": "app"}, "image.path"),
        ({"tag": "1", "a.b": {"name": "app"}}, "image['a.b']"),
    ],
)
def test_a_part_that_is_not_understood_is_a_problem(value: Any, path: str) -> None:
    reader = Reader()
    read_image(reader, value, "image")
    assert [problem.path for problem in reader.problems] == [path]


def test_variables_of_a_map_have_the_order_of_their_names() -> None:
    reader = Reader()
    given = {"B": "text", "A": 8000, "FLAG": True, "with.dot": "x", "ODD": {"a": 1}, "NONE": None}
    found = list(read_variables(reader, given, "spec.env"))

    assert [(item.name, item.value, item.path) for item in found] == [
        ("A", "8000", "spec.env.A"),
        ("B", "text", "spec.env.B"),
        ("FLAG", "true", "spec.env.FLAG"),
        ("with.dot", "x", "spec.env['with.dot']"),
    ]
    assert [problem.path for problem in reader.problems] == ["spec.env.NONE", "spec.env.ODD"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        (["serve", "--model", "a/b"], ("serve", "--model", "a/b")),
        ("serve --model a/b", ("serve --model a/b",)),
        ({"model": "a/b", "tp": 2, "eager": True}, ("--eager=true", "--model=a/b", "--tp=2")),
        ({"--model": "a/b", "-m": "c"}, ("--model=a/b", "--m=c")),
        # An empty value is how such a map writes a switch, not a no.
        ({"--trust-remote-code": ""}, ("--trust-remote-code",)),
    ],
)
def test_words_of_a_command_line_in_any_form(value: Any, expected: tuple[str, ...]) -> None:
    reader = Reader()
    assert read_words(reader, value, "args") == expected
    assert reader.problems == ()


@pytest.mark.parametrize(
    ("value", "path"), [([1], "args[0]"), (7, "args"), ({"a": ["b"]}, "args.a"), ({"a": None}, "args.a")]
)
def test_words_of_the_wrong_type_are_problems(value: Any, path: str) -> None:
    reader = Reader()
    read_words(reader, value, "args")
    assert [problem.path for problem in reader.problems] == [path]
