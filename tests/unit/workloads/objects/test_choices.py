"""What a model says by which its runtime is picked, and what the picked one brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference, RuntimeChoice, Unavailable
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction
from mlgate.workloads.objects.choices import choice_of

Read = Callable[..., Extraction]
Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("form", "model", "expected"),
    [
        ("model", {"modelFormat": {"name": "sklearn"}}, ("sklearn", None, "v1")),
        ("model", {"modelFormat": {"name": "sklearn", "version": "1"}}, ("sklearn", "1", "v1")),
        ("model", {"modelFormat": {"name": "triton"}}, ("triton", None, "v2")),
        ("model", {"modelFormat": {"name": "vLLM"}}, ("vLLM", None, "v1")),
        ("model", {"modelFormat": {"name": "vllm"}, "protocolVersion": "grpc-v2"}, ("vllm", None, "grpc-v2")),
        ("model", {"modelFormat": {"name": "onnx"}, "protocolVersion": ""}, ("onnx", None, "v1")),
        ("onnx", {}, ("onnx", None, "v2")),
        ("huggingface", {"modelFormat": {"name": "other"}}, ("huggingface", None, "v2")),
        ("sklearn", {"protocolVersion": "v2"}, ("sklearn", None, "v2")),
    ],
)
def test_a_runtime_is_picked_by_format_and_protocol(
    form: str, model: dict[str, Any], expected: tuple[str, str | None, str]
) -> None:
    name, version, protocol = expected
    assert choice_of({}, form, model) == RuntimeChoice(format=name, version=version, protocol=protocol)


def test_further_nodes_are_a_part_of_the_choice() -> None:
    choice = choice_of({"workerSpec": {}}, "sklearn", {})
    assert choice is not None
    assert choice.multi_node


@pytest.mark.parametrize(
    "model",
    [None, "text", [], {}, {"modelFormat": {"name": 5}}, {"modelFormat": {"name": "x"}, "runtime": "r"}],
)
def test_nothing_is_picked_for_what_names_a_runtime_or_no_format(model: Any) -> None:
    assert choice_of({}, "model", model) is None


def picked(status: Any = "found", **choice: Any) -> ResolvedReference:
    container = {"name": "kserve-container", "image": "evil/server:1", "args": ["--model_id=evil/other"]}
    return ResolvedReference(
        api_version="serving.kserve.io/v1alpha1",
        kind="ClusterServingRuntime",
        namespace=None,
        name="stowaway" if status == "found" else "",
        status=status,
        object={"spec": {"containers": [container]}} if status == "found" else None,
        choice=RuntimeChoice(**{"format": "sklearn", "protocol": "v1", **choice}),
    )


def completed(read: Read, obj: dict[str, Any], found: ResolvedReference, **evidence: Any) -> Workload:
    workload = complete(read(obj), Evidence(references=(found,), **evidence)).workload
    assert workload is not None
    return workload


FORMS = [
    {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://b/m"}},
    {"sklearn": {"storageUri": "s3://b/m"}},
]


@pytest.mark.parametrize("predictor", FORMS)
def test_bypass_07_a_runtime_that_is_picked_is_judged_with_the_service(
    read: Read, service: Make, predictor: dict[str, Any]
) -> None:
    workload = completed(read, service({"predictor": predictor}), picked())
    assert [(ref.kind, ref.name, ref.status) for ref in workload.references] == [
        ("ClusterServingRuntime", "stowaway", "found")
    ]
    assert [model.uri for model in workload.models] == ["s3://b/m", "hf://evil/other"]
    (container,) = workload.containers
    assert (container.image.raw, container.source) == ("evil/server:1", "reference")


@pytest.mark.parametrize("predictor", FORMS)
def test_where_none_is_fit_nothing_runs_and_nothing_is_missing(
    read: Read, service: Make, predictor: dict[str, Any]
) -> None:
    workload = completed(read, service({"predictor": predictor}), picked("missing"))
    assert workload.references == ()
    assert workload.containers == ()


def test_where_runtimes_cannot_be_listed_policy_is_told(read: Read, service: Make) -> None:
    missing = Unavailable(lookup="cluster.references", reason="error", message="no answer")
    obj = service({"predictor": FORMS[0]})
    workload = completed(read, obj, picked("unavailable"), unavailable=(missing,))
    assert [(ref.name, ref.status, ref.path) for ref in workload.references] == [
        ("picked for sklearn", "unavailable", "spec.predictor.model")
    ]


def test_a_runtime_that_is_picked_for_one_model_is_none_for_another(read: Read, service: Make) -> None:
    other = {"model": {"modelFormat": {"name": "onnx"}, "storageUri": "s3://b/o"}}
    obj = service({"predictor": FORMS[0], "canary": [{"predictor": other}]})
    workload = completed(read, obj, picked())
    assert [container.image.raw for container in workload.containers] == ["evil/server:1"]
    assert [(ref.name, ref.status) for ref in workload.references] == [
        ("stowaway", "found"),
        ("picked for onnx", "unavailable"),
    ]


def test_no_address_of_a_model_is_told_although_a_runtime_could_name_one(read: Read, service: Make) -> None:
    workload = completed(read, service({"predictor": {"sklearn": {}}}), picked("missing"))
    assert [problem.path for problem in workload.problems] == ["spec.predictor"]
