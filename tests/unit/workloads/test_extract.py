"""The first arrow: whatever an object holds, it is read, and what cannot be read is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.domain.request import GroupVersionKind, Request
from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction, ExtractOptions, extract
from mlgate.workloads.kinds.table import find_kind

Object = dict[str, Any]
Read = Callable[..., Extraction]
Ask = Callable[..., Request]
PodOf = Callable[..., Object]
Service = Callable[..., Object]

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def example_objects() -> list[Object]:
    files = sorted(EXAMPLES.glob("*/manifest.yaml"))
    loaded = (item for file in files for item in yaml.safe_load_all(file.read_text(encoding="utf-8")))
    return [item for item in loaded if isinstance(item, dict)]


OBJECTS = example_objects()
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    0.5,
    "",
    "x",
    "\x00",
    "s3://a b",
    "$(X)",
    [],
    [None],
    [[]],
    {},
    {"": None},
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key within a value."""
    found: list[tuple[Any, Any]] = []
    stack = [value]
    while stack:
        node = stack.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
        found += [(node, key) for key in keys]
        stack += [node[key] for key in keys]
    return found


@st.composite
def mutated(draw: st.DrawFn) -> Object:
    obj = copy.deepcopy(draw(st.sampled_from(OBJECTS)))
    kind = (obj["apiVersion"], obj["kind"])
    for _ in range(draw(st.integers(1, 4))):
        options = places(obj)
        if not options:
            break
        node, key = draw(st.sampled_from(options))
        action = draw(st.sampled_from(["odd", "absent", "list", "map"]))
        if action == "absent":
            del node[key]
        elif action == "odd":
            node[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            node[key] = [node[key]] if action == "list" else {"x": node[key]}
    return obj | {"apiVersion": kind[0], "kind": kind[1]}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(obj=mutated())
def test_no_mutation_of_an_example_makes_the_reader_raise(ask: Ask, obj: Object) -> None:
    found = extract(ask(obj), ExtractOptions())

    assert found.workload is None or found.workload.wire()["kind"] == obj["kind"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(obj=mutated(), old=mutated())
def test_no_older_object_makes_the_reader_raise(ask: Ask, obj: Object, old: Object) -> None:
    found = extract(ask(obj, old), ExtractOptions())

    assert found.old_workload is None or found.concerned


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spec=st.recursive(
        st.sampled_from(ODD),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["containers", "spec", "template", "env", "args", "model", "predictor", "volumes", "name"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    ),
    kind=st.sampled_from(["Pod", "InferenceService", "Job", "Unknown", "ModelCard", "Namespace"]),
)
def test_no_specification_makes_the_reader_raise(ask: Ask, spec: Any, kind: str) -> None:
    versions = {"Pod": "v1", "Namespace": "v1", "Job": "batch/v1", "ModelCard": "mlgate.dev/v1alpha1"}
    obj = {
        "apiVersion": versions.get(kind, "serving.kserve.io/v1beta1"),
        "kind": kind,
        "metadata": spec,
        "spec": spec,
    }

    assert extract(ask(obj), ExtractOptions()).record == (kind in {"ModelCard", "Namespace"})


def test_the_examples_are_there_to_be_mutated() -> None:
    assert {"InferenceService", "Deployment", "CronJob", "StatefulSet"} <= {obj["kind"] for obj in OBJECTS}


def test_reading_the_same_object_twice_gives_the_same(ask: Ask) -> None:
    for obj in OBJECTS:
        before = copy.deepcopy(obj)
        first, second = (extract(ask(obj), ExtractOptions()) for _ in range(2))
        assert first == second
        assert obj == before


def workload(read: Read, obj: Object) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


Expected = list[tuple[str, str, str | None]]
FRAMEWORKS: dict[str, tuple[Object, Expected]] = {
    framework: (
        {framework: {"storageUri": "s3://b/m", "runtimeVersion": "1"}},
        [("predictor", "s3://b/m", framework)],
    )
    for framework in (
        "sklearn",
        "xgboost",
        "tensorflow",
        "pytorch",
        "triton",
        "onnx",
        "huggingface",
        "pmml",
        "lightgbm",
        "paddle",
    )
}
PREDICTORS: dict[str, tuple[Object, Expected]] = {
    "model": (
        {"model": {"modelFormat": {"name": "SKLearn"}, "storageUri": "s3://b/m"}},
        [("predictor", "s3://b/m", "sklearn")],
    ),
    "two frameworks at once": (
        {"sklearn": {"storageUri": "s3://b/m"}, "xgboost": {"storageUri": "s3://b/n"}},
        [("predictor", "s3://b/m", "sklearn"), ("predictor#2", "s3://b/n", "xgboost")],
    ),
    "several addresses": (
        {"model": {}, "storageUris": [{"uri": "s3://b/m"}, {"uri": "hf://o/n", "mountPath": "/x"}]},
        [("predictor.storageUris[0]", "s3://b/m", None), ("predictor.storageUris[1]", "hf://o/n", None)],
    ),
    "storage with parameters": (
        {"model": {"storage": {"key": "k", "path": "p/q", "parameters": {"type": "s3", "bucket": "b"}}}},
        [("predictor", "s3://b/p/q", None)],
    ),
    "storage with an address": (
        {"model": {"storage": {"path": "gs://b/m"}}},
        [("predictor", "gs://b/m", None)],
    ),
    "storage by a key alone": (
        {"sklearn": {"storage": {"path": "p"}}},
        [("predictor", "default/p", "sklearn")],
    ),
    "a custom container": (
        {"containers": [{"name": "kserve-container", "image": "r.example.com/x:1"}]},
        [("predictor", "image://r.example.com/x:1", None)],
    ),
    "a custom container with an address": (
        {
            "containers": [
                {
                    "name": "c",
                    "image": "r.example.com/x:1",
                    "env": [{"name": "STORAGE_URI", "value": "s3://b/m"}],
                }
            ]
        },
        [("predictor", "s3://b/m", None)],
    ),
    "the server's container among others": (
        {"containers": [{"name": "log", "image": "log:1"}, {"name": "kserve-container", "image": "own:1"}]},
        [("predictor", "image://own:1", None)],
    ),
    "arguments beside the field": (
        {"model": {"storageUri": "s3://b/m", "args": ["--model_id", "acme/other"]}},
        [("predictor", "s3://b/m", None), ("container:kserve-container", "hf://acme/other", None)],
    ),
    "a second server beside the field": (
        {
            "model": {"storageUri": "s3://b/m"},
            "containers": [{"name": "x", "image": "i:1", "command": ["vllm", "serve", "acme/other"]}],
        },
        [("predictor", "s3://b/m", None), ("container:x", "hf://acme/other", None)],
    ),
    "an init container that downloads": (
        {
            "model": {"storageUri": "s3://b/m"},
            "initContainers": [{"name": "x", "image": "i:1", "command": ["hf", "download", "acme/other"]}],
        },
        [("predictor", "s3://b/m", None), ("container:x", "hf://acme/other", None)],
    ),
    "upper case, white space and user information": (
        {"model": {"storageUri": " HTTP://user:word@Host.example.com/M\n"}},
        [("predictor", "http://host.example.com/M", None)],
    ),
    **FRAMEWORKS,
}


@pytest.mark.parametrize(("predictor", "models"), PREDICTORS.values(), ids=PREDICTORS.keys())
def test_an_inference_service_names_its_models(
    read: Read, service: Service, predictor: Object, models: list[tuple[str, str, str | None]]
) -> None:
    found = workload(read, service({"predictor": predictor}))

    assert found.serves_model
    assert [(model.id, model.uri, model.format) for model in found.models] == models
    assert {model.name for model in found.models} == {"scoring"}
    assert not found.problems


def test_every_component_of_an_inference_service_counts(read: Read, service: Service) -> None:
    spec = {
        "predictor": {
            "model": {"storageUri": "s3://b/1"},
            "workerSpec": {"containers": [{"name": "w", "image": "w:1"}]},
        },
        "transformer": {"containers": [{"name": "t", "image": "t:1"}], "storageUris": [{"uri": "s3://b/2"}]},
        "explainer": {"art": {"storageUri": "s3://b/3"}},
        "canary": [
            {"predictor": {"sklearn": {"storageUri": "s3://b/4"}}},
            {
                "predictor": {
                    "storageUris": [{"uri": "s3://b/5"}],
                    "containers": [{"name": "c", "image": "c:1"}],
                }
            },
        ],
    }

    found = workload(read, service(spec))

    assert {(model.id, model.uri, model.role) for model in found.models} == {
        ("predictor", "s3://b/1", "primary"),
        ("transformer.storageUris[0]", "s3://b/2", "transformer"),
        ("explainer", "s3://b/3", "explainer"),
        ("canary[0]", "s3://b/4", "primary"),
        ("canary[1].storageUris[0]", "s3://b/5", "primary"),
    }
    assert {container.name for container in found.containers} >= {"w", "t", "c"}
    assert found.features.explainer
    assert not found.problems


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        (None, "spec"),
        ({}, "spec"),
        ([], "spec"),
        ("x", "spec"),
        ({"predictor": None}, "spec"),
        ({"predictor": []}, "spec.predictor"),
        ({"predictor": {}}, "spec.predictor"),
        ({"predictor": {"model": None}}, "spec.predictor"),
        ({"predictor": {"model": {"storageUri": None}}}, "spec.predictor"),
        ({"predictor": {"model": {"storageUri": ["s3://b/m"]}}}, "spec.predictor.model.storageUri"),
        ({"predictor": {"model": {"storageUri": ""}}}, "spec.predictor"),
        ({"predictor": {"model": {"storageuri": "s3://b/m"}}}, "spec.predictor"),
        ({"predictor": {"containers": "x"}}, "spec.predictor.containers"),
        ({"predictor": {"containers": [None]}}, "spec.predictor.containers[0]"),
        ({"predictor": {"storageUris": [{"uri": 1}]}}, "spec.predictor.storageUris[0].uri"),
        ({"canary": {"predictor": {}}}, "spec.canary"),
    ],
)
def test_an_inference_service_without_a_model_that_can_be_found_says_where(
    read: Read, service: Service, spec: Any, path: str
) -> None:
    found = read(service(spec))

    assert found.concerned
    assert found.workload is not None
    assert not [model for model in found.workload.models if model.scheme != "image"]
    assert path in {problem.path for problem in found.workload.problems}


