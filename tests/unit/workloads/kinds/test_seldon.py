"""Seldon: deployments with their graphs of the first version, models, servers and routes of the second."""

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

IMAGE = "registry.example.com/models/scorer:3"
MODEL = "s3://models/scorer"
FIRST = "spec.predictors[0]"
V2 = "mlops.seldon.io/v1alpha1"


def deployment(*predictors: Json, version: str = "v1", **spec: Any) -> Json:
    return {
        "apiVersion": f"machinelearning.seldon.io/{version}",
        "kind": "SeldonDeployment",
        "metadata": {"name": "scoring"},
        "spec": {"predictors": list(predictors), **spec},
    }


def node(name: str = "scorer", **fields: Any) -> Json:
    return {"name": name, **fields}


def served(**fields: Any) -> Json:
    """A node of a prepackaged server."""
    return node(**{"implementation": "SKLEARN_SERVER", "modelUri": MODEL, **fields})


def predictor(graph: Any, *pods: Any, **fields: Any) -> Json:
    given = [{"metadata": {"labels": {"own": "yes"}}, "spec": pod} for pod in pods]
    return {"name": "main", "graph": graph, **({"componentSpecs": given} if pods else {}), **fields}


def pod(*names: str, **fields: Any) -> Json:
    return {"containers": [{"name": name, "image": IMAGE} for name in names], **fields}


def of_kind(kind: str, **spec: Any) -> Json:
    return {"apiVersion": V2, "kind": kind, "metadata": {"name": "scoring"}, "spec": spec}


def workload_of(extraction: Extraction) -> Workload:
    assert extraction.workload is not None
    return extraction.workload


def models(workload: Workload) -> list[tuple[str, str, str, str]]:
    return [(model.id, model.uri, model.role, model.path) for model in workload.models]


def problems(workload: Workload) -> list[str]:
    return [problem.path for problem in workload.problems]


@pytest.mark.parametrize("version", ["v1", "v1alpha3", "v1alpha2"])
def test_bypass_13_every_served_version_is_read(read: Read, version: str) -> None:
    workload = workload_of(read(deployment(predictor(served()), version=version)))

    assert (workload.serves_model, workload.trains_model) == (True, False)
    assert models(workload) == [("predictor[0].scorer", MODEL, "primary", f"{FIRST}.graph.modelUri")]
    assert (workload.models[0].name, workload.models[0].format) == ("scoring", "sklearn_server")
    # Its operator makes a pod of its own for it.
    assert [(item.path, item.service_account_name) for item in workload.pods] == [(FIRST, None)]
    assert (workload.exposure.scope, workload.rollout.strategy) == ("unknown", "none")
    assert workload.problems == ()


def test_every_node_of_a_graph_is_read_however_deep(read: Read) -> None:
    leaf = served(name="leaf", modelUri="gs://b/leaf")
    inner = node("inner", implementation="RANDOM_ABTEST", children=[leaf])
    graph = served(children=[inner, served(name="side", modelUri="gs://b/side")])
    workload = workload_of(read(deployment(predictor(graph))))

    assert models(workload) == [
        ("predictor[0].scorer", MODEL, "primary", f"{FIRST}.graph.modelUri"),
        ("predictor[0].side", "gs://b/side", "primary", f"{FIRST}.graph.children[1].modelUri"),
        ("predictor[0].leaf", "gs://b/leaf", "primary", f"{FIRST}.graph.children[0].children[0].modelUri"),
    ]
    assert workload.problems == ()


def test_a_node_without_an_address_has_its_model_in_the_container_of_its_name(read: Read) -> None:
    graph = node("clean", type="TRANSFORMER", children=[node("scorer", type="MODEL")])
    workload = workload_of(read(deployment(predictor(graph, pod("clean"), pod("other", "scorer")))))

    path = f"{FIRST}.componentSpecs[1].spec.containers[1]"
    assert models(workload) == [("predictor[0].scorer", f"image://{IMAGE}", "primary", f"{path}.image")]
    assert [item.name for item in workload.containers] == ["clean", "other", "scorer"]
    assert workload.problems == ()


