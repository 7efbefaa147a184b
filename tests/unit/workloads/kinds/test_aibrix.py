"""AIBrix: adapters and claims that load into running pods, roles, Ray fleets and caches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind

Json = dict[str, Any]
Read = Callable[..., Extraction]

SERVER: Json = {"name": "vllm", "image": "vllm/vllm-openai:v1", "args": ["--model", "acme/drafts"]}
ROUTER: Json = {"name": "lb", "image": "r.example.com/router:1"}
KINDS = {
    "model.aibrix.ai": ("ModelAdapter", "ModelClaim"),
    "orchestration.aibrix.ai": (
        "StormService",
        "RoleSet",
        "PodSet",
        "RayClusterFleet",
        "RayClusterReplicaSet",
        "KVCache",
    ),
}


def of_kind(kind: str, spec: Any, group: str = "orchestration.aibrix.ai") -> Json:
    return {"apiVersion": f"{group}/v1alpha1", "kind": kind, "metadata": {"name": "drafts"}, "spec": spec}


def template(*containers: Json, **spec: Any) -> Json:
    return {"metadata": {"labels": {"app": "drafts"}}, "spec": {"containers": list(containers), **spec}}


def roles(*templates: Json) -> list[Json]:
    return [{"name": f"role{number}", "template": item} for number, item in enumerate(templates)]


def fleet(*workers: Json, head: Json | None = None, **group: Any) -> Json:
    groups = [{"groupName": "w", "template": worker} for worker in workers]
    ray = {"headGroupSpec": {"template": head or template(SERVER), **group}, "workerGroupSpecs": groups}
    return {"template": {"metadata": {}, "spec": ray}}


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str, str]]:
    return [(model.uri, model.role, model.path) for model in workload.models]


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("huggingface://acme/tone", "hf://acme/tone"),
        ("acme/tone", "hf://acme/tone"),
        ("s3://bucket/tone", "s3://bucket/tone"),
        ("/models/tone", "file:///models/tone"),
    ],
)
def test_bypass_09_an_adapter_is_added_without_a_pod(read: Read, url: str, uri: str) -> None:
    spec = {"baseModel": "drafts", "podSelector": {}, "artifactURL": url}
    workload = workload_of(read(of_kind("ModelAdapter", spec, "model.aibrix.ai")))

    assert models(workload) == [(uri, "adapter", "spec.artifactURL")]
    assert (workload.models[0].id, workload.models[0].name) == ("adapter", "drafts")
    assert (workload.serves_model, workload.containers, workload.pods) == (True, (), ())
    assert workload.problems == ()


def test_bypass_09_a_claim_loads_a_model_into_pods_that_run(read: Read) -> None:
    args = {"--max-model-len": "2048", "--lora-modules": "tone=acme/tone", "--trust-remote-code": ""}
    spec = {"modelName": "alias", "artifactURL": "huggingface://acme/drafts", "engineConfig": {"args": args}}
    workload = workload_of(read(of_kind("ModelClaim", spec, "model.aibrix.ai")))

    assert models(workload) == [
        ("hf://acme/drafts", "primary", "spec.artifactURL"),
        ("hf://acme/tone", "adapter", "spec.engineConfig.args[0]"),
    ]
    assert workload.features.trust_remote_code.enabled
    assert workload.models[0].name == "alias"
    assert (workload.containers, workload.pods, workload.problems) == ((), (), ())


def test_bypass_13_the_served_version_is_read(read: Read) -> None:
    for group, kinds in KINDS.items():
        rows = [find_kind(group, kind) for kind in kinds]
        assert {row.versions for row in rows if row} == {("v1alpha1",)}

    other = of_kind("StormService", {"template": {"spec": {"roles": roles(template(SERVER))}}})
    workload = workload_of(read(other | {"apiVersion": "orchestration.aibrix.ai/v1"}))
    assert [problem.path for problem in workload.problems] == ["apiVersion"]
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]


def test_every_role_is_read(read: Read) -> None:
    prefill = template(SERVER, serviceAccountName="drafts", initContainers=[ROUTER])
    decode = template({**SERVER, "args": ["--model", "acme/other"]})
    for obj, base in (
        (
            of_kind(
                "StormService", {"template": {"spec": {"roles": roles(template(ROUTER), prefill, decode)}}}
            ),
            "spec.template.spec.roles",
        ),
        (of_kind("RoleSet", {"roles": roles(template(ROUTER), prefill, decode)}), "spec.roles"),
    ):
        workload = workload_of(read(obj))
        assert models(workload) == [
            ("hf://acme/drafts", "primary", f"{base}[1].template.spec.containers[0].args[0]"),
            ("hf://acme/other", "primary", f"{base}[2].template.spec.containers[0].args[0]"),
        ]
        assert [item.name for item in workload.containers] == ["lb", "vllm", "lb", "vllm"]
        assert [item.service_account_name for item in workload.pods] == [None, "drafts", None]
        assert (workload.serves_model, workload.exposure.scope, workload.problems) == (True, "cluster", ())


def test_roles_that_name_no_model_have_it_in_their_images(read: Read) -> None:
    spec = {"template": {"spec": {"roles": roles(template(ROUTER))}}}
    workload = workload_of(read(of_kind("StormService", spec)))
    assert [model.uri for model in workload.models] == ["image://r.example.com/router:1"]


def test_a_service_without_roles_is_a_problem(read: Read) -> None:
    workload = workload_of(read(of_kind("StormService", {"template": {"spec": {}}})))
    assert [problem.path for problem in workload.problems] == ["spec"]


def test_a_set_of_pods_serves_what_they_serve(read: Read) -> None:
    workload = workload_of(read(of_kind("PodSet", {"podGroupSize": 2, "template": template(SERVER)})))
    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]

    quiet = workload_of(read(of_kind("PodSet", {"podGroupSize": 2, "template": template(ROUTER)})))
    assert (quiet.serves_model, quiet.problems) == (False, ())


@pytest.mark.parametrize("kind", ["RayClusterFleet", "RayClusterReplicaSet"])
def test_workers_of_a_fleet_serve_what_its_head_names(read: Read, kind: str) -> None:
    worker = template({"name": "w", "image": "vllm/vllm-openai:v1", "args": ["ray", "start"]})
    workload = workload_of(read(of_kind(kind, fleet(worker))))

    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]
    assert [item.name for item in workload.containers] == ["vllm", "w"]
    assert workload.problems == ()


def test_a_fleet_that_names_no_model_hides_it(read: Read) -> None:
    server = template({"name": "w", "image": "vllm/vllm-openai:v1"})
    workload = workload_of(read(of_kind("RayClusterFleet", fleet(server, head=server))))
    assert workload.serves_model
    assert {problem.message for problem in workload.problems} == {"names no model that the reader can find"}


def test_a_fleet_without_a_server_serves_nothing(read: Read) -> None:
    workload = workload_of(read(of_kind("RayClusterFleet", fleet(head=template(ROUTER)))))
    assert (workload.serves_model, workload.models, workload.problems) == (False, (), ())


@pytest.mark.parametrize(
    ("group", "scope"),
    [({"enableIngress": True}, "external"), ({"serviceType": "NodePort"}, "external"), ({}, "cluster")],
)
def test_the_head_of_a_fleet_can_be_opened(read: Read, group: Json, scope: str) -> None:
    assert workload_of(read(of_kind("RayClusterFleet", fleet(**group)))).exposure.scope == scope


def test_every_part_of_a_cache_is_read(read: Read) -> None:
    own = {"template": template({"name": "own", "image": "r.example.com/own:1"})}
    spec = {
        "cache": {"image": "r.example.com/cache:1", "env": [{"name": "A", "value": "b"}], **own},
        "watcher": {"image": "r.example.com/watcher:1"},
        "metadata": {
            "redis": {"runtime": {"image": "r.example.com/redis:7", **own}},
            "etcd": {"externalConnection": {"address": "redis://etcd.example.com:2379"}},
        },
        "service": {"type": "LoadBalancer"},
    }
    workload = workload_of(read(of_kind("KVCache", spec)))

    assert (workload.is_runtime, workload.serves_model, workload.models) == (True, False, ())
    assert {item.image.raw for item in workload.containers} == {
        "r.example.com/cache:1",
        "r.example.com/own:1",
        "r.example.com/watcher:1",
        "r.example.com/redis:7",
    }
    assert [(item.uri, item.purpose) for item in workload.endpoints] == [
        ("redis://etcd.example.com:2379", "cache")
    ]
    assert workload.exposure.scope == "external"
    assert [item.service_account_name for item in workload.pods if item.path == "spec.watcher"] == ["drafts"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (of_kind("ModelAdapter", {"artifactURL": ["a"]}, "model.aibrix.ai"), "spec.artifactURL"),
        (of_kind("ModelClaim", {"artifactURL": 1}, "model.aibrix.ai"), "spec.artifactURL"),
        (
            of_kind(
                "ModelClaim", {"artifactURL": "a/b", "engineConfig": {"args": {"x": {}}}}, "model.aibrix.ai"
            ),
            "spec.engineConfig.args.x",
        ),
        (of_kind("StormService", {"template": {"spec": {"roles": {"a": 1}}}}), "spec.template.spec.roles"),
        (of_kind("RoleSet", {"roles": ["a"]}), "spec.roles[0]"),
        (of_kind("RoleSet", {"roles": [{"template": {"spec": 1}}]}), "spec.roles[0].template.spec"),
        (of_kind("PodSet", {"template": ["a"]}), "spec.template"),
        (
            of_kind("RayClusterFleet", {"template": {"spec": {"headGroupSpec": []}}}),
            "spec.template.spec.headGroupSpec",
        ),
        (of_kind("KVCache", {"cache": {"image": ["a"]}}), "spec.cache.image"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]


def test_a_fleet_says_as_much_as_the_cluster_it_makes(read: Read) -> None:
    spec = fleet(template(SERVER), rayStartParams={"dashboard-host": "x; vllm serve acme/evil"})
    ray = spec["template"]["spec"]
    ray["gcsFaultToleranceOptions"] = {"redisAddress": "cache.example.com:6379"}
    ray["autoscalerOptions"] = {"image": "r.example.com/autoscaler:1"}
    ray["headGroupSpec"]["headService"] = {"spec": {"externalIPs": ["203.0.113.7"]}}
    workload = workload_of(read(of_kind("RayClusterFleet", spec)))

    assert "hf://acme/evil" in [model.uri for model in workload.models]
    assert [call.uri for call in workload.endpoints] == ["redis://cache.example.com:6379"]
    assert ("autoscaler", "r.example.com/autoscaler:1") in [
        (item.name, item.image.raw) for item in workload.containers if item.image is not None
    ]
    assert workload.exposure.scope == "external"
    assert workload.problems == ()
