"""One object by its row: nothing that runs or loads a model is passed over in silence."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.domain.request import GroupVersionKind
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.objects.read import read_object

Json = dict[str, Any]
Read = Callable[..., Extraction]
Make = Callable[..., Json]

SERVER: Json = {"name": "main", "image": "vllm/vllm-openai:v1", "args": ["--model=acme/drafts"]}
TEMPLATE: Json = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [SERVER]}}
OBJECTS: dict[str, Json] = {
    "Pod": {"apiVersion": "v1", "spec": TEMPLATE["spec"]},
    "ReplicationController": {"apiVersion": "v1", "spec": {"template": TEMPLATE}},
    "Deployment": {"apiVersion": "apps/v1", "spec": {"replicas": 1, "template": TEMPLATE}},
    "StatefulSet": {"apiVersion": "apps/v1", "spec": {"serviceName": "s", "template": TEMPLATE}},
    "DaemonSet": {"apiVersion": "apps/v1", "spec": {"template": TEMPLATE}},
    "ReplicaSet": {"apiVersion": "apps/v1", "spec": {"template": TEMPLATE}},
    "Job": {"apiVersion": "batch/v1", "spec": {"backoffLimit": 1, "template": TEMPLATE}},
    "CronJob": {
        "apiVersion": "batch/v1",
        "spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": TEMPLATE}}},
    },
    "InferenceService": {
        "apiVersion": "serving.kserve.io/v1beta1",
        "spec": {"predictor": {"containers": [SERVER]}},
    },
}
OTHER_KEYS = [
    "metadata",
    "status",
    "replicas",
    "selector",
    "volumes",
    "nodeSelector",
    "affinity",
    "env",
    "ports",
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.lists(st.none() | st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=5), st.none() | st.integers(), max_size=2),
)
WRONG = (
    st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.lists(st.text(max_size=3), min_size=1, max_size=2)
)


def concerned(obj: Json) -> bool:
    group, _, version = str(obj["apiVersion"]).rpartition("/")
    kind = GroupVersionKind(group=group, version=version, kind=str(obj["kind"]))
    row = find_kind(group, str(obj["kind"]))
    return read_object(obj, kind, row, namespace="team", name=None).workload().concerns_a_model


def maps(value: Any) -> list[Json]:
    """Every map of an object, containers and what holds them included."""
    if isinstance(value, list):
        return [found for item in value for found in maps(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for item in value.values() for found in maps(item))]


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_server_in_any_kind_is_found(kind: str) -> None:
    assert concerned({**OBJECTS[kind], "kind": kind})


@settings(max_examples=80, deadline=None)
@given(
    kind=st.sampled_from(list(OBJECTS)),
    added=st.lists(st.tuples(st.integers(0, 20), st.sampled_from(OTHER_KEYS), ODD), max_size=4),
)
def test_nothing_that_is_added_hides_a_model_that_is_still_named(kind: str, added: list[Any]) -> None:
    obj = copy.deepcopy({**OBJECTS[kind], "kind": kind})
    for where, key, value in added:
        places = maps(obj)
        places[where % len(places)].setdefault(key, value)
    assert concerned(obj)


@settings(max_examples=80, deadline=None)
@given(kind=st.sampled_from(list(OBJECTS)), value=ODD, field=st.sampled_from(["image", "args"]))
def test_of_an_image_and_arguments_that_name_a_model_either_is_enough(
    kind: str, value: Any, field: str
) -> None:
    obj = copy.deepcopy({**OBJECTS[kind], "kind": kind})
    next(item for item in maps(obj) if item.get("name") == "main")[field] = value
    assert concerned(obj)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(list(OBJECTS)), where=st.integers(0, 20), value=WRONG)
def test_a_field_on_the_way_to_a_model_that_has_the_wrong_type_is_a_problem(
    kind: str, where: int, value: Any
) -> None:
    obj = copy.deepcopy({**OBJECTS[kind], "kind": kind})
    holders = [item for item in maps(obj["spec"]) if maps(list(item.values()))]
    holder = holders[where % len(holders)] if holders else obj
    key = next(key for key, item in holder.items() if maps(item) and key != "metadata")
    holder[key] = value
    assert concerned(obj)


@pytest.mark.parametrize("items", ["items", "spec", "objects"])
def test_a_list_of_objects_hides_none_of_them(read: Read, pod_of: Make, items: str) -> None:
    obj = {"apiVersion": "v1", "kind": "List", items: [pod_of(), pod_of(**SERVER)]}
    extraction = read(obj)
    assert extraction.concerned
    assert extraction.workload is not None
    assert [model.uri for model in extraction.workload.models] == ["hf://acme/drafts"]


@pytest.mark.parametrize("metadata", [{"generateName": "a-"}, {}, None, {"name": ""}, {"name": 5}])
def test_an_object_whose_name_is_still_to_come_is_read(read: Read, metadata: Any) -> None:
    extraction = read({**OBJECTS["Deployment"], "kind": "Deployment", "metadata": metadata})
    assert extraction.workload is not None
    assert extraction.workload.serves_model


@pytest.mark.parametrize("version", ["v1alpha1", "v1", "v2", "", "v1beta1 ", "V1BETA1"])
def test_an_unknown_version_of_a_known_kind_is_read_and_named(
    read: Read, service: Make, version: str
) -> None:
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://b/m"}
    obj = service({"predictor": {"model": model}}) | {"apiVersion": f"serving.kserve.io/{version}"}
    found = read(obj).workload
    assert found is not None
    assert [model.uri for model in found.models] == ["s3://b/m"]
    assert "apiVersion" in [problem.path for problem in found.problems]


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({}, "spec"),
        ({"predictor": None}, "spec"),
        ({"predictor": {}}, "spec.predictor"),
        ({"predictor": []}, "spec.predictor"),
        ({"predictor": {"model": {"modelFormat": {"name": "onnx"}}}}, "spec.predictor"),
        ({"predictor": {"model": {"storageUri": ""}}}, "spec.predictor"),
        ({"predictor": {"model": {"storageUri": ["s3://b/m"]}}}, "spec.predictor"),
    ],
)
def test_a_service_that_names_no_model_says_so(read: Read, service: Make, spec: Json, path: str) -> None:
    found = read(service(spec)).workload
    assert found is not None
    assert found.serves_model
    assert (path, "names no model that the reader can find") in [
        (problem.path, problem.message) for problem in found.problems
    ]


def test_bypass_11_an_ephemeral_container_of_a_running_pod_is_read(read: Read, pod_of: Make) -> None:
    debug = {"name": "debug", "image": "busybox", "command": ["sh", "-c", "vllm serve evil/m"]}
    found = read(pod_of({"ephemeralContainers": [debug]}), pod_of()).workload
    assert found is not None
    assert [(model.uri, model.path) for model in found.models] == [
        ("hf://evil/m", "spec.ephemeralContainers[0].command[2]")
    ]


def test_a_downloader_that_runs_before_a_plain_server_names_the_model(read: Read, pod_of: Make) -> None:
    download = {"name": "get", "image": "kserve/storage-initializer:v1", "args": ["s3://b/m", "/mnt/models"]}
    found = read(pod_of({"initContainers": [download]}, image="nginx")).workload
    assert found is not None
    assert [model.uri for model in found.models] == ["s3://b/m"]


def test_a_server_is_known_by_its_image_wherever_it_was_copied_to(read: Read, pod_of: Make) -> None:
    for image in (
        "registry.example.com/mirror/vllm/vllm-openai@sha256:" + "a" * 64,
        "registry.example.com:5000/a/b/vllm-openai:latest",
        "REGISTRY.example.com/vllm/vllm-openai",
    ):
        assert read(pod_of(image=image)).concerned


def test_a_server_under_another_name_is_known_by_what_it_is_told(read: Read, pod_of: Make) -> None:
    image = "registry.example.com/team/web@sha256:" + "a" * 64
    assert not read(pod_of(image=image)).concerned
    for container in (
        {"args": ["--model", "acme/drafts"]},
        {"args": ["--model=acme/drafts"]},
        {"args": ["--model_name_or_path", "/data/x"]},
        {"command": ["python3", "-m", "vllm.entrypoints.openai.api_server"]},
        {"env": [{"name": "HF_MODEL_ID", "value": "acme/drafts"}]},
        {"env": [{"name": "STORAGE_URI", "value": "hf://acme/drafts"}]},
    ):
        assert read(pod_of(image=image, **container)).concerned


@pytest.mark.parametrize(
    ("volume", "path"),
    [
        ("scratch", "/mnt/models"),
        ("scratch", "/mnt/models/deep"),
        ("scratch", "/mnt/./models/"),
        ("scratch", "/mnt"),
        ("kserve-provision-location", "/elsewhere"),
    ],
)
def test_nothing_is_mounted_over_the_model_that_is_named(
    read: Read, service: Callable[..., dict[str, Any]], volume: str, path: str
) -> None:
    loader = {"name": "swap", "image": "x", "volumeMounts": [{"name": volume, "mountPath": path}]}
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://good/m"}
    predictor = {"model": model, "initContainers": [loader], "volumes": [{"name": "scratch", "emptyDir": {}}]}

    found = read(service({"predictor": predictor})).workload

    assert found is not None
    assert "is mounted over the model that is named elsewhere" in [item.message for item in found.problems]


def test_a_cache_beside_the_model_is_no_problem(read: Read, service: Callable[..., dict[str, Any]]) -> None:
    mounts = [{"name": "scratch", "mountPath": "/var/cache/app"}]
    model = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://good/m", "volumeMounts": mounts}
    predictor = {"model": model, "volumes": [{"name": "scratch", "emptyDir": {}}]}

    found = read(service({"predictor": predictor})).workload

    assert found is not None
    assert found.problems == ()


def test_models_beyond_the_limit_are_told_and_not_handed_on(read: Read) -> None:
    args = [f"--model=acme/m{number}" for number in range(2_000)]
    container = {"name": "c", "image": "x", "command": ["vllm", "serve"], "args": args}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"containers": [container]}}

    found = read(pod).workload

    assert found is not None
    assert len(found.models) == 256
    assert "holds more than 256 models" in [problem.message for problem in found.problems]