def test_the_container_of_a_node_is_that_of_its_own_predictor(read: Read) -> None:
    other = {"containers": [{"name": "scorer", "image": "registry.example.com/other:1"}]}
    both = deployment(
        predictor(node(), pod("scorer"), traffic=90), predictor(node(), other, traffic=10, name="next")
    )
    workload = workload_of(read(both))
    assert [(model.id, model.uri) for model in workload.models] == [
        ("predictor[0].scorer", f"image://{IMAGE}"),
        ("predictor[1].scorer", "image://registry.example.com/other:1"),
    ]


def test_a_container_that_names_its_model_holds_none_in_its_image(read: Read) -> None:
    serving = {"containers": [{"name": "scorer", "image": "vllm/vllm-openai:1", "args": ["--model=acme/x"]}]}
    silent = {"containers": [{"name": "scorer", "image": "vllm/vllm-openai:1"}]}

    named = workload_of(read(deployment(predictor(node(), serving))))
    assert [model.uri for model in named.models] == ["hf://acme/x"]
    assert named.problems == ()
    assert f"{FIRST}.graph" in problems(workload_of(read(deployment(predictor(node(), silent)))))


def test_a_model_in_a_volume_of_its_container_is_found_there(read: Read) -> None:
    mounted = {
        "containers": [
            {"name": "scorer", "image": IMAGE, "volumeMounts": [{"name": "v", "mountPath": "/weights"}]}
        ],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "weights"}}],
    }
    workload = workload_of(read(deployment(predictor(node(), mounted))))
    assert [model.uri for model in workload.models] == ["pvc://weights"]


@pytest.mark.parametrize(
    "graph",
    [
        node("scorer", type="MODEL"),
        node("scorer", implementation="HUGGINGFACE_SERVER"),
        # The operator makes a model of it whatever it is called.
        node("scorer", type="TRANSFORMER", implementation="HUGGINGFACE_SERVER"),
        {"type": "MODEL"},
    ],
)
def test_a_node_whose_model_nobody_finds_is_a_problem_beside_one_that_names_its_own(
    read: Read, graph: Json
) -> None:
    workload = workload_of(read(deployment(predictor(served(name="first", children=[graph])))))
    assert problems(workload) == [f"{FIRST}.graph.children[0]"]


@pytest.mark.parametrize(
    "graph",
    [
        {"implementation": "AVERAGE_COMBINER"},
        {"type": "ROUTER"},
        {"type": "OUTPUT_TRANSFORMER", "implementation": "UNKNOWN_IMPLEMENTATION"},
    ],
)
def test_a_node_that_loads_no_model_is_none(read: Read, graph: Json) -> None:
    parts = node("mix", children=[served()], **graph)
    workload = workload_of(read(deployment(predictor(parts, pod("mix")))))
    assert [model.uri for model in workload.models] == [MODEL]
    assert workload.problems == ()


def test_a_graph_without_any_model_is_a_problem(read: Read) -> None:
    workload = workload_of(read(deployment(predictor(node(type="TRANSFORMER"), pod("scorer")))))
    assert problems(workload) == ["spec"]


def test_models_that_parameters_name_are_read(read: Read) -> None:
    parameters = [
        {"name": "task", "type": "STRING", "value": "text-generation"},
        {"name": "pretrained_model", "type": "STRING", "value": "acme/writer"},
        {"name": "pretrained_tokenizer", "type": "STRING", "value": "acme/words"},
        {"name": "model_uri", "type": "STRING", "value": "gs://b/more"},
    ]
    graph = node("writer", implementation="HUGGINGFACE_SERVER", parameters=parameters)
    workload = workload_of(read(deployment(predictor(graph))))
    assert [(model.uri, model.role) for model in workload.models] == [
        ("gs://b/more", "primary"),
        ("hf://acme/writer", "primary"),
        ("hf://acme/words", "tokenizer"),
    ]
    assert workload.problems == ()


def test_the_pods_have_the_account_and_the_labels_that_the_operator_gives_them(read: Read) -> None:
    graph = served(serviceAccountName="reader")
    labels = {"team": "a"}
    listed = deployment(
        predictor(graph, pod("scorer", serviceAccountName="other"), labels=labels),
        predictor(graph, labels=labels),
    )
    assert [
        (item.path, item.service_account_name, item.labels) for item in workload_of(read(listed)).pods
    ] == [
        (f"{FIRST}.componentSpecs[0].spec", "reader", {"own": "yes", "team": "a"}),
        ("spec.predictors[1]", "reader", {"team": "a"}),
    ]


