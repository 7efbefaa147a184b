"""The path language of the table of kinds."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.paths import select
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