@pytest.mark.parametrize("target", ["/mnt/models", "/models/", "/weights"])
@pytest.mark.parametrize("args", [[], ["--model_dir=/mnt/models/x"]])
def test_a_claim_of_a_custom_container_is_where_its_model_lies(
    read: Read, service: Service, target: str, args: list[str]
) -> None:
    container: Object = {"name": "kserve-container", "image": "own@sha256:" + "a" * 64, "args": args}
    container["volumeMounts"] = [{"name": "v", "mountPath": target}, {"name": "tmp", "mountPath": "/cache"}]
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}, {"name": "tmp", "emptyDir": {}}]

    found = workload(read, service({"predictor": {"containers": [container], "volumes": volumes}}))

    assert [(model.id, model.scheme, model.immutable) for model in found.models] == [
        ("predictor", "pvc", False)
    ]


def test_a_server_with_a_claim_template_may_have_its_model_there(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image="tritonserver:1", volumeMounts=[{"name": "data", "mountPath": "/anything"}])
    obj = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {},
        "spec": {"template": {"spec": pod["spec"]}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
    }

    found = workload(read, obj)

    assert [model.uri for model in found.models] == ["pvc://data"]
    assert [volume.holds_model for volume in found.volumes] == [True]


@pytest.mark.parametrize(
    ("extra", "uri"),
    [
        ({"shadow": {"model": {"storageUri": "s3://b/hidden"}}}, "s3://b/hidden"),
        ({"next": [{"deep": {"modelUri": "s3://b/hidden"}}]}, "s3://b/hidden"),
        ({"next": {"storageUris": [{"uri": "s3://b/hidden"}]}}, "s3://b/hidden"),
        (
            {
                "next": {
                    "podSpec": {"containers": [{"name": "x", "image": "i:1", "args": ["--model=acme/x"]}]}
                }
            },
            "hf://acme/x",
        ),
    ],
)
def test_a_field_the_table_does_not_know_hides_no_model(
    read: Read, service: Service, extra: Object, uri: str
) -> None:
    found = workload(read, service({"predictor": {"model": {"storageUri": "s3://b/m"}}, **extra}))

    assert uri in {model.uri for model in found.models}


