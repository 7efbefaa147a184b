"""KServe: services, language model services, graphs, runtimes, caches and the containers that download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Endpoint, Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind

Json = dict[str, Any]
Read = Callable[..., Extraction]
Make = Callable[..., Json]

IMAGE = "registry.example.com/serve/app@sha256:" + "b" * 64
CONTAINER: Json = {"name": "main", "image": IMAGE}
SKLEARN: Json = {"modelFormat": {"name": "sklearn", "version": "1"}, "storageUri": "s3://models/churn"}
FRAMEWORKS = (
    "sklearn",
    "xgboost",
    "tensorflow",
    "pytorch",
    "triton",
    "onnx",
    "huggingface",
    "pmml",
    "lightgbm",
    "paddle",
)
HEADERS = {"name": "churn", "namespace": "team"}


def of_kind(kind: str, spec: Any, version: str = "v1alpha1", **metadata: Any) -> Json:
    return {
        "apiVersion": f"serving.kserve.io/{version}",
        "kind": kind,
        "metadata": {**HEADERS, **metadata},
        "spec": spec,
    }


def llm(spec: Json | None = None, version: str = "v1alpha2", **metadata: Any) -> Json:
    given = {"model": {"uri": "hf://acme/chat", "name": "acme/chat"}, **(spec or {})}
    return of_kind("LLMInferenceService", given, version, **metadata)


def seen(read: Read, obj: Json) -> Workload:
    workload = read(obj).workload
    assert workload is not None
    return workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def images(workload: Workload) -> list[tuple[str, str, str | None]]:
    return [(slot.path, slot.role, slot.image.raw) for slot in workload.containers]


def endpoints(workload: Workload) -> list[tuple[str, str, str]]:
    return [(item.purpose, item.uri, item.path) for item in workload.endpoints]


def references(workload: Workload) -> list[tuple[str, str, str]]:
    return [(item.kind, item.name, item.path) for item in workload.references]


def messages(workload: Workload) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in workload.problems]


# InferenceService


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_service_of_a_framework_names_its_model(read: Read, service: Make, framework: str) -> None:
    given = {"storageUri": "gs://models/m", "runtimeVersion": "1.0", "image": IMAGE}
    workload = seen(read, service({"predictor": {framework: given}}))
    path = f"spec.predictor.{framework}"
    assert models(workload) == [("predictor", "gs://models/m", "primary", f"{path}.storageUri")]
    assert (workload.models[0].format, workload.models[0].name) == (framework, "scoring")
    assert images(workload) == [(path, "server", IMAGE)]
    assert (workload.exposure.scope, workload.problems) == ("unknown", ())


def test_every_component_of_a_service_is_read(read: Read, service: Make) -> None:
    workload = seen(
        read,
        service(
            {
                "predictor": {
                    "model": SKLEARN | {"image": IMAGE, "runtime": "ours"},
                    "serviceAccountName": "reader",
                    "initContainers": [CONTAINER | {"name": "fetch"}],
                    "labels": {"team": "risk"},
                    "workerSpec": {"containers": [CONTAINER]},
                    "storageContainerName": "fetcher",
                },
                "transformer": {
                    "containers": [CONTAINER | {"env": [{"name": "STORAGE_URI", "value": "s3://b/t"}]}]
                },
                "explainer": {"art": {"type": "SquareAttack", "storageUri": "s3://b/e", "image": IMAGE}},
            }
        ),
    )
    assert models(workload) == [
        ("predictor", "s3://models/churn", "primary", "spec.predictor.model.storageUri"),
        ("transformer", "s3://b/t", "transformer", "spec.transformer.containers[0].env[0]"),
        ("explainer", "s3://b/e", "explainer", "spec.explainer.art.storageUri"),
    ]
    assert images(workload) == [
        ("spec.predictor.initContainers[0]", "init", IMAGE),
        ("spec.predictor.model", "server", IMAGE),
        ("spec.predictor.workerSpec.containers[0]", "server", IMAGE),
        ("spec.transformer.containers[0]", "server", IMAGE),
        ("spec.explainer.art", "server", IMAGE),
    ]
    assert workload.pods[0].labels == {"serving.kserve.io/inferenceservice": "scoring", "team": "risk"}
    assert workload.pods[0].service_account_name == "reader"
    assert references(workload) == [
        ("ServingRuntime", "ours", "spec.predictor.model.runtime"),
        ("ClusterStorageContainer", "fetcher", "spec.predictor.storageContainerName"),
    ]
    assert workload.features.explainer


@pytest.mark.parametrize("component", ["predictor", "transformer", "explainer"])
def test_everything_a_logger_sends_to_is_an_endpoint(read: Read, service: Make, component: str) -> None:
    store = {"key": "logs", "parameters": {"type": "s3", "endpoint_url": "http://store.team:9000"}}
    logger = {"url": "https://sink.example.com/in", "marshallerUrl": "http://marshal.team", "storage": store}
    spec = {"predictor": {"model": SKLEARN}, component: {"logger": logger}}
    if component == "predictor":
        spec["predictor"]["model"] = SKLEARN
    workload = seen(read, service(spec))
    path = f"spec.{component}.logger"
    assert endpoints(workload) == [
        ("logger", "https://sink.example.com/in", f"{path}.url"),
        ("logger", "http://marshal.team", f"{path}.marshallerUrl"),
        ("logger", "http://store.team:9000", f"{path}.storage.parameters.endpoint_url"),
    ]


def test_a_store_behind_a_key_is_read_with_the_server_it_is_on(read: Read, service: Make) -> None:
    parameters = {"type": "s3", "bucket": "models", "endpoint_url": "http://elsewhere.example.com"}
    storage = {"key": "minio", "path": "churn/v1", "parameters": parameters}
    workload = seen(read, service({"predictor": {"model": {"storage": storage}}}))
    assert models(workload) == [
        ("predictor", "s3://models/churn/v1", "primary", "spec.predictor.model.storage")
    ]
    assert endpoints(workload) == [
        ("other", "http://elsewhere.example.com", "spec.predictor.model.storage.parameters.endpoint_url")
    ]


def test_bypass_01_a_canary_is_read_like_the_predictor(read: Read, service: Make) -> None:
    other = {
        "model": SKLEARN | {"storageUri": "s3://b/new", "runtime": "new", "image": IMAGE},
        "logger": {"url": "http://sink.example.com"},
        "storageUris": [{"uri": "hf://acme/lora", "mountPath": "/mnt/lora"}],
        "workerSpec": {"containers": [CONTAINER]},
        "hostNetwork": True,
    }
    canary = [
        {"predictor": {"model": SKLEARN}, "trafficPercent": 5},
        {"predictor": other, "trafficPercent": 10},
    ]
    workload = seen(read, service({"predictor": {"model": SKLEARN}, "canary": canary}))
    assert models(workload)[1:] == [
        ("canary[0]", "s3://models/churn", "primary", "spec.canary[0].predictor.model.storageUri"),
        ("canary[1]", "s3://b/new", "primary", "spec.canary[1].predictor.model.storageUri"),
        (
            "canary[1].storageUris[0]",
            "hf://acme/lora",
            "primary",
            "spec.canary[1].predictor.storageUris[0].uri",
        ),
    ]
    assert images(workload) == [
        ("spec.canary[1].predictor.model", "server", IMAGE),
        ("spec.canary[1].predictor.workerSpec.containers[0]", "server", IMAGE),
    ]
    assert references(workload) == [
        ("ServingRuntime", "picked for sklearn", "spec.predictor.model"),
        ("ServingRuntime", "picked for sklearn", "spec.canary[0].predictor.model"),
        ("ServingRuntime", "new", "spec.canary[1].predictor.model.runtime"),
    ]
    assert endpoints(workload) == [
        ("logger", "http://sink.example.com", "spec.canary[1].predictor.logger.url")
    ]
    assert (workload.rollout.strategy, workload.rollout.canary_percent) == ("canary", 15)
    assert (workload.exposure.scope, workload.exposure.path) == (
        "external",
        "spec.canary[1].predictor.hostNetwork",
    )


@pytest.mark.parametrize("component", ["predictor", "transformer", "explainer"])
def test_bypass_02_each_of_several_addresses_is_a_model(read: Read, service: Make, component: str) -> None:
    uris = [{"uri": "hf://acme/base"}, {"uri": "s3://b/adapter", "mountPath": "/mnt/adapters"}]
    spec = {
        "predictor": {"containers": [CONTAINER]},
        component: {"containers": [CONTAINER], "storageUris": uris},
    }
    found = [model for model in models(seen(read, service(spec))) if "storageUris" in model[0]]
    assert [(model[0], model[1]) for model in found] == [
        (f"{component}.storageUris[0]", "hf://acme/base"),
        (f"{component}.storageUris[1]", "s3://b/adapter"),
    ]


def test_bypass_07_a_runtime_is_a_reference_and_gated_itself(read: Read, service: Make) -> None:
    workload = seen(read, service({"predictor": {"model": SKLEARN | {"runtime": "ours"}}}))
    assert references(workload) == [("ServingRuntime", "ours", "spec.predictor.model.runtime")]
    for kind in ("ServingRuntime", "ClusterServingRuntime", "LLMInferenceServiceConfig"):
        row = find_kind("serving.kserve.io", kind)
        assert row is not None
        assert (row.webhook, row.runtime) == ("models", True)


def test_bypass_12_the_same_kind_of_another_group_is_not_ours(read: Read) -> None:
    spec = {"predictor": {"model": SKLEARN}}
    other = of_kind("InferenceService", spec) | {"apiVersion": "serving.example.com/v1beta1"}
    assert read(other).workload is None
    assert find_kind("ome.io", "InferenceService") is not find_kind("serving.kserve.io", "InferenceService")


def test_bypass_13_a_version_that_is_served_no_more_is_refused(read: Read) -> None:
    spec = {"default": {"predictor": {"sklearn": {"storageUri": "s3://b/old"}}}}
    workload = seen(read, of_kind("InferenceService", spec, "v1alpha2"))
    assert [model.uri for model in workload.models] == ["s3://b/old"]
    assert ("apiVersion", "version v1alpha2 of InferenceService is not known to the reader") in messages(
        workload
    )


@pytest.mark.parametrize("uri", ["oci://registry.example.com/m:1", "pvc://claim/m", "s3://b/m"])
def test_bypass_14_confidential_loading_is_told_beside_the_address(
    read: Read, service: Make, uri: str
) -> None:
    given = {"enabled": True, "resourceId": "kbs:///default/key/1"}
    predictor = {"model": SKLEARN | {"storageUri": uri, "confidential": given}}
    workload = seen(read, service({"predictor": predictor}))
    assert workload.models[0].scheme == uri.partition("://")[0]
    found = workload.features.confidential
    assert (found.enabled, found.resource_id, found.path) == (
        True,
        "kbs:///default/key/1",
        "spec.predictor.model.confidential",
    )


@pytest.mark.parametrize(
    ("spec", "scope", "path"),
    [
        ({}, "cluster", "metadata.labels"),
        ({"hostNetwork": True}, "external", "spec.predictor.hostNetwork"),
    ],
)
def test_a_port_of_the_host_reaches_further_than_a_label_says(
    read: Read, service: Make, spec: Json, scope: str, path: str
) -> None:
    labels = {"networking.kserve.io/visibility": "cluster-local"}
    workload = seen(read, service({"predictor": {"model": SKLEARN, **spec}}, labels=labels))
    assert (workload.exposure.scope, workload.exposure.path) == (scope, path)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"predictor": ["model"]}, "spec.predictor"),
        ({"predictor": {"model": "sklearn"}}, "spec.predictor.model"),
        ({"predictor": {"model": {"storageUri": 7}}}, "spec.predictor.model.storageUri"),
        ({"predictor": {"model": SKLEARN, "storageUris": {"uri": "s3://b/m"}}}, "spec.predictor.storageUris"),
        ({"predictor": {"model": SKLEARN, "logger": "http://x"}}, "spec.predictor.logger"),
        ({"predictor": {"model": SKLEARN}, "canary": {"predictor": {}}}, "spec.canary"),
        ({"predictor": {"model": SKLEARN | {"runtime": ["a"]}}}, "spec.predictor.model.runtime"),
    ],
)
def test_a_field_of_the_wrong_type_is_a_problem(read: Read, service: Make, spec: Json, path: str) -> None:
    assert path in {problem.path for problem in seen(read, service(spec)).problems}


# LLMInferenceService


@pytest.mark.parametrize("version", ["v1alpha1", "v1alpha2"])
def test_every_pod_of_a_language_model_service_is_read(read: Read, version: str) -> None:
    pod = {"containers": [CONTAINER], "serviceAccountName": "llm"}
    spec = {
        "labels": {"role": "decode"},
        "template": pod,
        "worker": pod,
        "prefill": {"template": pod, "worker": pod, "labels": {"role": "prefill"}},
        "router": {
            "scheduler": {"template": pod, "tokenizer": {"template": pod}, "labels": {"role": "pick"}}
        },
        "baseRefs": [{"name": "base"}, {"name": "more"}],
    }
    workload = seen(read, llm(spec, version))
    assert models(workload) == [("predictor", "hf://acme/chat", "primary", "spec.model.uri")]
    assert workload.models[0].name == "acme/chat"
    places = [
        ("spec.template", "decode"),
        ("spec.worker", "decode"),
        ("spec.prefill.template", "prefill"),
        ("spec.prefill.worker", "prefill"),
        ("spec.router.scheduler.template", "pick"),
        ("spec.router.scheduler.tokenizer.template", "pick"),
    ]
    assert images(workload) == [(f"{path}.containers[0]", "server", IMAGE) for path, _ in places]
    assert [(pod.path, pod.labels["role"]) for pod in workload.pods] == places
    assert {pod.service_account_name for pod in workload.pods} == {"llm"}
    assert {pod.labels["app.kubernetes.io/name"] for pod in workload.pods} == {"churn"}
    assert references(workload) == [
        ("LLMInferenceServiceConfig", "base", "spec.baseRefs[0].name"),
        ("LLMInferenceServiceConfig", "more", "spec.baseRefs[1].name"),
    ]
    assert workload.problems == ()


def test_bypass_03_adapters_are_models_however_deep_they_stand(read: Read) -> None:
    inner = {"name": "inner", "uri": "hf://acme/inner"}
    outer = {"name": "sql", "uri": "s3://b/sql", "lora": {"adapters": [inner, {"uri": "pvc://claim/x"}]}}
    workload = seen(read, llm({"model": {"uri": "hf://acme/chat", "lora": {"adapters": [outer]}}}))
    assert models(workload)[1:] == [
        ("adapter:sql", "s3://b/sql", "adapter", "spec.model.lora.adapters[0].uri"),
        (
            "adapter:inner",
            "hf://acme/inner",
            "adapter",
            "spec.model.lora.adapters[0].lora.adapters[0].uri",
        ),
        (
            "adapter:spec.model.lora.adapters[0].lora.adapters[1].uri",
            "pvc://claim/x",
            "adapter",
            "spec.model.lora.adapters[0].lora.adapters[1].uri",
        ),
    ]


@pytest.mark.parametrize("adapters", ["hf://acme/x", {"uri": "hf://acme/x"}, ["hf://acme/x"]])
def test_adapters_nobody_checks_the_form_of_are_a_problem_in_any_other(read: Read, adapters: Any) -> None:
    workload = seen(read, llm({"model": {"uri": "hf://acme/chat", "lora": {"adapters": adapters}}}))
    assert any(path.startswith("spec.model.lora.adapters") for path, _ in messages(workload))


def test_bypass_03_adapters_that_callers_may_load_are_a_feature(read: Read) -> None:
    env = [{"name": "VLLM_ALLOW_RUNTIME_LORA_UPDATING", "value": "True"}]
    workload = seen(read, llm({"template": {"containers": [CONTAINER | {"env": env}]}}))
    assert workload.features.runtime_lora.enabled


@pytest.mark.parametrize(
    ("router", "scope", "path"),
    [
        ({}, "cluster", None),
        ({"scheduler": {}}, "cluster", None),
        ({"route": {}}, "unknown", "spec.router.route"),
        ({"gateway": {"refs": [{"name": "edge", "namespace": "infra"}]}}, "unknown", "spec.router.gateway"),
        ({"ingress": {}}, "unknown", "spec.router.ingress"),
    ],
)
def test_a_route_a_gateway_or_an_ingress_opens_the_service(
    read: Read, router: Json, scope: str, path: str | None
) -> None:
    workload = seen(read, llm({"router": router}))
    assert (workload.exposure.scope, workload.exposure.path) == (scope, path)


MIRROR: Json = {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "copy"}}}


@pytest.mark.parametrize(
    ("route", "strategy"),
    [
        ({"http": {"spec": {"rules": [{"backendRefs": [{"name": "a", "weight": 1}]}]}}}, "none"),
        ({"http": {"spec": {"rules": [{"backendRefs": [{"name": "a"}, {"name": "b"}]}]}}}, "unknown"),
        ({"group": "chat", "weight": 5}, "unknown"),
        ({"http": {"spec": {"rules": [{"filters": [MIRROR]}]}}}, "shadow"),
        ({"http": {"spec": {"rules": [{"backendRefs": [{"name": "a", "filters": [MIRROR]}]}]}}}, "shadow"),
    ],
)
def test_a_route_that_splits_traffic_with_others_promises_no_share(
    read: Read, route: Json, strategy: str
) -> None:
    rollout = seen(read, llm({"router": {"route": route}})).rollout
    assert (rollout.strategy, rollout.canary_percent) == (strategy, None)


def test_a_cache_on_a_volume_and_the_receiver_of_traces_are_read(read: Read) -> None:
    tiers = [
        {"fileSystem": {"pvc": {"ref": {"name": "shared", "path": "kv"}}}},
        {"fileSystem": {"pvc": {"spec": {"storageClassName": "fast"}}}},
        {"fileSystem": {"emptyDir": {"size": "1Gi"}}},
    ]
    offloading = {"cpu": "10Gi", "secondary": tiers}
    spec = {
        "kvCacheOffloading": offloading,
        "prefill": {"kvCacheOffloading": offloading},
        "tracing": {"exporterEndpoint": "http://otel.team:4317"},
    }
    workload = seen(read, llm(spec))
    assert [(item.claim_name, item.storage_class_name, item.holds_model) for item in workload.volumes] == [
        ("shared", None, False),
        (None, "fast", False),
    ] * 2
    assert endpoints(workload) == [("other", "http://otel.team:4317", "spec.tracing.exporterEndpoint")]
    assert workload.problems == ()


def test_bypass_14_confidential_loading_is_a_matter_of_the_newer_version(read: Read) -> None:
    model = {"uri": "pvc://claim/chat", "confidential": {"enabled": True}}
    workload = seen(read, llm({"model": model}))
    assert workload.features.confidential.path == "spec.model.confidential"
    assert [(item.claim_name, item.holds_model) for item in workload.volumes] == [("claim", True)]


@pytest.mark.parametrize("version", ["v1alpha1", "v1alpha2"])
def test_a_config_is_a_template_with_the_parts_of_a_service(read: Read, version: str) -> None:
    spec = {"template": {"containers": [CONTAINER]}, "router": {"gateway": {}, "route": {}}}
    workload = seen(read, of_kind("LLMInferenceServiceConfig", spec, version))
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert images(workload) == [("spec.template.containers[0]", "server", IMAGE)]
    assert workload.exposure.scope == "unknown"
    assert workload.problems == ()


# Runtimes, graphs, caches and the rest


@pytest.mark.parametrize("kind", ["ServingRuntime", "ClusterServingRuntime"])
def test_a_runtime_is_read_with_its_workers(read: Read, kind: str) -> None:
    spec = {
        "supportedModelFormats": [{"name": "sklearn", "autoSelect": True}],
        "containers": [CONTAINER | {"args": ["--model_name={{.Name}}"]}],
        "volumes": [{"name": "cache", "emptyDir": {}}],
        "nodeSelector": {"pool": "gpu"},
        "labels": {"team": "risk"},
        "storageHelper": {"disabled": False},
        "workerSpec": {"containers": [CONTAINER | {"name": "worker"}]},
        "builtInAdapter": {"serverType": "mlserver", "env": [{"name": "ADAPTER", "value": "1"}]},
    }
    workload = seen(read, of_kind(kind, spec))
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert images(workload) == [
        ("spec.containers[0]", "server", IMAGE),
        ("spec.workerSpec.containers[0]", "server", IMAGE),
    ]
    assert [env.name for env in workload.containers[0].env] == ["ADAPTER"]
    assert (workload.pods[0].labels, workload.pods[0].node_selector) == ({"team": "risk"}, {"pool": "gpu"})
    assert [volume.name for volume in workload.volumes] == ["cache"]
    assert workload.problems == ()


def test_bypass_10_a_step_of_a_graph_may_leave_the_cluster(read: Read) -> None:
    nodes = {
        "root": {
            "routerType": "Splitter",
            "steps": [
                {"serviceName": "old", "weight": 80},
                {"serviceUrl": "https://models.example.com/v1", "weight": 20},
                {"nodeName": "second"},
            ],
        },
        "second": {"routerType": "Sequence", "steps": [{"serviceUrl": "http://new.team.svc/predict"}]},
    }
    spec = {"nodes": nodes, "serviceAccountName": "graph", "nodeSelector": {"pool": "cpu"}}
    workload = seen(read, of_kind("InferenceGraph", spec))
    assert (workload.is_route, workload.serves_model) == (True, False)
    assert [(item.purpose, item.host, item.cluster_local, item.tls) for item in workload.endpoints] == [
        ("graphStep", "models.example.com", False, True),
        ("graphStep", "new.team.svc", True, False),
    ]
    assert workload.endpoints[0] == Endpoint(
        uri="https://models.example.com/v1",
        scheme="https",
        host="models.example.com",
        cluster_local=False,
        tls=True,
        purpose="graphStep",
        path="spec.nodes.root.steps[1].serviceUrl",
    )
    pod = workload.pods[0]
    assert (pod.service_account_name, pod.node_selector) == ("graph", {"pool": "cpu"})
    assert pod.labels == {"serving.kserve.io/inferencegraph": "churn"}
    assert (workload.rollout.strategy, workload.rollout.canary_percent) == ("canary", 20)
    assert (workload.exposure.scope, workload.problems) == ("unknown", ())


@pytest.mark.parametrize(
    ("nodes", "path"),
    [
        ([], "spec.nodes"),
        ({"root": []}, "spec.nodes.root"),
        ({"root": {"steps": {"serviceUrl": "http://x"}}}, "spec.nodes.root.steps"),
        ({"root": {"steps": [{"serviceUrl": {}}]}}, "spec.nodes.root.steps[0].serviceUrl"),
    ],
)
def test_a_graph_of_the_wrong_form_is_a_problem(read: Read, nodes: Any, path: str) -> None:
    workload = seen(read, of_kind("InferenceGraph", {"nodes": nodes}))
    assert path in {problem.path for problem in workload.problems}


def test_bypass_09_a_model_for_a_server_that_runs_is_a_model(read: Read) -> None:
    model = {"framework": "sklearn", "storageUri": "gs://b/m", "memory": "1Gi"}
    workload = seen(read, of_kind("TrainedModel", {"inferenceService": "multi", "model": model}))
    assert models(workload) == [("model", "gs://b/m", "primary", "spec.model.storageUri")]
    assert (workload.models[0].format, workload.models[0].name) == ("sklearn", "churn")
    assert references(workload) == [("InferenceService", "multi", "spec.inferenceService")]
    assert (workload.pods, workload.problems) == ((), ())


def test_a_server_that_is_only_joined_brings_nothing(read: Read) -> None:
    spec = {"inferenceService": "multi", "model": {"storageUri": "gs://b/m"}}
    server = {"spec": {"predictor": {"model": SKLEARN}}}
    reference = ResolvedReference(
        api_version="serving.kserve.io/v1beta1",
        kind="InferenceService",
        namespace="team",
        name="multi",
        status="found",
        object=server,
    )
    found = complete(read(of_kind("TrainedModel", spec)), Evidence(references=(reference,))).workload
    assert found is not None
    assert [model.uri for model in found.models] == ["gs://b/m"]
    assert [item.status for item in found.references] == ["found"]


def test_the_volumes_of_a_group_of_nodes_are_those_of_the_cache(read: Read) -> None:
    spec = {"sourceModelUri": "s3://b/m", "nodeGroups": ["gpu"]}
    group = {"spec": {"persistentVolumeClaimSpec": {"storageClassName": "local"}}}
    reference = ResolvedReference(
        api_version="serving.kserve.io/v1alpha1",
        kind="LocalModelNodeGroup",
        namespace=None,
        name="gpu",
        status="found",
        object=group,
    )
    found = complete(read(of_kind("LocalModelCache", spec)), Evidence(references=(reference,))).workload
    assert found is not None
    assert [(item.kind, item.storage_class_name, item.holds_model) for item in found.volumes] == [
        ("pvc", "local", True)
    ]
    assert found.problems == ()


@pytest.mark.parametrize("kind", ["LocalModelCache", "LocalModelNamespaceCache"])
def test_bypass_09_a_model_that_is_laid_on_nodes_is_a_model(read: Read, kind: str) -> None:
    spec = {
        "sourceModelUri": "s3://b/m",
        "modelSize": "10Gi",
        "nodeGroups": ["gpu"],
        "serviceAccountName": "reader",
        "storage": {"key": "minio", "parameters": {"type": "s3", "endpoint_url": "http://store.example.com"}},
    }
    workload = seen(read, of_kind(kind, spec))
    assert workload.serves_model
    assert models(workload) == [("model", "s3://b/m", "primary", "spec.sourceModelUri")]
    assert endpoints(workload) == [
        ("other", "http://store.example.com", "spec.storage.parameters.endpoint_url")
    ]
    assert references(workload) == [("LocalModelNodeGroup", "gpu", "spec.nodeGroups[0]")]
    assert workload.problems == ()


def test_a_group_of_nodes_says_on_which_volumes_models_lie(read: Read) -> None:
    spec = {
        "storageLimit": "1Ti",
        "persistentVolumeSpec": {"hostPath": {"path": "/models"}, "storageClassName": "local"},
        "persistentVolumeClaimSpec": {"storageClassName": "local"},
    }
    workload = seen(read, of_kind("LocalModelNodeGroup", spec))
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert [(item.kind, item.storage_class_name, item.holds_model) for item in workload.volumes] == [
        ("pvc", "local", True),
        ("hostPath", None, True),
    ]
    assert (workload.pods, workload.problems) == ((), ())


def test_the_container_that_downloads_is_read(read: Read) -> None:
    env = [{"name": "HF_ENDPOINT", "value": "http://mirror.example.com"}]
    spec = {
        "container": CONTAINER | {"name": "storage-initializer", "env": env},
        "supportedUriFormats": [{"prefix": "model-registry://"}, {"regex": "https://(.+)"}],
        "workloadType": "initContainer",
    }
    workload = seen(read, of_kind("ClusterStorageContainer", spec))
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert images(workload) == [("spec.container", "init", IMAGE)]
    assert endpoints(workload) == [("other", "http://mirror.example.com", "spec.container.env[0]")]
    assert workload.problems == ()


@pytest.mark.parametrize(
    ("given", "image"),
    [
        ({"image": "registry.example.com/m:1"}, "registry.example.com/m:latest"),
        ({"image": "registry.example.com:5000/m"}, "registry.example.com:5000/m:latest"),
        ({"image": IMAGE}, IMAGE),
        ({}, None),
    ],
)
def test_a_version_of_the_runtime_is_the_tag_of_its_image(
    read: Read, service: Make, given: Json, image: str | None
) -> None:
    model = SKLEARN | {"runtimeVersion": "latest", "args": ["--x"]} | given
    assert images(seen(read, service({"predictor": {"model": model}}))) == [
        ("spec.predictor.model", "server", image)
    ]


def test_a_version_of_the_runtime_is_the_tag_of_its_image_wherever_that_is_named(
    read: Read, service: Make
) -> None:
    runtime = {"containers": [{"name": "kserve-container", "image": "registry.example.com/m:1"}]}
    reference = ResolvedReference(
        api_version="serving.kserve.io/v1alpha1",
        kind="ServingRuntime",
        namespace="team",
        name="ours",
        status="found",
        object={"spec": runtime},
    )
    model = SKLEARN | {"runtime": "ours", "runtimeVersion": "latest"}
    found = complete(read(service({"predictor": {"model": model}})), Evidence(references=(reference,)))
    assert found.workload is not None
    assert [item.image.tag for item in found.workload.containers] == ["latest"]


def test_what_a_variable_adds_to_the_arguments_is_read(read: Read) -> None:
    env = [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--model 'acme/other' --trust-remote-code"}]
    workload = seen(read, llm({"template": {"containers": [CONTAINER | {"env": env}]}}))
    assert models(workload)[1:] == [
        ("container:main", "hf://acme/other", "primary", "spec.template.containers[0].env[0]")
    ]
    assert workload.features.trust_remote_code.enabled


@pytest.mark.parametrize(("enabled", "told"), [(True, False), (False, True)])
def test_a_loader_that_is_off_leaves_open_what_is_loaded(read: Read, *, enabled: bool, told: bool) -> None:
    spec = {"storageInitializer": {"enabled": enabled}, "template": {"containers": [CONTAINER]}}
    path = "spec.storageInitializer.enabled"
    assert [problem[0] for problem in messages(seen(read, llm(spec)))] == [path] * told


def test_a_loader_that_is_off_is_no_problem_where_a_volume_holds_the_model(read: Read) -> None:
    pod = {
        "containers": [CONTAINER | {"volumeMounts": [{"name": "m", "mountPath": "/mnt/models"}]}],
        "volumes": [{"name": "m", "persistentVolumeClaim": {"claimName": "weights"}}],
    }
    workload = seen(read, llm({"storageInitializer": {"enabled": False}, "template": pod}))
    assert [model.uri for model in workload.models] == ["hf://acme/chat", "pvc://weights"]
    assert workload.problems == ()


def test_the_place_of_a_model_that_is_named_elsewhere_is_no_model_of_its_own(read: Read) -> None:
    command = ["bash", "-c", "python -m huggingfaceserver --model_dir=${MODEL_DIR}"]
    given = seen(read, of_kind("ServingRuntime", {"containers": [CONTAINER | {"command": command}]}))
    assert given.models == ()
    env = [{"name": "MODEL_DIR", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}}]
    spec = {"containers": [CONTAINER | {"command": command, "env": env}]}
    assert "${MODEL_DIR}" in {model.uri for model in seen(read, of_kind("ServingRuntime", spec)).models}


@pytest.mark.parametrize("kind", ["ServingRuntime", "ClusterServingRuntime"])
@pytest.mark.parametrize(
    ("arg", "serves"),
    [
        ("--model_id=acme/chat", True),
        ("--model_id=s3://b/m", True),
        ("--model_dir=/mnt/models", False),
        ("--model_id={{.Name}}", False),
        ("--model_name={{.Name}}", False),
    ],
)
def test_bypass_07_a_runtime_that_names_a_model_serves_it(
    read: Read, kind: str, arg: str, *, serves: bool
) -> None:
    server = {"name": "kserve-container", "image": "kserve/huggingfaceserver:v1", "args": [arg]}
    workload = seen(read, of_kind(kind, {"containers": [server]}))
    assert (workload.is_runtime, workload.serves_model) == (True, serves)


def test_bypass_07_a_config_that_names_a_model_serves_it(read: Read) -> None:
    workload = seen(read, of_kind("LLMInferenceServiceConfig", {"model": {"uri": "hf://acme/chat"}}))
    assert (workload.is_runtime, workload.serves_model) == (True, True)


RESERVED = "is for the platform alone to write"
CACHED = {
    "internal.serving.kserve.io/localmodel-pvc-name": "weights",
    "internal.serving.kserve.io/localmodel-sourceuri": "s3://models/churn",
}
SINK = {"internal.serving.kserve.io/logger-sink-url": "http://elsewhere.example.com"}


@pytest.mark.parametrize("place", ["predictor", "transformer", "explainer", "canary"])
@pytest.mark.parametrize("key", ["labels", "annotations"])
def test_what_only_the_platform_writes_is_a_problem_in_a_component(
    read: Read, service: Make, place: str, key: str
) -> None:
    component = {"model": SKLEARN, key: CACHED}
    spec: Json = {"predictor": {"model": SKLEARN}}
    spec[place] = [{"predictor": component}] if place == "canary" else component
    found = messages(seen(read, service(spec)))
    path = "spec.canary[0].predictor" if place == "canary" else f"spec.{place}"
    assert [item for item in found if item[1] == RESERVED] == [
        (f"{path}.{key}['{name}']", RESERVED) for name in CACHED
    ]


@pytest.mark.parametrize(
    ("model", "annotations", "told"),
    [
        (SKLEARN, CACHED, 0),
        ({"storage": {"key": "k", "path": "p"}}, CACHED, 2),
        (SKLEARN, SINK, 1),
        (SKLEARN, {"serving.kserve.io/deploymentMode": "Standard"}, 0),
    ],
)
def test_of_the_metadata_the_platform_writes_what_it_knows_of_its_cache(
    read: Read, service: Make, model: Json, annotations: Json, told: int
) -> None:
    workload = seen(read, service({"predictor": {"model": model}}, annotations=annotations))
    assert len([1 for _, message in messages(workload) if message == RESERVED]) == told


@pytest.mark.parametrize(("uri", "told"), [("hf://acme/chat", 0), (None, 2)])
def test_a_language_model_service_is_told_of_the_cache_by_its_address(
    read: Read, uri: str | None, told: int
) -> None:
    model = {"name": "chat"} | ({"uri": uri} if uri else {})
    workload = seen(read, llm({"model": model, "baseRefs": [{"name": "b"}]}, annotations=CACHED))
    assert len([1 for _, message in messages(workload) if message == RESERVED]) == told


@pytest.mark.parametrize("kind", ["ServingRuntime", "ClusterServingRuntime", "LLMInferenceServiceConfig"])
def test_what_only_the_platform_writes_is_a_problem_in_a_template(read: Read, kind: str) -> None:
    workload = seen(read, of_kind(kind, {"annotations": SINK}, "v1alpha1"))
    assert messages(workload) == [(f"spec.annotations['{name}']", RESERVED) for name in SINK]


@pytest.mark.parametrize("source", ["configMapKeyRef", "secretKeyRef"])
def test_arguments_that_stand_in_another_object_are_a_problem(read: Read, source: str) -> None:
    env = [{"name": "VLLM_ADDITIONAL_ARGS", "valueFrom": {source: {"name": "more", "key": "args"}}}]
    workload = seen(read, llm({"template": {"containers": [CONTAINER | {"env": env}]}}))
    assert messages(workload) == [
        ("spec.template.containers[0].env", "takes arguments from an object that is not read")
    ]


@pytest.mark.parametrize(
    ("uri", "told"), [("hf://acme/draft", True), ("s3://b/m", True), ("https://example.com/x", False)]
)
def test_an_address_of_a_store_in_an_unknown_field_is_a_model(read: Read, uri: str, *, told: bool) -> None:
    workload = seen(read, llm({"speculation": {"model": {"uri": uri}}}))
    assert ("spec.speculation.model.uri" in [path for path, _ in messages(workload)]) is told
    assert (uri in [model.uri for model in workload.models]) is told


@pytest.mark.parametrize(
    "uri", ["s3://b/k?versionId=v1", "gs://b/k#12345", "https://a.blob.core.windows.net/c/m?versionid=v"]
)
def test_a_version_that_the_storage_initializer_ignores_pins_nothing(read: Read, uri: str) -> None:
    sklearn: Json = {"modelFormat": {"name": "sklearn"}, "storageUri": uri}
    forms = [
        of_kind("InferenceService", {"predictor": {"model": sklearn}}, "v1beta1"),
        of_kind("InferenceService", {"predictor": {"sklearn": {"storageUri": uri}}}, "v1beta1"),
        of_kind(
            "InferenceService",
            {
                "predictor": {
                    "containers": [{**CONTAINER, "env": [{"name": "STORAGE_URI", "value": uri}]}],
                }
            },
            "v1beta1",
        ),
        llm({"model": {"uri": uri, "name": "chat"}}),
        of_kind("LocalModelCache", {"sourceModelUri": uri, "modelSize": "1Gi", "nodeGroups": []}),
    ]
    for obj in forms:
        found = seen(read, obj).models
        assert [(model.uri, model.immutable) for model in found] == [(uri, False)], obj["kind"]
        assert found[0].revision is not None


@pytest.mark.parametrize("uri", ["hf://acme/chat:" + "a" * 40, "oci://r.io/m@sha256:" + "c" * 64])
def test_what_the_storage_initializer_takes_by_commit_or_digest_is_pinned(read: Read, uri: str) -> None:
    (model,) = seen(read, llm({"model": {"uri": uri, "name": "chat"}})).models
    assert model.immutable
