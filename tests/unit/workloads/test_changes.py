"""What an UPDATE moved."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.base import Credential, Problem
from mlgate.domain.workload import (
    Change,
    Container,
    DatasetSource,
    Endpoint,
    Exposure,
    Features,
    Image,
    PodTemplate,
    Reference,
    Rollout,
    ServedModel,
    Switch,
    Volume,
    Workload,
)
from mlgate.workloads.changes import compare

BASE = Workload(api_version="v1", kind="Pod", namespace="prod", name="p", serves_model=True)
CREDENTIAL = Credential(kind="env", container="c", name="TOKEN", path="p", reason="name")
SAME = Change(models=False, containers=False, exposure=False, evidence=False, any=False)


@pytest.mark.parametrize(
    ("field", "value", "moved"),
    [
        ("models", (ServedModel(id="a", uri="s3://b/m", scheme="s3", path="p"),), "models"),
        ("datasets", (DatasetSource(uri="u", scheme="s3", path="p"),), "models"),
        ("trains_model", True, "models"),
        ("serves_model", False, "models"),
        ("is_route", True, "models"),
        ("is_runtime", True, "models"),
        ("containers", (Container(name="c", role="server", path="p", image=Image(raw="i")),), "containers"),
        ("pods", (PodTemplate(path="spec"),), "containers"),
        ("volumes", (Volume(name="v", kind="pvc", path="p"),), "containers"),
        ("features", Features(runtime_lora=Switch(enabled=True)), "containers"),
        (
            "references",
            (Reference(api_version="a/v1", kind="K", namespace=None, name="n", path="p"),),
            "containers",
        ),
        ("problems", (Problem(path="p", message="m"),), "containers"),
        ("exposure", Exposure(scope="external"), "exposure"),
        ("endpoints", (Endpoint(uri="u", scheme="http", path="p"),), "exposure"),
        ("rollout", Rollout(strategy="canary"), "exposure"),
        ("labels", {"mlgate.dev/risk-tier": "high"}, "evidence"),
        ("annotations", {"mlgate.dev/model-card": "modelcard/c"}, "evidence"),
    ],
)
def test_each_part_that_differs_is_a_change_of_its_kind_both_ways(field: str, value: Any, moved: str) -> None:
    other = BASE.model_copy(update={field: value})
    expected = SAME.model_copy(update={moved: True, "any": True})
    assert compare(other, BASE) == expected
    assert compare(BASE, other) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", {"team": "a", "Mlgate.dev/risk-tier": "high"}),
        ("annotations", {"deployment.kubernetes.io/revision": "2"}),
        ("name", "q"),
    ],
)
def test_what_no_rule_reads_is_no_change(field: str, value: Any) -> None:
    assert compare(BASE.model_copy(update={field: value}), BASE) == SAME


def test_another_set_of_credentials_is_a_change() -> None:
    expected = SAME.model_copy(update={"containers": True, "any": True})
    assert compare(BASE, BASE, (CREDENTIAL,), ()) == expected
    assert compare(BASE, BASE, (), (CREDENTIAL,)) == expected
    assert compare(BASE, BASE, (CREDENTIAL,), (CREDENTIAL,)) == SAME


@pytest.mark.parametrize(("new", "old"), [(None, None), (BASE, None), (None, BASE)])
def test_without_two_objects_everything_counts_as_changed(new: Workload | None, old: Workload | None) -> None:
    assert compare(new, old) == Change(models=True, containers=True, exposure=True, evidence=True, any=True)


def test_a_pod_s_own_labels_are_set_by_controllers_and_are_no_change() -> None:
    def pod(**labels: str) -> Workload:
        template = PodTemplate(path="spec", labels=labels)
        return BASE.model_copy(update={"pods": (template,), "labels": labels})

    assert compare(pod(**{"apps.kubernetes.io/pod-index": "0"}), pod()) == SAME
    assert compare(pod(**{"mlgate.dev/risk-tier": "low"}), pod()).evidence


def test_labels_of_a_template_are_a_change() -> None:
    old = BASE.model_copy(update={"kind": "Deployment", "api_version": "apps/v1"})
    new = old.model_copy(update={"pods": (PodTemplate(path="p", labels={"a": "b"}),)})
    assert compare(new, old).containers


def test_the_deployment_mode_of_the_platform_is_a_change_of_containers() -> None:
    new = BASE.model_copy(update={"annotations": {"serving.kserve.io/deploymentMode": "RawDeployment"}})
    assert compare(new, BASE) == SAME.model_copy(update={"containers": True, "any": True})


def test_labels_that_pods_take_from_their_object_are_its_own_affair() -> None:
    def runtime(**labels: str) -> Workload:
        pods = (PodTemplate(path="spec", labels={"model": "m", **labels}),)
        update = {"kind": "VLLMRuntime", "api_version": "production-stack.vllm.ai/v1alpha1"}
        return BASE.model_copy(update={**update, "labels": labels, "pods": pods})

    assert compare(runtime(team="blue"), runtime()) == SAME
    ours = runtime(**{"mlgate.dev/risk-tier": "high"})
    assert compare(ours, runtime()) == SAME.model_copy(update={"evidence": True, "any": True})


HARMLESS: list[tuple[str, tuple[str, ...], Any]] = [
    *(
        ("Deployment", ("spec", name), value)
        for name, value in {
            "replicas": 5,
            "paused": True,
            "minReadySeconds": 5,
            "revisionHistoryLimit": 1,
            "progressDeadlineSeconds": 60,
        }.items()
    ),
    (
        "Deployment",
        ("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"),
        "now",
    ),
    ("Deployment", ("metadata", "finalizers"), ["x"]),
    ("Deployment", ("metadata", "annotations"), {"a": "b"}),
    ("Deployment", ("metadata", "managedFields"), [{}]),
    ("Deployment", ("status",), {"replicas": 1}),
    ("Job", ("spec", "suspend"), True),
    ("Job", ("spec", "parallelism"), 3),
    ("CronJob", ("spec", "schedule"), "@daily"),
    ("CronJob", ("spec", "suspend"), True),
    ("CronJob", ("spec", "jobTemplate", "spec", "parallelism"), 2),
    ("InferenceService", ("spec", "predictor", "minReplicas"), 0),
    ("InferenceService", ("spec", "transformer", "maxReplicas"), 9),
    ("InferenceService", ("spec", "predictor", "scaleTarget"), 9),
    ("LLMInferenceService", ("spec", "prefill", "replicas"), 3),
    ("Workspace", ("resource", "count"), 2),
    ("DynamoGraphDeployment", ("spec", "services", "Worker", "replicas"), 2),
    ("VLLMRuntime", ("spec", "deploymentConfig", "replicas"), 2),
    ("LeaderWorkerSet", ("spec", "replicas"), 2),
    ("Pod", ("spec", "nodeName"), "n1"),
    ("Pod", ("spec", "tolerations"), [{"operator": "Exists"}]),
    ("Pod", ("spec", "schedulingGates"), []),
    ("Pod", ("spec", "activeDeadlineSeconds"), 60),
]
SEEN: list[tuple[str, tuple[str, ...], Any]] = [
    ("Deployment", ("spec", "template", "spec", "nodeName"), "n1"),
    ("Deployment", ("spec", "template", "spec", "tolerations"), [{"operator": "Exists"}]),
    ("Deployment", ("spec", "template", "metadata", "annotations", "sidecar.istio.io/inject"), "false"),
    ("Deployment", ("spec", "template", "spec", "replicas"), 1),
    ("Deployment", ("spec", "predictor"), {"minReplicas": 1, "x": 1}),
    ("Pod", ("spec", "terminationMessage"), "x"),
    ("Pod", ("spec", "replicas"), 1),
    ("Widget", ("items",), [{"spec": {"x": 1}}]),
    ("InferenceService", ("spec", "predictor", "model", "minReplicas"), 1),
    ("Widget", ("spec", "predictor", "minReplicas"), 1),
    ("Widget", ("resource", "count"), 2),
    ("DynamoGraphDeployment", ("spec", "services", "Worker", "extraPodSpec", "replicas"), 2),
]


VERSIONS = {
    "Pod": "v1",
    "InferenceService": "serving.kserve.io/v1beta1",
    "LLMInferenceService": "serving.kserve.io/v1alpha2",
    "Workspace": "kaito.sh/v1beta1",
    "DynamoGraphDeployment": "nvidia.com/v1alpha1",
    "VLLMRuntime": "production-stack.vllm.ai/v1alpha1",
    "LeaderWorkerSet": "leaderworkerset.x-k8s.io/v1",
}


def edited(path: tuple[str, ...], value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """An object with the value at the path, and the same object without it."""
    old: dict[str, Any] = {"spec": {"x": 1}}
    new: dict[str, Any] = {"spec": {"x": 1}}
    for obj in (old, new):
        place = obj
        for key in path[:-1]:
            place = place.setdefault(key, {"x": 1})
        if obj is new:
            place[path[-1]] = value
    return new, old


def of_kind(kind: str) -> Workload:
    return BASE.model_copy(update={"kind": kind, "api_version": VERSIONS.get(kind, "other/v1")})


@pytest.mark.parametrize(("kind", "path", "value"), HARMLESS)
def test_what_says_how_many_run_and_when_is_no_change(kind: str, path: tuple[str, ...], value: Any) -> None:
    new, old = edited(path, value)
    workload = of_kind(kind)
    assert compare(workload, workload, objects=(new, old)) == SAME
    assert compare(workload, workload, objects=(old, new)) == SAME


@pytest.mark.parametrize(("kind", "path", "value"), SEEN)
def test_any_other_field_that_differs_is_a_change(kind: str, path: tuple[str, ...], value: Any) -> None:
    new, old = edited(path, value)
    workload = of_kind(kind)
    expected = SAME.model_copy(update={"containers": True, "any": True})
    assert compare(workload, workload, objects=(new, old)) == expected
    assert compare(workload, workload, objects=(old, new)) == expected


@pytest.mark.parametrize("spec", [None, 5, "x", [1], {"template": []}, {"template": {"metadata": "x"}}])
def test_an_object_of_odd_shape_equals_itself_and_no_other(spec: Any) -> None:
    assert compare(BASE, BASE, objects=({"spec": spec}, {"spec": spec})) == SAME
    assert compare(BASE, BASE, objects=({"spec": spec}, {"spec": {"a": 1}})).containers


def test_the_size_of_one_element_of_a_list_is_no_change_and_another_element_is() -> None:
    cluster = BASE.model_copy(update={"kind": "RayCluster", "api_version": "ray.io/v1"})
    old = {"spec": {"workerGroupSpecs": [{"groupName": "a", "replicas": 1}, {"groupName": "b"}]}}
    new = {"spec": {"workerGroupSpecs": [{"groupName": "a", "replicas": 9}, {"groupName": "b"}]}}
    less = {"spec": {"workerGroupSpecs": [{"groupName": "a", "replicas": 1}]}}
    assert compare(cluster, cluster, objects=(new, old)) == SAME
    assert compare(cluster, cluster, objects=(less, old)).containers


def test_comparing_leaves_the_objects_as_they_are() -> None:
    new, old = edited(("spec", "replicas"), 5)
    compare(of_kind("Deployment"), of_kind("Deployment"), objects=(new, old))
    assert new == {"spec": {"x": 1, "replicas": 5}}