def pod_template(kind: str, template: Object) -> Object:
    if kind == "CronJob":
        return {"jobTemplate": {"spec": {"template": template}}}
    return {"template": template}


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("apps/v1", "ReplicaSet"),
        ("batch/v1", "Job"),
        ("batch/v1", "CronJob"),
        ("v1", "ReplicationController"),
    ],
)
def test_every_workload_kind_is_read_down_to_its_containers(read: Read, version: str, kind: str) -> None:
    slots = {
        slot: [{"name": slot, "image": "i:1", "command": ["vllm", "serve", f"acme/{slot}"]}]
        for slot in ("containers", "initContainers", "ephemeralContainers")
    }
    template = {
        "metadata": {"labels": {"app": "x"}},
        "spec": {**slots, "hostNetwork": True, "serviceAccountName": "s"},
    }
    obj = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"generateName": "x-"},
        "spec": pod_template(kind, template),
    }

    found = workload(read, obj)

    assert {model.uri for model in found.models} == {f"hf://acme/{slot}" for slot in slots}
    assert [container.role for container in found.containers] == ["server", "init", "ephemeral"]
    assert found.name is None
    assert (found.pods[0].labels, found.pods[0].host_network) == ({"app": "x"}, True)
    assert found.pods[0].service_account_name == "s"


