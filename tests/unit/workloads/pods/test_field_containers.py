"""Containers that fields of a kind make up: one for each that runs, with all that is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.field_containers import Fields, field_containers
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.reading import Reader

Json = dict[str, Any]


def containers(
    given: Json, value: Json, whole: Json | None = None, reader: Reader | None = None
) -> list[Slot]:
    component = Component.model_validate({"path": "spec", "containers": given})
    at = Fields(value, "spec", whole or {"spec": value})
    return list(field_containers(reader or Reader(), component, at, {}))


def test_a_container_is_called_as_its_field_says_or_as_it_says_itself() -> None:
    found = containers({".": "own", "side": "side"}, {"name": "odd", "image": "a", "side": {"name": "mine"}})
    assert [(slot.name, slot.path) for slot in found] == [("own", "spec"), ("mine", "spec.side")]


def test_a_text_in_place_of_a_container_is_its_image() -> None:
    found = containers({"images.*": "job"}, {"images": {"a": "r.example.com/a:1", "b": "r.example.com/b:1"}})
    assert [(slot.image, slot.at("image"), slot.runs) for slot in found] == [
        ("r.example.com/a:1", "spec.images.a", True),
        ("r.example.com/b:1", "spec.images.b", True),
    ]


def test_a_container_elsewhere_in_the_object_is_found() -> None:
    (slot,) = containers({"/other.box": "box"}, {}, {"other": {"box": {"image": "a"}}})
    assert (slot.path, slot.image) == ("other.box", "a")


def test_fields_around_a_container_are_laid_over_what_is_inside() -> None:
    field = {"name": "main", "inside": "pod.main", "fields": {"args": "flags", "ports": "ports"}}
    value = {"flags": ["--a"], "image": "not this", "pod": {"main": {"image": "this", "args": ["--b"]}}}
    (slot,) = containers({".": field}, value)
    assert (slot.image, slot.args, slot.path, slot.at("args")) == (
        "this",
        ("--a",),
        "spec.pod.main",
        "spec.flags",
    )


@pytest.mark.parametrize("pod", [{}, {"pod": {}}, {"pod": {"main": None}}])
def test_a_container_of_which_nothing_is_said_runs_only_if_it_always_does(pod: Json) -> None:
    field = {"name": "main", "inside": "pod.main"}
    (slot,) = containers({".": field}, pod)
    assert (slot.runs, slot.path, slot.image) == (False, "spec.pod.main", None)

    (slot,) = containers({".": {**field, "always": True}}, pod)
    assert slot.runs


def test_variables_from_elsewhere_come_first_and_make_a_container() -> None:
    field = {
        "name": "main",
        "inside": "main",
        "variables": ["envs", "/more"],
        "fromSecret": {"TOKEN": "token"},
        "secrets": ["all"],
    }
    source = {"secretKeyRef": {"name": "s", "key": "k"}}
    value = {
        "envs": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": source}],
        "token": "t",
        "all": "whole",
        "main": {"env": [{"name": "C", "value": "3"}], "envFrom": [{"secretRef": {"name": "own"}}]},
    }
    (slot,) = containers({".": field}, value, {"more": {"D": "4"}})

    assert [(item.name, item.value, item.from_name, item.path) for item in slot.env] == [
        ("A", "1", None, "spec.envs[0]"),
        ("B", None, "s", "spec.envs[1]"),
        ("D", "4", None, "more.D"),
        ("TOKEN", None, "t", "spec.token"),
        ("C", "3", None, "spec.main.env[0]"),
    ]
    assert slot.sources == {"spec.envs[1]": source}
    assert [(item.name, item.path) for item in slot.env_from] == [
        ("whole", "spec.all"),
        ("own", "spec.main.envFrom[0]"),
    ]

    (slot,) = containers({".": field}, {"all": "whole"})
    assert slot.runs
    (slot,) = containers({".": field}, {"all": "", "token": ""})
    assert (slot.runs, slot.env, slot.env_from) == (False, (), ())


def test_a_container_that_is_switched_off_is_none() -> None:
    field = {"side": {"name": "side", "where": {"enabled": ["true"]}}}
    assert [slot.image for slot in containers(field, {"side": {"enabled": True, "image": "a"}})] == ["a"]
    assert containers(field, {"side": {"enabled": False, "image": "a"}}) == []
    assert containers(field, {"side": {"image": "a"}}) == []


def test_what_tunes_a_container_of_others_is_no_container() -> None:
    (slot,) = containers({"engine": {"name": "e", "elsewhere": True}}, {"engine": {"args": {"a": "b"}}})
    assert (slot.runs, slot.args) == (False, ("--a=b",))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"main": ["a"]}, "spec.main"),
        ({"main": {}, "envs": "a"}, "spec.envs"),
        ({"main": {}, "token": ["a"]}, "spec.token"),
        ({"main": {}, "all": 1}, "spec.all"),
    ],
)
def test_a_wrong_type_is_a_problem(value: Json, path: str) -> None:
    reader = Reader()
    field = {
        "name": "m",
        "inside": "main",
        "variables": ["envs"],
        "fromSecret": {"T": "token"},
        "secrets": ["all"],
    }
    containers({".": field}, value, reader=reader)
    assert path in [problem.path for problem in reader.problems]
