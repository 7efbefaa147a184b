"""What could put another model in the place of the one that is named."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.facts.replaceable import note_replaceable
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import read_pod
from mlgate.workloads.reading import Reader

MOUNTS = "spec.containers[0].volumeMounts"


def part(id_: str, spec: dict[str, Any], path: str = "spec") -> Part:
    return Part(Component(path=path, id=id_), path, spec, read_pod(Reader(), spec, path, {}))


def mounting(target: str, name: str = "v", **volume: Any) -> dict[str, Any]:
    mount = {"name": name, "mountPath": target}
    volumes = [{"name": name, **volume}] if volume else []
    return {"containers": [{"name": "c", "volumeMounts": [mount]}], "volumes": volumes}


def problems(*parts: tuple[Part, bool]) -> list[str]:
    reader = Reader()
    note_replaceable(reader, list(parts))
    return [problem.path for problem in reader.problems]


@pytest.mark.parametrize(
    "spec",
    [
        mounting("/mnt/models", emptyDir={}),
        mounting("/mnt/models/a", secret={"secretName": "s"}),
        mounting("/mnt"),
        mounting("/out", "kserve-provision-location"),
        mounting("/out", "scorer-provision-location", persistentVolumeClaim={"claimName": "c"}),
    ],
)
def test_a_mount_over_the_model_or_of_the_volume_it_comes_in_is_a_problem(spec: dict[str, Any]) -> None:
    assert problems((part("predictor", spec), True)) == [MOUNTS]


@pytest.mark.parametrize(
    "spec",
    [
        mounting("/mnt/modelsets", emptyDir={}),
        mounting("/mnt/models", persistentVolumeClaim={"claimName": "c"}),
        mounting("/cache", emptyDir={}),
        {"containers": [{"name": "scorer-model-initializer"}]},
        {"initContainers": [{"name": "model-initializer-of-mine"}]},
    ],
)
def test_what_leaves_the_model_in_its_place_is_none(spec: dict[str, Any]) -> None:
    assert problems((part("predictor", spec), True)) == []


@pytest.mark.parametrize("name", ["storage-initializer", "scorer-model-initializer"])
def test_a_container_under_the_name_of_the_loading_one_is_a_problem(name: str) -> None:
    spec = {"initContainers": [{"name": "first"}, {"name": name}]}
    assert problems((part("predictor", spec), True)) == ["spec.initContainers[1]"]


def test_all_parts_that_belong_to_one_with_a_model_are_looked_at() -> None:
    spec = mounting("/mnt/models", emptyDir={})
    named = part("predictor[0].scorer", {}, "graph")
    assert problems((named, True), (part("predictor[0]", spec), False)) == [MOUNTS]
    assert problems((named, True), (part("predictor[1]", spec), False)) == []
    assert problems((named, False), (part("predictor[0]", spec), False)) == []