@pytest.mark.parametrize(
    ("version", "kind"),
    [("apps/v1beta1", "Deployment"), ("serving.kserve.io/v1alpha2", "InferenceService"), ("v2", "Pod")],
)
def test_a_version_the_reader_does_not_know_is_a_problem(read: Read, version: str, kind: str) -> None:
    found = read({"apiVersion": version, "kind": kind, "metadata": {}, "spec": {"x": 1}})

    assert found.concerned
    assert found.workload is not None
    assert found.workload.problems[0].path == "apiVersion"


@pytest.mark.parametrize(
    "wrap", [lambda pod: {"items": [pod]}, lambda pod: {"spec": {"any": [{"pod": pod["spec"]}]}}]
)
def test_a_kind_the_table_does_not_have_hides_no_container(
    read: Read, pod_of: PodOf, wrap: Callable[[Object], Object]
) -> None:
    obj = {
        "apiVersion": "example.com/v1",
        "kind": "List",
        "metadata": {},
        **wrap(pod_of(args=["--model=acme/x"])),
    }

    assert [model.uri for model in workload(read, obj).models] == ["hf://acme/x"]


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"ports": [{"port": 80}]}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"model": "s3://b/m"}},
        {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {}, "spec": {"containers": "x"}},
    ],
)
def test_an_object_that_runs_nothing_is_of_no_concern(read: Read, obj: Object) -> None:
    found = read(obj)

    assert (found.workload, found.concerned, found.record, found.credentials) == (None, False, False, ())


@pytest.mark.parametrize("kind", ["InferencePool", "inferenceservice", "InferenceServiceList", ""])
def test_a_kind_of_a_model_group_that_the_table_does_not_have_is_a_problem(read: Read, kind: str) -> None:
    found = read({"apiVersion": "serving.kserve.io/v1beta1", "kind": kind, "spec": {"predictor": {}}})
    assert found.concerned
    assert found.workload is not None
    assert [problem.path for problem in found.workload.problems] == ["kind"]


@pytest.mark.parametrize(("group", "kind"), [("serving.kserve.io", "LocalModelNode"), ("apps", "Job")])
def test_a_kind_that_is_left_aside_or_of_another_group_is_no_problem(
    read: Read, group: str, kind: str
) -> None:
    assert not read({"apiVersion": f"{group}/v1", "kind": kind, "spec": {"storageLimit": "1Ti"}}).concerned


@pytest.mark.parametrize(
    "metadata", [None, [], "x", {"labels": [], "annotations": 1}, {"labels": {"a": None, "b": 1}}]
)
def test_metadata_of_the_wrong_type_is_named_and_nothing_else_is_lost(
    read: Read, pod_of: PodOf, metadata: Any
) -> None:
    obj = pod_of(command=["vllm", "serve", "acme/x"]) | {"metadata": metadata}

    found = workload(read, obj)

    assert [model.uri for model in found.models] == ["hf://acme/x"]
    assert bool(found.problems) == (metadata is not None)
    assert all(problem.path.startswith("metadata") for problem in found.problems)


