"""Objects a workload takes its pods from: only the component that names one is merged with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import ResolvedReference
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds import table
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import gated_kinds
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.related.runtimes import resolve

Object = dict[str, Any]
Read = Callable[..., Extraction]
Service = Callable[..., Object]


def found(name: str, spec: Any) -> ResolvedReference:
    return ResolvedReference(
        api_version="serving.kserve.io/v1alpha1",
        kind="ServingRuntime",
        namespace="team",
        name=name,
        status="found",
        object={"spec": spec},
    )


def manifest_of(read: Read, obj: Object) -> Manifest:
    manifest = read(obj).manifest
    assert manifest is not None
    return manifest


def images(manifest: Manifest) -> set[tuple[str, str | None]]:
    return {(slot.path, slot.image) for slot in manifest.slots}


def test_each_component_gets_the_runtime_it_names(read: Read, service: Service) -> None:
    spec = {
        "predictor": {"model": {"storageUri": "s3://b/1", "runtime": "one"}},
        "canary": [{"predictor": {"model": {"storageUri": "s3://b/2", "runtime": "two"}}}],
        "transformer": {"containers": [{"name": "t", "image": "t:1"}]},
    }
    runtimes = tuple(
        found(name, {"containers": [{"name": "kserve-container", "image": f"{name}:1"}]})
        for name in ("one", "two")
    )

    resolved = resolve(manifest_of(read, service(spec)), runtimes)

    assert images(resolved) == {
        ("ServingRuntime/one.spec.containers[0]", "one:1"),
        ("ServingRuntime/two.spec.containers[0]", "two:1"),
        ("spec.transformer.containers[0]", "t:1"),
    }


def test_further_nodes_of_a_canary_s_runtime_are_the_canary_s(read: Read, service: Service) -> None:
    spec = {
        "predictor": {"model": {"storageUri": "s3://b/1"}},
        "canary": [{"predictor": {"model": {"storageUri": "s3://b/2", "runtime": "two"}}}],
    }
    runtime = found(
        "two", {"workerSpec": {"containers": [{"name": "w", "image": "w:1", "args": ["--model=acme/x"]}]}}
    )

    resolved = resolve(manifest_of(read, service(spec)), (runtime,))

    assert ("ServingRuntime/two.spec.workerSpec.containers[0]", "w:1") in images(resolved)
    assert ("canary[0].worker", "hf://acme/x") in {(model.id, model.uri) for model in resolved.models}


def test_the_order_of_found_and_missing_does_not_matter(read: Read, service: Service) -> None:
    manifest = manifest_of(
        read, service({"predictor": {"model": {"storageUri": "s3://b/1", "runtime": "one"}}})
    )
    runtime = found("one", {"hostPID": True})
    missing = runtime.model_copy(
        update={"status": "missing", "object": None, "kind": "ClusterServingRuntime"}
    )

    resolved = [resolve(manifest, pair) for pair in ((runtime, missing), (missing, runtime))]

    assert [item.references[0].status for item in resolved] == ["found", "found"]
    assert all(item.pods[0].template.host_pid for item in resolved)


def test_a_component_whose_models_have_no_id_is_merged_all_the_same(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Kind.model_validate(
        {
            "group": "example.com",
            "kind": "Runner",
            "resource": "runners",
            "versions": ["v1"],
            "webhook": "models",
            "serves": True,
            "components": [
                {
                    "path": "spec",
                    "references": [
                        {
                            "path": "template",
                            "kinds": [
                                {
                                    "apiVersion": "serving.kserve.io/v1alpha1",
                                    "kind": "ServingRuntime",
                                    "namespaced": True,
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    )
    rows = gated_kinds() | {("example.com", "Runner"): row}
    monkeypatch.setattr(table, "gated_kinds", lambda: rows)
    obj = {"apiVersion": "example.com/v1", "kind": "Runner", "metadata": {}, "spec": {"template": "one"}}
    nodes = {"containers": [{"name": "w", "image": "w:1", "args": ["--model=acme/w"]}]}
    main = {"containers": [{"name": "x", "image": "x:1", "args": ["--model=acme/x"]}]}
    runtime = found("one", main | {"workerSpec": nodes})

    resolved = resolve(manifest_of(read, obj), (runtime,))

    assert images(resolved) == {
        ("ServingRuntime/one.spec.containers[0]", "x:1"),
        ("ServingRuntime/one.spec.workerSpec.containers[0]", "w:1"),
    }
    assert [model.uri for model in resolved.models] == ["hf://acme/x", "hf://acme/w"]


def test_what_a_runtime_switches_on_opens_and_calls_the_service_does(read: Read, service: Service) -> None:
    container = {
        "name": "kserve-container",
        "image": "vllm/vllm-openai:v1",
        "args": ["--trust-remote-code"],
        "env": [{"name": "HF_ENDPOINT", "value": "http://mirror.example.com"}],
        "ports": [{"containerPort": 8080, "hostPort": 8080}],
    }
    spec = {"predictor": {"model": {"storageUri": "s3://b/1", "runtime": "one"}}}
    labels = {"networking.kserve.io/visibility": "cluster-local"}

    resolved = resolve(
        manifest_of(read, service(spec, labels=labels)), (found("one", {"containers": [container]}),)
    )

    path = "ServingRuntime/one.spec.containers[0]"
    assert resolved.features.trust_remote_code.path == f"{path}.args[0]"
    assert (resolved.exposure.scope, resolved.exposure.path) == ("external", f"{path}.ports")
    assert [(item.uri, item.path) for item in resolved.endpoints] == [
        ("http://mirror.example.com", f"{path}.env[0]")
    ]
