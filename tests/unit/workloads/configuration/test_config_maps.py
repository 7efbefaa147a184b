"""What a ConfigMap says to a server counts like a flag, wherever it is mounted and however it is written."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Literal

import pytest

from mlgate.domain.evidence import Evidence, ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.complete import wider_lookups
from mlgate.workloads.extract import Extraction
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

VLLM = "registry.example.com/vllm-openai:1"
CONFIG_MAP: Json = {"name": "config", "configMap": {"name": "arguments"}}
MOUNT: Json = {"name": "config", "mountPath": "/etc/server"}
FILE = "/etc/server/server.yaml"
WORKSPACE: Json = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "chat"},
    "inference": {"preset": {"name": "phi-4"}, "config": "arguments"},
}


def config_map(data: Any, name: str = "arguments", **fields: Any) -> ResolvedReference:
    return ResolvedReference(
        api_version="v1",
        kind="ConfigMap",
        namespace="team",
        name=name,
        status="found",
        object={"data": data, **fields},
    )


def absent(status: Literal["missing", "unavailable"]) -> ResolvedReference:
    return ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name="arguments", status=status
    )


def manifest_of(read: Read, obj: Json) -> Manifest:
    manifest = read(obj).manifest
    assert manifest is not None
    return manifest


def resolved(read: Read, obj: Json, *found: ResolvedReference) -> Workload:
    return resolve(manifest_of(read, obj), found).workload()


def uris(workload: Workload) -> list[str]:
    return [model.uri for model in workload.models]


def messages(workload: Workload) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in workload.problems]


def named(manifest: Manifest) -> list[tuple[str, str | None]]:
    return [(item.lookup.name, item.key) for item in manifest.named]


@pytest.fixture
def server(pod_of: PodOf) -> PodOf:
    """A pod of vLLM that is told to read a file of a mounted ConfigMap."""

    def made(*args: str, volumes: list[Json] | None = None, **container: Any) -> Json:
        return pod_of(
            {"volumes": [CONFIG_MAP] if volumes is None else volumes},
            **{"image": VLLM, "args": [*args, "--config", FILE], "volumeMounts": [MOUNT], **container},
        )

    return made


# What an entry says


def test_a_model_that_only_the_configuration_names_is_the_one_that_is_served(
    read: Read, server: PodOf
) -> None:
    assert manifest_of(read, server()).problems == ()
    workload = resolved(read, server(), config_map({"server.yaml": "model: acme/drafts\nport: 80"}))
    assert [(model.uri, model.path) for model in workload.models] == [
        ("hf://acme/drafts", "ConfigMap/arguments.data['server.yaml'].model")
    ]
    assert workload.problems == ()


def test_a_model_that_replaces_the_one_of_the_command_line_is_seen_beside_it(
    read: Read, server: PodOf
) -> None:
    workload = resolved(read, server("--model=acme/shown"), config_map({"server.yaml": "model: acme/real"}))
    assert uris(workload) == ["hf://acme/shown", "hf://acme/real"]


def test_a_model_that_is_named_twice_is_one(read: Read, server: PodOf) -> None:
    workload = resolved(read, server("--model=acme/one"), config_map({"server.yaml": "model: acme/one"}))
    assert uris(workload) == ["hf://acme/one"]


@pytest.mark.parametrize("key", ["trust-remote-code", "trust_remote_code"])
def test_a_switch_of_the_configuration_is_on(read: Read, server: PodOf, key: str) -> None:
    text = f"model: acme/m\n{key}: true\n"
    features = resolved(read, server(), config_map({"server.yaml": text})).features
    assert (features.trust_remote_code.enabled, features.trust_remote_code.path) == (
        True,
        f"ConfigMap/arguments.data['server.yaml'].{key}",
    )


def test_a_switch_that_is_off_or_on_already_stays_as_it_is(read: Read, server: PodOf) -> None:
    off = config_map({"server.yaml": "model: acme/m\ntrust-remote-code: false"})
    assert not resolved(read, server(), off).features.trust_remote_code.enabled
    on = config_map({"server.yaml": "trust-remote-code: true"})
    features = resolved(read, server("--model=acme/m", "--trust-remote-code"), on).features
    assert features.trust_remote_code.path == "spec.containers[0].args[1]"


@pytest.mark.parametrize(
    "lines",
    [
        "lora-modules: [sql=acme/sql]",
        "lora_modules:\n- {name: sql, path: acme/sql}",
        'lora-modules: \'{"name": "sql", "path": "acme/sql"}\'',
    ],
)
def test_adapters_of_the_configuration_are_models(read: Read, server: PodOf, lines: str) -> None:
    workload = resolved(read, server("--model=acme/m"), config_map({"server.yaml": lines}))
    adapters = [(model.id, model.uri) for model in workload.models if model.role == "adapter"]
    assert adapters == [("adapter:sql", "hf://acme/sql")]


def test_a_revision_stands_beside_its_model(read: Read, server: PodOf) -> None:
    commit = "a" * 40
    text = f"model: acme/m\nrevision: {commit}\nother: {{model: acme/n}}"
    workload = resolved(read, server(), config_map({"server.yaml": text}))
    assert uris(workload) == [f"hf://acme/m:{commit}", "hf://acme/n"]


def test_a_path_in_the_configuration_leads_into_the_container(read: Read, server: PodOf) -> None:
    claim = {"name": "weights", "persistentVolumeClaim": {"claimName": "weights"}}
    obj = server(
        volumes=[CONFIG_MAP, claim],
        volumeMounts=[MOUNT, {"name": "weights", "mountPath": "/data"}],
    )
    workload = resolved(read, obj, config_map({"server.yaml": "model: /data/m"}))
    assert uris(workload) == ["pvc://weights/m"]
    workload = resolved(read, obj, config_map({"server.yaml": "model: /opt/m"}))
    assert uris(workload) == [f"image://{VLLM}"]


# How an entry is written


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("models.config", 'config { name: "a" base_path: "s3://bucket/a" }', ["s3://bucket/a"]),
        ("models.config", "config { base_path: 's3://bucket/' \"a\" }", ["s3://bucket/a"]),
        ("models.config", '# base_path: "s3://old/a"\nbase_path: "s3://new/a#1"', ["s3://new/a#1"]),
        ("config.properties", "model_store=s3://bucket/store\nload_models=all", ["s3://bucket/store"]),
        ("config.properties", "load_models=one=https://example.com/a.mar", ["https://example.com/a.mar"]),
        ("config.properties", 'models={\\\n  "a": {"uri": "s3://bucket/a"}}', ["s3://bucket/a"]),
        ("settings.json", '{"parameters": {"uri": "gs://bucket/a"}}', ["gs://bucket/a"]),
        ("server", "model: acme/m", ["hf://acme/m"]),
        ("server.toml", 'model = "acme/m"', ["hf://acme/m"]),
        ("server.yaml", "", []),
        ("models.config", "nothing of interest", []),
    ],
)
def test_each_way_to_write_a_configuration_is_read(
    read: Read, pod_of: PodOf, name: str, text: str, found: list[str]
) -> None:
    obj = pod_of(
        {"volumes": [CONFIG_MAP]},
        image="registry.example.com/tritonserver:1",
        args=[f"--model_config_file=/etc/server/{name}"],
        volumeMounts=[MOUNT],
    )
    workload = resolved(read, obj, config_map({name: text}))
    assert [uri for uri in uris(workload) if not uri.startswith(("file://", "image://"))] == found


def test_a_name_for_callers_is_no_model_beside_its_source(read: Read, server: PodOf) -> None:
    text = "model_loading_config: {model_id: drafts, model_source: acme/drafts}"
    assert uris(resolved(read, server(), config_map({"server.yaml": text}))) == ["hf://acme/drafts"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("server.yaml", "a: [", "holds text that is no YAML"),
        ("server.yaml", "a: &x 1\nb: *x", "holds text that is no YAML"),
        ("server.yaml", "a: 1\na: 2", "holds text that is no YAML"),
        ("server.yaml", "a: " + "x" * 300_000, "holds text that is no YAML"),
        ("server.yaml", "text", "holds text, not a map"),
        ("server.yaml", "\n".join(f"k{n}: {n}" for n in range(2001)), "holds more than 2000 settings"),
        ("server.cfg", "\n".join(f"k{n}={n}" for n in range(2001)), "holds more than 2000 settings"),
        ("server.cfg", 'base_path: "s3://\\x65vil"', "holds escaped characters"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_path(
    read: Read, pod_of: PodOf, name: str, text: str, message: str
) -> None:
    obj = pod_of(
        {"volumes": [CONFIG_MAP]},
        image=VLLM,
        args=["--model=acme/m", f"--config=/etc/server/{name}"],
        volumeMounts=[MOUNT],
    )
    ((path, found),) = messages(resolved(read, obj, config_map({name: text})))
    assert path == f"ConfigMap/arguments.data['{name}']"
    assert found.startswith(message)


def test_data_that_is_no_text_is_read_too(read: Read, server: PodOf) -> None:
    def binary(text: bytes | str) -> ResolvedReference:
        encoded = base64.b64encode(text).decode() if isinstance(text, bytes) else text
        return config_map(None, binaryData={"server.yaml": encoded, "other": "!"})

    assert uris(resolved(read, server(), binary(b"model: acme/m"))) == ["hf://acme/m"]
    for odd in (b"\xff\xfe", "no base64", "é"):
        path = "ConfigMap/arguments.binaryData['server.yaml']"
        assert (path, "holds no text") in messages(resolved(read, server("--model=a/b"), binary(odd)))


@pytest.mark.parametrize(
    ("data", "path"),
    [([], "ConfigMap/arguments.data"), ({"server.yaml": 1}, "ConfigMap/arguments.data['server.yaml']")],
)
def test_a_wrong_type_is_a_problem(read: Read, server: PodOf, data: Any, path: str) -> None:
    assert path in [at for at, _ in messages(resolved(read, server("--model=a/b"), config_map(data)))]


def test_an_entry_that_is_not_there_is_a_problem(read: Read, server: PodOf) -> None:
    workload = resolved(read, server("--model=acme/m"), config_map({"other.yaml": "model: acme/other"}))
    assert uris(workload) == ["hf://acme/m"]
    assert messages(workload) == [
        ("ConfigMap/arguments.data", "has no entry server.yaml, from which the server is configured")
    ]


# Where there is none


@pytest.mark.parametrize("status", ["missing", "unavailable"])
def test_a_config_map_that_is_not_to_be_had_leaves_no_server_without_a_model(
    read: Read, server: PodOf, status: Literal["missing", "unavailable"]
) -> None:
    workload = resolved(read, server(), absent(status))
    assert [(item.kind, item.name, item.status) for item in workload.references] == [
        ("ConfigMap", "arguments", status)
    ]
    assert messages(workload) == [("spec.containers[0].args[0]", "names no model that the reader can find")]


def test_a_config_map_that_is_not_to_be_had_is_told_beside_the_model_of_the_command_line(
    read: Read, server: PodOf
) -> None:
    workload = resolved(read, server("--model=acme/m"), absent("unavailable"))
    assert (uris(workload), workload.problems) == (["hf://acme/m"], ())
    assert [item.status for item in workload.references] == ["unavailable"]


def test_a_server_with_a_model_in_its_image_keeps_it(read: Read, pod_of: PodOf) -> None:
    image = "registry.example.com/tritonserver:1"
    obj = pod_of({"volumes": [CONFIG_MAP]}, image=image, args=["--config", FILE], volumeMounts=[MOUNT])
    assert uris(resolved(read, obj, config_map({"server.yaml": "log: info"}))) == [f"image://{image}"]
    named_there = config_map({"server.yaml": "model_repository: s3://bucket/models"})
    assert uris(resolved(read, obj, named_there)) == ["s3://bucket/models"]


# Which entry of which ConfigMap


@pytest.mark.parametrize(
    ("volume", "mount", "found"),
    [
        (CONFIG_MAP, MOUNT, [("arguments", "server.yaml")]),
        (
            {
                "name": "config",
                "configMap": {"name": "arguments", "items": [{"key": "vllm", "path": "server.yaml"}]},
            },
            MOUNT,
            [("arguments", "vllm")],
        ),
        (
            {
                "name": "config",
                "configMap": {"name": "arguments", "items": [{"key": "vllm", "path": "deep/server.yaml"}]},
            },
            {**MOUNT, "subPath": "deep"},
            [("arguments", "vllm")],
        ),
        (CONFIG_MAP, {"name": "config", "mountPath": FILE, "subPath": "one"}, [("arguments", "one")]),
        (CONFIG_MAP, {"name": "config", "mountPath": FILE, "subPathExpr": "$(A)"}, [("arguments", None)]),
        (CONFIG_MAP, {"name": "config", "mountPath": "/"}, [("arguments", "etc/server/server.yaml")]),
        (
            {
                "name": "config",
                "projected": {
                    "sources": [
                        {"configMap": {"name": "first"}},
                        {"secret": {"name": "s"}},
                        {"configMap": {"name": "second", "items": [{"key": "k", "path": "server.yaml"}]}},
                        {"configMap": {"name": "third", "items": [{"key": "k", "path": "other.yaml"}]}},
                    ]
                },
            },
            MOUNT,
            [("first", "server.yaml"), ("second", "k")],
        ),
    ],
    ids=["whole", "items", "folder", "one entry", "by variable", "at the root", "projected"],
)
def test_the_entry_a_file_is(
    read: Read, server: PodOf, volume: Json, mount: Json, found: list[tuple[str, str | None]]
) -> None:
    obj = server("--model=acme/m", volumes=[volume], volumeMounts=[mount])
    manifest = manifest_of(read, obj)
    assert named(manifest) == found
    # A volume at the root takes the place of every program, too.
    expected = ["mounts config over the code of programs"] if mount["mountPath"] == "/" else []
    assert [problem.message for problem in manifest.problems] == expected


def test_a_folder_is_all_its_entries(read: Read, pod_of: PodOf) -> None:
    items = [{"key": "a", "path": "models/a.json"}, {"key": "b", "path": "other/b.json"}]
    for volume, found in (
        (CONFIG_MAP, [("arguments", None)]),
        ({"name": "config", "configMap": {"name": "arguments", "items": items}}, [("arguments", "a")]),
    ):
        where = "/etc/server" if volume is CONFIG_MAP else "/etc/server/models"
        obj = pod_of({"volumes": [volume]}, image=VLLM, args=[f"--config={where}"], volumeMounts=[MOUNT])
        assert named(manifest_of(read, obj)) == found


def test_of_a_folder_only_what_configures_is_read(read: Read) -> None:
    data = {
        "inference_config.yaml": "vllm: {model: acme/real}",
        "template.jinja": '{% set model = "acme/none" %}',
        "plain": "model: acme/plain",
    }
    assert uris(resolved(read, WORKSPACE, config_map(data))) == [
        "kaito://phi-4",
        "hf://acme/real",
        "hf://acme/plain",
    ]


def test_a_tuned_model_of_a_configuration_is_a_base(read: Read) -> None:
    tuning = {"preset": {"name": "phi-4"}, "config": "arguments", "input": {}, "output": {}}
    obj = {key: value for key, value in WORKSPACE.items() if key != "inference"} | {"tuning": tuning}
    text = "training_config: {ModelConfig: {pretrained_model_name_or_path: acme/base}}"
    workload = resolved(read, obj, config_map({"training_config.yaml": text}))
    assert [(model.uri, model.role) for model in workload.models] == [
        ("kaito://phi-4", "base"),
        ("hf://acme/base", "base"),
    ]


def test_several_configurations_are_all_read(read: Read, pod_of: PodOf) -> None:
    other = {"name": "other", "configMap": {"name": "more"}}
    obj = pod_of(
        {"volumes": [CONFIG_MAP, other]},
        image=VLLM,
        args=["--config", FILE, "--config=/etc/other/more.yaml"],
        volumeMounts=[MOUNT, {"name": "other", "mountPath": "/etc/other"}],
    )
    workload = resolved(
        read,
        obj,
        config_map({"server.yaml": "model: acme/one"}),
        config_map({"more.yaml": "model: acme/two"}, "more"),
    )
    assert uris(workload) == ["hf://acme/one", "hf://acme/two"]


@pytest.mark.parametrize(
    ("image", "container"),
    [
        (VLLM, {"command": ["vllm", "serve", "--config", FILE]}),
        ("registry.example.com/torchserve:1", {"env": [{"name": "TS_CONFIG_FILE", "value": FILE}]}),
        ("registry.example.com/torchserve:1", {"args": ["torchserve", "--ts-config", FILE]}),
        ("registry.example.com/ray:1", {"command": ["serve", "deploy", FILE]}),
        ("registry.example.com/ray:1", {"args": [f"serve run {FILE}"]}),
        ("registry.example.com/tensorflow-serving:1", {"args": [f"--model_config_file={FILE}"]}),
        (VLLM, {"args": ["--config", "$(FILE)"], "env": [{"name": "FILE", "value": FILE}]}),
        (VLLM, {"args": ["--config", "server.yaml"], "workingDir": "/etc/server"}),
        (VLLM, {"args": ["--config", "./server/server.yaml"], "workingDir": "/etc"}),
        (VLLM, {"args": ["--config", "/etc/other/../server/server.yaml"]}),
    ],
)
def test_each_way_to_tell_a_server_its_configuration(
    read: Read, pod_of: PodOf, image: str, container: Json
) -> None:
    obj = pod_of({"volumes": [CONFIG_MAP]}, image=image, volumeMounts=[MOUNT], **container)
    assert ("arguments", "server.yaml") in named(manifest_of(read, obj))


def test_a_file_in_an_unknown_working_folder_can_be_any_mounted_one(read: Read, pod_of: PodOf) -> None:
    for mount, key in (
        (MOUNT, "server.yaml"),
        ({"name": "config", "mountPath": "/app/server.yaml", "subPath": "one"}, "one"),
    ):
        obj = pod_of(
            {"volumes": [CONFIG_MAP]},
            image=VLLM,
            args=["--model=acme/m", "--config=server.yaml"],
            volumeMounts=[mount],
        )
        assert named(manifest_of(read, obj)) == [("arguments", key)]
    # That it is none of them is no problem: then it is part of the image.
    whole = pod_of(
        {"volumes": [CONFIG_MAP]},
        image=VLLM,
        args=["--model=acme/m", "--config=server.yaml"],
        volumeMounts=[MOUNT],
    )
    assert resolved(read, whole, config_map({"x": "y"})).problems == ()


def test_a_folder_of_models_in_a_config_map_says_from_where_they_are_loaded(
    read: Read, pod_of: PodOf
) -> None:
    obj = pod_of(
        {"volumes": [CONFIG_MAP]},
        image="registry.example.com/mlserver:1",
        args=["mlserver", "start", "/etc/server"],
        volumeMounts=[MOUNT],
    )
    text = '{"name": "iris", "parameters": {"uri": "s3://bucket/iris"}}'
    assert "s3://bucket/iris" in uris(resolved(read, obj, config_map({"model-settings.json": text})))


# Configurations from elsewhere


@pytest.mark.parametrize(
    "volume",
    [
        {"secret": {"secretName": "s"}},
        {"emptyDir": {}},
        {"persistentVolumeClaim": {"claimName": "other"}},
        {"configMap": {"name": "c", "items": [{"key": "k", "path": "other.yaml"}]}},
        {"configMap": {"items": []}},
        {"projected": {"sources": [{"secret": {"name": "s"}}]}},
    ],
)
def test_a_configuration_the_reader_cannot_look_into_is_a_problem(
    read: Read, server: PodOf, volume: Json
) -> None:
    obj = server("--model=acme/m", volumes=[{"name": "config", **volume}])
    workload = resolved(read, obj)
    assert messages(workload) == [
        ("spec.containers[0].args[1]", "takes a configuration from where the reader cannot look")
    ]


def test_a_configuration_beside_its_model_goes_with_the_model(read: Read, pod_of: PodOf) -> None:
    obj = pod_of(
        {"volumes": [{"name": "weights", "persistentVolumeClaim": {"claimName": "weights"}}]},
        image=VLLM,
        args=["--model=/data/m", "--config=/data/m/server.yaml"],
        volumeMounts=[{"name": "weights", "mountPath": "/data"}],
    )
    workload = resolved(read, obj)
    assert (uris(workload), workload.problems) == (["pvc://weights/m"], ())


def test_a_configuration_of_the_image_is_no_problem(read: Read, pod_of: PodOf) -> None:
    workload = resolved(read, pod_of(image=VLLM, args=["--model=acme/m", "--config=/opt/server.yaml"]))
    assert workload.problems == ()


def test_what_serves_no_model_may_be_configured_from_anywhere(read: Read, pod_of: PodOf) -> None:
    obj = pod_of(
        {"volumes": [{"name": "config", "secret": {"secretName": "s"}}]},
        image="registry.example.com/proxy:1",
        args=["--config", FILE],
        volumeMounts=[MOUNT],
    )
    extraction = read(obj)
    assert extraction.workload is not None
    assert not extraction.workload.concerns_a_model
    assert extraction.workload.references == ()


# Configurations of what other objects bring


RUNTIME = ResolvedReference(
    api_version="serving.kserve.io/v1alpha1",
    kind="ServingRuntime",
    namespace="team",
    name="own",
    status="found",
    object={
        "spec": {
            "containers": [
                {
                    "name": "kserve-container",
                    "image": VLLM,
                    "args": ["--config", FILE],
                    "volumeMounts": [MOUNT],
                }
            ],
            "volumes": [CONFIG_MAP],
        }
    },
)
SERVICE: Json = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "chat"},
    "spec": {"predictor": {"model": {"runtime": "own", "storageUri": "s3://bucket/m"}}},
}


def test_a_runtime_can_be_configured_by_a_config_map(read: Read) -> None:
    found = config_map({"server.yaml": "lora-modules: [sql=acme/sql]\ntrust-remote-code: true"})
    workload = resolved(read, SERVICE, RUNTIME, found)
    assert uris(workload) == ["s3://bucket/m", "hf://acme/sql"]
    assert workload.features.trust_remote_code.enabled
    assert [(item.kind, item.name, item.status, item.path) for item in workload.references] == [
        ("ServingRuntime", "own", "found", "spec.predictor.model.runtime"),
        ("ConfigMap", "arguments", "found", "ServingRuntime/own.spec.containers[0].args[0]"),
    ]
    assert [item.status for item in resolved(read, SERVICE, RUNTIME).references] == ["found", "unavailable"]


def test_what_a_runtime_names_is_looked_up_in_a_second_round(read: Read) -> None:
    extraction = read(SERVICE)
    wider = wider_lookups(extraction, Evidence(references=(RUNTIME,)))
    assert [reference.name for reference in wider.references] == ["own", "arguments"]
    assert wider.config_maps == ("arguments",)


def test_a_configuration_of_a_runtime_that_cannot_be_followed_is_a_problem_once(read: Read) -> None:
    assert RUNTIME.object is not None
    spec = {**RUNTIME.object["spec"], "volumes": [{"name": "config", "secret": {"secretName": "s"}}]}
    hidden = RUNTIME.model_copy(update={"object": {"spec": spec}})
    assert messages(resolved(read, SERVICE, hidden)) == [
        (
            "ServingRuntime/own.spec.containers[0].args[0]",
            "takes a configuration from where the reader cannot look",
        )
    ]


def test_what_the_object_says_itself_is_not_told_twice(read: Read) -> None:
    secret = {"name": "config", "secret": {"secretName": "s"}}
    container = {
        "name": "kserve-container",
        "image": VLLM,
        "args": ["--config", FILE],
        "volumeMounts": [MOUNT],
    }
    predictor = {"model": {"runtime": "own", "storageUri": "s3://b/m"}, "containers": [container]}
    obj = {**SERVICE, "spec": {"predictor": {**predictor, "volumes": [secret]}}}
    bare = RUNTIME.model_copy(update={"object": {"spec": {"containers": []}}})
    found = messages(resolved(read, obj, bare))
    assert len(found) == len(set(found))


def test_a_deployment_behind_a_rollout_keeps_its_configuration(read: Read, server: PodOf) -> None:
    rollout = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "chat"},
        "spec": {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "chat"}},
    }
    deployment = ResolvedReference(
        api_version="apps/v1",
        kind="Deployment",
        namespace="team",
        name="chat",
        status="found",
        object={
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "chat"},
            "spec": {"template": {"spec": server()["spec"]}},
        },
    )
    workload = resolved(read, rollout, deployment, config_map({"server.yaml": "model: acme/drafts"}))
    assert uris(workload) == ["hf://acme/drafts"]
    wider = wider_lookups(read(rollout), Evidence(references=(deployment,)))
    assert [reference.name for reference in wider.references] == ["chat", "arguments"]
    assert messages(resolved(read, rollout, deployment, absent("missing"))) == [
        (
            "Deployment/chat.spec.template.spec.containers[0].args[0]",
            "names no model that the reader can find",
        )
    ]
