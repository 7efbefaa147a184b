"""NVIDIA NIM operator: images in parts, caches that name the model, and the services around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import wider_lookups
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]

DIGEST = "sha256:" + "d" * 64
COMMIT = "3" * 40
IMAGE: Json = {"repository": "nvcr.example.com/nim/acme/drafts", "tag": "1.2", "pullSecrets": ["pull"]}
PULLER = "nvcr.example.com/nim/acme/drafts:1.2"


def of_kind(kind: str, spec: Any, version: str = "v1alpha1") -> Json:
    return {
        "apiVersion": f"apps.nvidia.com/{version}",
        "kind": kind,
        "metadata": {"name": "drafts"},
        "spec": spec,
    }


def nim(**fields: Any) -> Json:
    return of_kind("NIMService", {"image": IMAGE, "authSecret": "ngc", **fields})


def cache(source: Json, **fields: Any) -> Json:
    return of_kind("NIMCache", {"source": source, "storage": {"pvc": {"create": True}}, **fields})


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def found_caches(**caches: Json) -> tuple[ResolvedReference, ...]:
    return tuple(
        ResolvedReference(
            api_version="apps.nvidia.com/v1alpha1",
            kind="NIMCache",
            namespace="team",
            name=name,
            status="found",
            object=cache(source),
        )
        for name, source in caches.items()
    )


def with_caches(extraction: Extraction, **caches: Json) -> Workload:
    """The workload with the caches it names, each given by its source."""
    assert extraction.manifest is not None
    return resolve(extraction.manifest, found_caches(**caches)).workload()


def models(workload: Workload) -> list[tuple[str, str, str]]:
    return [(model.uri, model.role, model.path) for model in workload.models]


def test_bypass_06_an_image_in_parts_is_joined_wherever_it_stands(read: Read) -> None:
    helper = {"name": "h", "image": {"repository": "r.example.com/h", "tag": "2"}, "env": [{"name": "A"}]}
    epp = {"containerSpec": {"name": "picker", "image": {"repository": "r.example.com/epp", "tag": "3"}}}
    workload = workload_of(
        read(
            nim(
                initContainers=[helper],
                sidecarContainers=[helper],
                expose={"router": {"eppConfig": epp}},
            )
        )
    )

    assert [(item.name, item.role, item.image.raw, item.path) for item in workload.containers] == [
        ("h", "init", "r.example.com/h:2", "spec.initContainers[0]"),
        ("h", "sidecar", "r.example.com/h:2", "spec.sidecarContainers[0]"),
        ("nim", "server", PULLER, "spec"),
        ("picker", "server", "r.example.com/epp:3", "spec.expose.router.eppConfig.containerSpec"),
    ]
    assert workload.problems == ()


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_what_a_probe_runs_is_run_in_the_container(read: Read, probe: str) -> None:
    command = {"probe": {"exec": {"command": ["sh", "-c", "vllm serve acme/other"]}}}
    place = f"{probe}.probe.exec.command[2]"

    alone = workload_of(read(nim(**{probe: command})))
    assert ("hf://acme/other", "primary", f"spec.{place}") in models(alone)

    service = {"name": "a", "spec": {"image": IMAGE, probe: command}}
    piped = workload_of(read(of_kind("NIMPipeline", {"services": [service]})))
    assert ("hf://acme/other", "primary", f"spec.services[0].spec.{place}") in models(piped)


def test_bypass_13_the_served_version_is_read_and_another_one_is_a_problem(read: Read) -> None:
    known = ("NIMService", "NIMCache", "NIMBuild", "NIMPipeline", "NemoCustomizer", "NemoGuardrail")
    assert {find_kind("apps.nvidia.com", kind).versions for kind in known} == {("v1alpha1",)}  # type: ignore[union-attr]

    workload = workload_of(read(of_kind("NIMService", {"image": IMAGE}, "v1beta7")))
    assert [problem.path for problem in workload.problems] == ["apiVersion"]
    assert [model.uri for model in workload.models] == [f"image://{PULLER}"]


def test_a_service_without_a_cache_has_its_model_in_the_image(read: Read) -> None:
    pinned = workload_of(read(nim(image={**IMAGE, "digest": DIGEST})))
    assert [(model.uri, model.digest, model.immutable) for model in pinned.models] == [
        (f"image://{PULLER}@{DIGEST}", DIGEST, True)
    ]

    workload = workload_of(read(nim()))
    assert models(workload) == [(f"image://{PULLER}", "primary", "spec.image")]
    assert workload.serves_model
    assert workload.models[0].name == "drafts"
    assert workload.pods[0].service_account_name == "drafts"
    assert workload.exposure.scope == "cluster"


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        (f"hf://acme/drafts:{COMMIT}", f"hf://acme/drafts:{COMMIT}"),
        ("ngc://acme/team/drafts:1.0", "ngc://acme/team/drafts:1.0"),
        ("/model-store/own", "pvc://weights/tuned/own"),
    ],
)
def test_a_variable_names_the_model_a_general_image_loads(read: Read, value: str, uri: str) -> None:
    env = [{"name": "NIM_MODEL_NAME", "value": value}]
    workload = workload_of(read(nim(env=env, storage={"pvc": {"name": "weights", "subPath": "tuned"}})))

    assert models(workload) == [(uri, "primary", "spec.env[0]")]
    assert [(item.claim_name, item.holds_model) for item in workload.volumes] == [("weights", True)]


def test_the_version_of_a_model_in_a_library_is_its_revision(read: Read) -> None:
    env = [{"name": "NIM_MODEL_NAME", "value": "ngc://acme/team/drafts:1.0"}]
    (model,) = workload_of(read(nim(env=env))).models
    assert (model.revision, model.immutable) == ("1.0", False)


def test_bypass_03_a_folder_of_adapters_is_an_adapter(read: Read) -> None:
    env = [
        {"name": "NIM_PEFT_SOURCE", "value": "/model-store/loras"},
        {"name": "NIM_PEFT_REFRESH_INTERVAL", "value": "180"},
    ]
    workload = workload_of(read(nim(env=env, storage={"pvc": {"create": True}})))

    assert models(workload) == [
        ("pvc://drafts-pvc/loras", "adapter", "spec.env[0]"),
        (f"image://{PULLER}", "primary", "spec.image"),
    ]
    assert [(volume.name, volume.claim_name, volume.holds_model) for volume in workload.volumes] == [
        ("drafts-pvc", None, True)
    ]


@pytest.mark.parametrize(
    "storage", [{"nimCache": {"name": "c"}}, {"hostPath": "/srv"}, {"emptyDir": {"sizeLimit": "1Gi"}}]
)
def test_a_path_in_storage_without_a_claim_of_its_own_is_no_part_of_the_image(
    read: Read, storage: Json
) -> None:
    env = [{"name": "NIM_MODEL_NAME", "value": "/model-store/own"}]
    workload = workload_of(read(nim(env=env, storage=storage)))
    assert [model.uri for model in workload.models] == ["file:///model-store/own"]


def test_variables_from_secrets_are_named(read: Read) -> None:
    env = [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "own", "key": "k"}}}]
    extraction = read(nim(env=env))

    (container,) = workload_of(extraction).containers
    assert [(item.name, item.from_, item.from_name, item.path) for item in container.env] == [
        ("NGC_API_KEY", "secretKey", "ngc", "spec.authSecret"),
        ("TOKEN", "secretKey", "own", "spec.env[0]"),
    ]
    assert extraction.lookups.secrets == ("ngc", "own")


def test_settings_of_the_pods_are_read(read: Read) -> None:
    workload = workload_of(
        read(
            nim(
                userID=0,
                runtimeClassName="kata-cc",
                nodeSelector={"zone": "a"},
                labels={"app": "x"},
                proxy={
                    "httpProxy": "http://proxy.example.com:3128",
                    "httpsProxy": "https://proxy.example.com",
                },
            )
        )
    )

    (pod,) = workload.pods
    assert (pod.runtime_class_name, pod.node_selector, pod.labels) == ("kata-cc", {"zone": "a"}, {"app": "x"})
    assert workload.containers[0].security_context.run_as_user == 0
    assert [(item.uri, item.purpose, item.tls) for item in workload.endpoints] == [
        ("http://proxy.example.com:3128", "proxy", False),
        ("https://proxy.example.com", "proxy", True),
    ]


@pytest.mark.parametrize(
    ("fields", "scope", "tls"),
    [
        ({"expose": {"service": {"type": "ClusterIP"}}}, "cluster", None),
        ({"expose": {"service": {"type": "LoadBalancer"}}}, "external", None),
        ({"expose": {"service": {"type": "NodePort"}}}, "external", None),
        ({"expose": {"ingress": {"enabled": False}}}, "cluster", None),
        ({"expose": {"ingress": {"enabled": True, "spec": {"rules": []}}}}, "external", False),
        ({"expose": {"ingress": {"enabled": True, "spec": {"tls": [{"hosts": ["a"]}]}}}}, "external", True),
        ({"expose": {"router": {"ingress": {"ingressClass": "n"}}}}, "external", False),
        ({"expose": {"router": {"ingress": {"tlsSecretName": "t"}}}}, "external", True),
        ({"expose": {"router": {"gateway": {"name": "g"}}}}, "unknown", None),
        ({"inferencePlatform": "kserve"}, "unknown", None),
        ({"inferencePlatform": "standalone"}, "cluster", None),
    ],
)
def test_exposure_is_that_of_the_widest_way_in(read: Read, fields: Json, scope: str, tls: Any) -> None:
    exposure = workload_of(read(nim(**fields))).exposure
    assert (exposure.scope, exposure.tls) == (scope, tls)

    pipeline = of_kind("NIMPipeline", {"services": [{"name": "a", "spec": {"image": IMAGE, **fields}}]})
    exposure = workload_of(read(pipeline)).exposure
    assert (exposure.scope, exposure.tls) == (scope, tls)


def test_the_cache_of_a_service_names_its_model(read: Read) -> None:
    extraction = read(nim(storage={"nimCache": {"name": "hub"}}))
    assert [(item.kind, item.name, item.path) for item in workload_of(extraction).references] == [
        ("NIMCache", "hub", "spec.storage.nimCache.name")
    ]

    source = {"hf": {"namespace": "acme", "modelName": "drafts", "revision": COMMIT, "modelPuller": PULLER}}
    workload = with_caches(extraction, hub=source)
    assert models(workload) == [
        (f"hf://acme/drafts:{COMMIT}", "primary", "NIMCache/hub.spec.source.hf.modelName")
    ]
    assert workload.models[0].immutable
    assert [volume.path for volume in workload.volumes] == ["NIMCache/hub.spec.storage.pvc"]


def test_the_volumes_and_models_of_a_cache_are_looked_up(read: Read) -> None:
    extraction = read(nim(storage={"nimCache": {"name": "hub"}}))
    assert not extraction.lookups.has_volumes

    source = {"hf": {"namespace": "acme", "modelName": "drafts"}}
    lookups = wider_lookups(extraction, Evidence(references=found_caches(hub=source)))
    assert (lookups.has_volumes, lookups.needs_default_class) == (True, True)
    assert lookups.model_uris == {"nim": f"image://{PULLER}", "cache": "hf://acme/drafts"}


def test_a_cache_that_was_filled_by_another_image_hides_no_model(read: Read) -> None:
    extraction = read(nim(storage={"nimCache": {"name": "ngc"}}))

    same = with_caches(extraction, ngc={"ngc": {"modelPuller": PULLER}})
    assert [model.uri for model in same.models] == [f"image://{PULLER}"]

    other = with_caches(extraction, ngc={"ngc": {"modelPuller": "nvcr.example.com/nim/acme/approved:1"}})
    assert [model.uri for model in other.models] == [
        f"image://{PULLER}",
        "image://nvcr.example.com/nim/acme/approved:1",
    ]


def test_each_service_of_a_pipeline_has_the_model_of_its_own_cache(read: Read) -> None:
    services = [
        {"name": name, "spec": {"image": IMAGE, "storage": {"nimCache": {"name": name}}}}
        for name in ("one", "two")
    ]
    services.append({"name": "three", "spec": {"image": {"repository": "r.example.com/three", "tag": "1"}}})
    extraction = read(of_kind("NIMPipeline", {"services": services}))
    workload = workload_of(extraction)
    assert [pod.service_account_name for pod in workload.pods] == ["one", "two", "three"]
    assert {item.name for item in workload.containers} == {"nim"}

    sources = {name: {"hf": {"namespace": "acme", "modelName": name}} for name in ("one", "two")}
    assert [model.uri for model in with_caches(extraction, **sources).models] == [
        "image://r.example.com/three:1",
        "hf://acme/one",
        "hf://acme/two",
    ]


def test_what_a_pipeline_tells_a_service_of_others_is_a_variable_of_it(read: Read) -> None:
    named = [
        {"name": "other", "port": 1, "envName": "NIM_MODEL_NAME", "envValue": "hf://acme/hidden"},
        {"name": "another", "port": 2},
    ]
    services = [{"name": "a", "dependencies": named, "spec": {"image": IMAGE, "authSecret": "ngc"}}]
    workload = workload_of(read(of_kind("NIMPipeline", {"services": services})))

    assert models(workload) == [("hf://acme/hidden", "primary", "spec.services[0].dependencies[0]")]
    assert [item.name for item in workload.containers[0].env] == ["NIM_MODEL_NAME", "NGC_API_KEY"]
    assert workload.containers[0].path == "spec.services[0].spec"


@pytest.mark.parametrize(
    ("source", "uri", "path"),
    [
        ({"ngc": {"modelPuller": PULLER, "model": {"engine": "e"}}}, f"image://{PULLER}", "ngc.modelPuller"),
        (
            {"ngc": {"modelPuller": PULLER, "modelEndpoint": "ngc://acme/drafts:3"}},
            "ngc://acme/drafts:3",
            "ngc.modelEndpoint",
        ),
        (
            {"hf": {"namespace": "acme", "modelName": "drafts", "modelPuller": PULLER}},
            "hf://acme/drafts",
            "hf.modelName",
        ),
        (
            {
                "dataStore": {
                    "endpoint": "http://store.nemo.svc:8000/v1/hf",
                    "namespace": "default",
                    "modelName": "drafts",
                    "modelPuller": PULLER,
                }
            },
            "http://store.nemo.svc:8000/v1/hf/default/drafts",
            "dataStore.modelName",
        ),
    ],
)
def test_bypass_09_a_cache_adds_a_model_from_any_source(
    read: Read, source: Json, uri: str, path: str
) -> None:
    obj = cache(source, env=[{"name": "NIM_REPOSITORY_OVERRIDE", "value": "s3://mirror/"}])
    workload = workload_of(read(obj))

    assert models(workload) == [(uri, "primary", f"spec.source.{path}")]
    assert workload.serves_model
    (container,) = workload.containers
    assert (container.name, container.image.raw) == ("model-puller", PULLER)
    assert [item.name for item in container.env] == ["NIM_REPOSITORY_OVERRIDE"]
    assert "s3://mirror/" in [item.uri for item in workload.endpoints]
    assert [pod.service_account_name for pod in workload.pods] == ["nim-cache-sa"]
    assert workload.problems == ()


def test_the_secret_of_a_puller_and_the_address_it_asks_are_named(read: Read) -> None:
    source = {"hf": {"endpoint": "http://mirror.example.com", "authSecret": "token", "modelName": "m"}}
    workload = workload_of(read(cache(source)))

    assert [(item.kind, item.name) for item in workload.containers[0].env_from] == [("secret", "token")]
    assert [(item.uri, item.tls) for item in workload.endpoints] == [("http://mirror.example.com", False)]


def test_a_cache_of_data_alone_serves_no_model(read: Read) -> None:
    source = {"hf": {"namespace": "acme", "datasetName": "letters", "modelPuller": PULLER}}
    workload = workload_of(read(cache(source)))

    assert (workload.serves_model, workload.models, workload.problems) == (False, (), ())
    assert [item.path for item in workload.datasets] == ["spec.source.hf.datasetName"]


def test_a_build_has_the_model_of_its_cache(read: Read) -> None:
    extraction = read(of_kind("NIMBuild", {"image": IMAGE, "nimCache": {"name": "c", "profile": "p"}}))
    assert [item.image.raw for item in workload_of(extraction).containers] == [PULLER]
    assert workload_of(extraction).problems == ()

    workload = with_caches(extraction, c={"ngc": {"modelPuller": PULLER}})
    assert [model.uri for model in workload.models] == [f"image://{PULLER}"]


def test_the_images_of_a_customizer_are_read(read: Read) -> None:
    workload = workload_of(
        read(
            of_kind(
                "NemoCustomizer",
                {
                    "image": IMAGE,
                    "runtimeClass": "sealed",
                    "trainingConfig": {
                        "image": {"repository": "r.example.com/trainer", "tag": "1"},
                        "modelPVC": {"name": "models", "storageClass": "fast"},
                        "workspacePVC": {"storageClass": "fast", "mountPath": "/pvc"},
                    },
                    "modelDownloadJobs": {"image": "r.example.com/loader:1"},
                    "nemoDatastoreTools": {"image": "r.example.com/tools:1"},
                    "mlflow": {"endpoint": "http://mlflow.example.com"},
                    "wandb": {"secretName": "wandb"},
                },
            )
        )
    )

    assert (workload.is_runtime, workload.serves_model, workload.problems) == (True, False, ())
    assert [item.image.raw for item in workload.containers] == [
        PULLER,
        "r.example.com/trainer:1",
        "r.example.com/loader:1",
        "r.example.com/tools:1",
    ]
    assert [(item.claim_name, item.storage_class_name, item.holds_model) for item in workload.volumes] == [
        ("models", "fast", True),
        (None, "fast", False),
    ]
    assert [item.uri for item in workload.endpoints] == ["http://mlflow.example.com"]
    assert workload.pods[0].runtime_class_name == "sealed"


def test_a_guardrail_is_a_route_to_the_model_it_calls(read: Read) -> None:
    spec = {"image": IMAGE, "nimEndpoint": {"baseURL": "http://llm.example.com/v1", "apiKeySecret": "key"}}
    workload = workload_of(read(of_kind("NemoGuardrail", spec)))

    assert (workload.is_route, workload.serves_model) == (True, False)
    assert [(item.uri, item.purpose) for item in workload.endpoints] == [
        ("http://llm.example.com/v1", "graphStep")
    ]


@pytest.mark.parametrize("kind", ["NemoEvaluator", "NemoDatastore", "NemoEntitystore"])
def test_other_services_serve_a_model_only_if_they_are_told_to(read: Read, kind: str) -> None:
    image = {"repository": "r.example.com/nemo", "tag": "1"}
    workload = workload_of(read(of_kind(kind, {"image": image, "databaseConfig": {"host": "db"}})))
    assert (workload.serves_model, workload.problems) == (False, ())

    server = {"image": {"repository": "vllm/vllm-openai", "tag": "1"}, "args": ["--model=acme/hidden"]}
    workload = workload_of(read(of_kind(kind, server)))
    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/hidden"]


@pytest.mark.parametrize(
    "kind", ["NemoCustomizer", "NemoGuardrail", "NemoEvaluator", "NemoDatastore", "NemoEntitystore"]
)
def test_every_service_around_names_its_secrets_and_the_picker_before_it(read: Read, kind: str) -> None:
    epp = {"containerSpec": {"image": {"repository": "r.example.com/epp", "tag": "1"}}}
    spec = {
        "image": IMAGE,
        "databaseConfig": {"host": "db", "credentials": {"secretName": "db"}},
        "expose": {"router": {"eppConfig": epp}},
        "datastore": {"endpoint": "http://store.example.com"},
        "env": [{"name": "A", "value": "b"}],
    }
    extraction = read(of_kind(kind, spec))
    workload = workload_of(extraction)

    assert extraction.lookups.secrets == ("db",)
    assert "r.example.com/epp:1" in [item.image.raw for item in workload.containers]
    assert {pod.service_account_name for pod in workload.pods} == {"drafts", "drafts-epp"}
    if kind != "NemoGuardrail":
        assert [item.uri for item in workload.endpoints] == ["http://store.example.com"]


def test_the_secrets_and_the_volume_of_a_store_are_read(read: Read) -> None:
    spec = {"image": IMAGE, "secrets": {"giteaAdminSecret": "admin"}, "pvc": {"name": "store"}}
    extraction = read(of_kind("NemoDatastore", spec))
    assert extraction.lookups.secrets == ("admin",)
    assert [item.claim_name for item in workload_of(extraction).volumes] == ["store"]


def test_the_images_an_evaluator_starts_are_read(read: Read) -> None:
    spec = {
        "image": IMAGE,
        "evaluationImages": {"rag": "r.example.com/rag:1", "bfcl": "r.example.com/bfcl:1"},
    }
    workload = workload_of(read(of_kind("NemoEvaluator", spec)))
    assert {item.image.raw for item in workload.containers} >= {"r.example.com/rag:1", "r.example.com/bfcl:1"}


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (nim(image=["a"]), "spec.image"),
        (nim(image={"repository": 1}), "spec.image.repository"),
        (nim(env={"A": ["b"]}), "spec.env.A"),
        (nim(authSecret=["a"]), "spec.authSecret"),
        (nim(sidecarContainers={"a": 1}), "spec.sidecarContainers"),
        (nim(storage=["a"]), "spec.storage"),
        (nim(storage={"pvc": {"name": 1}}), "spec.storage.pvc.name"),
        (nim(storage={"nimCache": {"name": []}}), "spec.storage.nimCache.name"),
        (nim(proxy={"httpProxy": {}}), "spec.proxy.httpProxy"),
        (nim(nodeSelector=["a"]), "spec.nodeSelector"),
        (of_kind("NIMPipeline", {"services": {"a": {}}}), "spec.services"),
        (of_kind("NIMPipeline", {"services": ["a"]}), "spec.services[0]"),
        (of_kind("NIMPipeline", {"services": [{"dependencies": "a"}]}), "spec.services[0].dependencies"),
        (
            of_kind("NIMPipeline", {"services": [{"dependencies": [{"envName": 1}]}]}),
            "spec.services[0].dependencies[0].envName",
        ),
        (cache({"ngc": {"modelPuller": ["a"]}}), "spec.source.ngc.modelPuller"),
        (cache({"hf": {"modelName": 3}}), "spec.source.hf.modelName"),
        (cache({"hf": "a"}), "spec.source.hf"),
        (of_kind("NIMService", ["a"]), "spec"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]
