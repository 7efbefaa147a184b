"""Argo Rollouts and sets of pods: LeaderWorkerSet, DisaggregatedSet, JobSet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

SERVER: Json = {"name": "main", "image": "vllm/vllm-openai:v1", "args": ["--model", "acme/chat"]}
JOINS: Json = {"name": "worker", "image": "vllm/vllm-openai:v1", "command": ["sh", "-c", "ray start --block"]}
CLAIM: Json = {"metadata": {"name": "weights"}, "spec": {"storageClassName": "fast"}}


def of_kind(api_version: str, kind: str, spec: Json) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "chat"}, "spec": spec}


def pod(*containers: Json, **fields: Any) -> Json:
    return {"metadata": {"labels": {"app": "chat"}}, "spec": {"containers": list(containers), **fields}}


def rollout(strategy: Json | None = None, **spec: Any) -> Json:
    return of_kind(
        "argoproj.io/v1alpha1", "Rollout", {"template": pod(SERVER), "strategy": strategy or {}, **spec}
    )


def leader_worker_set(**parts: Any) -> Json:
    return of_kind("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", {"leaderWorkerTemplate": parts})


def disaggregated_set(**roles: Json) -> Json:
    given = [{"name": name, "spec": {"leaderWorkerTemplate": parts}} for name, parts in roles.items()]
    return of_kind("disaggregatedset.x-k8s.io/v1", "DisaggregatedSet", {"roles": given})


def job_set(**jobs: Json) -> Json:
    given = [{"name": name, "template": {"spec": {"template": pod_}}} for name, pod_ in jobs.items()]
    return of_kind("jobset.x-k8s.io/v1alpha2", "JobSet", {"replicatedJobs": given})


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str]]:
    return [(model.uri, model.path) for model in workload.models]


def test_a_rollout_serves_what_its_template_serves(read: Read) -> None:
    workload = workload_of(read(rollout({"blueGreen": {"activeService": "chat"}})))

    assert models(workload) == [("hf://acme/chat", "spec.template.spec.containers[0].args[0]")]
    assert [pod_.labels for pod_ in workload.pods] == [{"app": "chat"}]
    assert (workload.rollout.strategy, workload.rollout.path) == ("blueGreen", "spec.strategy.blueGreen")
    assert workload.problems == ()


STEPS = [{"pause": {}}, {"setWeight": 40}, {"setWeight": 5}]


@pytest.mark.parametrize(
    ("canary", "percent"),
    [
        ({"steps": STEPS}, 40),
        ({"steps": [{"setWeight": 0}, {"setWeight": 100}]}, 0),
        ({"steps": STEPS, "trafficRouting": {"maxTrafficWeight": 50}}, 80),
        ({"steps": STEPS, "trafficRouting": {"maxTrafficWeight": 1000}}, 4),
        ({"steps": STEPS, "trafficRouting": {"maxTrafficWeight": 0}}, 40),
        ({"steps": [{"pause": {}}]}, None),
        ({"steps": [{"setWeight": 10**400}]}, None),
        ({"steps": [{"setWeight": True}]}, None),
        ({"maxSurge": "25%"}, None),
    ],
)
def test_the_first_step_of_a_canary_is_its_share(read: Read, canary: Json, percent: float | None) -> None:
    found = workload_of(read(rollout({"canary": canary}))).rollout
    assert (found.strategy, found.canary_percent) == ("canary", percent)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"strategy": {"canary": {"steps": {}}}}, "spec.strategy.canary.steps"),
        ({"workloadRef": {"name": ["x"]}}, "spec.workloadRef.name"),
        ({"template": []}, "spec.template"),
    ],
)
def test_a_wrong_type_in_a_rollout_is_a_problem_with_its_path(read: Read, spec: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(rollout(**spec))).problems]


def test_an_experiment_runs_each_of_its_templates(read: Read) -> None:
    spec = {"templates": [{"name": "a", "template": pod(SERVER)}, {"name": "b", "template": pod(SERVER)}]}
    workload = workload_of(read(of_kind("argoproj.io/v1alpha1", "Experiment", spec)))
    assert [path for _, path in models(workload)] == [
        "spec.templates[0].template.spec.containers[0].args[0]",
        "spec.templates[1].template.spec.containers[0].args[0]",
    ]


def test_leader_and_workers_are_read_with_their_claims(read: Read) -> None:
    workload = workload_of(
        read(
            leader_worker_set(
                leaderTemplate=pod(SERVER, serviceAccountName="boss"),
                workerTemplate=pod(JOINS),
                volumeClaimTemplates=[CLAIM],
            )
        )
    )

    assert models(workload) == [
        ("hf://acme/chat", "spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].args[0]")
    ]
    assert [pod_.service_account_name for pod_ in workload.pods] == ["boss", None]
    assert [(volume.name, volume.storage_class_name) for volume in workload.volumes] == [("weights", "fast")]
    assert workload.problems == ()


def test_a_worker_that_serves_a_model_of_its_own_hides_behind_no_leader(read: Read) -> None:
    other = {**JOINS, "image": "nvcr.io/nvidia/tritonserver:24.01-py3"}
    named = {**JOINS, "command": ["vllm", "serve", "evil/chat"]}
    silent = {**JOINS, "command": ["vllm", "serve"]}

    def read_with(worker: Json) -> Workload:
        parts = {"leaderTemplate": pod(SERVER), "workerTemplate": pod(worker)}
        return workload_of(read(leader_worker_set(**parts)))

    assert [uri for uri, _ in models(read_with(other))][1] == "image://nvcr.io/nvidia/tritonserver:24.01-py3"
    assert [uri for uri, _ in models(read_with(named))][1] == "hf://evil/chat"
    assert [problem.path for problem in read_with(silent).problems] == [
        "spec.leaderWorkerTemplate.workerTemplate"
    ]


def test_workers_that_join_a_leader_without_a_model_are_a_problem(read: Read) -> None:
    workload = workload_of(read(leader_worker_set(workerTemplate=pod(JOINS))))
    assert [problem.path for problem in workload.problems] == ["spec.leaderWorkerTemplate.workerTemplate"]


def test_a_set_that_serves_none_is_of_no_concern(read: Read) -> None:
    web = {"name": "web", "image": "nginx:1"}
    workload = workload_of(read(leader_worker_set(leaderTemplate=pod(web), workerTemplate=pod(web))))
    assert (workload.concerns_a_model, workload.models) == (False, ())


def test_every_role_of_a_disaggregated_set_is_read(read: Read) -> None:
    tuned = {**SERVER, "args": ["--model", "acme/chat-fast"]}
    workload = workload_of(
        read(
            disaggregated_set(
                prefill={"leaderTemplate": pod(SERVER), "workerTemplate": pod(JOINS)},
                decode={"workerTemplate": pod(tuned), "volumeClaimTemplates": [CLAIM]},
            )
        )
    )

    path = "spec.roles[{}].spec.leaderWorkerTemplate.{}.spec.containers[0].args[0]"
    assert models(workload) == [
        ("hf://acme/chat", path.format(0, "leaderTemplate")),
        ("hf://acme/chat-fast", path.format(1, "workerTemplate")),
    ]
    assert (len(workload.pods), len(workload.volumes), workload.problems) == (3, 1, ())


def test_a_job_set_serves_or_trains_by_its_containers(read: Read) -> None:
    train = {"name": "fit", "image": "registry.example.com/fit:1", "command": ["torchrun", "fit.py"]}

    serving = workload_of(read(job_set(server=pod(SERVER))))
    training = workload_of(read(job_set(fit=pod(train))))

    assert (serving.serves_model, serving.trains_model) == (True, False)
    assert models(serving) == [
        ("hf://acme/chat", "spec.replicatedJobs[0].template.spec.template.spec.containers[0].args[0]")
    ]
    assert (training.serves_model, training.trains_model) == (False, True)


def test_the_claims_of_a_job_set_are_volumes(read: Read) -> None:
    given = job_set(server=pod(SERVER))
    given["spec"]["volumeClaimPolicies"] = [{"templates": [CLAIM]}]
    assert [volume.name for volume in workload_of(read(given)).volumes] == ["weights"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (leader_worker_set(workerTemplate=["x"]), "spec.leaderWorkerTemplate.workerTemplate"),
        (
            disaggregated_set(decode={"leaderTemplate": 3}),
            "spec.roles[0].spec.leaderWorkerTemplate.leaderTemplate",
        ),
        (job_set(server={"spec": []}), "spec.replicatedJobs[0].template.spec.template.spec"),
    ],
)
def test_a_wrong_type_in_a_set_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]


@pytest.mark.parametrize("obj", [rollout(), leader_worker_set(workerTemplate=pod(SERVER))])
def test_bypass_12_the_kind_is_that_of_its_group(read: Read, obj: Json) -> None:
    other = {**obj, "apiVersion": "example.com/v1"}
    # Of a group nobody knows it is no Rollout and no set, but what runs in it is read.
    assert workload_of(read(other)).serves_model
    assert workload_of(read(other)).rollout.strategy == "none"


@pytest.mark.parametrize("obj", [rollout(), job_set(server=pod(SERVER))])
def test_bypass_13_a_version_nobody_knows_is_a_problem_and_read(read: Read, obj: Json) -> None:
    group = obj["apiVersion"].partition("/")[0]
    workload = workload_of(read({**obj, "apiVersion": f"{group}/v9"}))
    assert workload.serves_model
    assert [problem.path for problem in workload.problems] == ["apiVersion"]
