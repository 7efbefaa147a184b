"""OME: services of models that stand in objects of their own, their runtimes and weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind, is_unknown_to_its_group

Json = dict[str, Any]
Read = Callable[..., Extraction]

IMAGE = "registry.example.com/serve/engine@sha256:" + "d" * 64
RUNNER: Json = {"name": "ome-container", "image": IMAGE}
MODELS = ("BaseModel", "ClusterBaseModel", "FineTunedWeight")
RUNTIMES = ("ServingRuntime", "ClusterServingRuntime")


def of_kind(kind: str, spec: Any, **metadata: Any) -> Json:
    return {
        "apiVersion": "ome.io/v1beta1",
        "kind": kind,
        "metadata": {"name": "chat", "namespace": "team", **metadata},
        "spec": spec,
    }


def seen(read: Read, obj: Json) -> Workload:
    workload = read(obj).workload
    assert workload is not None
    return workload


def images(workload: Workload) -> list[tuple[str, str, str | None]]:
    return [(slot.path, slot.name, slot.image.raw) for slot in workload.containers]


def references(workload: Workload) -> list[tuple[str, str, str]]:
    return [(item.kind, item.name, item.path) for item in workload.references]


def test_bypass_12_the_service_has_a_kind_of_the_same_name_elsewhere(read: Read) -> None:
    spec = {"model": {"name": "chat-8b", "fineTunedWeights": ["sql", "law"]}, "runtime": {"name": "ours"}}
    workload = seen(read, of_kind("InferenceService", spec | {"engine": {"minReplicas": 1}}))
    assert workload.serves_model
    assert references(workload) == [
        ("BaseModel", "chat-8b", "spec.model.name"),
        ("FineTunedWeight", "sql", "spec.model.fineTunedWeights[0]"),
        ("FineTunedWeight", "law", "spec.model.fineTunedWeights[1]"),
        ("ServingRuntime", "ours", "spec.runtime.name"),
    ]
    assert workload.problems == ()


@pytest.mark.parametrize("kind", ["ClusterBaseModel", "BaseModel"])
def test_the_kind_of_a_reference_decides_nothing_as_the_operator_reads_it(read: Read, kind: str) -> None:
    given = {"name": "chat-8b", "kind": kind, "apiGroup": "ome.io"}
    lookups = read(of_kind("InferenceService", {"model": given})).lookups
    assert [found for found, _, _ in lookups.references[0].kinds] == ["ome.io/v1beta1"] * 2
    assert [found[1] for found in lookups.references[0].kinds] == ["BaseModel", "ClusterBaseModel"]


def test_every_pod_of_a_service_is_read(read: Read) -> None:
    component = {
        "runner": RUNNER,
        "containers": [RUNNER | {"name": "side"}],
        "labels": {"part": "x"},
        "serviceAccountName": "engine",
        "leader": {"runner": RUNNER},
        "worker": {"runner": RUNNER, "size": 2},
    }
    router = {"runner": RUNNER | {"name": "router"}, "canaryTrafficPercent": 10}
    workload = seen(
        read, of_kind("InferenceService", {"engine": component, "decoder": component, "router": router})
    )
    expected = []
    for name in ("engine", "decoder"):
        expected += [
            (f"spec.{name}.containers[0]", "side", IMAGE),
            (f"spec.{name}.runner", "ome-container", IMAGE),
            (f"spec.{name}.leader.runner", "ome-container", IMAGE),
            (f"spec.{name}.worker.runner", "ome-container", IMAGE),
        ]
    assert images(workload) == [*expected, ("spec.router.runner", "router", IMAGE)]
    assert workload.pods[0].labels == {"ome.io/inferenceservice": "chat", "part": "x"}
    assert workload.pods[0].service_account_name == "engine"


def test_a_runner_may_name_a_model_itself(read: Read) -> None:
    engine = {
        "runner": RUNNER | {"command": ["python3", "-m", "sglang.launch_server", "--model-path", "acme/x"]}
    }
    workload = seen(read, of_kind("InferenceService", {"engine": engine}))
    assert [model.uri for model in workload.models] == ["hf://acme/x"]


def test_the_older_form_of_a_service_is_read(read: Read) -> None:
    predictor = {
        "model": {
            "baseModel": "chat-8b",
            "fineTunedWeights": ["sql"],
            "runtime": "ours",
            "storageUri": "hf://acme/own",
            "image": IMAGE,
        },
        "workerSpec": {"runner": RUNNER},
        "canaryTrafficPercent": 20,
    }
    workload = seen(read, of_kind("InferenceService", {"predictor": predictor}))
    assert references(workload) == [
        ("BaseModel", "chat-8b", "spec.predictor.model.baseModel"),
        ("FineTunedWeight", "sql", "spec.predictor.model.fineTunedWeights[0]"),
        ("ServingRuntime", "ours", "spec.predictor.model.runtime"),
    ]
    assert [(model.id, model.uri) for model in workload.models] == [("predictor", "hf://acme/own")]
    assert images(workload) == [
        ("spec.predictor.model", "ome-container", IMAGE),
        ("spec.predictor.workerSpec.runner", "ome-container", IMAGE),
    ]
    assert (workload.rollout.strategy, workload.rollout.canary_percent) == ("canary", 20)


def test_weights_that_an_annotation_adds_are_a_reference(read: Read) -> None:
    annotations = {"ome.io/inject-fine-tuned-adapter": "sql"}
    workload = seen(read, of_kind("InferenceService", {"model": {"name": "m"}}, annotations=annotations))
    assert references(workload)[-1] == (
        "FineTunedWeight",
        "sql",
        "metadata.annotations['ome.io/inject-fine-tuned-adapter']",
    )


@pytest.mark.parametrize(
    ("labels", "annotations", "engine", "scope"),
    [
        ({}, {}, {}, "unknown"),
        ({"networking.ome.io/visibility": "cluster-local"}, {}, {}, "cluster"),
        (
            {"networking.ome.io/visibility": "cluster-local"},
            {"ome.io/service-type": "LoadBalancer"},
            {},
            "external",
        ),
        (
            {"networking.ome.io/visibility": "cluster-local"},
            {},
            {"annotations": {"ome.io/service-type": "NodePort"}},
            "external",
        ),
        ({"networking.ome.io/visibility": "cluster-local"}, {}, {"hostNetwork": True}, "external"),
        ({}, {"ome.io/service-type": "ClusterIP"}, {}, "unknown"),
    ],
)
def test_a_label_keeps_the_service_inside_unless_more_opens_it(
    read: Read, labels: Json, annotations: Json, engine: Json, scope: str
) -> None:
    spec = {"model": {"name": "m"}, "engine": engine}
    obj = of_kind("InferenceService", spec, labels=labels, annotations=annotations)
    assert seen(read, obj).exposure.scope == scope


@pytest.mark.parametrize("kind", MODELS)
def test_bypass_09_a_model_object_is_a_model(read: Read, kind: str) -> None:
    spec = {
        "modelFormat": {"name": "safetensors"},
        "storage": {
            "storageUri": "hf://acme/chat@main",
            "path": "/raid/models/chat",
            "key": "hf-token",
            "parameters": {"endpoint_url": "http://mirror.example.com"},
        },
    }
    workload = seen(read, of_kind(kind, spec))
    assert workload.serves_model
    assert [(model.scheme, model.path) for model in workload.models] == [("hf", "spec.storage.storageUri")]
    assert workload.models[0].role == ("adapter" if kind == "FineTunedWeight" else "primary")
    assert [item.uri for item in workload.endpoints] == ["http://mirror.example.com"]
    assert (workload.pods, workload.problems) == ((), ())


@pytest.mark.parametrize("kind", RUNTIMES)
def test_bypass_07_a_runtime_is_read_with_all_it_can_run(read: Read, kind: str) -> None:
    override = {"environmentOverride": {"TP": "8"}, "runtimeArgsOverride": ["--tp-size=8"]}
    engine = {"runner": RUNNER, "leader": {"runner": RUNNER}, "worker": {"runner": RUNNER}}
    spec = {
        "supportedModelFormats": [{"name": "safetensors", "acceleratorConfig": {"big": override}}],
        "containers": [RUNNER],
        "workers": {"containers": [RUNNER]},
        "engineConfig": engine,
        "decoderConfig": engine,
        "routerConfig": {"runner": RUNNER | {"name": "router"}},
    }
    workload = seen(read, of_kind(kind, spec))
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert [path for path, _, _ in images(workload)] == [
        "spec.containers[0]",
        "spec.workers.containers[0]",
        "spec.engineConfig.runner",
        "spec.engineConfig.leader.runner",
        "spec.engineConfig.worker.runner",
        "spec.decoderConfig.runner",
        "spec.decoderConfig.leader.runner",
        "spec.decoderConfig.worker.runner",
        "spec.routerConfig.runner",
    ]
    assert all(slot.args == ("--tp-size=8",) for slot in workload.containers)
    assert all(slot.env[0].name == "TP" for slot in workload.containers)
    assert workload.problems == ()


def test_an_argument_for_one_kind_of_gpu_may_name_another_model(read: Read) -> None:
    override = {"runtimeArgsOverride": ["--model-path=acme/other"]}
    spec = {
        "supportedModelFormats": [{"acceleratorConfig": {"big": override}}],
        "engineConfig": {"runner": RUNNER | {"command": ["python3", "-m", "sglang.launch_server"]}},
    }
    workload = seen(read, of_kind("ServingRuntime", spec))
    assert [model.uri for model in workload.models] == ["hf://acme/other"]


@pytest.mark.parametrize(
    ("kind", "spec", "path"),
    [
        ("InferenceService", {"model": "chat"}, "spec.model"),
        ("InferenceService", {"model": {"name": ["chat"]}}, "spec.model.name"),
        (
            "InferenceService",
            {"model": {"name": "m", "fineTunedWeights": "sql"}},
            "spec.model.fineTunedWeights",
        ),
        ("InferenceService", {"engine": [RUNNER]}, "spec.engine"),
        ("BaseModel", {"storage": "hf://acme/chat"}, "spec.storage"),
        ("BaseModel", {"storage": {"storageUri": {}}}, "spec.storage.storageUri"),
        ("BaseModel", {"storage": {}}, "spec"),
        ("ServingRuntime", {"engineConfig": {"runner": []}}, "spec.engineConfig.runner"),
    ],
)
def test_a_field_of_the_wrong_type_is_a_problem(read: Read, kind: str, spec: Json, path: str) -> None:
    assert path in {problem.path for problem in seen(read, of_kind(kind, spec)).problems}


def test_what_describes_gpus_or_sends_load_is_of_no_concern(read: Read) -> None:
    for kind in ("AcceleratorClass", "BenchmarkJob"):
        assert find_kind("ome.io", kind) is None
        assert not is_unknown_to_its_group("ome.io", kind)
        assert read(of_kind(kind, {"endpoint": {"endpoint": {"url": "http://x"}}})).workload is None


def resolved(kind: str, name: str, spec: Json) -> ResolvedReference:
    return ResolvedReference(
        api_version="ome.io/v1beta1",
        kind=kind,
        namespace="team",
        name=name,
        status="found",
        object={"spec": spec},
    )


def whole(read: Read, obj: Json, *references: ResolvedReference) -> Workload:
    workload = complete(read(obj), Evidence(references=references)).workload
    assert workload is not None
    return workload


def test_bypass_07_the_model_and_the_weights_are_those_of_the_objects_that_are_named(read: Read) -> None:
    spec = {"model": {"name": "chat-8b", "fineTunedWeights": ["sql", "law"]}, "engine": {}}
    storage = {"storage": {"storageUri": "hf://acme/chat"}}
    weights = [
        resolved("FineTunedWeight", name, {"storage": {"storageUri": f"hf://acme/{name}"}})
        for name in ("sql", "law")
    ]
    workload = whole(
        read, of_kind("InferenceService", spec), resolved("BaseModel", "chat-8b", storage), *weights
    )
    assert [(model.id, model.uri, model.role) for model in workload.models] == [
        ("model", "hf://acme/chat", "primary"),
        ("adapter:sql", "hf://acme/sql", "adapter"),
        ("adapter:law", "hf://acme/law", "adapter"),
    ]
    assert workload.models[0].path == "BaseModel/chat-8b.spec.storage.storageUri"
    assert workload.problems == ()


def test_bypass_07_the_runner_of_a_service_is_laid_over_that_of_its_runtime(read: Read) -> None:
    spec = {
        "model": {"name": "chat-8b"},
        "runtime": {"name": "ours"},
        "engine": {"runner": {"args": ["--model-path", "acme/other"]}},
    }
    runner = RUNNER | {"command": ["python3", "-m", "sglang.launch_server"], "args": ["--port=8080"]}
    runtime = {"engineConfig": {"runner": runner}, "routerConfig": {"runner": RUNNER | {"name": "router"}}}
    workload = whole(
        read,
        of_kind("InferenceService", spec),
        resolved("BaseModel", "chat-8b", {"storage": {"storageUri": "hf://acme/chat"}}),
        resolved("ServingRuntime", "ours", runtime),
    )
    assert [model.uri for model in workload.models] == ["hf://acme/other", "hf://acme/chat"]
    assert [(item.path, item.source, item.args) for item in workload.containers] == [
        ("spec.engine.runner", "object", ("--model-path", "acme/other")),
        ("ServingRuntime/ours.spec.routerConfig.runner", "reference", ()),
    ]


def test_a_service_without_a_model_is_refused_once_that_is_known(read: Read) -> None:
    spec = {"runtime": {"name": "ours"}, "engine": {}}
    runtime = {"engineConfig": {"runner": RUNNER}}
    workload = whole(read, of_kind("InferenceService", spec), resolved("ServingRuntime", "ours", runtime))
    assert [problem.message for problem in workload.problems] == ["names no model that the reader can find"]


def test_the_path_the_operator_fills_in_is_no_model_of_its_own(read: Read) -> None:
    command = ["python3", "-m", "sglang.launch_server", "--model-path", "$(MODEL_PATH)"]
    runtime = {"engineConfig": {"runner": RUNNER | {"command": command}}}
    assert seen(read, of_kind("ServingRuntime", runtime)).models == ()
    env = [{"name": "MODEL_PATH", "value": "acme/other"}]
    runtime = {"engineConfig": {"runner": RUNNER | {"command": command, "env": env}}}
    assert [model.uri for model in seen(read, of_kind("ServingRuntime", runtime)).models] == [
        "hf://acme/other"
    ]
