"""Ways round a gate, tried on the real API server: none of them leads past this one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from casebook.documents import Object
from cluster.kubectl import Answer
from model_kinds import KINDS, OTHER, container, pod
from refusals import refusal, refused_by_gate
from staging import Stage, judged, only, signed

pytestmark = pytest.mark.usefixtures("signing")
NAMESPACE = "bypasses"
LLM = next(kind for kind in KINDS if kind.kind == "LLMInferenceService")
SERVER = container("server", image="vllm/vllm-openai:v0.9.1", args=["--model=elsewhere/model"])


@pytest.fixture(scope="module")
def annotations(stage: Stage, signing: None) -> dict[str, str]:
    """A gated namespace with the card of one model; how an object names that card."""
    case = stage.copy("ticket-router", NAMESPACE)
    gate = ("label", "namespace", NAMESPACE, "mlgate.dev/gate=enabled", "--overwrite")
    stage.cluster.kubectl.must("administrator", *gate)
    stage.sign(signed(case))
    found: dict[str, str] = judged(case, only(case))["metadata"]["annotations"]
    return found


def create(stage: Stage, entry: Object, *flags: str) -> Answer:
    return stage.cluster.kubectl.send("engineer", "create", [entry], *flags)


def change(stage: Stage, resource: str, name: str, body: dict[str, Any], *flags: str) -> Answer:
    target = (resource, name, "-n", NAMESPACE, "--type=merge", "-p", json.dumps(body), *flags)
    return stage.cluster.kubectl("engineer", "patch", *target)


def plain(api_version: str, kind: str, spec: dict[str, Any], **metadata: Any) -> Object:
    names = {"name": "plain", "namespace": NAMESPACE} | metadata
    return {"apiVersion": api_version, "kind": kind, "metadata": names, "spec": spec}


@pytest.mark.parametrize(
    "labels",
    [{}, {"mlgate.dev/gate": "disabled"}, {"mlgate.dev/ignore": "true"}, {"admission.mlgate.dev/skip": "1"}],
)
def test_no_label_of_an_object_takes_it_out(
    stage: Stage, annotations: dict[str, str], labels: dict[str, str]
) -> None:
    answer = create(stage, plain("v1", "Pod", pod(SERVER), labels=labels), "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_a_namespace_is_not_taken_out_by_whoever_works_in_it(
    stage: Stage, annotations: dict[str, str]
) -> None:
    answer = stage.cluster.kubectl("engineer", "label", "namespace", NAMESPACE, "mlgate.dev/gate-")
    assert not answer.ok
    assert (
        stage.cluster.kubectl.must(
            "engineer", "get", "namespace", NAMESPACE, "-o", "jsonpath={.metadata.labels.mlgate\\.dev/gate}"
        )
        == "enabled"
    )


TEMPLATE = {"metadata": {"labels": {"app": "plain"}}, "spec": pod(SERVER)}
SELECTOR = {"matchLabels": {"app": "plain"}}
ONCE = {"metadata": {"labels": {"app": "plain"}}, "spec": pod(SERVER, restartPolicy="Never")}


@pytest.mark.parametrize(
    "entry",
    [
        plain("v1", "Pod", pod(SERVER)),
        plain("v1", "ReplicationController", {"template": TEMPLATE}),
        plain("apps/v1", "ReplicaSet", {"selector": SELECTOR, "template": TEMPLATE}),
        plain("apps/v1", "Deployment", {"selector": SELECTOR, "template": TEMPLATE}),
        plain("apps/v1", "StatefulSet", {"selector": SELECTOR, "template": TEMPLATE, "serviceName": "x"}),
        plain("apps/v1", "DaemonSet", {"selector": SELECTOR, "template": TEMPLATE}),
        plain("batch/v1", "Job", {"template": ONCE}),
        plain("batch/v1", "CronJob", {"schedule": "@daily", "jobTemplate": {"spec": {"template": ONCE}}}),
        plain("argoproj.io/v1alpha1", "Rollout", {"selector": SELECTOR, "template": TEMPLATE}),
        plain(
            "leaderworkerset.x-k8s.io/v1",
            "LeaderWorkerSet",
            {"leaderWorkerTemplate": {"leaderTemplate": TEMPLATE, "workerTemplate": TEMPLATE}},
        ),
    ],
    ids=lambda entry: entry["kind"],
)
def test_a_server_is_found_in_whatever_runs_pods(
    stage: Stage, annotations: dict[str, str], entry: Object
) -> None:
    answer = create(stage, entry, "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_a_name_the_api_server_makes_up_hides_nothing(stage: Stage, annotations: dict[str, str]) -> None:
    entry = plain("v1", "Pod", pod(SERVER), generateName="made-up-")
    del entry["metadata"]["name"]
    answer = create(stage, entry)
    assert refused_by_gate(answer), answer.errors


def test_what_is_being_deleted_ends_but_gets_no_other_model(
    stage: Stage, annotations: dict[str, str]
) -> None:
    service = LLM.object(NAMESPACE, annotations)
    service["metadata"] |= {"name": "ending", "finalizers": ["example.com/cleanup"]}
    assert create(stage, service).ok
    stage.cluster.kubectl.must("engineer", "delete", LLM.resource, "ending", "-n", NAMESPACE, "--wait=false")
    answer = change(stage, LLM.resource, "ending", {"spec": {"model": {"uri": OTHER}}})
    assert refused_by_gate(answer), answer.errors
    answer = change(stage, LLM.resource, "ending", {"metadata": {"finalizers": None}})
    assert answer.ok, answer.errors
    assert stage.stored(NAMESPACE, f"{LLM.resource}/ending") is None


def test_an_update_is_judged_by_what_it_makes_not_by_what_was_there(
    stage: Stage, annotations: dict[str, str]
) -> None:
    """An object from before the gate may stay; what gets worse is refused, what gets better passes."""
    gate = ("label", "namespace", NAMESPACE)
    kubectl = stage.cluster.kubectl
    spec = {"selector": {"matchLabels": {"app": "legacy"}}, "replicas": 0}
    template = {"metadata": {"labels": {"app": "legacy"}}, "spec": pod(SERVER)}
    kubectl.must("administrator", *gate, "mlgate.dev/gate-")
    created = create(stage, plain("apps/v1", "Deployment", {**spec, "template": template}, name="legacy"))
    kubectl.must("administrator", *gate, "mlgate.dev/gate=enabled")
    assert created.ok, created.errors
    assert change(stage, "deployment", "legacy", {"spec": {"replicas": 1}}).ok
    assert change(stage, "deployment", "legacy", {"metadata": {"labels": {"a": "b"}}}).ok
    more = {"containers": [{**SERVER, "args": ["--model=elsewhere/model", "--trust-remote-code"]}]}
    answer = change(stage, "deployment", "legacy", {"spec": {"template": {"spec": more}}})
    assert refused_by_gate(answer), answer.errors
    none = {"containers": [container("web")]}
    answer = change(stage, "deployment", "legacy", {"spec": {"template": {"spec": none}}})
    assert answer.ok, answer.errors


def test_a_container_that_joins_a_running_pod_is_judged(stage: Stage, annotations: dict[str, str]) -> None:
    entry = plain("v1", "Pod", pod(container("web")), name="joined")
    answer = create(stage, entry)
    assert answer.ok, answer.errors
    joining = {"name": "debug", "image": SERVER["image"], "args": SERVER["args"]}
    answer = change(
        stage,
        "pod",
        "joined",
        {"spec": {"ephemeralContainers": [joining]}},
        "--subresource=ephemeralcontainers",
    )
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_a_pod_that_is_resized_is_not_asked_about(stage: Stage, annotations: dict[str, str]) -> None:
    """No image and no argument can change there, so a pod from before the gate keeps its resources right."""
    kubectl = stage.cluster.kubectl
    some = {"requests": {"cpu": "1", "memory": "1Gi"}}
    kubectl.must("administrator", "label", "namespace", NAMESPACE, "mlgate.dev/gate-")
    created = create(stage, plain("v1", "Pod", pod({**SERVER, "resources": some}), name="resized"))
    kubectl.must("administrator", "label", "namespace", NAMESPACE, "mlgate.dev/gate=enabled")
    assert created.ok, created.errors
    more = [{"name": SERVER["name"], "resources": {"requests": {"cpu": "2"}}}]
    body = json.dumps({"spec": {"containers": more}})
    target = ("patch", "pod", "resized", "-n", NAMESPACE, "--subresource=resize", "-p", body)
    answer = kubectl("administrator", *target)
    assert answer.ok, answer.errors
    stored = stage.stored(NAMESPACE, "pod/resized")
    assert stored is not None
    assert stored["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "2"
    another = json.dumps({"spec": {"containers": [{"name": SERVER["name"], "image": "vllm/vllm-openai:v0"}]}})
    answer = kubectl("administrator", *target[:-1], another)
    after = stage.stored(NAMESPACE, "pod/resized")
    assert after is not None
    assert after["spec"]["containers"][0]["image"] == SERVER["image"], answer.errors


def test_deleting_is_never_held_up(stage: Stage, annotations: dict[str, str]) -> None:
    service = LLM.object(NAMESPACE, annotations)
    service["metadata"]["name"] = "gone"
    assert create(stage, service).ok
    stage.cluster.kubectl.must("engineer", "delete", LLM.resource, "gone", "-n", NAMESPACE)


def test_an_older_version_of_a_kind_is_judged_like_the_stored_one(
    stage: Stage, annotations: dict[str, str]
) -> None:
    older = LLM.object(NAMESPACE, annotations, OTHER)
    older["apiVersion"] = "serving.kserve.io/v1alpha1"
    answer = create(stage, older, "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "model_card.artifact_mismatch" in refusal(answer.errors).codes