def test_no_account_of_a_further_node_is_passed_over(read: Read) -> None:
    graph = served(children=[served(name="next", serviceAccountName="strong")], serviceAccountName="reader")
    workload = workload_of(read(deployment(predictor(graph, pod("scorer"), pod("next")))))
    assert {item.service_account_name for item in workload.pods} == {"reader", "strong"}


def test_what_loads_the_model_is_read(read: Read) -> None:
    graph = served(storageInitializerImage=IMAGE, envSecretRefName="store-keys")
    workload = workload_of(read(deployment(predictor(graph, ssl={"certSecretName": "cert"}))))

    assert [(item.name, item.role, item.image.raw, item.path) for item in workload.containers] == [
        ("model-initializer", "init", IMAGE, f"{FIRST}.graph.storageInitializerImage")
    ]
    assert [(volume.kind, volume.secret_name, volume.holds_model) for volume in workload.volumes] == [
        ("secret", "cert", False),
        ("secret", "store-keys", False),
    ]
    assert read(deployment(predictor(graph))).lookups.secrets == ("store-keys",)


def test_an_explainer_is_read(read: Read) -> None:
    explainer = {
        "type": "AnchorTabular",
        "modelUri": "gs://b/explainer",
        "serviceAccountName": "reader",
        "envSecretRefName": "keys",
        "storageInitializerImage": IMAGE,
        "containerSpec": {"name": "explain", "image": IMAGE, "env": [{"name": "A", "value": "1"}]},
        "endpoint": {"service_host": "models.example.com"},
    }
    workload = workload_of(read(deployment(predictor(served(), explainer=explainer, labels={"t": "a"}))))

    assert models(workload)[1] == (
        "explainer[0]",
        "gs://b/explainer",
        "explainer",
        f"{FIRST}.explainer.modelUri",
    )
    assert workload.features.explainer
    assert [(item.name, item.role) for item in workload.containers] == [
        ("explain", "server"),
        ("model-initializer", "init"),
    ]
    assert (workload.pods[1].service_account_name, workload.pods[1].labels) == ("reader", {"t": "a"})
    assert [(call.uri, call.tls, call.purpose) for call in workload.endpoints] == [
        ("http://models.example.com", False, "other")
    ]


def test_where_a_graph_sends_requests_and_what_it_logs_is_read(read: Read) -> None:
    graph = served(
        logger={"url": "http://sink.example.com", "mode": "all"},
        endpoint={"service_host": "elsewhere.example.com", "service_port": 9000},
    )
    workload = workload_of(read(deployment(predictor(graph))))

    assert [(call.uri, call.purpose, call.path) for call in workload.endpoints] == [
        ("http://sink.example.com", "logger", f"{FIRST}.graph.logger.url"),
        ("http://elsewhere.example.com", "graphStep", f"{FIRST}.graph.endpoint.service_host"),
    ]
    logging = workload.features.request_logging
    assert (logging.mode, logging.path) == ("all", f"{FIRST}.graph.logger")


def test_a_model_that_the_orchestrator_is_told_of_is_read(read: Read) -> None:
    env = [{"name": "MODEL_URI", "value": "s3://models/hidden"}]
    workload = workload_of(read(deployment(predictor(served(), svcOrchSpec={"env": env}))))
    assert [model.uri for model in workload.models] == ["s3://models/hidden", MODEL]
    assert workload.containers == ()


@pytest.mark.parametrize(
    ("predictors", "strategy", "percent"),
    [
        ([{"traffic": 90}, {"traffic": 10}], "canary", 10),
        ([{"traffic": 100}, {"traffic": 0}], "canary", 0),
        ([{"traffic": 100}, {"shadow": True, "traffic": 50}], "shadow", None),
        ([{"traffic": 100, "shadow": False}], "none", None),
    ],
)
def test_traffic_and_shadows_are_read(
    read: Read, predictors: list[Json], strategy: str, percent: float | None
) -> None:
    parts = [predictor(served(), **fields) for fields in predictors]
    rollout = workload_of(read(deployment(*parts))).rollout
    assert (rollout.strategy, rollout.canary_percent) == (strategy, percent)


