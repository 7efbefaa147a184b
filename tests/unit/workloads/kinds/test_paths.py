"""The path language of the table of kinds."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mlgate.workloads.kinds.paths import MAX_LEVELS, MAX_PLACES, holds, select, without
from mlgate.workloads.reading import Reader

OBJECT = {
    "spec": {
        "predictor": {"model": {"storageUri": "u"}},
        "canary": [{"predictor": "p0"}, {"other": 1}, {"predictor": "p2"}],
        "nodes": {"root": {"uri": "r"}, "the next": {"uri": "n"}},
        "worker": "w",
        "leader": "l",
        "nothing": None,
    }
}


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("spec.predictor.model.storageUri", [("spec.predictor.model.storageUri", "u")]),
        ("spec.canary[].predictor", [("spec.canary[0].predictor", "p0"), ("spec.canary[2].predictor", "p2")]),
        ("spec.nodes.*.uri", [("spec.nodes.root.uri", "r"), ("spec.nodes['the next'].uri", "n")]),
        ("spec.{worker,leader}", [("spec.worker", "w"), ("spec.leader", "l")]),
        ("spec.{leader,absent}", [("spec.leader", "l")]),
        ("spec.absent.model", []),
        ("spec.nothing", []),
        ("spec.canary[predictor=p2].predictor", [("spec.canary[2].predictor", "p2")]),
        ("spec.canary[predictor=p1]", []),
        ("spec.nodes.{the next}.uri", [("spec.nodes['the next'].uri", "n")]),
    ],
)
def test_a_pattern_leads_to_every_place_it_describes(pattern: str, places: list[Any]) -> None:
    reader = Reader()
    assert select(reader, OBJECT, pattern) == places
    assert reader.problems == ()


def test_places_count_from_the_base() -> None:
    assert select(Reader(), {"b": 1}, "b", "spec.a") == [("spec.a.b", 1)]


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("spec.worker.model", "spec.worker"),
        ("spec.nodes[].uri", "spec.nodes"),
        ("spec.canary.*", "spec.canary"),
    ],
)
def test_a_wrong_type_on_the_way_is_a_problem(pattern: str, path: str) -> None:
    reader = Reader()
    assert select(reader, OBJECT, pattern) == []
    assert [problem.path for problem in reader.problems] == [path]


GRAPH = {
    "graph": {
        "uri": "a",
        "children": [{"uri": "b", "children": [{"uri": "c"}]}, {"children": [{"uri": "d"}]}],
    },
    "text": "apps:\n- {name: x}\n- {name: y}\n",
    "map": {"apps": [{"name": "z"}]},
    "broken": "a: [",
    "blank": " ",
}


def test_steps_can_be_taken_any_number_of_times() -> None:
    found = select(Reader(), GRAPH, "graph.(children[])*.uri")
    assert found == [
        ("graph.uri", "a"),
        ("graph.children[0].uri", "b"),
        ("graph.children[0].children[0].uri", "c"),
        ("graph.children[1].children[0].uri", "d"),
    ]


def test_what_is_nested_without_end_is_a_problem() -> None:
    deep: dict[str, Any] = {}
    for _ in range(MAX_LEVELS + 1):
        deep = {"children": [deep]}
    reader = Reader()
    assert len(select(reader, deep, "(children[])*")) == MAX_LEVELS
    assert [problem.message for problem in reader.problems] == [
        "is nested deeper or wider than the reader looks"
    ]


def test_what_is_as_deep_as_the_reader_looks_is_none() -> None:
    deep: dict[str, Any] = {}
    for _ in range(MAX_LEVELS - 1):
        deep = {"children": [deep]}
    reader = Reader()
    assert len(select(reader, deep, "(children[])*")) == MAX_LEVELS
    assert not reader.problems


def test_a_graph_wider_than_the_reader_looks_is_a_problem() -> None:
    wide = {"children": [{"children": [{}]}] * MAX_PLACES}
    reader = Reader()
    assert len(select(reader, wide, "(children[])*")) == MAX_PLACES + 1
    assert reader.problems


def test_text_that_holds_yaml_is_read_and_so_is_a_map_in_its_place() -> None:
    assert select(Reader(), GRAPH, "text.<yaml>.apps[].name") == [
        ("text.apps[0].name", "x"),
        ("text.apps[1].name", "y"),
    ]
    assert select(Reader(), GRAPH, "map.<yaml>.apps[].name") == [("map.apps[0].name", "z")]


def test_text_that_holds_no_yaml_is_one_problem_however_often_it_is_read() -> None:
    reader = Reader()
    assert select(reader, GRAPH, "broken.<yaml>.a") == select(reader, GRAPH, "broken.<yaml>.b") == []
    (problem,) = reader.problems
    assert problem.path == "broken"
    assert problem.message.startswith("holds text that is no YAML: not valid YAML")


def test_blank_text_holds_nothing() -> None:
    reader = Reader()
    assert select(reader, GRAPH, "blank.<yaml>.a") == []
    assert not reader.problems


@pytest.mark.parametrize(
    ("pattern", "value", "kept"),
    [
        ("spec.a", {"spec": {"a": 1, "b": 2}}, {"spec": {"b": 2}}),
        ("spec.{a,b}", {"spec": {"a": 1, "b": 2}, "x": 1}, {"x": 1}),
        ("spec.a", {"spec": {"a": 1}}, None),
        ("spec.a", {"spec": {}}, None),
        ("spec[].a", {"spec": [{"a": 1, "b": 2}, {"b": 3}, 4]}, {"spec": [{"b": 2}, {"b": 3}, 4]}),
        ("spec.*.a", {"spec": {"x": {"a": 1, "b": 2}, "y": 5}}, {"spec": {"x": {"b": 2}, "y": 5}}),
        ("spec.{a.b/c}", {"spec": {"a.b/c": 1, "a": 2}}, {"spec": {"a": 2}}),
        ("spec.a", {"spec": "text"}, {"spec": "text"}),
        ("spec[].a", {"spec": {"a": 1}}, {"spec": {"a": 1}}),
        ("spec.a", [1], [1]),
    ],
)
def test_a_copy_lacks_what_a_pattern_leads_to(pattern: str, value: Any, kept: Any) -> None:
    before = copy.deepcopy(value)
    assert without(value, pattern) == kept
    assert value == before


NESTED = {
    "runtime": {"name": "outer"},
    "parts": [{"options": {"runtime": {"name": "first"}}}, "text", {"runtime": None}],
    "last": {"runtime": "no map"},
}


def test_a_key_is_found_however_deep_it_lies() -> None:
    reader = Reader()
    assert select(reader, NESTED, "**runtime", "args") == [
        ("args", NESTED),
        ("args.last", {"runtime": "no map"}),
        ("args.parts[0].options", {"runtime": {"name": "first"}}),
    ]
    assert reader.problems == ()


def test_what_follows_a_key_is_read_like_any_path() -> None:
    reader = Reader()
    found = select(reader, NESTED, "**runtime.runtime.name")
    assert found == [("runtime.name", "outer"), ("parts[0].options.runtime.name", "first")]
    assert [problem.path for problem in reader.problems] == ["last.runtime"]


def test_too_many_places_with_a_key_are_a_problem() -> None:
    reader = Reader()
    found = select(reader, [{"key": 1}] * (MAX_PLACES + 1), "**key", "list")
    assert len(found) == MAX_PLACES
    assert [problem.path for problem in reader.problems] == ["list"]


@pytest.mark.parametrize(
    ("value", "conditions", "expected"),
    [
        ({}, {}, True),
        ({"type": "a"}, {"type": ("a", "b")}, True),
        ({"type": "c"}, {"type": ("a", "b")}, False),
        ({}, {"type": ("a",)}, False),
        ({"on": True}, {"on": ("true",)}, True),
        ({"on": False}, {"on": ("true",)}, False),
        ({"on": {"true": 1}}, {"on": ("true",)}, False),
        ({}, {"other": ()}, True),
        ({"other": ""}, {"other": ()}, True),
        ({"other": "x"}, {"other": ()}, False),
        ({"other": {"a": 1}}, {"other": ()}, False),
        ({"a": {"type": "x"}}, {"{a,b}.type": ("x",)}, True),
        ({"type": "a", "other": "x"}, {"type": ("a",), "other": ()}, False),
        # What is no map is told of, and nothing in it can keep it from that.
        (["type"], {"type": ("a",)}, True),
    ],
)
def test_conditions_hold_where_each_field_has_one_of_its_values(
    value: Any, conditions: dict[str, tuple[str, ...]], *, expected: bool
) -> None:
    assert holds(value, conditions) is expected
