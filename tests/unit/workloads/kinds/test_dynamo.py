"""Dynamo: services of a graph with one main container each, in both versions, and what leads to a graph."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]

COMMIT = "6" * 40
IMAGE = "nvcr.example.com/ai-dynamo/vllm-runtime:1"
MAIN: Json = {"image": IMAGE, "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "acme/drafts"]}
FRONTEND: Json = {"image": IMAGE, "command": ["python3", "-m", "dynamo.frontend"]}


def of_kind(kind: str, spec: Any, version: str = "v1alpha1") -> Json:
    return {"apiVersion": f"nvidia.com/{version}", "kind": kind, "metadata": {"name": "drafts"}, "spec": spec}


def service(main: Any = None, pod: Json | None = None, **fields: Any) -> Json:
    given = MAIN if main is None else main
    return {"componentType": "worker", "extraPodSpec": {"mainContainer": given, **(pod or {})}, **fields}


def graph(worker: Any = None, **fields: Any) -> Json:
    front = service(FRONTEND) | {"componentType": "frontend"}
    services = {"Frontend": front, "Worker": service() if worker is None else worker}
    return of_kind("DynamoGraphDeployment", {"services": services, **fields})


def components(*templates: Json, **fields: Any) -> Json:
    listed = [{"name": f"c{number}", "podTemplate": item} for number, item in enumerate(templates)]
    return of_kind("DynamoGraphDeployment", {"components": listed, **fields}, "v1beta1")


def template(*containers: Json, **spec: Any) -> Json:
    return {"spec": {"containers": list(containers), **spec}}


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def test_a_service_is_one_container_with_the_variables_beside_it(read: Read) -> None:
    main = {**MAIN, "env": [{"name": "OWN", "value": "1"}]}
    token = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "k"}}}
    worker = service(main, envs=[{"name": "BESIDE", "value": "2"}, token], envFromSecret="hub")
    extraction = read(graph(worker, envs=[{"name": "ALL", "value": "3"}]))

    workload = workload_of(extraction)
    place = "spec.services.Worker.extraPodSpec.mainContainer"
    assert [(item.name, item.role, item.image.raw, item.path) for item in workload.containers] == [
        ("main", "server", IMAGE, "spec.services.Frontend.extraPodSpec.mainContainer"),
        ("main", "server", IMAGE, place),
    ]
    assert [(item.name, item.path) for item in workload.containers[1].env] == [
        ("ALL", "spec.envs[0]"),
        ("BESIDE", "spec.services.Worker.envs[0]"),
        ("TOKEN", "spec.services.Worker.envs[1]"),
        ("OWN", f"{place}.env[0]"),
    ]
    assert [(item.kind, item.name, item.path) for item in workload.containers[1].env_from] == [
        ("secret", "hub", "spec.services.Worker.envFromSecret")
    ]
    assert extraction.lookups.secrets == ("hub", "keys")
    assert models(workload) == [("service:Worker", "hf://acme/drafts", "primary", f"{place}.args[0]")]
    assert (workload.serves_model, workload.exposure.scope, workload.problems) == (True, "cluster", ())


def test_variables_beside_the_container_name_the_model_too(read: Read) -> None:
    main = {"image": IMAGE, "command": ["sh", "-c"], "args": ["python3 -m dynamo.vllm --model $MODEL"]}
    workload = workload_of(read(graph(service(main, envs=[{"name": "MODEL", "value": "acme/drafts"}]))))
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]


def test_a_service_without_a_container_runs_an_image_nobody_names(read: Read) -> None:
    workload = workload_of(read(graph({"componentType": "worker", "envs": [{"name": "A", "value": "b"}]})))

    main = workload.containers[1]
    assert (main.name, main.image.raw, main.path) == (
        "main",
        None,
        "spec.services.Worker.extraPodSpec.mainContainer",
    )
    assert [item.name for item in main.env] == ["A"]
    assert [problem.path for problem in workload.problems] == ["spec"]


def test_containers_beside_the_main_one_are_read(read: Read) -> None:
    pod = {
        "serviceAccountName": "worker",
        "hostIPC": True,
        "initContainers": [{"name": "i", "image": "r.example.com/i:1"}],
        "containers": [{"name": "s", "image": "r.example.com/s:1"}],
    }
    sidecar = {"image": "r.example.com/f:1", "envFromSecret": "hub", "envs": [{"name": "A", "value": "b"}]}
    workload = workload_of(read(graph(service(pod=pod, frontendSidecar=sidecar))))

    assert [(item.name, item.role, item.image.raw) for item in workload.containers[1:]] == [
        ("s", "server", "r.example.com/s:1"),
        ("i", "init", "r.example.com/i:1"),
        ("main", "server", IMAGE),
        ("frontend", "sidecar", "r.example.com/f:1"),
    ]
    frontend = workload.containers[-1]
    assert ([item.name for item in frontend.env], [item.name for item in frontend.env_from]) == (
        ["A"],
        ["hub"],
    )
    assert (workload.pods[1].service_account_name, workload.pods[1].host_ipc) == ("worker", True)


def test_a_path_on_a_claim_of_the_graph_leads_to_the_claim(read: Read) -> None:
    main = {**MAIN, "args": ["--model", "/opt/models/drafts"]}
    worker = service(main, volumeMounts=[{"name": "weights", "mountPoint": "/opt/models"}])
    pvcs = [{"name": "weights", "create": True, "storageClass": "fast"}]
    workload = workload_of(read(graph(worker, pvcs=pvcs)))

    assert [model.uri for model in workload.models] == ["pvc://weights/drafts"]
    assert [(item.claim_name, item.storage_class_name, item.holds_model) for item in workload.volumes] == [
        ("weights", "fast", True)
    ]


def test_a_path_on_no_claim_is_in_the_image(read: Read) -> None:
    main = {**MAIN, "args": ["--model", "/opt/models/drafts"]}
    workload = workload_of(
        read(graph(service(main, volumeMounts=[{"name": "weights", "mountPoint": "/cache"}])))
    )
    assert [model.uri for model in workload.models] == [f"image://{IMAGE}"]


@pytest.mark.parametrize(
    ("ingress", "scope", "tls"),
    [
        ({"enabled": True, "host": "a"}, "external", False),
        ({"enabled": True, "tls": {"secretName": "t"}}, "external", True),
        ({"enabled": False}, "cluster", None),
    ],
)
def test_an_ingress_opens_the_graph(read: Read, ingress: Json, scope: str, tls: Any) -> None:
    for obj in (
        graph(service(ingress=ingress)),
        of_kind("DynamoComponentDeployment", service(ingress=ingress)),
    ):
        exposure = workload_of(read(obj)).exposure
        assert (exposure.scope, exposure.tls) == (scope, tls)


def test_bypass_13_both_versions_of_a_graph_are_read(read: Read) -> None:
    main = {"name": "main", **MAIN}
    side = {"name": "side", "image": "r.example.com/side:1"}
    workload = workload_of(
        read(components(template({"name": "main", **FRONTEND}), template(main, side), env=[{"name": "A"}]))
    )

    assert models(workload) == [
        (
            "component[1]",
            "hf://acme/drafts",
            "primary",
            "spec.components[1].podTemplate.spec.containers[0].args[0]",
        )
    ]
    assert [item.name for item in workload.containers] == ["main", "main", "side"]
    assert {item.path for container in workload.containers for item in container.env} == {"spec.env[0]"}
    assert workload.problems == ()

    for kind in ("DynamoGraphDeployment", "DynamoComponentDeployment", "DynamoGraphDeploymentRequest"):
        row = find_kind("nvidia.com", kind)
        assert row is not None
        assert set(row.versions) == {"v1alpha1", "v1beta1"}
    other = workload_of(read(graph() | {"apiVersion": "nvidia.com/v3"}))
    assert [problem.path for problem in other.problems] == ["apiVersion"]


def test_what_a_component_keeps_and_restores_is_read(read: Read) -> None:
    job = {"podTemplate": template({"name": "saver", "image": "r.example.com/saver:1"})}
    obj = components(template({"name": "main", **MAIN}))
    obj["spec"]["components"][0] |= {
        "compilationCache": {"pvcName": "compiled"},
        "experimental": {"checkpoint": {"enabled": True, "job": job}},
    }
    workload = workload_of(read(obj))

    assert "r.example.com/saver:1" in [item.image.raw for item in workload.containers]
    assert [(item.claim_name, item.holds_model) for item in workload.volumes] == [("compiled", False)]


@pytest.mark.parametrize("kind", ["DynamoGraphDeployment", "DynamoComponentDeployment"])
@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_what_is_restored_from_a_checkpoint_runs_what_that_loaded(
    read: Read, kind: str, version: str
) -> None:
    checkpoint = {"checkpoint": {"enabled": True, "checkpointRef": "warm"}}
    part = (
        service(**checkpoint)
        if version == "v1alpha1"
        else {"name": "w", "podTemplate": template({"name": "main", **MAIN}), "experimental": checkpoint}
    )
    whole: Json = {"services": {"W": part}} if version == "v1alpha1" else {"components": [part]}
    extraction = read(of_kind(kind, whole if kind == "DynamoGraphDeployment" else part, version))
    main = {**MAIN, "name": "main", "args": ["--model", "acme/other"]}
    job = {"podTemplateSpec": template(main)}
    found = ResolvedReference(
        api_version="nvidia.com/v1alpha1",
        kind="DynamoCheckpoint",
        name="warm",
        namespace="team",
        status="found",
        object=of_kind("DynamoCheckpoint", {"job": job}),
    )
    assert extraction.manifest is not None
    workload = resolve(extraction.manifest, (found,)).workload()

    assert [model.uri for model in workload.models] == ["hf://acme/drafts", "hf://acme/other"]


def test_bypass_03_a_variable_lets_callers_load_adapters(read: Read) -> None:
    worker = service(envs=[{"name": "DYN_LORA_ENABLED", "value": "true"}])
    runtime_lora = workload_of(read(graph(worker))).features.runtime_lora
    assert runtime_lora.path == "spec.services.Worker.envs[0]"


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_a_component_of_its_own_is_one_container(read: Read, version: str) -> None:
    spec = (
        service()
        if version == "v1alpha1"
        else {"type": "worker", "podTemplate": template({"name": "main", **MAIN})}
    )
    workload = workload_of(read(of_kind("DynamoComponentDeployment", spec, version)))

    assert [item.image.raw for item in workload.containers] == [IMAGE]
    assert len(workload.pods) == 1
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]
    assert (workload.serves_model, workload.problems) == (True, ())


@pytest.mark.parametrize("kind", ["frontend", "planner", "epp"])
def test_a_component_that_helps_others_serves_only_what_it_names(read: Read, kind: str) -> None:
    quiet = workload_of(
        read(of_kind("DynamoComponentDeployment", service(FRONTEND) | {"componentType": kind}))
    )
    assert (quiet.serves_model, quiet.models, quiet.problems) == (False, (), ())

    disguised = workload_of(read(of_kind("DynamoComponentDeployment", service() | {"componentType": kind})))
    assert disguised.serves_model
    assert [model.uri for model in disguised.models] == ["hf://acme/drafts"]


@pytest.mark.parametrize(
    ("uri", "expected", "immutable"),
    [
        ("s3://bucket/tone", "s3://bucket/tone", False),
        (f"hf://acme/tone@{COMMIT}", f"hf://acme/tone:{COMMIT}", True),
    ],
)
def test_bypass_09_an_adapter_is_added_without_a_pod(
    read: Read, uri: str, expected: str, *, immutable: bool
) -> None:
    spec = {"modelName": "tone", "baseModelName": "acme/drafts", "modelType": "lora", "source": {"uri": uri}}
    workload = workload_of(read(of_kind("DynamoModel", spec)))

    assert models(workload) == [("adapter", expected, "adapter", "spec.source.uri")]
    assert (workload.models[0].name, workload.models[0].immutable) == ("tone", immutable)
    assert (workload.serves_model, workload.pods, workload.problems) == (True, (), ())


def test_the_name_of_a_model_that_others_load_loads_none(read: Read) -> None:
    spec = {"modelName": "acme/drafts", "baseModelName": "acme/drafts", "modelType": "base"}
    workload = workload_of(read(of_kind("DynamoModel", spec)))
    assert (workload.serves_model, workload.models, workload.problems) == (False, (), ())


def test_the_pod_of_a_checkpoint_is_read(read: Read) -> None:
    spec = {
        "identity": {"model": "acme/label"},
        "job": {"podTemplateSpec": template({"name": "main", **MAIN})},
    }
    workload = workload_of(read(of_kind("DynamoCheckpoint", spec)))
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]
    assert [item.image.raw for item in workload.containers] == [IMAGE]


@pytest.mark.parametrize(
    ("spec", "uri", "path"),
    [
        ({"model": "acme/drafts"}, "hf://acme/drafts", "spec.model"),
        (
            {"model": "acme/drafts", "modelCache": {"pvcName": "weights", "pvcModelPath": "drafts"}},
            "pvc://weights/drafts",
            "spec.modelCache.pvcModelPath",
        ),
        (
            {"model": "acme/drafts", "modelCache": {"pvcName": "weights"}},
            "pvc://weights",
            "spec.modelCache.pvcName",
        ),
    ],
)
def test_a_request_names_the_model_it_deploys(read: Read, spec: Json, uri: str, path: str) -> None:
    workload = workload_of(read(of_kind("DynamoGraphDeploymentRequest", {"image": IMAGE, **spec}, "v1beta1")))

    assert models(workload) == [("model", uri, "primary", path)]
    assert [(item.name, item.image.raw) for item in workload.containers] == [("profiler", IMAGE)]
    assert [item.service_account_name for item in workload.pods] == ["dgdr-profiling-job"]
    assert workload.problems == ()


def test_images_and_overrides_of_a_request_are_read(read: Read) -> None:
    older = {
        "model": "acme/drafts",
        "profilingConfig": {"profilerImage": "r.example.com/profiler:1", "outputPVC": "results"},
        "deploymentOverrides": {"workersImage": "r.example.com/worker:1"},
    }
    workload = workload_of(read(of_kind("DynamoGraphDeploymentRequest", older)))
    assert [item.image.raw for item in workload.containers] == [
        "r.example.com/profiler:1",
        "r.example.com/worker:1",
    ]
    assert [(item.claim_name, item.holds_model) for item in workload.volumes] == [("results", False)]

    hidden = {**MAIN, "args": ["--model", "acme/hidden"]}
    newer = {
        "model": "acme/drafts",
        "overrides": {
            "profilingJob": {"template": template({"name": "p", "image": "r.example.com/own:1"})},
            "dgd": {
                "apiVersion": "nvidia.com/v1alpha1",
                "kind": "DynamoGraphDeployment",
                "spec": {"services": {"Worker": service(hidden)}},
            },
        },
    }
    workload = workload_of(read(of_kind("DynamoGraphDeploymentRequest", newer, "v1beta1")))
    assert [model.uri for model in workload.models] == ["hf://acme/drafts", "hf://acme/hidden"]
    assert [item.image.raw for item in workload.containers] == ["r.example.com/own:1", IMAGE]


@pytest.mark.parametrize("key", ["dgd-spec", "dcd-hub-spec", "dcd-spoke-spec"])
@pytest.mark.parametrize(
    "kept",
    [
        {"image": "evil.example.com/a:1"},
        {"Image": IMAGE},
        {"command": ["sh"]},
        {"args": ["--model", "acme/other"]},
        {"securityContext": {"privileged": True}},
    ],
)
def test_an_annotation_of_the_conversion_brings_in_nothing_of_its_own(
    read: Read, key: str, kept: Json
) -> None:
    obj = graph() if key == "dgd-spec" else of_kind("DynamoComponentDeployment", service())
    said = {"spec": {"components": [{"podTemplate": template({"name": "main", **kept})}]}}
    obj["metadata"]["annotations"] = {f"nvidia.com/{key}": json.dumps(said)}
    path = f"metadata.annotations['nvidia.com/{key}']"
    assert path in [problem.path for problem in workload_of(read(obj)).problems]


def test_what_the_conversion_keeps_of_the_object_itself_is_no_problem(read: Read) -> None:
    obj = graph()
    kept = {"spec": {"services": {"Worker": {"frontendSidecar": MAIN, "subComponentType": "x"}}}}
    obj["metadata"]["annotations"] = {
        "nvidia.com/dgd-spec": json.dumps(kept),
        "nvidia.com/dgd-origin": "true",
        "team": '{"image": "a"}',
    }
    assert workload_of(read(obj)).problems == ()


def test_what_runs_nothing_in_the_object_says_nothing_of_its_annotation(read: Read) -> None:
    obj = graph(labels={"image": "evil.example.com/a:1"})
    obj["metadata"]["annotations"] = {"nvidia.com/dgd-spec": '{"x": {"image": "evil.example.com/a:1"}}'}
    assert workload_of(read(obj)).problems != ()


@pytest.mark.parametrize(
    ("cache", "uri"),
    [
        ({"pvcName": "claim"}, "pvc://claim"),
        ({"pvcName": "claim", "modelPathInPvc": "a/b"}, "pvc://claim/a/b"),
    ],
)
def test_the_older_request_takes_its_model_from_a_volume(read: Read, cache: Json, uri: str) -> None:
    spec = {"model": "acme/drafts", "profilingConfig": {"config": {"deployment": {"modelCache": cache}}}}
    workload = workload_of(read(of_kind("DynamoGraphDeploymentRequest", spec)))
    assert [model.uri for model in workload.models] == [uri]
    assert [volume.claim_name for volume in workload.volumes] == ["claim"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (graph(["a"]), "spec.services.Worker"),
        (graph(service(["a"])), "spec.services.Worker.extraPodSpec.mainContainer"),
        (graph(service({"image": 1})), "spec.services.Worker.extraPodSpec.mainContainer.image"),
        (graph(service(envs=["a"])), "spec.services.Worker.envs[0]"),
        (graph(service(envFromSecret=["a"])), "spec.services.Worker.envFromSecret"),
        (graph(service(volumeMounts=[{"name": 1}])), "spec.services.Worker.volumeMounts[0].name"),
        (graph(pvcs={"a": 1}), "spec.pvcs"),
        (graph(envs="a"), "spec.envs"),
        (of_kind("DynamoGraphDeployment", {"services": ["a"]}), "spec.services"),
        (of_kind("DynamoGraphDeployment", {"components": {"a": 1}}, "v1beta1"), "spec.components"),
        (components({"spec": ["a"]}), "spec.components[0].podTemplate.spec"),
        (of_kind("DynamoModel", {"source": "s3://a"}), "spec.source"),
        (of_kind("DynamoModel", {"source": {"uri": 1}}), "spec.source.uri"),
        (of_kind("DynamoGraphDeploymentRequest", {"model": ["a"]}), "spec.model"),
        (of_kind("DynamoCheckpoint", {"job": {"podTemplateSpec": 1}}), "spec.job.podTemplateSpec"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]
