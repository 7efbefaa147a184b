"""Knative Services, Configurations and Revisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

VISIBILITY = "networking.knative.dev/visibility"
SERVER: Json = {"image": "vllm/vllm-openai:v1", "args": ["--model", "acme/chat"]}


def service(spec: Json, kind: str = "Service", **metadata: Any) -> Json:
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": kind,
        "metadata": {"name": "chat", **metadata},
        "spec": spec,
    }


def template(name: str | None = None, **pod: Any) -> Json:
    metadata = {"labels": {"app": "chat"}, **({"name": name} if name else {})}
    return {"metadata": metadata, "spec": {"containers": [SERVER], **pod}}


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


@pytest.mark.parametrize("kind", ["Service", "Configuration"])
def test_a_service_that_serves_a_model_is_found_by_its_container(read: Read, kind: str) -> None:
    spec = {"template": template(serviceAccountName="reader", volumes=[{"name": "tmp", "emptyDir": {}}])}
    workload = workload_of(read(service(spec, kind)))

    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert [(model.uri, model.path) for model in workload.models] == [
        ("hf://acme/chat", "spec.template.spec.containers[0].args[0]")
    ]
    assert [(pod.service_account_name, pod.labels) for pod in workload.pods] == [("reader", {"app": "chat"})]
    assert [volume.name for volume in workload.volumes] == ["tmp"]
    assert workload.problems == ()


def test_a_revision_is_the_pod_itself(read: Read) -> None:
    spec = {"containers": [SERVER], "serviceAccountName": "reader"}
    workload = workload_of(read(service(spec, "Revision", labels={"app": "chat"})))

    assert [model.uri for model in workload.models] == ["hf://acme/chat"]
    assert [(pod.path, pod.service_account_name, pod.labels) for pod in workload.pods] == [
        ("spec", "reader", {"app": "chat"})
    ]


def test_a_service_that_serves_none_is_of_no_concern(read: Read) -> None:
    spec = {"template": {"spec": {"containers": [{"image": "registry.example.com/shop:1"}]}}}
    assert not workload_of(read(service(spec))).concerns_a_model


def test_callers_from_outside_reach_it_unless_its_label_says_no(read: Read) -> None:
    spec = {"template": template()}
    inside = service(spec, labels={VISIBILITY: "cluster-local"})
    on_its_pods = {"template": {**template(), "metadata": {"labels": {VISIBILITY: "cluster-local"}}}}

    assert workload_of(read(service(spec))).exposure.scope == "unknown"
    assert workload_of(read(inside)).exposure.scope == "cluster"
    assert workload_of(read(service(on_its_pods))).exposure.scope == "unknown"


LATEST: Json = {"latestRevision": True, "percent": 10}
OLD: Json = {"revisionName": "chat-1", "percent": 90}


@pytest.mark.parametrize(
    ("traffic", "percent", "path"),
    [
        ([LATEST, OLD], 10, "spec.traffic[0].percent"),
        ([{**OLD, "percent": 5}, {**LATEST, "percent": 95}], 95, "spec.traffic[1].percent"),
        ([{"revisionName": "chat-2", "percent": 97}, {**OLD, "percent": 3}], 97, "spec.traffic[0].percent"),
        ([{**OLD, "percent": 60}, {"revisionName": "chat-0", "percent": 40}], 40, "spec.traffic[1].percent"),
        ([{"latestRevision": True, "tag": "next"}, OLD], None, "spec.traffic[0]"),
    ],
)
def test_the_share_of_the_new_revision_counts(
    read: Read, traffic: list[Json], percent: float | None, path: str
) -> None:
    spec = {"template": template("chat-2"), "traffic": traffic}
    rollout = workload_of(read(service(spec))).rollout
    assert (rollout.strategy, rollout.canary_percent, rollout.path) == ("canary", percent, path)


def test_all_traffic_on_one_revision_is_no_canary(read: Read) -> None:
    rollout = workload_of(read(service({"template": template(), "traffic": [LATEST]}))).rollout
    assert rollout.strategy == "none"


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"template": "x"}, "spec.template"),
        ({"template": {"spec": {"containers": {}}}}, "spec.template.spec.containers"),
        ({"template": template(), "traffic": {"percent": 1}}, "spec.traffic"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, spec: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(service(spec))).problems]


def test_bypass_12_a_service_of_the_core_is_another_kind(read: Read) -> None:
    plain = {**service({"template": template()}), "apiVersion": "example.com/v1"}
    core = {**service({"ports": [{"port": 80}]}), "apiVersion": "v1"}
    assert workload_of(read(plain)).serves_model  # a kind nobody knows: what runs in it is read all the same
    assert read(core).workload is None


def test_bypass_13_an_older_version_is_a_problem(read: Read) -> None:
    old = {**service({"template": template()}), "apiVersion": "serving.knative.dev/v1beta1"}
    assert [problem.path for problem in workload_of(read(old)).problems] == ["apiVersion"]
