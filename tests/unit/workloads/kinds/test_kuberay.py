"""KubeRay: YAML inside strings, command lines in fields, containers and images wherever they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.request import GroupVersionKind
from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind
from mlgate.workloads.objects.read import read_object
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]

DIGEST = "sha256:" + "d" * 64
IMAGE = f"registry.example.com/ray@{DIGEST}"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ARCHIVE = "https://code.example.com/app/archive/main.zip"


def group(*, image: str = IMAGE, **fields: Any) -> Json:
    pod = fields.pop("pod", {})
    container = fields.pop("container", {})
    server = {"name": "ray", "image": image, **container}
    return {"rayStartParams": {}, "template": {"spec": {"containers": [server], **pod}}, **fields}


def cluster(head: Json | None = None, workers: list[Json] | None = None, **fields: Any) -> Json:
    return {"headGroupSpec": head or group(), "workerGroupSpecs": workers or [], **fields}


def application(**fields: Any) -> Json:
    return {"name": "app", "route_prefix": "/", "import_path": "app.main:build", **fields}


def llm(source: Any = "acme/drafts", **fields: Any) -> Json:
    return {"model_loading_config": {"model_id": "drafts", "model_source": source}, **fields}


def service(*applications: Json, version: str = "v1", config: Any = None, **spec: Any) -> Json:
    text = yaml.safe_dump({"applications": list(applications)}) if config is None else config
    return {
        "apiVersion": f"ray.io/{version}",
        "kind": "RayService",
        "metadata": {"name": "chat"},
        "spec": {"serveConfigV2": text, "rayClusterConfig": cluster(), **spec},
    }


def of_kind(kind: str, spec: Json, version: str = "v1") -> Json:
    return {"apiVersion": f"ray.io/{version}", "kind": kind, "metadata": {"name": "work"}, "spec": spec}


def job(version: str = "v1", **spec: Any) -> Json:
    return of_kind("RayJob", {"rayClusterSpec": cluster(), **spec}, version)


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def uris(workload: Workload) -> list[str]:
    return [model.uri for model in workload.models]


def problems(workload: Workload) -> list[str]:
    return [problem.path for problem in workload.problems]


# Models in the configuration of the applications


def test_bypass_04_models_in_the_text_of_a_service_are_read(read: Read) -> None:
    obj = service(application(args={"llm_configs": [llm(), llm("s3://weights/model")]}))
    workload = workload_of(read(obj))
    assert [(model.id, model.uri, model.name, model.path) for model in workload.models] == [
        (
            f"application[0].args.llm_configs[{index}].model_loading_config",
            uri,
            "drafts",
            f"spec.serveConfigV2.applications[0].args.llm_configs[{index}].model_loading_config.model_source",
        )
        for index, uri in enumerate(["hf://acme/drafts", "s3://weights/model"])
    ]
    assert (workload.serves_model, workload.exposure.scope, workload.problems) == (True, "cluster", ())


@pytest.mark.parametrize(
    ("args", "uri", "role"),
    [
        ({"llm_configs": [llm({"bucket_uri": "gs://weights/model"})]}, "gs://weights/model", "primary"),
        ({"llm_configs": [{"model_loading_config": {"model_id": "acme/own"}}]}, "hf://acme/own", "primary"),
        ({"llm_config": llm("acme/single")}, "hf://acme/single", "primary"),
        ({"prefill_config": llm("acme/one")}, "hf://acme/one", "primary"),
        ({"decode_config": {"nested": [llm("acme/deep")]}}, "hf://acme/deep", "primary"),
        (
            {
                "llm_configs": [
                    llm({"bucket_uri": "s3://a/model", "extra_files": [{"bucket_uri": "s3://b/x"}]})
                ]
            },
            "s3://b/x",
            "primary",
        ),
        (
            {"llm_configs": [llm(lora_config={"dynamic_lora_loading_path": "s3://loras/all"})]},
            "s3://loras/all",
            "adapter",
        ),
        (
            {"llm_configs": [{"model_loading_config": {"model_id": "m", "tokenizer_source": "acme/words"}}]},
            "hf://acme/words",
            "tokenizer",
        ),
        ({"llm_configs": [llm(engine_kwargs={"model": "acme/replaced"})]}, "hf://acme/replaced", "primary"),
        (
            {"llm_configs": [llm(engine_kwargs={"speculative_config": {"model": "acme/quick"}})]},
            "hf://acme/quick",
            "draft",
        ),
        (
            {"llm_configs": [llm(engine_kwargs={"speculative_config": '{"model": "acme/quick"}'})]},
            "hf://acme/quick",
            "draft",
        ),
        (
            {"llm_configs": [llm(engine_kwargs={"lora_modules": [{"name": "sql", "path": "acme/sql"}]})]},
            "hf://acme/sql",
            "adapter",
        ),
        ({"model": "acme/plain"}, "hf://acme/plain", "primary"),
        ({"model_name_or_path": "acme/plain"}, "hf://acme/plain", "primary"),
        ({"stages": [{"options": {"hf_model": "acme/stage"}}]}, "hf://acme/stage", "primary"),
        ({"weights_uri": "s3://models/w"}, "s3://models/w", "primary"),
        ({"whatever": "hf://acme/hidden"}, "hf://acme/hidden", "primary"),
        ({"checkpoint": "acme/point"}, "hf://acme/point", "primary"),
        ({"engine": "--model acme/flag --max-model-len 10"}, "hf://acme/flag", "primary"),
        ({"cmd": "vllm serve acme/served"}, "hf://acme/served", "primary"),
        ({"command": ["vllm", "serve", "acme/listed"]}, "hf://acme/listed", "primary"),
        ({"extra": ["--model", "acme/words"]}, "hf://acme/words", "primary"),
        ({"engine_json": '{"model": "acme/json"}'}, "hf://acme/json", "primary"),
        ({"lora_path": "s3://models/lora"}, "s3://models/lora", "adapter"),
    ],
)
def test_arguments_of_any_shape_that_name_a_model_are_read(
    read: Read, args: Json, uri: str, role: str
) -> None:
    workload = workload_of(read(service(application(args=args))))
    assert (uri, role) in [(model.uri, model.role) for model in workload.models]


def test_the_settings_of_a_deployment_can_name_a_model(read: Read) -> None:
    deployments = [{"name": "a", "user_config": {"model_id": "acme/first"}}, {"name": "b"}]
    workload = workload_of(read(service(application(deployments=deployments))))
    assert [(model.uri, model.path) for model in workload.models] == [
        (
            "hf://acme/first",
            "spec.serveConfigV2.applications[0].deployments[0].user_config.model_id",
        )
    ]


def test_settings_that_name_no_model_are_none(read: Read) -> None:
    args = {
        "llm_configs": [
            llm(
                accelerator_type="H100",
                deployment_config={"autoscaling_config": {"min_replicas": 1}, "num_replicas": 2},
                engine_kwargs={"dtype": "auto", "tokenizer_mode": "slow", "download_dir": "/data/models"},
            )
        ],
        "content_type": "application/json",
        "served_model_name": "acme/alias",
        "dataset_path": "s3://data/rows",
        "ingress_cls_config": {"ingress_cls": "app.ingress:Own"},
    }
    workload = workload_of(read(service(application(args=args))))
    assert uris(workload) == ["hf://acme/drafts"]
    assert workload.problems == ()


def test_a_revision_counts_for_its_own_model_alone(read: Read) -> None:
    pinned = llm("acme/pinned", engine_kwargs={"revision": COMMIT})
    args = {"llm_configs": [pinned, llm("acme/loose")], "other": {"model": "acme/third"}}
    workload = workload_of(read(service(application(args=args))))
    assert {model.uri: model.immutable for model in workload.models} == {
        f"hf://acme/pinned:{COMMIT}": True,
        "hf://acme/loose": False,
        "hf://acme/third": False,
    }


def test_switches_within_the_engine_s_arguments_are_seen(read: Read) -> None:
    config = llm(
        engine_kwargs={"trust_remote_code": True},
        lora_config={"dynamic_lora_loading_path": "s3://loras"},
    )
    features = workload_of(read(service(application(args={"llm_configs": [config]})))).features
    base = "spec.serveConfigV2.applications[0].args.llm_configs[0]"
    assert (features.trust_remote_code.enabled, features.trust_remote_code.path) == (
        True,
        f"{base}.engine_kwargs.trust_remote_code",
    )
    assert (features.runtime_lora.enabled, features.runtime_lora.path) == (
        True,
        f"{base}.lora_config.dynamic_lora_loading_path",
    )


@pytest.mark.parametrize("name", ["llm_configs", "llm_config", "prefill_config"])
def test_a_model_described_in_a_file_is_a_problem(read: Read, name: str) -> None:
    given = ["models/hidden.yaml"] if name == "llm_configs" else "hidden"
    workload = workload_of(read(service(application(args={name: given, "other": {"model": "acme/shown"}}))))
    assert [problem.message for problem in workload.problems] == [
        "takes a configuration from where the reader cannot look"
    ]


def test_a_model_described_in_a_mounted_config_map_is_followed(read: Read) -> None:
    volume = {"name": "configs", "configMap": {"name": "llms"}}
    mount = {"name": "configs", "mountPath": "/etc/llms"}
    head = group(container={"volumeMounts": [mount]}, pod={"volumes": [volume]})
    obj = service(
        application(args={"llm_configs": ["/etc/llms/drafts.yaml"]}), rayClusterConfig=cluster(head)
    )
    extraction = read(obj)
    assert [(item.kind, item.name) for item in workload_of(extraction).references] == [("ConfigMap", "llms")]
    assert extraction.manifest is not None
    assert [item.key for item in extraction.manifest.named] == ["drafts.yaml"]


def test_a_folder_of_descriptions_below_the_working_folder_is_found_by_its_name(read: Read) -> None:
    items = [{"key": "drafts", "path": "drafts.yaml"}]
    volume = {"name": "models", "configMap": {"name": "llms", "items": items}}
    head = group(
        image="rayproject/ray-llm:2.52.0",
        container={"volumeMounts": [{"name": "models", "mountPath": "/home/ray/models"}]},
        pod={"volumes": [volume]},
    )
    claim = {"name": "c", "persistentVolumeClaim": {"claimName": "cache"}}
    worker = group(
        container={"volumeMounts": [{"name": "c", "mountPath": "/cache"}]}, pod={"volumes": [claim]}
    )
    obj = service(
        application(args={"models": ["./models/drafts.yaml"]}), rayClusterConfig=cluster(head, [worker])
    )
    manifest = read(obj).manifest
    assert manifest is not None
    assert [(item.lookup.name, item.key) for item in manifest.named] == [("llms", "drafts")]
    assert manifest.problems == ()
    found = ResolvedReference(
        api_version="v1",
        kind="ConfigMap",
        namespace="team",
        name="llms",
        status="found",
        object={"data": {"drafts": "engine_config: {model_id: acme/drafts}"}},
    )
    assert uris(resolve(manifest, (found,)).workload()) == ["hf://acme/drafts"]
    gone = found.model_copy(update={"status": "missing", "object": None})
    assert [problem.message for problem in resolve(manifest, (gone,)).problems] == [
        "names no model that the reader can find"
    ]


def test_a_source_in_a_form_nobody_knows_hides_behind_no_name(read: Read) -> None:
    obj = service(application(args={"llm_configs": [llm({"gcs_uri": "gs://hidden/model"})]}))
    workload = workload_of(read(obj))
    path = "spec.serveConfigV2.applications[0].args.llm_configs[0].model_loading_config.model_source"
    assert path in problems(workload)


def test_a_path_leads_to_the_volume_that_is_mounted_there(read: Read) -> None:
    def mounting(claim: str) -> Json:
        volume = {"name": "v", "persistentVolumeClaim": {"claimName": claim}}
        mount = {"name": "v", "mountPath": "/mnt/weights"}
        return group(container={"volumeMounts": [mount]}, pod={"volumes": [volume]})

    args = {"llm_configs": [llm("/mnt/weights/drafts")], "other": {"model": "/mnt/weights/other"}}
    same = cluster(mounting("one"), [mounting("one")])
    workload = workload_of(read(service(application(args=args), rayClusterConfig=same)))
    assert uris(workload) == ["pvc://one/drafts", "pvc://one/other"]
    # A claim on the head hides no other one on the workers.
    differing = cluster(mounting("one"), [mounting("two")])
    workload = workload_of(read(service(application(args=args), rayClusterConfig=differing)))
    assert set(uris(workload)) == {
        "pvc://one/drafts",
        "pvc://one/other",
        "pvc://two/drafts",
        "pvc://two/other",
    }
    assert workload.problems == ()


def test_a_path_that_nothing_is_mounted_at_is_a_file(read: Read) -> None:
    workload = workload_of(read(service(application(args={"llm_configs": [llm("/opt/drafts")]}))))
    assert uris(workload) == ["file:///opt/drafts"]


# Where a model is that no argument names


def test_each_application_that_names_no_model_has_it_in_its_code(read: Read) -> None:
    obj = service(
        application(args={"llm_configs": [llm()]}),
        application(runtime_env={"working_dir": ARCHIVE}),
        application(
            deployments=[{"ray_actor_options": {"runtime_env": {"py_modules": ["s3://code/mod.zip", "./x"]}}}]
        ),
    )
    workload = workload_of(read(obj))
    assert [(model.id, model.uri) for model in workload.models] == [
        ("application[0].args.llm_configs[0].model_loading_config", "hf://acme/drafts"),
        ("application[1]", ARCHIVE),
        ("application[2]", "s3://code/mod.zip"),
    ]


def test_without_code_the_model_is_in_the_images(read: Read) -> None:
    other = "registry.example.com/worker:1"
    obj = service(
        application(args={"llm_configs": [llm()]}),
        application(runtime_env={"working_dir": "/home/ray/app"}),
        rayClusterConfig=cluster(group(), [group(), group(image=other)]),
    )
    workload = workload_of(read(obj))
    assert uris(workload) == ["hf://acme/drafts", f"image://{IMAGE}", f"image://{other}"]


def test_an_image_whose_server_loads_models_by_name_holds_none(read: Read) -> None:
    obj = service(application(), rayClusterConfig=cluster(group(image="rayproject/ray-llm:2.52.0")))
    workload = workload_of(read(obj))
    assert uris(workload) == []
    assert problems(workload) == ["spec.rayClusterConfig.headGroupSpec.template", "spec"]


def test_an_application_without_any_image_is_a_problem(read: Read) -> None:
    obj = service(application(args={"llm_configs": [llm()]}), application(), rayClusterConfig={})
    assert problems(workload_of(read(obj))) == ["spec.serveConfigV2.applications[1]"]


def test_a_model_of_a_container_stands_for_applications_that_name_none(read: Read) -> None:
    worker = group(container={"env": [{"name": "MODEL_ID", "value": "acme/by-variable"}]})
    obj = service(
        application(runtime_env={"working_dir": ARCHIVE}), rayClusterConfig=cluster(group(), [worker])
    )
    workload = workload_of(read(obj))
    assert uris(workload) == ["hf://acme/by-variable"]
    assert [item.uri for item in workload.endpoints] == [ARCHIVE]


def test_variables_of_each_environment_name_models(read: Read) -> None:
    obj = service(
        application(runtime_env={"env_vars": {"MODEL_ID": "acme/first"}}),
        application(
            deployments=[
                {"ray_actor_options": {"runtime_env": {"env_vars": {"MODEL_ID": "acme/second"}}}},
                {"ray_actor_options": {"runtime_env": {"env_vars": {"MODEL_ID": "acme/third"}}}},
            ],
            args={"llm_configs": [llm("acme/fourth", runtime_env={"env_vars": {"MODEL_ID": "acme/fifth"}})]},
        ),
    )
    workload = workload_of(read(obj))
    assert {f"hf://acme/{number}" for number in ("first", "second", "third", "fourth", "fifth")} == set(
        uris(workload)
    )
    assert [model.id for model in workload.models if model.uri == "hf://acme/first"] == ["application[0]"]
    values = [env.value for env in workload.containers[0].env]
    assert sorted(map(str, values)) == ["acme/fifth", "acme/first", "acme/second", "acme/third"]


# Text that should hold YAML


@pytest.mark.parametrize(
    "config",
    [
        "applications: [",
        "applications: &a []\nother: *a\n",
        "applications: []\napplications: []\n",
        "applications: []\n---\napplications: []\n",
        "a: " + "[" * 100 + "]" * 100,
        "applications:\n" + "- {name: x}\n" * 90_000,
        "x" * (1024 * 1024),
        "{{ .Values.serve }}",
        "applications: !!python/object:os.system []",
    ],
    ids=["broken", "alias", "twice", "two documents", "deep", "many", "long", "template", "tag"],
)
def test_text_that_holds_no_sound_yaml_is_a_problem(read: Read, config: str) -> None:
    workload = workload_of(read(service(config=config)))
    assert "spec.serveConfigV2" in problems(workload)


def test_json_in_the_text_is_read(read: Read) -> None:
    text = '{"applications": [{"args": {"llm_configs": [{"model_loading_config": {"model_id": "acme/j"}}]}}]}'
    assert uris(workload_of(read(service(config=text)))) == ["hf://acme/j"]


@pytest.mark.parametrize("config", ["", " \n", None])
def test_a_service_without_configuration_has_its_model_in_the_image(read: Read, config: Any) -> None:
    obj = service(config="")
    obj["spec"]["serveConfigV2"] = config
    workload = workload_of(read(obj))
    assert uris(workload) == [f"image://{IMAGE}"]
    assert workload.problems == ()


WRONG: list[tuple[Json, str]] = [
    (service(config="[]"), "spec.serveConfigV2"),
    (service(config="text"), "spec.serveConfigV2"),
    (service(config="applications: {}"), "spec.serveConfigV2.applications"),
    (service(config="applications: [one]"), "spec.serveConfigV2.applications[0]"),
    (
        service(application(runtime_env=["x"])),
        "spec.serveConfigV2.applications[0].runtime_env",
    ),
    (
        service(application(runtime_env={"py_modules": "x"})),
        "spec.serveConfigV2.applications[0].runtime_env.py_modules",
    ),
    (
        service(application(runtime_env={"env_vars": ["A=b"]})),
        "spec.serveConfigV2.applications[0].runtime_env.env_vars[0]",
    ),
    (
        service(application(args={"llm_configs": [{"model_loading_config": "acme/x"}]})),
        "spec.serveConfigV2.applications[0].args.llm_configs[0].model_loading_config",
    ),
    (
        service(application(deployments={"a": 1})),
        "spec.serveConfigV2.applications[0].deployments",
    ),
    (service(application(), rayClusterConfig=[]), "spec.rayClusterConfig"),
    (
        service(application(), rayClusterConfig={"workerGroupSpecs": {}}),
        "spec.rayClusterConfig.workerGroupSpecs",
    ),
    (job(entrypoint=["a", 1]), "spec.entrypoint[1]"),
    (job(entrypoint="x", runtimeEnvYAML="- a"), "spec.runtimeEnvYAML"),
    (job(entrypoint="x", runtimeEnvYAML="a: ["), "spec.runtimeEnvYAML"),
    (job(entrypoint="x", runtimeEnvYAML=["a"]), "spec.runtimeEnvYAML"),
    (of_kind("RayCluster", {"headGroupSpec": "x"}), "spec.headGroupSpec"),
    (
        of_kind("RayCluster", cluster(group(rayStartParams=5))),
        "spec.headGroupSpec.rayStartParams",
    ),
    (of_kind("RayCluster", cluster(autoscalerOptions=["x"])), "spec.autoscalerOptions"),
    (of_kind("RayCronJob", {"jobTemplate": "x"}), "spec.jobTemplate"),
]


@pytest.mark.parametrize(("obj", "path"), WRONG, ids=[path for _, path in WRONG])
def test_a_wrong_type_is_a_problem_with_its_path(obj: Json, path: str) -> None:
    kind = GroupVersionKind(group="ray.io", version="v1", kind=obj["kind"])
    manifest = read_object(obj, kind, find_kind("ray.io", obj["kind"]), namespace="team", name="a")
    assert path in [problem.path for problem in manifest.problems]


# Containers, images, environments


def test_every_container_and_image_of_a_cluster_is_read(read: Read) -> None:
    options = {"image": "registry.example.com/scaler:1", "env": [{"name": "A", "value": "b"}]}
    collector = {"image": "registry.example.com/collector:1"}
    spec = cluster(
        group(container={"command": ["vllm", "serve", "acme/drafts"]}),
        [group(image="registry.example.com/w:1")],
        autoscalerOptions=options,
        historyServerOptions={"collectorOptions": collector},
    )
    workload = workload_of(read(of_kind("RayCluster", spec)))
    assert [(item.name, item.role, item.image.raw, item.path) for item in workload.containers] == [
        ("ray", "server", IMAGE, "spec.headGroupSpec.template.spec.containers[0]"),
        ("autoscaler", "sidecar", "registry.example.com/scaler:1", "spec.autoscalerOptions"),
        (
            "collector",
            "sidecar",
            "registry.example.com/collector:1",
            "spec.historyServerOptions.collectorOptions",
        ),
        (
            "ray",
            "server",
            "registry.example.com/w:1",
            "spec.workerGroupSpecs[0].template.spec.containers[0]",
        ),
    ]
    assert [pod.path for pod in workload.pods] == [
        "spec.headGroupSpec.template.spec",
        "spec.workerGroupSpecs[0].template.spec",
    ]


def test_the_autoscaler_runs_in_the_image_and_the_pod_of_the_head(read: Read) -> None:
    head = group(
        container={"args": ["vllm serve acme/drafts"]},
        pod={"securityContext": {"runAsNonRoot": True}},
    )
    spec = cluster(head, autoscalerOptions={"resources": {"limits": {"cpu": 1}}})
    workload = workload_of(read(of_kind("RayCluster", spec)))
    scaler = workload.containers[1]
    assert (scaler.name, scaler.image.raw) == ("autoscaler", IMAGE)
    assert scaler.security_context.run_as_non_root is True


def test_images_of_environments_are_containers(read: Read) -> None:
    nested = {"container": {"image": "registry.example.com/b:1", "run_options": ["--privileged"]}}
    obj = service(
        application(
            runtime_env={"image_uri": "registry.example.com/a:1"},
            args={"llm_configs": [llm(runtime_env=nested)]},
        )
    )
    containers = workload_of(read(obj)).containers
    assert [(item.name, item.image.raw, item.args) for item in containers[:2]] == [
        ("runtime-env", "registry.example.com/a:1", ()),
        ("runtime-env", "registry.example.com/b:1", ("--privileged",)),
    ]
    base = "spec.serveConfigV2.applications[0]"
    assert [item.path for item in containers[:2]] == [
        f"{base}.runtime_env",
        f"{base}.args.llm_configs[0].runtime_env.container",
    ]


def test_what_an_environment_fetches_is_an_endpoint(read: Read) -> None:
    obj = service(
        application(
            args={"llm_configs": [llm()]},
            runtime_env={
                "working_dir": "http://code.example.com/a.zip",
                "py_modules": ["gs://code/m.zip"],
                "pip": {"packages": ["torch", None, "--index-url=http://index.example.com/simple"]},
                "conda": {"dependencies": [{"pip": ["git+https://git.example.com/x.git"]}]},
                "env_vars": {"URL": "http://not.listed"},
            },
        )
    )
    found = [(item.uri, item.tls) for item in workload_of(read(obj)).endpoints]
    assert found == [
        ("http://code.example.com/a.zip", False),
        ("gs://code/m.zip", None),
        ("http://index.example.com/simple", False),
        ("git+https://git.example.com/x.git", None),
    ]


def test_too_many_addresses_within_texts_are_a_problem(read: Read) -> None:
    packages = [f"https://p.example.com/{number}" for number in range(501)]
    workload = workload_of(read(service(application(runtime_env={"pip": packages}))))
    assert len(workload.endpoints) == 500
    assert "holds more than 500 addresses" in [problem.message for problem in workload.problems]


# Exposure, rollout, storage of the cluster


@pytest.mark.parametrize(
    ("head", "scope", "tls"),
    [
        ({"enableIngress": True}, "external", False),
        ({"enableIngress": True, "ingressOptions": {"tls": [{"secretName": "t"}]}}, "external", True),
        ({"serviceType": "LoadBalancer"}, "external", None),
        ({"serviceType": "ClusterIP"}, "cluster", None),
        ({"headService": {"spec": {"type": "NodePort"}}}, "external", None),
        ({"headService": {"spec": {"externalIPs": ["192.0.2.1"]}}}, "external", None),
        ({}, "cluster", None),
    ],
)
def test_the_head_of_a_cluster_can_be_opened(
    read: Read, head: Json, scope: str, tls: Literal[True, False] | None
) -> None:
    opened = cluster(group(container={"args": ["vllm serve acme/drafts"]}, **head))
    for obj in (
        of_kind("RayCluster", opened),
        service(application(), rayClusterConfig=opened),
        of_kind("RayJob", {"rayClusterSpec": opened}),
        of_kind("RayCronJob", {"jobTemplate": {"rayClusterSpec": opened}}),
    ):
        exposure = workload_of(read(obj)).exposure
        assert (exposure.scope, exposure.tls) == (scope, tls)


@pytest.mark.parametrize(
    ("spec", "scope"),
    [
        ({"serveService": {"spec": {"type": "LoadBalancer"}}}, "external"),
        ({"serveService": {"spec": {"externalIPs": ["192.0.2.1"]}}}, "external"),
        ({"upgradeStrategy": {"clusterUpgradeOptions": {"gatewayClassName": "g"}}}, "unknown"),
    ],
)
def test_the_service_of_the_applications_can_be_opened(read: Read, spec: Json, scope: str) -> None:
    assert workload_of(read(service(application(), **spec))).exposure.scope == scope


def test_an_upgrade_by_steps_is_no_canary_for_what_the_text_changes(read: Read) -> None:
    options = {"type": "NewClusterWithIncrementalUpgrade", "clusterUpgradeOptions": {"stepSizePercent": 10}}
    rollout = workload_of(read(service(application(), upgradeStrategy=options))).rollout
    assert (rollout.strategy, rollout.canary_percent) == ("unknown", 10)
    assert workload_of(read(service(application()))).rollout.strategy == "none"


def test_the_state_of_a_cluster_lies_in_a_store_or_on_a_claim(read: Read) -> None:
    external = cluster(gcsFaultToleranceOptions={"redisAddress": "store:6379"})
    embedded = cluster(gcsFaultToleranceOptions={"storage": {"size": "1Gi", "storageClassName": "sealed"}})
    endpoints = workload_of(read(service(application(), rayClusterConfig=external))).endpoints
    assert [(item.uri, item.tls, item.purpose, item.cluster_local) for item in endpoints] == [
        ("redis://store:6379", False, "cache", True)
    ]
    volumes = workload_of(read(service(application(), rayClusterConfig=embedded))).volumes
    assert [(volume.kind, volume.storage_class_name, volume.holds_model) for volume in volumes] == [
        ("pvc", "sealed", False)
    ]
    secure = cluster(gcsFaultToleranceOptions={"redisAddress": "rediss://store:6379"})
    endpoints = workload_of(read(service(application(), rayClusterConfig=secure))).endpoints
    assert [item.tls for item in endpoints] == [True]


@pytest.mark.parametrize(
    "options",
    [
        {"gcsFaultToleranceOptions": {"redisPassword": {"value": "correct-horse"}}},
        {"headGroupSpec": group(rayStartParams={"redis-password": "correct-horse"})},
    ],
)
def test_a_password_in_plain_text_is_found(read: Read, options: Json) -> None:
    extraction = read(service(application(), rayClusterConfig={**cluster(), **options}))
    (found,) = extraction.credentials
    assert (found.kind, found.reason) == ("env", "name")
    assert found.path.rpartition(".")[2] in {"value", "redis-password"}


def test_a_password_from_a_secret_is_none(read: Read) -> None:
    given = {"valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    options: Json = {"gcsFaultToleranceOptions": {"redisPassword": given}}
    assert read(service(application(), rayClusterConfig=cluster(**options))).credentials == ()


# Clusters, jobs


@pytest.mark.parametrize("version", ["v1", "v1alpha1"])
def test_bypass_13_every_served_version_is_read(read: Read, version: str) -> None:
    head = group(container={"args": ["vllm serve acme/drafts"]})
    for obj in (
        service(application(args={"model": "acme/drafts"}), version=version),
        of_kind("RayCluster", cluster(head), version),
        job(version, entrypoint="vllm serve acme/drafts"),
    ):
        workload = workload_of(read(obj))
        assert uris(workload) == ["hf://acme/drafts"]
        assert workload.problems == ()


def test_a_cluster_alone_serves_nothing(read: Read) -> None:
    worker = group(container={"resources": {"limits": {"nvidia.com/gpu": "1"}}})
    workload = workload_of(read(of_kind("RayCluster", cluster(group(), [worker]))))
    assert not workload.concerns_a_model


@pytest.mark.parametrize(
    ("command", "args"),
    [
        (["vllm", "serve"], ["acme/drafts"]),
        (["vllm serve"], ["acme/drafts"]),
        (["true;vllm"], ["serve", "acme/drafts"]),
        ([], ["true&&vllm", "serve", "acme/drafts"]),
    ],
)
def test_a_shell_runs_what_stands_before_the_start_of_a_node(
    read: Read, command: list[str], args: list[str]
) -> None:
    head = group(container={"command": command, "args": args})
    workload = workload_of(read(of_kind("RayCluster", cluster(head))))
    assert (workload.serves_model, uris(workload)) == (True, ["hf://acme/drafts"])


@pytest.mark.parametrize("of", ["head", "worker"])
def test_a_start_parameter_can_start_a_server(read: Read, of: str) -> None:
    injecting = group(rayStartParams={"num-cpus": "0", "dashboard-host": "x; vllm serve acme/drafts"})
    spec = cluster(injecting) if of == "head" else cluster(group(), [injecting])
    workload = workload_of(read(of_kind("RayCluster", spec)))
    assert (workload.serves_model, uris(workload)) == (True, ["hf://acme/drafts"])


def test_sound_start_parameters_say_nothing_of_models(read: Read) -> None:
    params = {"num-gpus": "0", "block": "true", "resources": '"{\\"TPU\\": 4}"', "labels": "model=x"}
    workload = workload_of(read(of_kind("RayCluster", cluster(group(rayStartParams=params)))))
    assert not workload.concerns_a_model
    assert workload.problems == ()


@pytest.mark.parametrize(
    ("entrypoint", "found"),
    [
        ("vllm serve acme/drafts", ["hf://acme/drafts"]),
        ("python -m vllm.entrypoints.openai.api_server --model acme/drafts", ["hf://acme/drafts"]),
        ("cd /app && serve run app:main model=acme/drafts", [f"image://{IMAGE}"]),
        ("true;vllm serve acme/drafts", ["hf://acme/drafts"]),
        ("vllm serve $MODEL", ["hf://acme/variable"]),
    ],
)
def test_bypass_04_an_entry_point_that_serves_is_found(read: Read, entrypoint: str, found: list[str]) -> None:
    env = "env_vars: {MODEL: acme/variable}"
    for obj in (
        job(entrypoint=entrypoint, runtimeEnvYAML=env),
        of_kind(
            "RayCronJob",
            {
                "schedule": "@daily",
                "jobTemplate": {
                    "entrypoint": entrypoint,
                    "runtimeEnvYAML": env,
                    "rayClusterSpec": cluster(),
                },
            },
        ),
    ):
        workload = workload_of(read(obj))
        assert (workload.serves_model, uris(workload)) == (True, found)
        assert [item.name for item in workload.containers] == ["ray"]
        assert workload.problems == ()


def test_a_job_that_serves_code_has_its_model_there(read: Read) -> None:
    obj = job(entrypoint="serve run app:main", runtimeEnvYAML=f"working_dir: {ARCHIVE}")
    assert uris(workload_of(read(obj))) == [ARCHIVE]


def test_a_job_that_computes_serves_nothing(read: Read) -> None:
    obj = job(
        entrypoint="python /home/ray/samples/sample_code.py",
        runtimeEnvYAML="pip: [requests]\nenv_vars: {counter_name: test}",
        entrypointResources='{"gpu": 1}',
    )
    assert not workload_of(read(obj)).concerns_a_model


def test_a_job_that_trains_names_its_base_and_its_data(read: Read) -> None:
    line = "torchrun train.py --model_name_or_path acme/base --dataset_name acme/rows --num_train_epochs 1"
    workload = workload_of(read(job(entrypoint=line)))
    assert (workload.serves_model, workload.trains_model) == (False, True)
    assert [(model.uri, model.role) for model in workload.models] == [("hf://acme/base", "base")]
    assert [data.uri for data in workload.datasets] == ["hf://acme/rows"]


def test_a_job_names_the_cluster_it_runs_on(read: Read) -> None:
    obj = job(entrypoint="vllm serve acme/drafts", clusterSelector={"ray.io/cluster": "big", "other": "x"})
    workload = workload_of(read(obj))
    assert [(item.kind, item.name, item.path) for item in workload.references] == [
        ("RayCluster", "big", "spec.clusterSelector['ray.io/cluster']")
    ]


def test_the_cluster_a_job_runs_on_is_judged_for_itself(read: Read) -> None:
    manifest = read(
        job(entrypoint="vllm serve acme/drafts", clusterSelector={"ray.io/cluster": "big"})
    ).manifest
    assert manifest is not None
    other = group(container={"args": ["vllm serve acme/other"]})
    found = ResolvedReference(
        api_version="ray.io/v1",
        kind="RayCluster",
        namespace="team",
        name="big",
        status="found",
        object=of_kind("RayCluster", cluster(other)),
    )
    workload = resolve(manifest, (found,)).workload()
    assert [item.status for item in workload.references] == ["found"]
    assert uris(workload) == ["hf://acme/drafts"]


def test_the_submitter_of_a_job_is_a_pod(read: Read) -> None:
    submitter = {"name": "submit", "image": "registry.example.com/s:1", "args": ["--", "vllm serve acme/d"]}
    obj = job(entrypoint="x", submitterPodTemplate={"spec": {"containers": [submitter]}})
    workload = workload_of(read(obj))
    assert "spec.submitterPodTemplate.spec" in [pod.path for pod in workload.pods]
    assert uris(workload) == ["hf://acme/d"]


def test_environments_of_jobs_bring_images_variables_and_endpoints(read: Read) -> None:
    text = yaml.safe_dump(
        {
            "image_uri": "registry.example.com/env:1",
            "working_dir": ARCHIVE,
            "env_vars": {"API_TOKEN": "hunter2hunter2"},
        }
    )
    extraction = read(job(entrypoint="vllm serve acme/drafts", runtimeEnvYAML=text))
    workload = workload_of(extraction)
    assert [item.image.raw for item in workload.containers] == ["registry.example.com/env:1", IMAGE]
    assert [item.uri for item in workload.endpoints] == [ARCHIVE]
    assert [env.name for env in workload.containers[1].env] == ["API_TOKEN"]
    assert [found.path for found in extraction.credentials] == ["spec.runtimeEnvYAML.env_vars.API_TOKEN"]


# Slots


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Json, str]:
    """Arguments with a model somewhere in them, and its name."""
    name = "acme/m" + draw(st.text("abcdef", min_size=1, max_size=8))
    node: Any = draw(
        st.sampled_from(
            [
                {"model": name},
                {"model_source": name},
                {"model_loading_config": {"model_id": name}},
                {"hf_model_id": name},
                {"engine_kwargs": {"model": name}},
                {"anything": f"hf://{name}"},
            ]
        )
    )
    for _ in range(draw(st.integers(0, 6))):
        key = draw(st.sampled_from(["llm_configs", "config", "stages", "a", "deployment"]))
        inner = [{"other": 1}, node] if draw(st.booleans()) else node
        node = {key: inner, "replicas": 2}
    return node, name


@settings(max_examples=60, deadline=None)
@given(shapes(), st.sampled_from(["args", "user_config"]))
def test_a_model_in_any_slot_of_the_nested_text_is_seen(shape: tuple[Json, str], slot: str) -> None:
    value, name = shape
    given_to = {"args": value} if slot == "args" else {"deployments": [{"name": "d", "user_config": value}]}
    obj = service(application(args={"llm_configs": [llm()]}), application(**given_to))
    kind = GroupVersionKind(group="ray.io", version="v1", kind="RayService")
    manifest = read_object(obj, kind, find_kind("ray.io", "RayService"), namespace="team", name="a")
    assert f"hf://{name}" in [model.uri for model in manifest.models]
