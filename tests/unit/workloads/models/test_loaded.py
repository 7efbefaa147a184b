"""Which models a part of an object loads."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.workload import ServedModel
from mlgate.workloads.addresses.uris import Address
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.fields import declared
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.loaded import built_in, main_container, note_excess, unique
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import read_pod
from mlgate.workloads.reading import Reader


def part(value: dict[str, Any], **component: Any) -> Part:
    given = Component.model_validate({"path": "spec.steps[]", "id": "step[#]"} | component)
    return Part(given, "spec.steps[2]", value, read_pod(Reader(), value, "spec.steps[2]", {}))


def test_the_main_container_is_kserve_s_and_else_the_first_that_has_an_image() -> None:
    plain = part(
        {"initContainers": [{"image": "i:1"}], "containers": [{"name": "a"}, {"name": "b", "image": "b:1"}]}
    )
    named = part(
        {"containers": [{"name": "a", "image": "a:1"}, {"name": "kserve-container", "image": "k:1"}]}
    )

    assert [slot.name for slot in (main_container(plain.pod), main_container(named.pod)) if slot] == [
        "b",
        "kserve-container",
    ]
    assert main_container(part({}).pod) is None
    assert list(built_in(part({}), name="n")) == []


def test_ids_are_unique_in_the_object() -> None:
    models = [ServedModel(id=name, uri="u", scheme="s", path="p") for name in ("a", "a", "a#2", "a", "b")]

    assert [model.id for model in unique(models)] == ["a", "a#2", "a#2#2", "a#3", "b"]


def test_ids_that_are_taken_get_the_next_free_number() -> None:
    given = [
        ServedModel(id=name, uri=f"s3://b/{name}", scheme="s3", path="p")
        for name in ("a", "a#2", "a", "a", "b", "b", "a#2")
    ]

    assert [model.id for model in unique(given)] == ["a", "a#2", "a#3", "a#4", "b", "b#2", "a#2#2"]


def test_thousands_of_models_of_one_id_are_numbered() -> None:
    models = unique([ServedModel(id="a", uri="s3://b/m", scheme="s3", path="p")] * 5_000)

    assert models[0].id == "a"
    assert [model.id for model in models[1:]] == [f"a#{number}" for number in range(2, 5_001)]


@pytest.mark.parametrize(
    ("declares", "detects", "excess"), [(200, 56, False), (200, 57, True), (0, 5_000, True)]
)
def test_models_of_fields_and_of_containers_are_counted_together(
    declares: int,
    detects: int,
    excess: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    reader = Reader()
    for _ in range(declares):
        assert list(declared(reader, part({"uri": "s3://b/m"}, models=[{"path": "uri"}]), "n"))
    model = FoundModel(Address("s3://b/m", "s3"), "primary", "p", "e")

    note_excess(reader, [Detection(models=(model,) * detects)])

    assert [problem.message for problem in reader.problems] == ["holds more than 256 models"] * excess