@pytest.mark.parametrize(
    "key",
    ["MLGATE.dev/model-card", "mlgate.dev/Model-Card", "mlgate.dev/model-card ", "xmlgate.dev/model-card"],
)
def test_a_key_that_only_resembles_ours_names_no_card(read: Read, service: Service, key: str) -> None:
    found = read(
        service({"predictor": {"sklearn": {"storageUri": "s3://b/m"}}}, annotations={key: "modelcard/x"})
    )

    assert found.lookups.cards == ()


@pytest.mark.parametrize(("kind", "record"), [("SignOff", True), ("Waiver", True), ("ModelCard", False)])
def test_records_are_handed_on_as_they_are(read: Read, kind: str, record: bool) -> None:  # noqa: FBT001 - a parameter
    obj = {
        "apiVersion": "mlgate.dev/v1alpha1",
        "kind": kind,
        "metadata": {},
        "spec": {"note": "token hf_" + "a1B2" * 10},
    }

    found = read(obj)

    assert (found.record, found.concerned, found.workload) == (True, True, None)
    assert found.lookups.record == (obj if record else None)
    assert found.lookups.record_kind == kind
    assert [item.path for item in found.credentials] == ["spec.note"]


def test_a_namespace_is_a_record(read: Read) -> None:
    found = read({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})

    assert (found.record, found.lookups.record) == (True, None)


def test_a_kind_called_like_a_record_in_another_group_is_none(read: Read, pod_of: PodOf) -> None:
    obj = pod_of(args=["--model=acme/x"]) | {"apiVersion": "example.com/v1", "kind": "SignOff"}

    found = read(obj)

    assert (found.record, found.concerned) == (False, True)
    assert find_kind("example.com", "SignOff") is None


def test_what_lies_in_a_registry_by_digest_is_named_once(read: Read, pod_of: PodOf, service: Service) -> None:
    digest = "sha256:" + "a" * 64
    raw = f"Registry.example:5000/team/vllm-openai:v1@{digest}"
    pinned = read(pod_of(image=raw)).lookups.served
    assert [(item.kind, item.id, item.registry, item.repository, item.digest) for item in pinned][:1] == [
        ("image", raw, "registry.example:5000", "team/vllm-openai", digest)
    ]
    assert not any(item.kind == "image" for item in read(pod_of(image="vllm/vllm-openai:v1")).lookups.served)
    model_format = {
        "modelFormat": {"name": "onnx"},
        "storageUri": f"oci://registry.example/team/model@{digest}",
    }
    spec = {"predictor": {"model": model_format}}
    (model,) = [item for item in read(service(spec)).lookups.served if item.kind == "model"]
    assert (model.registry, model.repository, model.digest) == ("registry.example", "team/model", digest)


