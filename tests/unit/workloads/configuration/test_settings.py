"""Settings of whatever shape: those of one map belong together, and none is left out in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.workloads.configuration.settings import MOST, read_settings
from mlgate.workloads.reading import Reader


def flags(value: Any, **options: Any) -> list[list[tuple[str, str | None, str]]]:
    reader = Reader()
    found = read_settings(reader, value, "args", **options)
    assert reader.problems == ()
    return [[(flag.name, flag.value, flag.path) for flag in told.flags] for told in found]


def lines(value: Any) -> list[str]:
    return [text for told in read_settings(Reader(), value, "args") for text, _ in told.lines]


def test_each_map_has_settings_of_its_own() -> None:
    value = {"model": "a/b", "nested": {"top_p": 0.5, "flag": True}, "list": [{"x": 1}, "y"], "none": None}
    assert flags(value) == [
        [("list", "y", "args.list[1]"), ("model", "a/b", "args.model")],
        [("x", "1", "args.list[0].x")],
        [("flag", "true", "args.nested.flag"), ("top-p", "0.5", "args.nested.top_p")],
    ]


def test_what_is_known_otherwise_is_left_out() -> None:
    value = {"a": {"model": "x", "other": "y"}}
    assert flags(value, known=frozenset({"args.a.model"})) == [[("other", "y", "args.a.other")]]


def test_keys_can_mean_a_flag_of_another_name() -> None:
    assert flags({"uri": "s3://b"}, names={"uri": "model_uri"}) == [[("model-uri", "s3://b", "args.uri")]]


def test_a_list_counts_for_the_key_it_stands_at() -> None:
    assert flags(["x", 1]) == []
    assert flags({"names": [["x"], "y"]}) == [
        [("names", "x", "args.names[0][0]"), ("names", "y", "args.names[1]")]
    ]


def test_an_adapter_as_a_map_is_one_value() -> None:
    adapter = {"name": "sql", "path": "a/b"}
    value = '{"name": "sql", "path": "a/b"}'
    assert flags({"lora_modules": [adapter]}) == [[("lora-modules", value, "args.lora_modules[0]")]]


@pytest.mark.parametrize(
    "text", ['{"model": "a/b"}', ' {"model": "a/b"}', "model: a/b", "x: 1\nmodel:\n  a/b"]
)
def test_a_document_in_a_text_is_a_map_of_its_own(text: str) -> None:
    found = flags({"config": text})
    assert found[0] == [("config", text, "args.config")]
    assert ("model", "a/b", "args.config.model") in found[1]


def test_documents_are_opened_only_so_deep() -> None:
    value = "model: a/b"
    for _ in range(3):
        value = json.dumps({"inner": value})
    assert all(flag[0] != "model" for found in flags({"config": value}) for flag in found)


@pytest.mark.parametrize("text", ["no document", "[broken", "a: b: c", "", "{{ template }}"])
def test_other_texts_are_values(text: str) -> None:
    assert flags({"key": text}) == [[("key", text or None, "args.key")]]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"x": "--model a/b"}, [";", "--model a/b"]),
        ({"x": "serve --model a/b"}, [";", "serve --model a/b"]),
        ({"cmd": "vllm serve a/b"}, [";", "vllm serve a/b"]),
        ({"command": ["vllm", "serve"]}, [";", "vllm", "serve"]),
        ({"x": ["serve", "--model", "a/b", 1]}, [";", "serve", "--model", "a/b"]),
        ({"x": ["a", "b"]}, []),
        ({"x": "a-b"}, []),
    ],
)
def test_command_lines_are_read_as_words_too(value: Any, found: list[str]) -> None:
    assert lines(value) == found


def test_a_model_for_drafts_is_none_that_answers() -> None:
    assert flags({"speculative_config": {"model": "a/b"}}) == [
        [("speculative-model", "a/b", "args.speculative_config.model")]
    ]


@pytest.mark.parametrize(
    "value",
    [{f"k{number}": number for number in range(MOST + 1)}, {"list": list(range(MOST + 1))}],
)
def test_too_many_settings_are_a_problem(value: Any) -> None:
    reader = Reader()
    found = read_settings(reader, value, "args")
    assert sum(len(told.flags) for told in found) == MOST
    assert [problem.path for problem in reader.problems] == ["args"]
