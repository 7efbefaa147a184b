"""vLLM production stack: engines, adapters, the router before them and the cache behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind

Json = dict[str, Any]
Read = Callable[..., Extraction]

COMMIT = "4" * 40
IMAGE: Json = {"registry": "docker.io", "name": "acme/vllm:1", "pullPolicy": "Always"}


def of_kind(kind: str, spec: Any, version: str = "v1alpha1") -> Json:
    return {
        "apiVersion": f"production-stack.vllm.ai/{version}",
        "kind": kind,
        "metadata": {"name": "drafts"},
        "spec": spec,
    }


def runtime(
    url: Any = "acme/drafts", deployment: Json | None = None, config: Json | None = None, **fields: Any
) -> Json:
    model = fields.pop("model", {})
    return of_kind(
        "VLLMRuntime",
        {
            "model": {"modelURL": url, **model},
            "vllmConfig": config or {},
            "deploymentConfig": {"image": IMAGE, "resources": {"gpu": "1"}, **(deployment or {})},
            **fields,
        },
    )


def adapter(**source: Any) -> Json:
    return of_kind("LoraAdapter", {"baseModel": "drafts", "adapterSource": {"adapterName": "tone", **source}})


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def test_bypass_06_an_image_in_parts_is_joined(read: Read) -> None:
    sidecar = {"enabled": True, "image": {"registry": "r.example.com", "name": "side:2"}, "command": ["run"]}
    workload = workload_of(read(runtime(deployment={"sidecarConfig": sidecar})))

    assert [(item.name, item.role, item.image.raw) for item in workload.containers] == [
        ("vllm", "server", "docker.io/acme/vllm:1"),
        ("sidecar", "sidecar", "r.example.com/side:2"),
    ]


def test_bypass_13_the_served_version_is_read_and_another_one_is_a_problem(read: Read) -> None:
    kinds = ("VLLMRuntime", "LoraAdapter", "VLLMRouter", "CacheServer")
    rows = [find_kind("production-stack.vllm.ai", kind) for kind in kinds]
    assert {row.versions for row in rows if row} == {("v1alpha1",)}

    obj = runtime() | {"apiVersion": "production-stack.vllm.ai/v1beta1"}
    workload = workload_of(read(obj))
    assert [problem.path for problem in workload.problems] == ["apiVersion"]
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]


@pytest.mark.parametrize(
    ("url", "args", "uri", "immutable"),
    [
        ("acme/drafts", [], "hf://acme/drafts", False),
        ("acme/drafts", ["--revision", COMMIT], f"hf://acme/drafts:{COMMIT}", True),
        ("acme/drafts", [f"--revision={COMMIT}", "--revision=main"], "hf://acme/drafts:main", False),
        ("s3://bucket/drafts", ["--revision", COMMIT], "s3://bucket/drafts", False),
        ("/data/drafts", [], "pvc://drafts/drafts", False),
        ("/elsewhere/drafts", [], "file:///elsewhere/drafts", False),
    ],
)
def test_the_model_is_the_one_its_address_leads_to(
    read: Read, url: str, args: list[str], uri: str, *, immutable: bool
) -> None:
    workload = workload_of(read(runtime(url, config={"extraArgs": args}, storageConfig={"enabled": True})))

    assert models(workload) == [("model", uri, "primary", "spec.model.modelURL")]
    assert (workload.models[0].immutable, workload.models[0].name) == (immutable, "drafts")
    assert (workload.serves_model, workload.exposure.scope, workload.problems) == (True, "cluster", ())


def test_arguments_and_variables_of_the_engine_are_read(read: Read) -> None:
    config = {
        "extraArgs": ["--model", "acme/other", "--lora-modules", "tone=acme/tone", "--trust-remote-code"],
        "env": [{"name": "A", "value": "b"}],
    }
    extraction = read(runtime(config=config, model={"hfTokenSecret": {"hfTokenSecretName": "hub"}}))

    workload = workload_of(extraction)
    assert [(model.uri, model.role) for model in workload.models] == [
        ("hf://acme/drafts", "primary"),
        ("hf://acme/other", "primary"),
        ("hf://acme/tone", "adapter"),
    ]
    assert workload.features.trust_remote_code.path == "spec.vllmConfig.extraArgs[4]"
    assert [(item.name, item.from_name) for item in workload.containers[0].env] == [
        ("HF_TOKEN", "hub"),
        ("A", None),
    ]
    assert extraction.lookups.secrets == ("hub",)


@pytest.mark.parametrize("enabled", [True, False])
def test_bypass_03_a_field_lets_callers_load_adapters(read: Read, *, enabled: bool) -> None:
    runtime_lora = workload_of(read(runtime(model={"enableLoRA": enabled}))).features.runtime_lora
    assert (runtime_lora.enabled, runtime_lora.path) == (
        enabled,
        "spec.model.enableLoRA" if enabled else None,
    )


def test_storage_and_cache_of_the_engine_are_read(read: Read) -> None:
    obj = runtime(
        storageConfig={"enabled": True, "storageClassName": "fast", "mountPath": "/weights"},
        lmCacheConfig={"enabled": True, "remoteUrl": "lm://cache.example.com:80"},
    )
    workload = workload_of(read(obj))

    assert [(item.name, item.storage_class_name, item.holds_model) for item in workload.volumes] == [
        ("drafts", "fast", True)
    ]
    assert [(item.uri, item.purpose, item.tls) for item in workload.endpoints] == [
        ("lm://cache.example.com:80", "cache", False)
    ]


def test_what_is_switched_off_is_not_there(read: Read) -> None:
    sidecar = {"enabled": False, "image": {"registry": "r.example.com", "name": "side:2"}}
    workload = workload_of(
        read(runtime(deployment={"sidecarConfig": sidecar}, storageConfig={"size": "1Gi"}))
    )

    assert [item.name for item in workload.containers] == ["vllm"]
    assert workload.volumes == ()


def test_settings_of_the_pods_are_read(read: Read) -> None:
    terms = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]
    deployment = {"runtimeClass": "sealed", "nodeSelectorTerms": terms}
    obj = runtime(deployment=deployment)
    obj["metadata"]["labels"] = {"team": "a"}
    (pod,) = workload_of(read(obj)).pods
    assert pod.labels == {"app": "drafts", "team": "a"}
    assert (pod.runtime_class_name, pod.node_selector) == ("sealed", {"zone": "a"})


@pytest.mark.parametrize(
    ("source", "uri", "path"),
    [
        ({"type": "huggingface", "repository": "acme/tone"}, "hf://acme/tone", "repository"),
        ({"type": "s3", "repository": "s3://bucket/tone"}, "s3://bucket/tone", "repository"),
        ({"type": "local", "adapterPath": "/data/tone"}, "file:///data/tone", "adapterPath"),
        # The path is loaded, whatever else is written beside it.
        (
            {"type": "huggingface", "repository": "acme/tone", "adapterPath": "/data/evil"},
            "file:///data/evil",
            "adapterPath",
        ),
    ],
)
def test_bypass_09_an_adapter_is_added_without_a_pod(read: Read, source: Json, uri: str, path: str) -> None:
    workload = workload_of(read(adapter(**source)))

    assert models(workload) == [("adapter:tone", uri, "adapter", f"spec.adapterSource.{path}")]
    assert (workload.serves_model, workload.containers, workload.pods) == (True, (), ())
    assert workload.problems == ()


def test_an_adapter_from_nowhere_is_a_problem(read: Read) -> None:
    workload = workload_of(read(adapter(type="huggingface")))
    assert [problem.path for problem in workload.problems] == ["spec"]


def test_bypass_10_a_router_calls_each_of_its_backends(read: Read) -> None:
    spec = {
        "image": IMAGE,
        "serviceDiscovery": "static",
        "staticBackends": "http://one.team.svc:8000, http://two.example.com",
        "serviceAccountName": "router",
        "extraArgs": ["--x"],
        "env": [{"name": "A", "value": "b"}],
        "vllmApiKeySecret": {"name": "key"},
    }
    workload = workload_of(read(of_kind("VLLMRouter", spec)))

    assert (workload.is_route, workload.serves_model, workload.models) == (True, False, ())
    assert [(item.uri, item.cluster_local, item.purpose) for item in workload.endpoints] == [
        ("http://one.team.svc:8000", True, "graphStep"),
        ("http://two.example.com", False, "graphStep"),
    ]
    (container,) = workload.containers
    assert (container.image.raw, container.args) == ("docker.io/acme/vllm:1", ("--x",))
    assert [(item.name, item.from_name) for item in container.env] == [("VLLM_API_KEY", "key"), ("A", None)]
    assert workload.pods[0].service_account_name == "router"


def test_a_cache_server_is_an_image_and_no_model(read: Read) -> None:
    workload = workload_of(read(of_kind("CacheServer", {"image": IMAGE, "port": 8000})))

    assert (workload.is_runtime, workload.serves_model, workload.problems) == (True, False, ())
    assert [item.image.raw for item in workload.containers] == ["docker.io/acme/vllm:1"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (runtime(["a"]), "spec.model.modelURL"),
        (runtime({"a": 1}), "spec.model.modelURL"),
        (runtime(deployment={"image": 3}), "spec.deploymentConfig.image"),
        (
            runtime(deployment={"image": {"registry": [], "name": "n"}}),
            "spec.deploymentConfig.image.registry",
        ),
        (runtime(config={"extraArgs": [1]}), "spec.vllmConfig.extraArgs[0]"),
        (runtime(config={"env": ["a"]}), "spec.vllmConfig.env[0]"),
        (
            runtime(model={"hfTokenSecret": {"hfTokenSecretName": 1}}),
            "spec.model.hfTokenSecret.hfTokenSecretName",
        ),
        (runtime(storageConfig=["a"]), "spec.storageConfig"),
        (runtime(lmCacheConfig={"remoteUrl": 1}), "spec.lmCacheConfig.remoteUrl"),
        (adapter(repository=["a"]), "spec.adapterSource.repository"),
        (of_kind("LoraAdapter", {"adapterSource": "a"}), "spec.adapterSource"),
        (of_kind("VLLMRouter", {"image": IMAGE, "staticBackends": ["http://a"]}), "spec.staticBackends"),
        (of_kind("CacheServer", "a"), "spec"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]
