"""KAITO: objects without a specification, presets, adapters, tuning and retrieval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds.table import find_kind

Json = dict[str, Any]
Read = Callable[..., Extraction]

DIGEST = "sha256:" + "c" * 64
IMAGE = f"registry.example.com/models/falcon@{DIGEST}"
CLAIM: Json = {"persistentVolumeClaim": {"claimName": "weights"}}


def workspace(version: str = "v1beta1", annotations: Json | None = None, **parts: Any) -> Json:
    return {
        "apiVersion": f"kaito.sh/{version}",
        "kind": "Workspace",
        "metadata": {"name": "chat", "annotations": annotations or {}},
        "resource": {"instanceType": "big", "labelSelector": {"matchLabels": {"apps": "chat"}}},
        **parts,
    }


def of_kind(kind: str, spec: Json, version: str = "v1beta1", **metadata: Any) -> Json:
    return {
        "apiVersion": f"kaito.sh/{version}",
        "kind": kind,
        "metadata": {"name": "chat", **metadata},
        "spec": spec,
    }


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def found(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def test_bypass_05_a_workspace_without_spec_is_read(read: Read) -> None:
    workload = workload_of(read(workspace(inference={"preset": {"name": "phi-4-mini-instruct"}})))
    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert found(workload) == [
        ("inference", "kaito://phi-4-mini-instruct", "primary", "inference.preset.name")
    ]
    assert (workload.models[0].name, workload.exposure.scope) == ("chat", "cluster")
    assert workload.problems == ()


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_bypass_13_every_served_version_is_read(read: Read, version: str) -> None:
    given = {"preset": {"name": "falcon-7b"}}
    for obj in (
        workspace(version, inference=given),
        of_kind("InferenceSet", {"template": {"inference": given}}, version),
    ):
        workload = workload_of(read(obj))
        assert [model.uri for model in workload.models] == ["kaito://falcon-7b"]
        assert workload.problems == ()


def test_a_preset_of_the_hub_is_fetched_from_there(read: Read) -> None:
    workload = workload_of(read(workspace(inference={"preset": {"name": "acme/drafts"}})))
    assert [(model.uri, model.scheme) for model in workload.models] == [("hf://acme/drafts", "hf")]


def test_a_private_image_is_a_model_and_a_container_beside_the_preset(read: Read) -> None:
    preset = {"name": "falcon-7b", "accessMode": "private", "presetOptions": {"image": IMAGE}}
    workload = workload_of(read(workspace("v1alpha1", inference={"preset": preset})))
    assert found(workload) == [
        ("inference", "kaito://falcon-7b", "primary", "inference.preset.name"),
        (
            "inference.preset.presetOptions",
            f"image://{IMAGE}",
            "primary",
            "inference.preset.presetOptions.image",
        ),
    ]
    assert workload.models[1].immutable
    assert [(item.name, item.image.raw, item.path) for item in workload.containers] == [
        ("preset", IMAGE, "inference.preset.presetOptions")
    ]
    assert workload.pods == ()


def test_adapters_of_every_source_are_models(read: Read) -> None:
    adapters = [
        {"source": {"name": "by-image", "image": IMAGE}, "strength": "0.5"},
        {"source": {"name": "by-url", "urls": ["https://example.com/a.safetensors", "http://example.com/b"]}},
        {"source": {"name": "by-claim", "volumeSource": CLAIM}},
        {"source": {"name": "by-node", "volumeSource": {"hostPath": {"path": "/srv/adapter"}}}},
        {"source": {"name": "by-layer", "volumeSource": {"image": {"reference": IMAGE}}}},
    ]
    workload = workload_of(read(workspace(inference={"preset": {"name": "phi-4"}, "adapters": adapters})))
    adapter = [(item[0], item[1]) for item in found(workload) if item[2] == "adapter"]
    assert sorted(adapter) == sorted(
        [
            ("adapter:by-image", f"image://{IMAGE}"),
            ("adapter:by-url", "https://example.com/a.safetensors"),
            ("adapter:by-url#2", "http://example.com/b"),
            ("adapter:by-claim", "pvc://weights"),
            ("adapter:by-node", "file:///srv/adapter"),
            ("adapter:by-layer", f"oci://{IMAGE}"),
        ]
    )
    assert [(item.name, item.role) for item in workload.containers] == [("by-image", "init")]
    kinds = [(volume.kind, volume.claim_name, volume.holds_model) for volume in workload.volumes]
    assert kinds == [("pvc", "weights", True), ("hostPath", None, True), ("image", None, True)]
    assert workload.problems == ()


def test_a_source_with_image_and_addresses_hides_neither(read: Read) -> None:
    source = {"name": "both", "image": IMAGE, "urls": ["https://example.com/a.bin"], "volumeSource": CLAIM}
    adapters = [{"source": source}]
    workload = workload_of(read(workspace(inference={"preset": {"name": "phi-4"}, "adapters": adapters})))
    uris = [model.uri for model in workload.models if model.role == "adapter"]
    assert uris == [f"image://{IMAGE}", "https://example.com/a.bin", "pvc://weights"]


def test_the_template_of_a_custom_model_is_a_pod(read: Read) -> None:
    server = {
        "name": "llm",
        "image": "registry.example.com/kaito/base:1",
        "command": ["accelerate", "launch", "inference_api.py"],
        "args": ["--pretrained_model_name_or_path", "acme/drafts", "--trust_remote_code"],
    }
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [server], "hostNetwork": True}}
    workload = workload_of(read(workspace(inference={"template": template})))
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]
    assert [(pod.path, pod.labels, pod.host_network) for pod in workload.pods] == [
        ("inference.template.spec", {"a": "b"}, True)
    ]
    assert workload.features.trust_remote_code.enabled
    assert workload.problems == ()


def test_a_template_that_names_no_model_has_it_in_its_image(read: Read) -> None:
    template = {"spec": {"containers": [{"name": "llm", "image": IMAGE}]}}
    workload = workload_of(read(workspace(inference={"template": template})))
    assert [model.uri for model in workload.models] == [f"image://{IMAGE}"]


def test_tuning_names_its_base_model_its_data_and_where_the_result_goes(read: Read) -> None:
    tuning = {
        "preset": {"name": "falcon-7b", "presetOptions": {"image": IMAGE}},
        "method": "qlora",
        "config": "parameters",
        "input": {"name": "notes", "image": "registry.example.com/data:1", "urls": ["https://example.com/d"]},
        "output": {"image": "registry.example.com/tuned:1", "volumeSource": CLAIM},
    }
    workload = workload_of(read(workspace(tuning=tuning)))
    assert (workload.serves_model, workload.trains_model) == (False, True)
    assert [(model.uri, model.role) for model in workload.models] == [
        ("kaito://falcon-7b", "base"),
        (f"image://{IMAGE}", "base"),
    ]
    assert [data.uri for data in workload.datasets] == [
        "https://example.com/d",
        "registry.example.com/data:1",
    ]
    assert [(item.name, item.role) for item in workload.containers] == [
        ("preset", "server"),
        ("notes", "init"),
    ]
    assert [(item.uri, item.path) for item in workload.endpoints] == [
        ("oci://registry.example.com/tuned:1", "tuning.output.image")
    ]
    assert [(volume.path, volume.holds_model) for volume in workload.volumes] == [
        ("tuning.output.volumeSource", True)
    ]
    assert [(item.kind, item.name, item.path) for item in workload.references] == [
        ("ConfigMap", "parameters", "tuning.config")
    ]


def test_data_in_a_volume_is_data(read: Read) -> None:
    tuning = {"preset": {"name": "phi-4"}, "input": {"volumeSource": CLAIM}, "output": {}}
    workload = workload_of(read(workspace(tuning=tuning)))
    assert [(data.uri, data.path) for data in workload.datasets] == [
        ("pvc://weights", "tuning.input.volumeSource")
    ]
    assert [(volume.claim_name, volume.holds_model) for volume in workload.volumes] == [("weights", False)]


def test_the_configuration_of_a_server_is_a_reference(read: Read) -> None:
    inference = {"preset": {"name": "phi-4"}, "config": "arguments"}
    for obj in (
        workspace(inference=inference),
        of_kind("InferenceSet", {"template": {"inference": inference}}),
        of_kind(
            "MultiRoleInference",
            {"model": {"name": "phi-4"}, "roles": [{"type": "decode", "runtimeConfig": "arguments"}]},
            "v1alpha1",
        ),
    ):
        extraction = read(obj)
        assert [(item.kind, item.name) for item in workload_of(extraction).references] == [
            ("ConfigMap", "arguments")
        ]
        assert extraction.lookups.config_maps == ("arguments",)


@pytest.mark.parametrize("value", ["True", "true"])
def test_an_annotation_opens_a_load_balancer(read: Read, value: str) -> None:
    opened = {"kaito.sh/enablelb": value}
    inference = {"preset": {"name": "phi-4"}}
    for obj in (
        workspace(annotations=opened, inference=inference),
        of_kind(
            "InferenceSet",
            {"template": {"metadata": {"annotations": opened}, "inference": inference}},
        ),
        of_kind("RAGEngine", {"embedding": {"local": {"modelID": "acme/embed"}}}, annotations=opened),
        of_kind("MultiRoleInference", {"model": {"name": "phi-4"}}, "v1alpha1", annotations=opened),
    ):
        exposure = workload_of(read(obj)).exposure
        assert exposure.scope == "external"
        assert exposure.path is not None
        assert exposure.path.endswith("annotations['kaito.sh/enablelb']")


def test_an_annotation_that_says_no_opens_nothing(read: Read) -> None:
    obj = workspace(annotations={"kaito.sh/enablelb": "False"}, inference={"preset": {"name": "phi-4"}})
    assert workload_of(read(obj)).exposure.scope == "cluster"


def test_weights_of_the_node_are_a_volume_of_the_node(read: Read) -> None:
    local = {"kaito.sh/use-local-weights": "true"}
    inference = {"preset": {"name": "phi-4"}}
    for obj in (
        workspace(annotations=local, inference=inference),
        of_kind("InferenceSet", {"template": {"metadata": {"annotations": local}, "inference": inference}}),
        of_kind("MultiRoleInference", {"model": {"name": "phi-4"}}, "v1alpha1", annotations=local),
    ):
        volumes = workload_of(read(obj)).volumes
        assert [(volume.kind, volume.holds_model) for volume in volumes] == [("hostPath", True)]
    without = workspace(annotations={"kaito.sh/use-local-weights": "false"}, inference=inference)
    assert workload_of(read(without)).volumes == ()


def test_streamed_weights_are_a_model_of_their_own(read: Read) -> None:
    streamed = {"inference.kaito.sh/stream-datarefs-url": "https://store.example.com/refs"}
    workload = workload_of(read(workspace(annotations=streamed, inference={"preset": {"name": "phi-4"}})))
    assert [model.uri for model in workload.models] == ["kaito://phi-4", "https://store.example.com/refs"]


def test_what_an_engine_of_retrieval_calls_and_loads(read: Read) -> None:
    spec = {
        "embedding": {"local": {"modelID": "acme/embed", "image": IMAGE}},
        "inferenceService": {"url": "http://chat.team.svc/v1", "contextWindowSize": 4000},
        "storage": {
            "vectorDB": {"engine": "qdrant", "url": "http://vectors:6333"},
            "persistentVolume": {"persistentVolumeClaim": "index", "mountPath": "/mnt/index"},
        },
    }
    workload = workload_of(read(of_kind("RAGEngine", spec)))
    assert (workload.serves_model, workload.is_route) == (True, False)
    assert [model.uri for model in workload.models] == ["hf://acme/embed", f"image://{IMAGE}"]
    assert [item.image.raw for item in workload.containers] == [IMAGE]
    assert [(item.uri, item.tls) for item in workload.endpoints] == [
        ("http://chat.team.svc/v1", False),
        ("http://vectors:6333", False),
    ]
    assert [(volume.claim_name, volume.holds_model) for volume in workload.volumes] == [("index", False)]
    assert workload.problems == ()


def test_the_older_engine_names_its_claim_directly(read: Read) -> None:
    spec = {"embedding": {"local": {"modelID": "acme/embed"}}, "storage": {"persistentVolumeClaim": "index"}}
    workload = workload_of(read(of_kind("RAGEngine", spec, "v1alpha1")))
    assert [(volume.claim_name, volume.name) for volume in workload.volumes] == [("index", "index")]


def test_an_engine_with_models_elsewhere_is_a_route(read: Read) -> None:
    spec = {
        "embedding": {"remote": {"url": "https://embeddings.example.com"}},
        "inferenceService": {"url": "https://llm.example.com"},
    }
    workload = workload_of(read(of_kind("RAGEngine", spec)))
    assert (workload.serves_model, workload.is_route) == (False, True)
    assert [item.host for item in workload.endpoints] == ["embeddings.example.com", "llm.example.com"]
    assert workload.problems == ()


def test_bypass_09_a_mirror_adds_a_model_without_a_pod(read: Read) -> None:
    row = find_kind("kaito.sh", "ModelMirror")
    assert row is not None
    assert row.scope == "Cluster"
    spec = {
        "source": {"registry": "huggingface", "modelID": "acme/drafts"},
        "storage": {"size": "10Gi", "storageClassName": "sealed"},
    }
    workload = workload_of(read(of_kind("ModelMirror", spec, "v1alpha1")))
    assert workload.serves_model
    assert [model.uri for model in workload.models] == ["hf://acme/drafts"]
    assert [(volume.kind, volume.storage_class_name) for volume in workload.volumes] == [("pvc", "sealed")]
    assert workload.pods == ()


def test_a_mirror_of_weights_that_lie_there_already_brings_none(read: Read) -> None:
    workload = workload_of(read(of_kind("ModelMirror", {"mode": "Static"}, "v1alpha1")))
    assert not workload.serves_model
    assert workload.problems == ()


@pytest.mark.parametrize(("name", "uri"), [("phi-4", "kaito://phi-4"), ("acme/drafts", "hf://acme/drafts")])
def test_the_model_of_all_roles(read: Read, name: str, uri: str) -> None:
    spec = {"model": {"name": name}, "roles": [{"type": "prefill"}, {"type": "decode"}]}
    workload = workload_of(read(of_kind("MultiRoleInference", spec, "v1alpha1")))
    assert found(workload) == [("model", uri, "primary", "spec.model.name")]


@pytest.mark.parametrize("inference", [{}, {"preset": {}}, {"adapters": []}])
def test_a_workspace_that_serves_and_names_no_model_is_a_problem(read: Read, inference: Json) -> None:
    workload = workload_of(read(workspace(inference=inference)))
    assert workload.serves_model
    assert [problem.message for problem in workload.problems] == ["names no model that the reader can find"]


WRONG: list[tuple[Json, str]] = [
    (workspace(inference=["phi-4"]), "inference"),
    (workspace(inference={"preset": "phi-4"}), "inference.preset"),
    (workspace(inference={"preset": {"name": 5}}), "inference.preset.name"),
    (workspace(inference={"preset": {"presetOptions": "image"}}), "inference.preset.presetOptions"),
    (workspace(inference={"adapters": {"source": {}}}), "inference.adapters"),
    (workspace(inference={"adapters": ["one"]}), "inference.adapters[0]"),
    (workspace(inference={"adapters": [{"source": "one"}]}), "inference.adapters[0].source"),
    (
        workspace(inference={"adapters": [{"source": {"volumeSource": "claim"}}]}),
        "inference.adapters[0].source.volumeSource",
    ),
    (workspace(inference={"template": []}), "inference.template"),
    (workspace(inference={"config": {"name": "a"}}), "inference.config"),
    (workspace(tuning={"input": {"urls": "https://example.com"}}), "tuning.input.urls"),
    (workspace(tuning={"input": "data"}), "tuning.input"),
    (workspace(tuning={"input": {"volumeSource": {"hostPath": 1}}}), "tuning.input.volumeSource.hostPath"),
    (of_kind("InferenceSet", {"template": "t"}), "spec.template"),
    (of_kind("RAGEngine", {"embedding": {"local": "acme/embed"}}), "spec.embedding.local"),
    (of_kind("RAGEngine", {"storage": {"persistentVolume": 1}}), "spec.storage.persistentVolume"),
    (of_kind("ModelMirror", {"source": "acme/drafts"}, "v1alpha1"), "spec.source"),
    (of_kind("MultiRoleInference", {"model": "phi-4"}, "v1alpha1"), "spec.model"),
    (of_kind("MultiRoleInference", {"model": {"name": "a"}, "roles": {}}, "v1alpha1"), "spec.roles"),
]


@pytest.mark.parametrize(("obj", "path"), WRONG, ids=[path for _, path in WRONG])
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in [problem.path for problem in workload_of(read(obj)).problems]
