"""llm-d: a service whose model stands in a field of its own, beside the containers it overrides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

DECODE: Json = {
    "replicas": 2,
    "containers": [
        {
            "name": "vllm",
            "image": "ghcr.io/llm-d/llm-d-cuda:v1",
            "args": ["--enable-lora", "--lora-modules", "tone=acme/tone"],
        }
    ],
    "initContainers": [{"name": "proxy", "image": "ghcr.io/llm-d/routing-sidecar:v1"}],
}
SPEC: Json = {
    "baseConfigMapRef": {"name": "basic-gpu"},
    "routing": {"modelName": "drafts"},
    "modelArtifacts": {"uri": "hf://acme/drafts", "authSecretName": "hub"},
    "decode": DECODE,
    "prefill": {"containers": [{"name": "vllm", "command": ["vllm", "serve", "acme/other"]}]},
}


def service(**spec: Any) -> Json:
    return {
        "apiVersion": "llm-d.ai/v1alpha1",
        "kind": "ModelService",
        "metadata": {"name": "drafts", "namespace": "ns"},
        "spec": spec,
    }


def test_the_model_and_the_containers_of_both_halves_are_read(read: Read) -> None:
    found = read(service(**SPEC))
    workload = found.workload

    assert workload is not None
    assert workload.serves_model
    assert [(model.uri, model.role, model.path) for model in workload.models] == [
        ("hf://acme/drafts", "primary", "spec.modelArtifacts.uri"),
        ("hf://acme/tone", "adapter", "spec.decode.containers[0].args[1]"),
        ("hf://acme/other", "primary", "spec.prefill.containers[0].command[2]"),
    ]
    assert [(item.name, item.role) for item in workload.containers] == [
        ("vllm", "server"),
        ("proxy", "init"),
        ("vllm", "server"),
    ]
    assert [volume.secret_name for volume in workload.volumes] == ["hub"]
    assert [reference.name for reference in found.lookups.references] == ["basic-gpu"]
    assert workload.exposure.scope == "unknown"


def test_an_address_of_a_wrong_type_is_a_problem_with_its_path(read: Read) -> None:
    workload = read(service(modelArtifacts={"uri": 3}, decode={"containers": "vllm"})).workload

    assert workload is not None
    assert {"spec.modelArtifacts.uri", "spec.decode.containers"} <= {item.path for item in workload.problems}
