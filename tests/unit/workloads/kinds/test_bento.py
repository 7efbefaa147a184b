"""BentoML on Kubernetes: deployments of every version, bentos, and requests to build one."""

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

IMAGE = "registry.example.com/bentos/sorter@sha256:" + "b" * 64
RESOURCES = "resources.yatai.ai/v1alpha1"


def deployment(version: str = "v2alpha1", **spec: Any) -> Json:
    given = {"bento": "sorter-1"} if version == "v2alpha1" else {"bento_tag": "sorter:1"}
    return {
        "apiVersion": f"serving.yatai.ai/{version}",
        "kind": "BentoDeployment",
        "metadata": {"name": "sorting"},
        "spec": {**given, **spec},
    }


def resource(kind: str, **spec: Any) -> Json:
    return {"apiVersion": RESOURCES, "kind": kind, "metadata": {"name": "sorter-1"}, "spec": spec}


def found(kind: str = "Bento", status: str = "found", **spec: Any) -> Evidence:
    reference = ResolvedReference.model_validate(
        {
            "api_version": RESOURCES,
            "kind": kind,
            "namespace": "team",
            "name": "sorter-1",
            "status": status,
            "object": {"spec": spec} if status == "found" else None,
        }
    )
    return Evidence(references=(reference,))


def workload_of(extraction: Extraction, evidence: Evidence | None = None) -> Workload:
    workload = complete(extraction, evidence).workload if evidence is not None else extraction.workload
    assert workload is not None
    return workload


def models(workload: Workload) -> list[tuple[str, str, str]]:
    return [(model.id, model.uri, model.path) for model in workload.models]


@pytest.mark.parametrize(
    ("version", "uri", "path"),
    [
        ("v2alpha1", "bento://sorter-1", "spec.bento"),
        ("v1alpha3", "bento://sorter:1", "spec.bento_tag"),
        ("v1alpha2", "bento://sorter:1", "spec.bento_tag"),
        ("v1alpha1", "bento://sorter:1", "spec.bento_tag"),
    ],
)
def test_bypass_13_every_served_version_is_read(read: Read, version: str, uri: str, path: str) -> None:
    workload = workload_of(read(deployment(version)))

    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert models(workload) == [("bento", uri, path)]
    assert workload.models[0].name == "sorting"
    assert (workload.exposure.scope, workload.problems) == ("cluster", ())


def test_pods_of_the_server_and_of_its_runners_are_read(read: Read) -> None:
    extra = {
        "serviceAccountName": "reader",
        "nodeSelector": {"gpu": "yes"},
        "containers": [{"name": "proxy", "image": IMAGE}],
    }
    workload = workload_of(
        read(
            deployment(
                labels={"a": "b"},
                envs=[{"name": "MODEL_URI", "value": "s3://models/hidden"}],
                extraPodMetadata={"labels": {"c": "d"}},
                extraPodSpec=extra,
                runners=[{"name": "r", "extraPodSpec": {"serviceAccountName": "runner"}}],
            )
        )
    )

    assert [(pod.path, pod.service_account_name, pod.labels) for pod in workload.pods] == [
        ("spec.extraPodSpec", "reader", {"a": "b", "c": "d"}),
        ("spec.runners[0].extraPodSpec", "runner", {}),
    ]
    assert [(item.name, item.image.raw, [env.name for env in item.env]) for item in workload.containers] == [
        ("proxy", IMAGE, []),
        ("main", None, ["MODEL_URI"]),
    ]
    assert [model.uri for model in workload.models] == ["bento://sorter-1", "s3://models/hidden"]


def test_older_versions_write_fields_and_variables_otherwise(read: Read) -> None:
    obj = deployment(
        "v1alpha3",
        envs=[{"key": "API_TOKEN", "value": "s3cr3t-of-nobody"}, {"key": "MODE", "value": "fast"}],
        extra_pod_spec={"nodeSelector": {"gpu": "yes"}},
        extra_pod_metadata={"labels": {"c": "d"}},
        runners=[{"name": "r", "extra_pod_spec": {"nodeSelector": {"gpu": "no"}}, "envs": [{"key": "A"}]}],
    )
    extraction = read(obj)
    workload = workload_of(extraction)

    assert [(pod.path, pod.node_selector, pod.labels) for pod in workload.pods] == [
        ("spec.extra_pod_spec", {"gpu": "yes"}, {"c": "d"}),
        ("spec.runners[0].extra_pod_spec", {"gpu": "no"}, {}),
    ]
    assert [(env.name, env.value) for env in workload.containers[0].env] == [
        ("API_TOKEN", None),
        ("MODE", "fast"),
    ]
    assert [item.name for item in workload.containers] == ["main", "runner"]
    assert [item.path for item in extraction.credentials] == ["spec.envs[0].value"]
    assert workload.problems == ()


def test_what_watches_the_requests_is_read(read: Read) -> None:
    exporter = {
        "enabled": True,
        "output": "http",
        "options": {"endpoint": "http://sink.example.com/in"},
        "mounts": [{"path": "/tls", "secret": {"secretName": "sink"}}],
    }
    workload = workload_of(read(deployment(monitorExporter=exporter)))

    assert [(call.uri, call.purpose, call.tls) for call in workload.endpoints] == [
        ("http://sink.example.com/in", "logger", False)
    ]
    assert [(volume.kind, volume.secret_name) for volume in workload.volumes] == [("secret", "sink")]