@pytest.mark.parametrize(
    "fields",
    [
        {"initContainers": [{"name": "scorer-model-initializer", "image": IMAGE}]},
        {
            "initContainers": [
                {
                    "name": "fill",
                    "image": IMAGE,
                    "volumeMounts": [{"name": "scorer-provision-location", "mountPath": "/out"}],
                }
            ]
        },
        {
            "containers": [
                {
                    "name": "scorer",
                    "image": IMAGE,
                    "volumeMounts": [{"name": "w", "mountPath": "/mnt/models"}],
                }
            ],
            "volumes": [{"name": "w", "emptyDir": {}}],
        },
    ],
)
def test_nothing_may_stand_in_for_the_model_that_is_named(read: Read, fields: Json) -> None:
    replaced = {**pod("scorer"), **fields}
    found = problems(workload_of(read(deployment(predictor(served(), replaced)))))
    assert found
    assert all(path.startswith(f"{FIRST}.componentSpecs[0].spec.") for path in found)
    # Where no model is named, there is none to be replaced.
    assert not problems(workload_of(read(deployment(predictor(node(), replaced)))))


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (deployment(predictor("x")), f"{FIRST}.graph"),
        (deployment(predictor(served(children={}))), f"{FIRST}.graph.children"),
        (deployment(predictor(served(modelUri=["x"]))), f"{FIRST}.graph.modelUri"),
        (deployment(predictor(served(), [])), f"{FIRST}.componentSpecs[0].spec"),
        (deployment(predictor(served(), explainer=3)), f"{FIRST}.explainer"),
        (deployment(predictor(served(parameters="x"))), f"{FIRST}.graph.parameters"),
        (deployment(predictor(served(), ssl={"certSecretName": {}})), f"{FIRST}.ssl.certSecretName"),
        (deployment({"graph": served(), "componentSpecs": "x"}), f"{FIRST}.componentSpecs"),
        ({**deployment(), "spec": {"predictors": {}}}, "spec.predictors"),
    ],
)
def test_a_wrong_type_is_a_problem_with_its_path(read: Read, obj: Json, path: str) -> None:
    assert path in problems(workload_of(read(obj)))


def test_a_graph_without_end_is_a_problem(read: Read) -> None:
    graph = served()
    for _ in range(40):
        graph = served(children=[graph])
    assert f"{FIRST}.graph" in problems(workload_of(read(deployment(predictor(graph)))))


def test_bypass_09_a_model_without_a_pod_is_a_model(read: Read) -> None:
    model = of_kind(
        "Model",
        storageUri="gs://b/income",
        requirements=["sklearn"],
        secretName="rclone-gs",
        schemaUri="http://schemas.example.com/income",
        server="mlserver",
    )
    extraction = read(model)
    workload = workload_of(extraction)

    assert workload.serves_model
    assert models(workload) == [("model", "gs://b/income", "primary", "spec.storageUri")]
    assert (workload.pods, workload.containers) == ((), ())
    assert [(volume.kind, volume.secret_name) for volume in workload.volumes] == [("secret", "rclone-gs")]
    assert extraction.lookups.secrets == ("rclone-gs",)
    assert [(call.uri, call.path) for call in workload.endpoints] == [
        ("http://schemas.example.com/income", "spec.schemaUri")
    ]
    assert [(item.kind, item.name) for item in workload.references] == [("Server", "mlserver")]
    assert (workload.exposure.scope, workload.problems) == ("unknown", ())


def test_a_parameter_that_puts_another_model_in_its_place_is_read(read: Read) -> None:
    parameters = [{"name": "pretrained_model", "value": "evil/writer"}]
    workload = workload_of(read(of_kind("Model", storageUri="gs://b/writer", parameters=parameters)))
    assert [model.uri for model in workload.models] == ["gs://b/writer", "hf://evil/writer"]