def test_the_look_ups_are_those_the_object_needs(read: Read, pod_of: PodOf) -> None:
    obj = pod_of(
        {
            "volumes": [
                {"name": "m", "persistentVolumeClaim": {"claimName": "weights"}},
                {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": "fast"}}}},
                {"name": "d", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
                {"name": "s", "secret": {"secretName": "x"}},
            ]
        },
        metadata={
            "annotations": {"mlgate.dev/model-card": "modelcard/a, modelcard/b"},
            "ownerReferences": [
                "x",
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "no", "uid": "0"},
                {"controller": True, "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "", "uid": "0"},
                {"controller": True, "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "1"},
            ],
        },
        env=[
            {"name": "MODEL_URI", "value": "models:/m/1"},
            {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "c"}}},
        ],
        envFrom=[{"secretRef": {"name": "s"}}],
    )

    lookups = read(obj).lookups

    assert [card.source.reference for card in lookups.cards] == ["modelcard/a", "modelcard/b"]
    assert lookups.model_uris == {"container:app": "models:/m/1"}
    assert (lookups.claims, lookups.storage_classes) == (("weights",), ("fast",))
    assert lookups.needs_default_class
    assert lookups.has_volumes
    assert lookups.has_pods
    assert lookups.has_images
    assert lookups.registry
    assert (lookups.secrets, lookups.config_maps) == (("s", "x"), ("c",))
    assert lookups.owner is not None
    assert (lookups.owner.name, lookups.owner.uid) == ("r", "1")
    assert lookups.wants_sign_offs
    assert lookups.wants_waivers


@pytest.mark.parametrize(
    ("container", "secrets", "config_maps"),
    [
        ({"envFrom": [{"secretRef": {"name": "s"}}]}, ("s",), ()),
        ({"envFrom": [{"configMapRef": {"name": "s"}}]}, (), ("s",)),
        ({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}, ("s",), ()),
        ({}, (), ()),
    ],
)
def test_secrets_and_config_maps_are_looked_up_where_they_are_used(
    read: Read, pod_of: PodOf, container: Object, secrets: tuple[str, ...], config_maps: tuple[str, ...]
) -> None:
    lookups = read(pod_of(command=["vllm", "serve", "acme/x"], **container)).lookups

    assert (lookups.secrets, lookups.config_maps) == (secrets, config_maps)


def test_objects_without_a_namespace_use_the_one_the_installation_names(ask: Ask, pod_of: PodOf) -> None:
    request = ask(pod_of(command=["vllm", "serve", "acme/x"]), namespace=None)

    assert not extract(request, ExtractOptions()).lookups.wants_waivers
    assert extract(request, ExtractOptions(cluster_namespace="governance")).lookups.wants_waivers


def test_an_update_is_compared_with_what_was_there(read: Read, pod_of: PodOf) -> None:
    old, new = (pod_of(command=["vllm", "serve", name]) for name in ("acme/old", "acme/new"))

    found = read(new, old)

    assert found.old_workload is not None
    assert [model.uri for model in found.old_workload.models] == ["hf://acme/old"]


def test_an_object_that_stops_to_be_a_server_is_of_no_concern_any_more(read: Read, pod_of: PodOf) -> None:
    found = read(pod_of(), pod_of(command=["vllm", "serve", "acme/old"]))

    assert (found.concerned, found.old_workload) == (False, None)


def test_an_older_object_that_held_nothing_is_none(read: Read, service: Service) -> None:
    obj = service({"predictor": {"sklearn": {"storageUri": "s3://b/m"}}})

    assert read(obj, {}).old_workload is None


def test_credentials_are_named_and_never_kept(read: Read, pod_of: PodOf) -> None:
    token = "hf_" + "a1B2" * 10

    found = read(
        pod_of(
            command=["vllm", "serve", "acme/x", f"--api-key={token}"],
            env=[{"name": "HF_TOKEN", "value": token}],
        )
    )

    assert {item.path for item in found.credentials} == {
        "spec.containers[0].command[3]",
        "spec.containers[0].env[0].value",
    }
    assert token not in str(found.workload)
    assert token not in str(found.credentials)
    assert token not in repr(found.lookups)


def test_more_hidden_pods_than_are_read_are_a_problem(read: Read, service: Service) -> None:
    decoys = [{"containers": [{"name": "x", "image": "i:1"}]}] * 60

    found = workload(read, service({"predictor": {"sklearn": {"storageUri": "s3://b/m"}}, "more": decoys}))

    assert "holds more pods than the reader looks at" in {problem.message for problem in found.problems}


@pytest.mark.parametrize(
    ("group", "version", "kind"),
    [("serving.kserve.io", "v1beta1", "InferenceService"), ("", "v1", "Pod"), ("apps", "v1", "Deployment")],
)
def test_an_empty_object_of_a_known_kind_is_a_problem_and_not_skipped(
    ask: Ask, group: str, version: str, kind: str
) -> None:
    about = GroupVersionKind(group=group, version=version, kind=kind)

    found = extract(ask({}).model_copy(update={"kind": about}), ExtractOptions())

    assert found.concerned
    assert found.workload is not None
    assert "the object is empty" in found.workload.problems[-1].message


@pytest.mark.parametrize(("many", "told"), [(199, []), (200, [""]), (500, [""])])
def test_more_credentials_than_are_told_are_a_problem(
    read: Any, pod_of: Any, many: int, told: list[str]
) -> None:
    variables = [{"name": f"PASSWORD_{index}", "value": "hunter-22"} for index in range(many)]

    found = read(pod_of(image="vllm/vllm-openai:v1", args=["--model=acme/m"], env=variables))

    assert len(found.credentials) == min(many, 200)
    assert [problem.path for problem in found.workload.problems] == told
    assert all("look like a credential" in problem.message for problem in found.workload.problems)
