"""What is allowed, and from which moment on."""

from __future__ import annotations

import time
from typing import Any

import pytest
from casebook.documents import Object
from refusals import refusal, refused_by_gate
from staging import Stage, judged, only, signed, signer

pytestmark = pytest.mark.usefixtures("signing")


@pytest.mark.parametrize(
    "name", ["ticket-router", "credit-scoring"], ids=["limited-internal", "high-restricted"]
)
def test_a_model_is_allowed_once_everyone_has_signed_whom_tier_and_class_demand(
    stage: Stage, name: str
) -> None:
    case = stage.copy(name, f"{name}-one-by-one")
    expected = only(case)
    for record in signed(case):
        answer = stage.submit(case, expected, "--dry-run=server")
        assert refused_by_gate(answer), f"before {signer(record)} has signed: {answer.errors}"
        assert set(refusal(answer.errors).codes) == {"signoff.approval_missing"}
        stage.sign([record])
    assert stage.submit(case, expected, "--dry-run=server").ok
    assert stage.stored(case.name, expected.object) is None
    answer = stage.submit(case, expected)
    assert answer.ok, answer.errors
    assert stage.stored(case.name, expected.object) is not None


@pytest.mark.parametrize("name", ["ticket-router", "credit-scoring-no-encryption", "credit-scoring-unfair"])
def test_a_server_side_dry_run_gives_the_same_verdict(stage: Stage, name: str) -> None:
    case = stage.copy(name, f"{name}-dry-run")
    stage.sign(signed(case))
    dry = stage.submit(case, only(case), "--dry-run=server")
    wet = stage.submit(case, only(case))
    assert dry.ok == wet.ok
    assert refusal(dry.errors) == refusal(wet.errors)


@pytest.fixture
def deployed(stage: Stage) -> Object:
    """A model that was allowed and whose business owner has since taken the approval back."""
    name = "taken-back"
    if stage.stored(name, "InferenceService/ticket-router") is None:
        case = stage.copy("ticket-router", name)
        stage.sign(signed(case))
        assert stage.submit(case, only(case)).ok
        for record in signed(case):
            stage.cluster.kubectl.must(
                signer(record), "delete", "signoff", record["metadata"]["name"], "-n", name
            )
        return judged(case, only(case))
    found: dict[str, Any] = stage.stored(name, "InferenceService/ticket-router") or {}
    return found


def test_an_update_that_touches_nothing_relevant_passes(stage: Stage, deployed: Object) -> None:
    place = ("inferenceservice", "ticket-router", "-n", "taken-back")
    for change in (
        ("annotate", *place, "example.com/note=rotated", "--overwrite"),
        ("label", *place, "team=blue", "--overwrite"),
        ("patch", *place, "--type=merge", "-p", '{"metadata":{"finalizers":["example.com/cleanup"]}}'),
        ("patch", *place, "--type=merge", "-p", '{"metadata":{"finalizers":null}}'),
    ):
        answer = stage.cluster.kubectl("engineer", *change)
        assert answer.ok, answer.errors
        assert "signoff.approval_missing" in answer.errors, "what is wrong is still told, as a warning"


@pytest.mark.parametrize(
    "change",
    [
        ("annotate", "mlgate.dev/purpose=closing-tickets"),
        ("annotate", "mlgate.dev/model-card-"),
        ("label", "mlgate.dev/data-classification=public"),
        ("label", "mlgate.dev/model-version=1.3.9"),
    ],
    ids=lambda change: change[1],
)
def test_an_update_of_what_the_rules_read_is_judged_anew(
    stage: Stage, deployed: Object, change: tuple[str, str]
) -> None:
    verb, text = change
    place = ("inferenceservice", "ticket-router", "-n", "taken-back")
    answer = stage.cluster.kubectl("engineer", verb, *place, text, "--overwrite", "--dry-run=server")
    assert refused_by_gate(answer), answer.errors


def test_an_update_to_another_model_is_judged_anew(stage: Stage, deployed: Object) -> None:
    patch = '{"spec":{"predictor":{"model":{"storageUri":"s3://elsewhere/model/"}}}}'
    answer = stage.cluster.kubectl(
        "engineer",
        "patch",
        "inferenceservice",
        "ticket-router",
        "-n",
        "taken-back",
        "--type=merge",
        "-p",
        patch,
    )
    assert refused_by_gate(answer)
    assert "model_card.artifact_mismatch" in refusal(answer.errors).codes


def test_the_pods_of_a_governed_deployment_are_let_through(stage: Stage) -> None:
    case = stage.copy("vllm-deployment", "governed-pods")
    stage.sign(signed(case))
    answer = stage.submit(case, only(case))
    assert answer.ok, answer.errors
    stage.cluster.kubectl.must(
        "engineer", "wait", "--for=create", "pod", "-l", "app=reply-drafts", "-n", case.name, "--timeout=30s"
    )


def test_a_governed_deployment_scales_after_its_approvals_were_taken_back(stage: Stage) -> None:
    case = stage.copy("vllm-deployment", "governed-scaling")
    stage.sign(signed(case))
    assert stage.submit(case, only(case)).ok
    kubectl = stage.cluster.kubectl
    for record in signed(case):
        kubectl.must(signer(record), "delete", "signoff", record["metadata"]["name"], "-n", case.name)
    kubectl.must("engineer", "scale", "deployment/reply-drafts", "--replicas=3", "-n", case.name)
    pods = ("get", "pods", "-l", "app=reply-drafts", "-n", case.name, "-o", "name")
    limit = time.monotonic() + 30
    while len(kubectl.must("engineer", *pods).split()) < 3:
        assert time.monotonic() < limit, kubectl("engineer", "get", "events", "-n", case.name).output


def test_a_pod_that_only_claims_to_belong_to_a_governed_deployment_is_refused(stage: Stage) -> None:
    case = stage("vllm-deployment")
    template = judged(case, only(case))["spec"]["template"]
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": "reply-drafts-5d8f",
        "uid": "4be0c1f2-6a53-4f0d-9f0e-3d2f7c1b8a90",
        "controller": True,
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stray", "namespace": case.name, "ownerReferences": [owner]},
        "spec": template["spec"],
    }
    answer = stage.cluster.kubectl.send("engineer", "create", [pod])
    assert refused_by_gate(answer), answer.errors
    assert "model_card.missing" in refusal(answer.errors).codes
