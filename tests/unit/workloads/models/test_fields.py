"""The fields a kind has for addresses."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.workloads.kinds.fields import ModelField
from mlgate.workloads.kinds.rows import Component
from mlgate.workloads.models.fields import MAX_MODELS, datasets, declared
from mlgate.workloads.models.storage_fields import storage_volumes
from mlgate.workloads.pods.parts import Part
from mlgate.workloads.pods.pod import read_pod
from mlgate.workloads.reading import Reader


def part(value: dict[str, Any], **component: Any) -> Part:
    given = Component.model_validate({"path": "spec.steps[]", "id": "step[#]"} | component)
    return Part(given, "spec.steps[2]", value, read_pod(Reader(), value, "spec.steps[2]", {}))


@pytest.mark.parametrize(
    ("storage", "uri"),
    [
        ({"path": "gs://b/m"}, "gs://b/m"),
        ({"path": "/m", "parameters": {"type": "s3", "bucket": "b"}}, "s3://b/m"),
        ({"parameters": {"type": "S3", "bucket": "b"}}, "s3://b/"),
        ({"path": "m", "key": "minio"}, "minio/m"),
        ({"path": "m", "parameters": {"type": "s3"}}, "default/m"),
        ({"schemaPath": "x"}, "default/"),
        ({}, None),
    ],
)
def test_a_storage_field_leads_to_an_address(storage: dict[str, Any], uri: str | None) -> None:
    given = part({"storage": storage}, storages=[{"path": "storage"}])

    assert [model.uri for model in declared(Reader(), given, "n")] == ([uri] if uri else [])


def test_the_index_of_the_part_is_in_the_id_of_its_model() -> None:
    models = declared(Reader(), part({"uri": "s3://b/m"}, models=[{"path": "uri"}]), "n")

    assert [(model.id, model.path) for model in models] == [("step[2]", "spec.steps[2].uri")]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (ModelField(path="m.uri", format="m.kind"), {"m": {"uri": "s3://b/m", "kind": "ONNX"}}, "onnx"),
        (ModelField(path="m.uri", format="m.kind"), {"m": {"uri": "s3://b/m", "kind": 1}}, None),
        (ModelField(path="{onnx,pmml}.uri", format="key"), {"pmml": {"uri": "s3://b/m"}}, "pmml"),
        (ModelField(path="m.uri"), {"m": {"uri": "s3://b/m"}}, None),
    ],
)
def test_the_format_is_the_one_the_manifest_names(
    field: ModelField, value: dict[str, Any], expected: str | None
) -> None:
    models = declared(Reader(), part(value, models=[field.model_dump()]), "n")

    assert [model.format for model in models] == [expected]


@pytest.mark.parametrize(
    ("count", "read"), [(MAX_MODELS, MAX_MODELS), (MAX_MODELS + 1, MAX_MODELS), (5_000, MAX_MODELS)]
)
def test_the_first_models_of_an_object_are_kept_and_more_are_a_problem(count: int, read: int) -> None:
    reader = Reader()
    given = part({"uri": "s3://b/m"}, models=[{"path": "uri"}])

    models = [model for _ in range(count) for model in declared(reader, given, "n")]

    assert len(models) == read
    assert bool(reader.problems) == (count > read)


def models(value: dict[str, Any], **field: Any) -> list[tuple[str, str, str, str | None]]:
    reader = Reader()
    given = part(value, models=[field])
    found = [(model.id, model.uri, model.path, model.name) for model in declared(reader, given, None)]
    assert not reader.problems
    return [(name, uri, path.removeprefix("spec.steps[2]."), served) for name, uri, path, served in found]


@pytest.mark.parametrize(
    ("library", "text", "uri"),
    [
        ("hub", "org/name", "hf://org/name"),
        ("hub", "s3://b/m", "s3://b/m"),
        ("hub", "models:/m/1", "models:/m/1"),
        ("ollama", "gemma:2b", "ollama://gemma:2b"),
        ("kaito", "phi-4", "kaito://phi-4"),
        ("ngc", "nim/meta/llama:1", "ngc://nim/meta/llama:1"),
        ("bento", "summary:v1", "bento://summary:v1"),
        ("hub", "/models/m", "file:///models/m"),
    ],
)
def test_a_bare_name_is_looked_up_in_the_library_of_the_field(library: str, text: str, uri: str) -> None:
    assert models({"name": text}, path="name", library=library) == [("step[2]", uri, "name", None)]


def test_a_revision_beside_a_name_is_part_of_the_address() -> None:
    value = {"hf": {"namespace": "org", "modelName": "m", "revision": "v2"}}

    found = models(value, path="hf", join=["namespace", "modelName"], library="hub", revision="revision")

    assert found == [("step[2]", "hf://org/m:v2", "hf.modelName", None)]


@pytest.mark.parametrize("value", [{"namespace": "org"}, {"namespace": "org", "modelName": ""}, {}])
def test_an_address_in_parts_without_its_last_part_is_none(value: dict[str, Any]) -> None:
    assert models({"hf": value}, path="hf", join=["namespace", "modelName"], library="hub") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"source": "org/a", "id": "x"}, [("m.source", "hf://org/a")]),
        ({"source": {"bucket": "s3://b/a"}, "id": "x"}, [("m.source.bucket", "s3://b/a")]),
        ({"id": "org/x"}, [("m.id", "hf://org/x")]),
        ({"source": "org/a", "id": "s3://b/x"}, [("m.source", "hf://org/a"), ("m.id", "s3://b/x")]),
        ({"id": "org/x", "urls": ["/m", "x"]}, [("m.id", "hf://org/x"), ("m.urls[0]", "file:///m")]),
        ({"urls": ["s3://b/1", "", "s3://b/2"]}, [("m.urls[0]", "s3://b/1"), ("m.urls[2]", "s3://b/2")]),
        ({"other": 1}, []),
    ],
)
def test_of_several_forms_the_first_that_is_there_counts_and_hides_no_address(
    value: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    first = ["source.bucket", "source", "id", "urls[]"]

    found = models({"m": value}, path="m", first=first, library="hub")

    assert [(path, uri) for _, uri, path, _ in found] == expected


def test_adapters_are_called_by_their_name_and_else_by_their_place() -> None:
    value = {"adapters": [{"url": "s3://b/1", "name": "sql"}, {"url": "s3://b/2"}]}

    found = models(value, path="adapters[]", first=["url"], name="name", role="adapter")

    assert [(name, served) for name, _, _, served in found] == [
        ("adapter:sql", "sql"),
        ("adapter:spec.steps[2].adapters[1].url", None),
    ]


def test_data_have_fields_of_their_own() -> None:
    reader = Reader()
    given = part({"data": ["s3://b/d", "", 1]}, datasets=["data[]"])

    assert [(entry.uri, entry.path) for entry in datasets(reader, given)] == [
        ("s3://b/d", "spec.steps[2].data[0]")
    ]
    assert [problem.path for problem in reader.problems] == ["spec.steps[2].data[2]"]


@pytest.mark.parametrize(
    ("value", "claim", "storage_class", "own"),
    [
        ({"name": "c", "class": "fast"}, "c", "fast", True),
        ({"name": "c"}, "c", None, True),
        ({"class": "fast"}, None, "fast", True),
        ({"size": "1Gi"}, None, None, False),
    ],
)
def test_storage_fields_are_volumes(
    value: dict[str, Any],
    claim: str | None,
    storage_class: str | None,
    own: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    field = {"path": "pvc", "kind": "pvc", "claim": "name", "storage_class": "class"}

    (slot,) = storage_volumes(Reader(), part({"pvc": value}, volumes=[field]))

    assert (slot.volume.claim_name, slot.volume.storage_class_name) == (claim, storage_class)
    assert (slot.own_class, slot.volume.holds_model, slot.volume.kind) == (own, True, "pvc")