@pytest.mark.parametrize(
    ("ingress", "reached"),
    [
        ({"enabled": True}, ("external", False)),
        ({"enabled": True, "tls": {"secretName": "cert"}}, ("external", True)),
        ({"enabled": False}, ("cluster", None)),
    ],
)
def test_an_ingress_opens_it_to_callers(read: Read, ingress: Json, reached: tuple[str, bool | None]) -> None:
    exposure = workload_of(read(deployment(ingress=ingress))).exposure
    assert (exposure.scope, exposure.tls) == reached


def test_the_bento_brings_its_image_and_is_judged_for_its_models_itself(read: Read) -> None:
    bento = found(tag="sorter:1", image=IMAGE, models=[{"tag": "letters:7"}])
    workload = workload_of(read(deployment(envs=[{"name": "A", "value": "1"}])), bento)

    assert [(item.name, item.image.raw) for item in workload.containers] == [("main", IMAGE)]
    assert models(workload) == [("bento", "bento://sorter-1", "spec.bento")]
    assert [(item.kind, item.status) for item in workload.references] == [("Bento", "found")]
    assert len(workload.pods) == 1


def test_a_request_for_a_bento_counts_where_there_is_none_yet(read: Read) -> None:
    request = found("BentoRequest", bentoTag="sorter:1", models=[{"tag": "letters:7"}])
    workload = workload_of(read(deployment()), request)
    assert models(workload) == [("bento", "bento://sorter-1", "spec.bento")]
    assert [item.kind for item in workload.references] == ["BentoRequest"]


@pytest.mark.parametrize("status", ["missing", "unavailable"])
def test_a_bento_that_is_not_to_be_had_is_stated(read: Read, status: str) -> None:
    workload = workload_of(read(deployment()), found(status=status))
    assert [item.status for item in workload.references] == [status]
    assert workload.serves_model


def test_bypass_09_a_bento_without_a_pod_is_a_model(read: Read) -> None:
    bento = resource(
        "Bento",
        tag="sorter:1",
        image=IMAGE,
        models=[{"tag": "letters:7"}, {"tag": "words:2", "downloadUrl": "http://store.example.com/words"}],
    )
    workload = workload_of(read(bento))

    assert workload.serves_model
    assert models(workload) == [
        ("bento", "bento://sorter:1", "spec.tag"),
        ("bento.models[0]", "bento://letters:7", "spec.models[0].tag"),
        ("bento.models[1]", "http://store.example.com/words", "spec.models[1].downloadUrl"),
    ]
    assert [(item.name, item.image.raw, item.path) for item in workload.containers] == [
        ("main", IMAGE, "spec.image")
    ]
    assert (workload.pods, workload.problems) == ((), ())


def test_bypass_09_a_request_for_a_bento_is_read_with_the_pod_that_builds_it(read: Read) -> None:
    request = resource(
        "BentoRequest",
        bentoTag="sorter:1",
        downloadUrl="https://store.example.com/sorter.tar",
        models=[{"tag": "letters:7"}],
        dockerConfigJsonSecretName="registry",
        downloaderContainerEnvFrom=[{"secretRef": {"name": "store"}}],
        imageBuilderExtraPodSpec={"serviceAccountName": "builder"},
        imageBuilderExtraPodMetadata={"labels": {"a": "b"}},
    )
    extraction = read(request)
    workload = workload_of(extraction)

    assert models(workload) == [
        ("bento", "https://store.example.com/sorter.tar", "spec.downloadUrl"),
        ("bento.models[0]", "bento://letters:7", "spec.models[0].tag"),
    ]
    assert [(pod.service_account_name, pod.labels) for pod in workload.pods] == [("builder", {"a": "b"})]
    assert extraction.lookups.secrets == ("registry", "store")
    assert workload_of(read(resource("BentoRequest", bentoTag="sorter:1"))).pods == ()


@pytest.mark.parametrize("kind", ["Bento", "BentoRequest"])
def test_one_that_names_nothing_is_a_problem(read: Read, kind: str) -> None:
    assert [item.path for item in workload_of(read(resource(kind))).problems] == ["spec"]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (deployment(bento=["x"]), "spec.bento"),
        (deployment(envs="x"), "spec.envs"),
        (deployment(runners={}), "spec.runners"),
        (deployment(extraPodSpec=[]), "spec.extraPodSpec"),
        (deployment(monitorExporter=3), "spec.monitorExporter"),
        (resource("Bento", tag={}), "spec.tag"),
        (resource("Bento", tag="a:1", models="x"), "spec.models"),
        (resource("BentoRequest", bentoTag="a:1", models=["x"]), "spec.models[0]"),
        (
            resource("BentoRequest", bentoTag="a:1", imageBuilderExtraPodSpec=1),
            "spec.imageBuilderExtraPodSpec",
        ),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]


def test_bypass_12_a_bento_of_another_group_is_another_kind(read: Read) -> None:
    assert read({**resource("Bento", tag="a:1"), "apiVersion": "example.com/v1"}).workload is None
