"""A model that a container is told by a variable from a ConfigMap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.evidence import ResolvedReference
from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.manifest import Manifest
from mlgate.workloads.related.runtimes import resolve

Json = dict[str, Any]
Read = Callable[..., Extraction]
PodOf = Callable[..., Json]

TEI = "ghcr.io/huggingface/text-embeddings-inference:1.6"
UNNAMED = "names no model that the reader can find"


def from_map(variable: str, name: str = "settings", key: str | None = None) -> Json:
    return {"name": variable, "valueFrom": {"configMapKeyRef": {"name": name, "key": key or variable}}}


def all_of(name: str, **fields: Any) -> Json:
    return {"configMapRef": {"name": name}, **fields}


def maps(**data: Any) -> tuple[ResolvedReference, ...]:
    return tuple(
        ResolvedReference(
            api_version="v1",
            kind="ConfigMap",
            namespace="team",
            name=name,
            status="found",
            object={"data": entries},
        )
        for name, entries in data.items()
    )


def manifest_of(read: Read, obj: Json) -> Manifest:
    manifest = read(obj).manifest
    assert manifest is not None
    return manifest


def resolved(read: Read, obj: Json, *found: ResolvedReference) -> Workload:
    return resolve(manifest_of(read, obj), found).workload()


TOLD: dict[str, tuple[Json, Json, str, str]] = {
    "a variable of the server": (
        {"image": TEI, "env": [from_map("MODEL_ID")]},
        {"settings": {"MODEL_ID": "acme/e"}},
        "hf://acme/e",
        "ConfigMap/settings.data.MODEL_ID",
    ),
    "a variable under another key": (
        {"image": TEI, "env": [from_map("MODEL_ID", key="embedding.model")]},
        {"settings": {"embedding.model": "acme/e", "MODEL_ID": "acme/other"}},
        "hf://acme/e",
        "ConfigMap/settings.data['embedding.model']",
    ),
    "all variables": (
        {"image": TEI, "envFrom": [all_of("settings")]},
        {"settings": {"MODEL_ID": "acme/e", "PORT": "80"}},
        "hf://acme/e",
        "ConfigMap/settings.data.MODEL_ID",
    ),
    "all variables with a prefix": (
        {"image": TEI, "envFrom": [all_of("settings", prefix="MODEL_")]},
        {"settings": {"ID": "acme/e", "MODEL_ID": "acme/other"}},
        "hf://acme/e",
        "ConfigMap/settings.data.ID",
    ),
    "all variables of two, of which the last counts": (
        {"image": TEI, "envFrom": [all_of("one"), {"secretRef": {"name": "s"}}, all_of("two")]},
        {"one": {"MODEL_ID": "acme/other"}, "two": {"MODEL_ID": "acme/e"}},
        "hf://acme/e",
        "ConfigMap/two.data.MODEL_ID",
    ),
    "a flag of one variable": (
        {"image": TEI, "args": ["--model-id", "$(WHICH)"], "env": [from_map("WHICH")]},
        {"settings": {"WHICH": "acme/e"}},
        "hf://acme/e",
        "spec.containers[0].args[0]",
    ),
    "a flag of a variable among all": (
        {"image": TEI, "args": ["--model-id", "$(WHICH)"], "envFrom": [all_of("settings")]},
        {"settings": {"WHICH": "acme/e"}},
        "hf://acme/e",
        "spec.containers[0].args[0]",
    ),
    "a flag of variables of two": (
        {
            "image": TEI,
            "args": ["--model-id=gs://$(B)/$(K)"],
            "env": [from_map("B", "one"), from_map("K", "two")],
        },
        {"one": {"B": "bucket"}, "two": {"K": "e"}},
        "gs://bucket/e",
        "spec.containers[0].args[0]",
    ),
}


@pytest.mark.parametrize(("container", "data", "uri", "path"), TOLD.values(), ids=TOLD.keys())
def test_the_model_is_the_one_the_config_map_says(
    read: Read, pod_of: PodOf, container: Json, data: Json, uri: str, path: str
) -> None:
    pod = pod_of(**container)
    found = resolved(read, pod, *maps(**data))

    assert [(model.uri, model.id, model.path) for model in found.models] == [(uri, "container:app", path)]
    assert {reference.status for reference in found.references} == {"found"}
    assert not found.problems
    # Policy sees the variables as they are written.
    assert all(env.value is None for env in found.containers[0].env)
    assert (
        manifest_of(read, pod).slots[0].fingerprint()
        == resolve(manifest_of(read, pod), maps(**data)).slots[0].fingerprint()
    )


@pytest.mark.parametrize("data", [{"settings": {"PORT": "80"}}, {"other": {"MODEL_ID": "acme/e"}}, {}])
def test_a_server_that_no_config_map_tells_its_model_is_refused(
    read: Read, pod_of: PodOf, data: Json
) -> None:
    found = resolved(read, pod_of(image=TEI, envFrom=[all_of("settings")]), *maps(**data))

    assert [problem.message for problem in found.problems] == [UNNAMED]


def test_a_variable_the_config_map_does_not_hold_stays_unknown(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image=TEI, env=[from_map("MODEL_ID")])

    found = resolved(read, pod, *maps(settings={"PORT": "80"}))

    assert [(model.uri, model.scheme) for model in found.models] == [("$(MODEL_ID)", "unknown")]


def test_entries_that_are_no_text_are_a_problem(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image=TEI, env=[from_map("MODEL_ID")])

    found = resolved(read, pod, *maps(settings={"MODEL_ID": ["acme/e"]}))

    assert [problem.path for problem in found.problems] == ["ConfigMap/settings.data.MODEL_ID"]


def test_switches_of_the_config_map_count(read: Read, pod_of: PodOf) -> None:
    data = {"MODEL_ID": "acme/e", "TRUST_REMOTE_CODE": "true"}

    found = resolved(read, pod_of(image=TEI, envFrom=[all_of("settings")]), *maps(settings=data))

    assert found.features.trust_remote_code.enabled
    assert found.features.trust_remote_code.path == "ConfigMap/settings.data.TRUST_REMOTE_CODE"


@pytest.mark.parametrize(
    "container",
    [
        {"image": TEI, "args": ["--model-id=acme/e"], "env": [from_map("PORT")]},
        {"image": "nginx:1", "envFrom": [all_of("settings")]},
        {"image": TEI, "envFrom": [all_of(f"settings-{index}") for index in range(21)]},
    ],
    ids=["named", "no server", "too many"],
)
def test_no_config_map_is_looked_up_without_need(read: Read, pod_of: PodOf, container: Json) -> None:
    assert not manifest_of(read, pod_of(**container)).named


@pytest.mark.parametrize(
    ("variables", "data", "uri"),
    [
        ({"envFrom": [all_of("settings")]}, {"LORA_ADAPTERS": "evil/a"}, "hf://evil/a"),
        ({"env": [from_map("LORA_ADAPTERS")]}, {"LORA_ADAPTERS": "evil/a"}, "hf://evil/a"),
        ({"envFrom": [all_of("settings")]}, {"HF_MODEL_ID": "evil/e"}, "hf://evil/e"),
    ],
)
def test_a_server_that_names_a_harmless_model_is_told_another_by_a_config_map(
    read: Read, pod_of: PodOf, variables: Json, data: Json, uri: str
) -> None:
    pod = pod_of(image=TEI, args=["--model-id=good/e"], **variables)

    assert [model.uri for model in resolved(read, pod, *maps(settings=data)).models] == ["hf://good/e", uri]


@pytest.mark.parametrize("unread", [True, False])
def test_a_config_map_that_is_not_read_here_is_a_problem_for_a_server_that_takes_it_in(
    read: Read, pod_of: PodOf, *, unread: bool
) -> None:
    """Else a harmless model on the command line would hide what the ConfigMap says."""
    server = {"image": TEI, "args": ["--model-id=acme/harmless"], "envFrom": [all_of("settings")]}
    lookup = ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name="settings", status="unavailable"
    )
    workload = resolve(manifest_of(read, pod_of(**server)), (lookup,), unread=unread).workload()
    told = "ConfigMap settings tells the server what to do, and ConfigMaps are not read here"
    found = [(problem.path, problem.message) for problem in workload.problems]
    assert found == ([("spec.containers[0].envFrom[0]", told)] if unread else [])


def test_a_config_map_of_what_serves_nothing_is_no_problem(read: Read, pod_of: PodOf) -> None:
    web = {"image": "nginx", "envFrom": [all_of("settings")]}
    assert resolve(manifest_of(read, pod_of(**web)), (), unread=True).workload().problems == ()


def test_a_store_in_a_config_map_is_called(read: Read, pod_of: PodOf) -> None:
    pod = pod_of(image=TEI, args=["--model-id=acme/e"], envFrom=[all_of("settings")])

    found = resolved(read, pod, *maps(settings={"HF_ENDPOINT": "http://mirror.example.com"}))

    assert [(call.uri, call.tls, call.path) for call in found.endpoints] == [
        ("http://mirror.example.com", False, "ConfigMap/settings.data.HF_ENDPOINT")
    ]


@pytest.mark.parametrize(("optional", "told"), [(True, 0), (False, 1), ("yes", 1)])
def test_a_config_map_that_may_be_missing_is_told_only_where_the_pods_need_it(
    read: Read, pod_of: PodOf, optional: Any, told: int
) -> None:
    source = {"configMapRef": {"name": "settings", "optional": optional}}
    missing = ResolvedReference(
        api_version="v1", kind="ConfigMap", namespace="team", name="settings", status="missing", object=None
    )

    found = resolved(read, pod_of(image=TEI, args=["--model-id=acme/e"], envFrom=[source]), missing)

    assert len(found.references) == told
    assert not found.problems


def test_more_config_maps_than_are_looked_up_are_a_problem(read: Read, pod_of: PodOf) -> None:
    sources = [all_of(f"settings-{index}") for index in range(21)]

    found = resolved(read, pod_of(image=TEI, args=["--model-id=acme/e"], envFrom=sources))

    assert [(problem.path, problem.message) for problem in found.problems] == [
        ("spec", "takes variables from more than 20 ConfigMaps")
    ]


def test_two_containers_may_be_told_by_one(read: Read, pod_of: PodOf) -> None:
    other = {"name": "other", "image": TEI, "env": [from_map("MODEL_ID", key="second")]}
    pod = pod_of({}, image=TEI, env=[from_map("MODEL_ID")])
    pod["spec"]["containers"].append(other)
    pod["spec"]["containers"].append({"name": "web", "image": "nginx:1"})

    found = resolved(read, pod, *maps(settings={"MODEL_ID": "acme/e", "second": "acme/f"}))

    assert [(model.uri, model.id) for model in found.models] == [
        ("hf://acme/e", "container:app"),
        ("hf://acme/f", "container:other"),
    ]
    assert len(found.references) == 1


def test_only_the_pod_that_takes_it_is_told(read: Read) -> None:
    def template(env: list[Json]) -> Json:
        return {"spec": {"containers": [{"name": "app", "image": TEI, "env": env}]}}

    named = [{"name": "MODEL_ID", "value": "acme/f"}]
    sets = {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": "chat"},
        "spec": {
            "leaderWorkerTemplate": {
                "leaderTemplate": template(named),
                "workerTemplate": template([from_map("MODEL_ID")]),
            }
        },
    }

    found = resolved(read, sets, *maps(settings={"MODEL_ID": "acme/e"}))

    assert [model.uri for model in found.models] == ["hf://acme/f", "hf://acme/e"]


HIDING: dict[str, tuple[Json, dict[str, str], str]] = {
    "a place of code": (
        {"args": ["--model-id", "good/m"], "envFrom": [all_of("settings")]},
        {"PYTHONPATH": "/d"},
        "takes code from a volume, which the reader cannot look into",
    ),
    "a program": (
        {"command": ["sh", "-c", "$RUN & vllm serve good/m"], "env": [from_map("RUN")]},
        {"RUN": "/d/run.sh"},
        "runs a program from where the reader cannot look",
    ),
    "a configuration": (
        {"command": ["vllm", "serve", "good/m", "--config", "$(CONFIG)"], "env": [from_map("CONFIG")]},
        {"CONFIG": "/etc/vllm/c.yaml"},
        "takes a configuration from where the reader cannot look",
    ),
}


@pytest.mark.parametrize(("container", "data", "message"), HIDING.values(), ids=HIDING.keys())
def test_bypass_20_what_a_variable_of_a_config_map_hides_is_told(
    read: Read, pod_of: PodOf, container: Json, data: dict[str, str], message: str
) -> None:
    volumes = [
        {"name": "d", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "c", "configMap": {"name": "others"}},
    ]
    mounts = [{"name": "d", "mountPath": "/d"}, {"name": "c", "mountPath": "/etc/vllm"}]
    obj = pod_of({"volumes": volumes}, image=TEI, volumeMounts=mounts, **container)

    assert message in [problem.message for problem in resolved(read, obj, *maps(settings=data)).problems]