def test_what_an_explainer_is_configured_with_counts_as_what_it_is_told(read: Read) -> None:
    explainer = {"modelUri": "gs://b/explainer", "config": {"storage_uri": "gs://b/other"}}
    workload = workload_of(read(deployment(predictor(served(), explainer=explainer))))

    assert "gs://b/other" in [model.uri for model in workload.models]


def test_an_explainer_of_the_second_version_is_one(read: Read) -> None:
    explainer = {"type": "anchor_tabular", "modelRef": "income"}
    workload = workload_of(read(of_kind("Model", storageUri="gs://b/explainer", explainer=explainer)))
    assert workload.features.explainer
    assert not workload_of(read(of_kind("Model", storageUri="gs://b/m"))).features.explainer


@pytest.mark.parametrize("spec", [{}, {"llm": {"modelRef": "chat"}}, {"storageUri": ""}])
def test_a_model_without_an_address_is_a_problem(read: Read, spec: Json) -> None:
    assert problems(workload_of(read(of_kind("Model", **spec)))) == ["spec"]


CONFIG_POD: Json = {
    "serviceAccountName": "server",
    "containers": [
        {"name": "agent", "image": "registry.example.com/agent:2", "args": ["--verbose"]},
        {"name": "mlserver", "image": "registry.example.com/mlserver:1"},
    ],
}


def test_a_server_is_laid_over_its_config(read: Read) -> None:
    server = of_kind(
        "Server",
        serverConfig="mlserver",
        podSpec={"containers": [{"name": "mlserver", "image": IMAGE}], "hostNetwork": True},
        imageOverrides={"agent": {"image": "registry.example.com/agent:3"}},
    )
    config = ResolvedReference(
        api_version=V2,
        kind="ServerConfig",
        namespace="team",
        name="mlserver",
        status="found",
        object={"spec": {"podSpec": CONFIG_POD, "volumeClaimTemplates": [{"name": "models", "spec": {}}]}},
    )
    workload = complete(read(server), Evidence(references=(config,))).workload

    assert workload is not None
    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert [(item.name, item.image.raw, item.args) for item in workload.containers] == [
        ("agent", "registry.example.com/agent:3", ("--verbose",)),
        ("mlserver", IMAGE, ()),
    ]
    assert [(item.service_account_name, item.host_network) for item in workload.pods] == [("server", True)]
    assert [volume.name for volume in workload.volumes] == ["models"]
    assert workload.problems == ()


def test_a_server_config_is_read_by_itself(read: Read) -> None:
    templates = [{"name": "models", "spec": {"storageClassName": "fast"}}]
    workload = workload_of(read(of_kind("ServerConfig", podSpec=CONFIG_POD, volumeClaimTemplates=templates)))

    assert workload.is_runtime
    assert [item.name for item in workload.containers] == ["agent", "mlserver"]
    assert [(volume.name, volume.storage_class_name) for volume in workload.volumes] == [("models", "fast")]


PLATFORM: Json = {
    "kafkaConfig": {
        "bootstrap.servers": "kafka-0.example.com:9092,kafka-1.example.com:9092",
        "consumer": {"bootstrap.servers": "other.example.com:9092"},
    },
    "tracingConfig": {"otelExporterEndpoint": "http://otel.example.com:4317"},
    "agentConfig": {
        "rclone": {"config": ['{"endpoint":"http://minio.example.com"}'], "config_secrets": ["gs"]}
    },
}


@pytest.mark.parametrize(("kind", "field"), [("SeldonRuntime", "overrides"), ("SeldonConfig", "components")])
def test_the_components_of_the_platform_are_read(read: Read, kind: str, field: str) -> None:
    parts = [{"name": "scheduler", "podSpec": CONFIG_POD, "labels": {"a": "b"}}, {"name": "envoy"}]
    workload = workload_of(read(of_kind(kind, **{field: parts, "config": PLATFORM})))

    assert (workload.is_runtime, workload.serves_model) == (True, False)
    assert [item.name for item in workload.containers] == ["agent", "mlserver"]
    assert workload.pods[0].labels == {"a": "b"}
    assert [call.uri for call in workload.endpoints] == [
        "kafka://kafka-0.example.com:9092",
        "kafka://kafka-1.example.com:9092",
        "kafka://other.example.com:9092",
        "http://otel.example.com:4317",
        "http://minio.example.com",
    ]
    assert [volume.secret_name for volume in workload.volumes] == ["gs"]
    assert workload.problems == ()


