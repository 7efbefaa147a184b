"""Kubeflow: TrainJobs and what their runtimes bring, and the jobs of the training operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import complete
from mlgate.workloads.extract import Extraction

Json = dict[str, Any]
Read = Callable[..., Extraction]

GROUP = "trainer.kubeflow.org/v1alpha1"
IMAGE = "registry.example.com/train/loop:3"
PATCH = (
    "spec.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs[0].template.spec.template.spec"
)


def train_job(**spec: Any) -> Json:
    return {
        "apiVersion": GROUP,
        "kind": "TrainJob",
        "metadata": {"name": "tune", "namespace": "team"},
        "spec": {"runtimeRef": {"name": "loop"}, **spec},
    }


def replicated(name: str, pod: Json, **metadata: Any) -> Json:
    """A job of a runtime, or a patch of one."""
    return {"name": name, "template": {"spec": {"template": {"metadata": metadata, "spec": pod}}}}


def container(name: str, **fields: Any) -> Json:
    return {"name": name, "image": IMAGE, **fields}


def fetching(name: str, address: str) -> Json:
    return {"containers": [container(name, env=[{"name": "STORAGE_URI", "value": address}])]}


RUNTIME: Json = {
    "template": {
        "spec": {
            "volumeClaimPolicies": [
                {"templates": [{"metadata": {"name": "shared"}, "spec": {"storageClassName": "fast"}}]}
            ],
            "replicatedJobs": [
                replicated("dataset-initializer", fetching("dataset-initializer", "hf://acme/letters")),
                replicated("model-initializer", fetching("model-initializer", "hf://acme/small")),
                replicated(
                    "node",
                    {
                        "serviceAccountName": "runner",
                        "containers": [container("node", args=["--slow"], command=["torchrun"])],
                    },
                    labels={"app": "node"},
                ),
            ],
        }
    }
}


def runtime_object(kind: str = "ClusterTrainingRuntime") -> Json:
    return {"apiVersion": GROUP, "kind": kind, "metadata": {"name": "loop"}, "spec": RUNTIME}


def resolved(status: str = "found", kind: str = "ClusterTrainingRuntime") -> Evidence:
    reference = ResolvedReference(
        api_version=GROUP,
        kind=kind,
        namespace=None if kind.startswith("Cluster") else "team",
        name="loop",
        status=status,
        object=runtime_object(kind) if status == "found" else None,
    )
    return Evidence(references=(reference,))


def workload_of(extraction: Extraction, evidence: Evidence | None = None) -> Workload:
    workload = complete(extraction, evidence).workload if evidence is not None else extraction.workload
    assert workload is not None
    return workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def data(workload: Workload) -> list[tuple[str, str]]:
    return [(entry.uri, entry.path) for entry in workload.datasets]


def test_a_train_job_trains_and_does_not_serve(read: Read) -> None:
    workload = workload_of(
        read(
            train_job(
                initializer={
                    "model": {"storageUri": "hf://acme/base:main", "secretRef": {"name": "hub"}},
                    "dataset": {"storageUri": "s3://letters/2024"},
                },
                trainer={"image": IMAGE, "args": ["--dataset=/data"], "env": [{"name": "A", "value": "1"}]},
            )
        )
    )

    assert (workload.serves_model, workload.trains_model) == (False, True)
    assert models(workload) == [
        ("model-initializer", "hf://acme/base:main", "base", "spec.initializer.model.storageUri")
    ]
    assert data(workload)[0] == ("s3://letters/2024", "spec.initializer.dataset.storageUri")
    assert [(item.name, item.image.raw, item.path) for item in workload.containers] == [
        ("node", IMAGE, "spec.trainer"),
        ("model-initializer", None, "spec.initializer.model"),
    ]
    assert [(source.name, source.path) for source in workload.containers[1].env_from] == [
        ("hub", "spec.initializer.model.secretRef.name")
    ]
    assert (workload.pods, workload.problems) == ((), ())


def test_what_data_the_trainer_is_told_is_read(read: Read) -> None:
    workload = workload_of(read(train_job(trainer={"image": IMAGE, "args": ["--dataset=s3://letters"]})))
    assert data(workload) == [("s3://letters", "spec.trainer.args[0]")]


def test_a_variable_that_replaces_the_address_is_read_as_well(read: Read) -> None:
    given = [{"name": "STORAGE_URI", "value": "hf://evil/base"}]
    workload = workload_of(
        read(
            train_job(
                initializer={
                    "model": {"storageUri": "hf://acme/base", "env": given},
                    "dataset": {"storageUri": "s3://letters", "env": given},
                }
            )
        )
    )
    assert [model.uri for model in workload.models] == ["hf://acme/base", "hf://evil/base"]
    assert [uri for uri, _ in data(workload)] == ["s3://letters", "hf://evil/base"]


def test_a_patch_is_read_like_the_pod_it_patches(read: Read) -> None:
    pod = {
        "serviceAccountName": "strong",
        "volumes": [{"name": "host", "hostPath": {"path": "/"}}],
        "initContainers": [container("fetch", env=[{"name": "MODEL_URI", "value": "s3://b/models/x"}])],
    }
    spec = {"template": {"spec": {"replicatedJobs": [replicated("node", pod, labels={"tier": "a"})]}}}
    workload = workload_of(read(train_job(runtimePatches=[{"trainingRuntimeSpec": spec}])))

    assert [(pod.path, pod.service_account_name, pod.labels) for pod in workload.pods] == [
        (PATCH, "strong", {"tier": "a"})
    ]
    assert [(item.name, item.role) for item in workload.containers] == [("fetch", "init")]
    assert models(workload) == [("node", "s3://b/models/x", "base", f"{PATCH}.initContainers[0].env[0]")]
    assert [volume.kind for volume in workload.volumes] == ["hostPath"]


@pytest.mark.parametrize(
    "fields",
    [
        {
            "podTemplateOverrides": [
                {"targetJobs": [{"name": "node"}], "spec": {"serviceAccountName": "strong"}}
            ]
        },
        {"podSpecOverrides": [{"targetJobs": [{"name": "node"}], "serviceAccountName": "strong"}]},
    ],
)
def test_bypass_13_patches_of_older_forms_are_read_and_lie_over_the_runtime(read: Read, fields: Json) -> None:
    workload = workload_of(read(train_job(**fields)), resolved())

    assert [pod.service_account_name for pod in workload.pods] == ["strong", None, None]
    assert {item.name for item in workload.containers} == {"node", "dataset-initializer", "model-initializer"}


def test_a_runtime_brings_its_pods_models_and_data(read: Read) -> None:
    workload = workload_of(read(train_job()), resolved())

    base = "ClusterTrainingRuntime/loop.spec.template.spec"
    assert [(item.name, item.source) for item in workload.containers] == [
        ("dataset-initializer", "reference"),
        ("model-initializer", "reference"),
        ("node", "reference"),
    ]
    assert [model.uri for model in workload.models] == ["hf://acme/small"]
    assert [uri for uri, _ in data(workload)] == ["hf://acme/letters"]
    assert workload.pods[2].service_account_name == "runner"
    assert [(volume.name, volume.storage_class_name) for volume in workload.volumes] == [("shared", "fast")]
    assert workload.volumes[0].path == f"{base}.volumeClaimPolicies[0].templates[0]"
    assert [(item.kind, item.status) for item in workload.references] == [("ClusterTrainingRuntime", "found")]


def test_what_the_job_says_stands_in_the_place_of_what_its_runtime_says(read: Read) -> None:
    job = train_job(
        initializer={
            "model": {"storageUri": "hf://acme/base"},
            "dataset": {"storageUri": "s3://letters", "env": [{"name": "A", "value": "1"}]},
        },
        trainer={"image": "registry.example.com/own:1", "args": ["--fast"]},
    )
    workload = workload_of(read(job), resolved())

    assert [model.uri for model in workload.models] == ["hf://acme/base"]
    assert [uri for uri, _ in data(workload)] == ["s3://letters"]
    node = next(item for item in workload.containers if item.name == "node")
    assert (node.image.raw, node.command, node.args) == (
        "registry.example.com/own:1",
        ("torchrun",),
        ("--fast",),
    )
    assert (node.source, node.path) == ("object", "spec.trainer")
    assert len(workload.containers) == len(workload.pods) == 3


def test_a_container_no_pod_of_the_runtime_has_stays(read: Read) -> None:
    found = read(train_job(trainer={"image": IMAGE}))
    bare = ResolvedReference(
        api_version=GROUP,
        kind="ClusterTrainingRuntime",
        namespace=None,
        name="loop",
        status="found",
        object={"spec": {}},
    )
    workload = workload_of(found, Evidence(references=(bare,)))
    assert [item.path for item in workload.containers] == ["spec.trainer"]


def test_a_patch_of_the_runtime_lies_over_the_job_of_that_name(read: Read) -> None:
    pod = {"containers": [{"name": "node", "env": [{"name": "B", "value": "2"}]}]}
    spec = {"template": {"spec": {"replicatedJobs": [replicated("node", pod)]}}}
    workload = workload_of(read(train_job(runtimePatches=[{"trainingRuntimeSpec": spec}])), resolved())

    node = next(item for item in workload.containers if item.name == "node")
    assert (node.image.raw, [env.name for env in node.env]) == (IMAGE, ["B"])
    patched = workload.pods[0]
    assert (patched.service_account_name, patched.labels) == ("runner", {"app": "node"})
    assert len(workload.pods) == 3


@pytest.mark.parametrize("status", ["missing", "unavailable"])
def test_a_runtime_that_is_not_to_be_had_is_stated(read: Read, status: str) -> None:
    workload = workload_of(read(train_job(trainer={"image": IMAGE})), resolved(status))

    assert [item.status for item in workload.references] == [status]
    assert (workload.trains_model, workload.serves_model) == (True, False)


def test_a_runtime_of_the_namespace_is_looked_up_by_its_kind(read: Read) -> None:
    job = train_job(
        runtimeRef={"name": "loop", "kind": "TrainingRuntime", "apiGroup": "trainer.kubeflow.org"}
    )
    assert read(job).lookups.references[0].kinds == ((GROUP, "TrainingRuntime", True),)
    workload = workload_of(read(job), resolved(kind="TrainingRuntime"))
    assert workload.references[0].namespace == "team"
    assert len(workload.pods) == 3


@pytest.mark.parametrize("kind", ["ClusterTrainingRuntime", "TrainingRuntime"])
def test_a_runtime_is_read_by_itself(read: Read, kind: str) -> None:
    workload = workload_of(read(runtime_object(kind)))

    assert (workload.is_runtime, workload.serves_model, workload.trains_model) == (True, False, False)
    assert [(model.id, model.uri, model.role) for model in workload.models] == [
        ("model-initializer", "hf://acme/small", "base")
    ]
    assert [uri for uri, _ in data(workload)] == ["hf://acme/letters"]
    assert [pod.labels for pod in workload.pods] == [{}, {}, {"app": "node"}]
    assert workload.problems == ()


def test_the_trials_of_a_search_are_read_like_the_job_they_are_made_from(read: Read) -> None:
    job = {
        "apiVersion": GROUP,
        "kind": "OptimizationJob",
        "metadata": {"name": "search"},
        "spec": {
            "trainJobTemplate": {
                "spec": train_job(
                    trainer={"image": IMAGE}, initializer={"model": {"storageUri": "hf://acme/base"}}
                )["spec"]
            }
        },
    }
    workload = workload_of(read(job), resolved())

    assert (workload.serves_model, workload.trains_model) == (False, True)
    assert [model.uri for model in workload.models] == ["hf://acme/base"]
    assert next(item.path for item in workload.containers if item.name == "node").endswith(
        "trainJobTemplate.spec.trainer"
    )


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"trainer": []}, "spec.trainer"),
        ({"initializer": "x"}, "spec.initializer"),
        ({"initializer": {"model": {"storageUri": ["x"]}}}, "spec.initializer.model.storageUri"),
        ({"initializer": {"model": {"secretRef": {"name": 1}}}}, "spec.initializer.model.secretRef.name"),
        ({"runtimePatches": {}}, "spec.runtimePatches"),
        ({"podSpecOverrides": ["x"]}, "spec.podSpecOverrides[0]"),
        ({"runtimeRef": {"name": {}}}, "spec.runtimeRef.name"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, spec: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(train_job(**spec))).problems]


REPLICAS = {
    "PyTorchJob": "pytorchReplicaSpecs",
    "TFJob": "tfReplicaSpecs",
    "MPIJob": "mpiReplicaSpecs",
    "XGBoostJob": "xgbReplicaSpecs",
    "JAXJob": "jaxReplicaSpecs",
    "PaddleJob": "paddleReplicaSpecs",
}


def operator_job(kind: str, **pods: Json) -> Json:
    replicas = {
        name: {"replicas": 1, "template": {"metadata": {}, "spec": pod}} for name, pod in pods.items()
    }
    return {
        "apiVersion": "kubeflow.org/v1",
        "kind": kind,
        "metadata": {"name": "fit"},
        "spec": {REPLICAS[kind]: replicas},
    }


@pytest.mark.parametrize("kind", REPLICAS)
def test_a_job_of_the_training_operator_trains_and_does_not_serve(read: Read, kind: str) -> None:
    args = ["--model_name_or_path=acme/base", "--dataset=s3://letters"]
    job = operator_job(
        kind,
        Master={"serviceAccountName": "boss", "containers": [container("main", args=args)]},
        Worker={"containers": [container("main")]},
    )
    workload = workload_of(read(job))

    path = f"spec.{REPLICAS[kind]}.Master.template.spec"
    assert (workload.serves_model, workload.trains_model) == (False, True)
    assert models(workload) == [("Master", "hf://acme/base", "base", f"{path}.containers[0].args[0]")]
    assert data(workload) == [("s3://letters", f"{path}.containers[0].args[1]")]
    assert [pod.service_account_name for pod in workload.pods] == ["boss", None]
    assert workload.problems == ()


def test_bypass_13_a_version_nobody_knows_is_a_problem(read: Read) -> None:
    job = operator_job("TFJob", Worker={"containers": [container("main")]})
    job["apiVersion"] = "kubeflow.org/v1beta2"
    assert [problem.path for problem in workload_of(read(job)).problems] == ["apiVersion"]


def test_bypass_12_a_kind_of_that_name_in_another_group_is_another_kind(read: Read) -> None:
    job = train_job(trainer={"image": IMAGE})
    job["apiVersion"] = "train.example.com/v1alpha1"
    assert read(job).workload is None


@pytest.mark.parametrize("scaled", [{"suspend": True}, {"trainer": {"image": IMAGE, "numNodes": 4}}])
def test_a_change_of_what_only_scales_is_none(read: Read, scaled: Json) -> None:
    old = train_job(trainer={"image": IMAGE, "numNodes": 2})
    new = train_job(**{"trainer": {"image": IMAGE, "numNodes": 2}, **scaled})
    assert not complete(read(new, old), Evidence()).change.any
