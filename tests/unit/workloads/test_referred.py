"""Objects that hold the pods of another one: a Rollout runs what the Deployment it names would run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete, wider_lookups
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

SERVER: Json = {"name": "main", "image": "vllm/vllm-openai:v1", "args": ["--model=acme/chat"]}
POD: Json = {
    "serviceAccountName": "reader",
    "containers": [SERVER],
    "volumes": [{"name": "cache", "persistentVolumeClaim": {"claimName": "cache"}}],
}
WEB: Json = {"containers": [{"name": "web", "image": "nginx:1"}]}


def rollout(kind: str = "Deployment", api_version: str = "apps/v1", **spec: Any) -> Json:
    reference = {"apiVersion": api_version, "kind": kind, "name": "chat"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "chat", "namespace": "team"},
        "spec": {"replicas": 2, "workloadRef": reference, **spec},
    }


def referred(
    pod: Json,
    kind: str = "Deployment",
    api_version: str = "apps/v1",
    status: str = "found",
    **spec: Any,
) -> Evidence:
    found = {"spec": {"replicas": 0, "template": {"metadata": {"labels": {"app": "c"}}, "spec": pod}, **spec}}
    reference = ResolvedReference.model_validate(
        {
            "api_version": api_version,
            "kind": kind,
            "namespace": "team",
            "name": "chat",
            "status": status,
            "object": found if status == "found" else None,
        }
    )
    return Evidence(references=(reference,))


def workload_of(extraction: Extraction, evidence: Evidence) -> Workload:
    workload = complete(extraction, evidence).workload
    assert workload is not None
    return workload


def test_bypass_08_a_rollout_is_judged_like_the_deployment_it_names(read: Read) -> None:
    found = read(rollout())
    workload = workload_of(found, referred(POD))

    path = "Deployment/chat.spec.template.spec"
    assert found.concerned  # or nobody would look
    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert [(model.id, model.uri, model.path) for model in workload.models] == [
        ("container:main", "hf://acme/chat", f"{path}.containers[0].args[0]")
    ]
    assert [(item.name, item.source, item.path) for item in workload.containers] == [
        ("main", "reference", f"{path}.containers[0]")
    ]
    assert [(pod.path, pod.service_account_name, pod.labels) for pod in workload.pods] == [
        (path, "reader", {"app": "c"})
    ]
    assert [(volume.claim_name, volume.path) for volume in workload.volumes] == [
        ("cache", f"{path}.volumes[0]")
    ]
    assert f"arg:--model@{path}.containers[0].args[0]" in workload.detected_by
    assert [(item.kind, item.name, item.status) for item in workload.references] == [
        ("Deployment", "chat", "found")
    ]
    assert workload.problems == ()


def test_the_account_of_the_deployment_is_looked_up_in_a_second_round(read: Read) -> None:
    taking = {**POD, "containers": [{**SERVER, "envFrom": [{"secretRef": {"name": "keys"}}]}]}
    lookups = wider_lookups(read(rollout()), referred(taking))
    assert (lookups.service_accounts, lookups.secrets) == (("reader",), ("keys",))


def test_one_that_leads_to_a_deployment_without_a_model_is_of_no_concern(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(WEB))
    assert (workload.serves_model, workload.trains_model, workload.models) == (False, False, ())
    assert workload.detected_by == ()


def test_one_that_leads_nowhere_runs_nothing(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(POD, status="missing"))

    assert (workload.serves_model, workload.trains_model) == (False, False)
    assert (workload.models, workload.containers, workload.pods) == ((), (), ())
    assert [item.status for item in workload.references] == ["missing"]


def test_one_that_cannot_be_followed_is_presumed_to_serve(read: Read) -> None:
    workload = workload_of(read(rollout()), referred(POD, status="unavailable"))

    assert workload.serves_model
    assert workload.detected_by == ("reference:chat@spec.workloadRef.name",)
    assert [item.status for item in workload.references] == ["unavailable"]


def test_one_that_is_known_to_serve_is_not_presumed_to(read: Read) -> None:
    both = rollout(template={"metadata": {}, "spec": POD})
    workload = workload_of(read(both), referred(POD, status="unavailable"))

    assert workload.serves_model
    assert not [reason for reason in workload.detected_by if reason.startswith("reference:")]


@pytest.mark.parametrize(
    ("kind", "api_version"),
    [("StatefulSet", "apps/v1"), ("ReplicaSet", "apps/v1"), ("Rocket", "example.com/v1")],
)
def test_bypass_08_the_reference_may_lead_to_any_kind(read: Read, kind: str, api_version: str) -> None:
    found = read(rollout(kind, api_version))
    assert found.lookups.references[0].kinds == ((api_version, kind, True),)

    workload = workload_of(found, referred(POD, kind, api_version))
    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/chat"]
    assert (workload.references[0].kind, workload.references[0].namespace) == (kind, "team")


def test_a_template_for_pods_alone_is_followed_as_well(read: Read) -> None:
    template = {"template": {"metadata": {}, "spec": POD}}
    evidence = referred(WEB, "PodTemplate", "v1")
    evidence = evidence.model_copy(
        update={"references": (evidence.references[0].model_copy(update={"object": template}),)}
    )
    workload = workload_of(read(rollout("PodTemplate", "v1")), evidence)
    assert [(model.uri, model.path) for model in workload.models] == [
        ("hf://acme/chat", "PodTemplate/chat.template.spec.containers[0].args[0]")
    ]


def test_the_claims_of_a_set_come_along(read: Read) -> None:
    claims = [{"metadata": {"name": "weights"}, "spec": {"storageClassName": "fast"}}]
    workload = workload_of(
        read(rollout("StatefulSet")), referred(POD, "StatefulSet", volumeClaimTemplates=claims)
    )
    assert [(volume.name, volume.storage_class_name) for volume in workload.volumes] == [
        ("cache", None),
        ("weights", "fast"),
    ]


def test_what_is_wrong_in_the_deployment_is_a_problem_of_the_rollout(read: Read) -> None:
    workload = workload_of(read(rollout()), referred({"containers": "x"}))
    assert [problem.path for problem in workload.problems] == [
        "Deployment/chat.spec.template.spec.containers"
    ]


def test_switches_of_the_deployment_are_switches_of_the_rollout(read: Read) -> None:
    trusting = {"containers": [{**SERVER, "args": [*SERVER["args"], "--trust-remote-code"]}]}
    workload = workload_of(read(rollout()), referred(trusting))
    assert workload.features.trust_remote_code.enabled
    assert workload.features.trust_remote_code.path == (
        "Deployment/chat.spec.template.spec.containers[0].args[1]"
    )