def test_a_runtime_that_opens_its_services_is_reached_from_outside(read: Read) -> None:
    opened = [
        of_kind("SeldonRuntime", overrides=[{"name": "seldon-envoy", "serviceType": "LoadBalancer"}]),
        of_kind("SeldonConfig", config={"serviceConfig": {"serviceType": "NodePort"}}),
    ]
    assert [workload_of(read(obj)).exposure.scope for obj in opened] == ["external", "external"]
    assert workload_of(read(of_kind("SeldonRuntime"))).exposure.scope == "unknown"


def test_a_runtime_takes_its_components_from_its_config(read: Read) -> None:
    config = ResolvedReference(
        api_version=V2,
        kind="SeldonConfig",
        namespace="team",
        name="default",
        status="found",
        object={"spec": {"components": [{"name": "scheduler", "podSpec": CONFIG_POD}]}},
    )
    override = {"name": "scheduler", "podSpec": {"containers": [{"name": "agent", "image": IMAGE}]}}
    found = read(of_kind("SeldonRuntime", seldonConfig="default", overrides=[override]))
    workload = complete(found, Evidence(references=(config,))).workload

    assert workload is not None
    assert [(item.name, item.image.raw) for item in workload.containers] == [
        ("agent", IMAGE),
        ("mlserver", "registry.example.com/mlserver:1"),
    ]


@pytest.mark.parametrize("kind", ["Pipeline", "Experiment"])
def test_a_route_sends_requests_and_loads_no_model(read: Read, kind: str) -> None:
    workload = workload_of(read(of_kind(kind, steps=[{"name": "income"}])))
    assert (workload.is_route, workload.serves_model, workload.models) == (True, False, ())
    assert workload.problems == ()


@pytest.mark.parametrize(
    ("spec", "strategy", "percent"),
    [
        (
            {"candidates": [{"name": "a", "weight": 50}, {"name": "b", "weight": 50}], "default": "a"},
            "canary",
            50,
        ),
        (
            {"candidates": [{"name": "a", "weight": 1}, {"name": "b", "weight": 3}], "default": "a"},
            "canary",
            75,
        ),
        (
            {
                "candidates": [{"name": n, "weight": w} for n, w in (("a", 50), ("b", 25), ("c", 25))],
                "default": "a",
            },
            "canary",
            50,
        ),
        ({"candidates": [{"name": "a", "weight": 5}, {"name": "b", "weight": 95}]}, "canary", None),
        ({"candidates": [{"name": "a"}, {"name": "b"}], "default": "a"}, "canary", None),
        (
            {"candidates": [{"name": "a", "weight": 100}], "mirror": {"name": "b", "percent": 20}},
            "shadow",
            20,
        ),
        ({"candidates": [{"name": "a", "weight": 100}]}, "none", None),
    ],
)
def test_the_share_of_all_new_candidates_counts(
    read: Read, spec: Json, strategy: str, percent: float | None
) -> None:
    rollout = workload_of(read(of_kind("Experiment", **spec))).rollout
    assert (rollout.strategy, rollout.canary_percent) == (strategy, percent)


def test_bypass_12_a_model_of_another_group_is_another_kind(read: Read) -> None:
    foreign = {**of_kind("Model", storageUri="gs://b/m"), "apiVersion": "example.com/v1alpha1"}
    assert read(foreign).workload is None


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (of_kind("Model", storageUri={}), "spec.storageUri"),
        (of_kind("Model", storageUri="gs://b/m", secretName=1), "spec.secretName"),
        (of_kind("Server", podSpec="x"), "spec.podSpec"),
        (of_kind("Server", imageOverrides=[]), "spec.imageOverrides"),
        (of_kind("SeldonRuntime", overrides={}), "spec.overrides"),
        (of_kind("SeldonConfig", config="x"), "spec.config"),
        (of_kind("Experiment", candidates="x"), "spec.candidates"),
    ],
)
def test_a_wrong_type_of_the_second_version_is_a_problem(read: Read, obj: Json, path: str) -> None:
    assert path in problems(workload_of(read(obj)))
