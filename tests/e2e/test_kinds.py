"""Kinds of the serving platforms on a real API server: created, scaled, updated, and changed underneath."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from casebook.documents import Object
from cluster.kubectl import Answer
from model_kinds import KINDS, OTHER, ModelKind, container, pod
from refusals import refusal, refused_by_gate
from staging import Stage, judged, only, signed, signer

pytestmark = pytest.mark.usefixtures("signing")
LLM = next(kind for kind in KINDS if kind.kind == "LLMInferenceService")
SELDON = next(kind for kind in KINDS if kind.kind == "SeldonDeployment")


def _name(kind: ModelKind) -> str:
    return f"{kind.kind}.{kind.api_version.partition('/')[0]}"


each_kind = pytest.mark.parametrize("kind", KINDS, ids=_name)


@dataclass(frozen=True)
class Place:
    """A gated namespace with the card of one model, and how an object names that card."""

    stage: Stage
    namespace: str
    annotations: dict[str, str]

    def create(self, entry: Object, *flags: str) -> Answer:
        """Create an object as an engineer."""
        return self.stage.cluster.kubectl.send("engineer", "create", [entry], *flags)

    def change(self, resource: str, name: str, body: dict[str, Any], *flags: str) -> Answer:
        """Patch an object as an engineer."""
        body_text = json.dumps(body)
        target = (resource, name, "-n", self.namespace, "--type=merge", "-p", body_text, *flags)
        return self.stage.cluster.kubectl("engineer", "patch", *target)


def _place(stage: Stage, namespace: str) -> Place:
    case = stage.copy("ticket-router", namespace)
    gate = ("label", "namespace", namespace, "mlgate.dev/gate=enabled", "--overwrite")
    stage.cluster.kubectl.must("administrator", *gate)
    stage.sign(signed(case))
    annotations = judged(case, only(case))["metadata"]["annotations"]
    return Place(stage, namespace, annotations)


@pytest.fixture(scope="module")
def place(stage: Stage, signing: None) -> Place:
    """Where the model is approved by everybody."""
    return _place(stage, "kinds")


@pytest.fixture(scope="module")
def disapproved(stage: Stage, signing: None) -> Place:
    """Where one object of each kind was admitted, and approvals and waivers were taken back since."""
    found = _place(stage, "kinds-disapproved")
    waived = [kind.waiver(found.namespace) for kind in KINDS if kind.unsayable]
    stage.sign(waived)
    for kind in KINDS:
        answer = found.create(kind.object(found.namespace, found.annotations))
        assert answer.ok, f"{_name(kind)}: {answer.errors}"
    for record in [*signed(stage.cases["ticket-router"]), *waived]:
        kind, name = record["kind"].lower(), record["metadata"]["name"]
        stage.cluster.kubectl.must(signer(record), "delete", kind, name, "-n", found.namespace)
    return found


@each_kind
def test_a_model_without_a_card_is_refused_in_whatever_kind(place: Place, kind: ModelKind) -> None:
    answer = place.create(kind.object(place.namespace, {}), "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


@each_kind
def test_another_model_than_the_card_s_is_refused_in_whatever_kind(place: Place, kind: ModelKind) -> None:
    answer = place.create(kind.object(place.namespace, place.annotations, OTHER), "--dry-run=server")
    assert refused_by_gate(answer), answer.errors
    assert "model_card.artifact_mismatch" in refusal(answer.errors).codes


@each_kind
def test_a_governed_model_is_admitted_unless_its_kind_cannot_say_what_is_asked(
    place: Place, kind: ModelKind
) -> None:
    answer = place.create(kind.object(place.namespace, place.annotations), "--dry-run=server")
    assert answer.ok is not bool(kind.unsayable), answer.errors
    assert set(refusal(answer.errors).codes) <= kind.unsayable, answer.errors


@each_kind
def test_what_would_be_refused_today_still_scales_and_ends(disapproved: Place, kind: ModelKind) -> None:
    patches = (
        kind.scaled,
        {"metadata": {"labels": {"app.kubernetes.io/managed-by": "controller"}}},
        {"metadata": {"finalizers": ["example.com/cleanup"]}},
        {"metadata": {"finalizers": None}},
    )
    for body in patches:
        answer = disapproved.change(kind.resource, "router", body)
        assert answer.ok, f"{body}: {answer.errors}"
    status = disapproved.stage.cluster.kubectl(
        "administrator",
        "patch",
        kind.resource,
        "router",
        "-n",
        disapproved.namespace,
        "--subresource=status",
        "--type=merge",
        "-p",
        '{"status":{"replicas":2}}',
    )
    assert status.ok, status.errors


@each_kind
def test_what_would_be_refused_today_does_not_get_another_model(disapproved: Place, kind: ModelKind) -> None:
    other = kind.object(disapproved.namespace, disapproved.annotations, OTHER)
    body = {key: value for key, value in other.items() if key not in ("apiVersion", "kind", "metadata")}
    answer = disapproved.change(kind.resource, "router", body)
    assert refused_by_gate(answer), answer.errors
    assert "model_card.artifact_mismatch" in refusal(answer.errors).codes


def test_the_scale_subresource_is_not_held_up(disapproved: Place) -> None:
    """What an autoscaler writes."""
    kubectl = disapproved.stage.cluster.kubectl
    target = (LLM.resource, "router", "-n", disapproved.namespace)
    answer = kubectl("administrator", "scale", "--replicas=4", *target)
    assert answer.ok, answer.errors


def test_an_adapter_that_is_added_is_a_model_of_its_own(place: Place) -> None:
    service = LLM.object(place.namespace, place.annotations)
    service["metadata"]["name"] = "with-adapters"
    assert place.create(service).ok
    adapters = [{"name": "sql", "uri": "hf://elsewhere/sql-adapter"}]
    answer = place.change(
        LLM.resource, "with-adapters", {"spec": {"model": {"lora": {"adapters": adapters}}}}
    )
    assert refused_by_gate(answer), answer.errors
    assert "adapter:sql" in answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes


def test_a_canary_of_another_model_is_judged_with_the_rest(place: Place) -> None:
    deployment = SELDON.object(place.namespace, place.annotations)
    main = {**deployment["spec"]["predictors"][0], "traffic": 90}
    graph = {**main["graph"], "name": "router2", "modelUri": OTHER}
    canary = {"name": "canary", "traffic": 10, "graph": graph, "componentSpecs": main["componentSpecs"]}
    deployment["spec"]["predictors"] = [main, canary]
    answer = place.create(deployment)
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes
    assert "predictor[1]" in answer.errors


def test_a_runtime_that_changes_underneath_is_warned_of_and_counts_for_the_services(stage: Stage) -> None:
    place = _place(stage, "kinds-runtime")
    service = judged(stage.cases["ticket-router"], only(stage.cases["ticket-router"]))
    service = {**service, "metadata": {**service["metadata"], "namespace": place.namespace}}
    assert place.create(service, "--dry-run=server").ok
    image = "registry.example.com/serving/text-server:latest"
    spec = {"containers": [container("kserve-container", image=image)]}
    answer = place.change("servingruntimes.serving.kserve.io", "text-server", {"spec": spec})
    assert answer.ok, answer.errors
    assert "supply_chain.image_not_pinned" in answer.errors
    answer = place.create(service)
    assert refused_by_gate(answer), answer.errors
    assert "supply_chain.image_not_pinned" in refusal(answer.errors).codes


def test_what_a_config_brings_to_a_service_is_judged_with_it(place: Place) -> None:
    config = {
        "apiVersion": LLM.api_version,
        "kind": "LLMInferenceServiceConfig",
        "metadata": {"name": "adapters", "namespace": place.namespace},
        "spec": {"model": {"lora": {"adapters": [{"name": "sql", "uri": "hf://elsewhere/sql-adapter"}]}}},
    }
    place.stage.must("administrator", [config])
    service = LLM.object(place.namespace, place.annotations)
    service["metadata"]["name"] = "by-config"
    service["spec"]["baseRefs"] = [{"name": "adapters"}]
    answer = place.create(service)
    assert refused_by_gate(answer), answer.errors
    assert "adapter:sql" in answer.errors
    service["spec"]["baseRefs"] = [{"name": "nowhere"}]
    answer = place.create(service)
    assert refused_by_gate(answer), answer.errors
    assert "workload.reference_unresolved" in refusal(answer.errors).codes


def test_a_rollout_is_judged_by_the_deployment_it_takes_its_pods_from(place: Place) -> None:
    template = {"metadata": {"labels": {"app": "idle"}}, "spec": pod(container("web", image="nginx:1"))}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "idle", "namespace": place.namespace},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "idle"}}, "template": template},
    }
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "idle", "namespace": place.namespace},
        "spec": {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "idle"}},
    }
    place.stage.must("engineer", [deployment])
    answer = place.create(rollout)
    assert answer.ok, answer.errors
    serving = container("server", image="vllm/vllm-openai:v0.9.1", args=["--model=elsewhere/model"])
    # The gate is by-passed here as it is where a namespace is labelled after its workloads were made.
    gate = ("label", "namespace", place.namespace)
    kubectl = place.stage.cluster.kubectl
    kubectl.must("administrator", *gate, "mlgate.dev/gate-")
    changed = place.change("deployment", "idle", {"spec": {"template": {"spec": {"containers": [serving]}}}})
    kubectl.must("administrator", *gate, "mlgate.dev/gate=enabled")
    assert changed.ok, changed.errors
    rollout["metadata"]["name"] = "serving"
    answer = place.create(rollout)
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes
