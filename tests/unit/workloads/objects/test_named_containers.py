"""Models in the images of containers that a component names."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.kinds.fields import NamedContainer
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.objects.named_containers import in_named_containers
from mlgate.workloads.objects.silence import Found
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import read_pod
from mlgate.workloads.reading import Reader

NODE = Component(
    path="spec.steps[]",
    id="step[#]",
    layout="none",
    in_container=NamedContainer(name="name", unless=({"kind": ("Router",)},)),
)


def found(component: Component, path: str, value: dict[str, Any], *detections: Detection) -> Found:
    part = Part(component, path, value, read_pod(Reader(), value, path, {}))
    return Found(part, part, (), detections)


def pod(*images: str, index: int = 0, detection: Detection | None = None) -> Found:
    containers = [{"name": f"c{number}", "image": image} for number, image in enumerate(images)]
    given = detection or Detection()
    path = f"spec.pods[{index}]"
    return found(Component(path=path), path, {"containers": containers}, *(given for _ in images))


def node(index: int = 0, **value: Any) -> Found:
    return found(NODE, f"spec.steps[{index}]", value)


def read(*parts: Found) -> tuple[list[tuple[str, str]], list[str]]:
    reader = Reader()
    models = [(model.id, model.uri) for model in in_named_containers(reader, list(parts), None)]
    return models, [problem.path for problem in reader.problems]


def test_the_container_is_found_by_its_name_beside_the_component() -> None:
    parts = [node(name="c1"), node(1, name="c0"), pod("a:1", "b:1"), pod("c:1", index=1)]
    assert read(*parts) == ([("step[0]", "image://b:1"), ("step[1]", "image://c:1")], [])


@pytest.mark.parametrize("value", [{"name": "other"}, {}, {"name": ["c0"]}])
def test_a_container_nobody_has_is_a_problem(value: dict[str, Any]) -> None:
    assert read(node(**value), pod("a:1")) == ([], ["spec.steps[0]"])


def test_one_that_is_known_to_load_none_is_passed_over() -> None:
    assert read(node(name="c0", kind="Router"), pod("a:1")) == ([], [])


def test_an_image_that_must_be_told_its_model_holds_none() -> None:
    assert read(node(name="c0"), pod("a:1", detection=Detection(fetches=True))) == ([], ["spec.steps[0]"])


def test_an_image_nobody_knows_holds_none() -> None:
    assert read(node(name="c0"), pod("")) == ([], ["spec.steps[0]"])


def test_where_no_component_names_a_container_there_is_nothing_to_do() -> None:
    assert read(pod("a:1")) == ([], [])
