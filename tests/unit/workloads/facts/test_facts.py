"""Facts of a whole object: endpoints, exposure, logging, rollout, confidential loading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Exposure, RequestLogging, Rollout, Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.facts.endpoints import is_cluster_local
from mlgate.workloads.models.loaded import MAX_MODELS
from mlgate.workloads.pods.strays import MAX_FOUND

Read = Callable[..., Extraction]
Make = Callable[..., dict[str, Any]]
MODEL = {"modelFormat": {"name": "onnx"}, "storageUri": "s3://b/m"}
CANARY = {"predictor": {"model": MODEL}}
FIRST = "spec.canary[0]"
CLUSTER_LOCAL = {"networking.kserve.io/visibility": "cluster-local"}
SERVER = {"image": "vllm/vllm-openai:v1", "args": ["--model=o/m"]}


def workload(read: Read, obj: dict[str, Any]) -> Workload:
    found = read(obj).workload
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("svc", True),
        ("svc.ns.svc", True),
        ("svc.ns.svc.cluster.local", True),
        ("pod.cluster.local", True),
        ("svc.ns", False),
        ("cluster.local.example.com", False),
        ("svc.example", False),
        ("10.0.0.1", False),
        ("::1", False),
        ("fd00::10", False),
    ],
)
def test_a_host_is_cluster_local_by_its_name_alone(host: str, *, local: bool) -> None:
    assert is_cluster_local(host) is local


@pytest.mark.parametrize(
    ("url", "scheme", "host", "tls", "local"),
    [
        ("https://log.example.com/a", "https", "log.example.com", True, False),
        ("HTTP://Log.Example.com", "http", "log.example.com", False, False),
        (" http://log ", "http", "log", False, True),
        ("http://user:word@log.ns.svc", "http", "log.ns.svc", False, True),
        ("kafka://broker:9092", "kafka", "broker", None, True),
        ("$(SINK)", "unknown", None, None, False),
    ],
)
def test_a_logger_is_an_endpoint(
    read: Read, service: Make, url: str, scheme: str, host: str | None, *, tls: bool | None, local: bool
) -> None:
    for name in ("predictor", "transformer", "explainer"):
        spec = {"predictor": {"model": MODEL}}
        spec.setdefault(name, {})["logger"] = {"url": url}
        (endpoint,) = workload(read, service(spec)).endpoints
        assert (endpoint.scheme, endpoint.host, endpoint.tls) == (scheme, host, tls)
        assert (endpoint.cluster_local, endpoint.purpose) == (local, "logger")
        assert (endpoint.path, "word" in endpoint.uri) == (f"spec.{name}.logger.url", False)


def test_a_logger_without_an_address_is_no_endpoint(read: Read, service: Make) -> None:
    assert workload(read, service({"predictor": {"model": MODEL, "logger": {"mode": "all"}}})).endpoints == ()


def test_the_store_a_model_is_fetched_from_is_an_endpoint(read: Read, pod_of: Make) -> None:
    env = [
        {"name": "AWS_ENDPOINT_URL", "value": "http://minio.example.com:9000"},
        {"name": "S3_ENDPOINT", "value": "minio:9000"},
        {"name": "HF_ENDPOINT"},
        {"name": "OTHER_URL", "value": "http://other"},
    ]
    (endpoint,) = workload(read, pod_of(**SERVER, env=env)).endpoints
    assert (endpoint.uri, endpoint.tls, endpoint.purpose) == ("http://minio.example.com:9000", False, "other")
    assert endpoint.path == "spec.containers[0].env[0]"


def test_a_store_of_an_object_without_a_model_is_none_of_our_business(read: Read, pod_of: Make) -> None:
    obj = pod_of(env=[{"name": "S3_ENDPOINT_URL", "value": "http://minio"}])
    assert workload(read, obj).endpoints == ()


@pytest.mark.parametrize(
    ("loggers", "logging"),
    [
        ({}, RequestLogging(path="spec.predictor")),
        ({"predictor": {"url": "u"}}, RequestLogging(mode="all", path="spec.predictor.logger")),
        ({"predictor": {"mode": "request"}}, RequestLogging(mode="request", path="spec.predictor.logger")),
        (
            {"predictor": {"mode": "request"}, "transformer": {"mode": "all"}},
            RequestLogging(mode="all", path="spec.transformer.logger"),
        ),
        (
            {"predictor": {"mode": "response"}, "transformer": {"mode": "request"}},
            RequestLogging(mode="request", path="spec.transformer.logger"),
        ),
        (
            {"predictor": {"mode": "all"}, "transformer": {"mode": "request"}},
            RequestLogging(mode="all", path="spec.predictor.logger"),
        ),
        ({"explainer": {"mode": "all"}}, RequestLogging(path="spec.predictor")),
    ],
)
def test_a_model_is_logged_by_its_component_or_by_the_transformer_before_it(
    read: Read, service: Make, loggers: dict[str, Any], logging: RequestLogging
) -> None:
    spec: dict[str, Any] = {"predictor": {"model": MODEL}}
    for name, logger in loggers.items():
        spec.setdefault(name, {})["logger"] = logger
    assert workload(read, service(spec)).features.request_logging == logging


@pytest.mark.parametrize(
    ("predictor", "canaries", "logging"),
    [
        ({"mode": "all"}, [None], RequestLogging(path="spec.canary[0].predictor")),
        (
            {"mode": "all"},
            [{}, {"mode": "response"}],
            RequestLogging(mode="response", path="spec.canary[1].predictor.logger"),
        ),
        ({"mode": "all"}, [{}], RequestLogging(mode="all", path="spec.predictor.logger")),
        (None, [{"mode": "all"}], RequestLogging(path="spec.predictor")),
    ],
)
def test_the_model_that_is_logged_least_decides(
    read: Read,
    service: Make,
    predictor: dict[str, Any] | None,
    canaries: list[dict[str, Any] | None],
    logging: RequestLogging,
) -> None:
    spec = {
        "predictor": {"model": MODEL, "logger": predictor},
        "canary": [{"predictor": {"model": MODEL, "logger": logger}} for logger in canaries],
    }
    assert workload(read, service(spec)).features.request_logging == logging
    spec["transformer"] = {"logger": {"mode": "all"}}
    assert workload(read, service(spec)).features.request_logging.mode == "all"


def test_an_unknown_logging_mode_is_a_problem(read: Read, service: Make) -> None:
    found = workload(read, service({"predictor": {"model": MODEL, "logger": {"mode": "some"}}}))
    assert [problem.path for problem in found.problems] == ["spec.predictor.logger.mode"]
    assert found.features.request_logging == RequestLogging(path="spec.predictor")


def test_an_enabled_confidential_loading_comes_before_one_that_is_off(read: Read, service: Make) -> None:
    off = {"predictor": {"model": {**MODEL, "confidential": {"enabled": False}}}}
    found = workload(read, service(off)).features.confidential
    assert (found.enabled, found.path) == (False, "spec.predictor.model.confidential")
    canary = [
        {"predictor": {"model": {**MODEL, "confidential": {"enabled": True, "resourceId": "kbs:///a"}}}}
    ]
    found = workload(read, service({**off, "canary": canary})).features.confidential
    assert (found.enabled, found.resource_id) == (True, "kbs:///a")
    assert found.path == "spec.canary[0].predictor.model.confidential"
    on = {"predictor": {"model": {**MODEL, "confidential": {"enabled": True}}}}
    found = workload(read, service({**on, "canary": canary})).features.confidential
    assert (found.enabled, found.resource_id) == (True, None)


@pytest.mark.parametrize("enabled", ["true", 1, None])
def test_confidential_loading_is_on_by_true_alone(read: Read, service: Make, enabled: Any) -> None:
    spec = {"predictor": {"sklearn": {"storageUri": "s3://b/m", "confidential": {"enabled": enabled}}}}
    found = workload(read, service(spec))
    assert found.features.confidential.enabled is False


@pytest.mark.parametrize(
    ("labels", "scope"),
    [
        (CLUSTER_LOCAL, "cluster"),
        ({}, "unknown"),
        ({"networking.kserve.io/visibility": "Cluster-Local"}, "unknown"),
        ({"Networking.kserve.io/visibility": "cluster-local"}, "unknown"),
    ],
)
def test_a_label_keeps_a_service_inside_the_cluster(
    read: Read, service: Make, labels: dict[str, str], scope: str
) -> None:
    exposure = workload(read, service({"predictor": {"model": MODEL}}, labels=labels)).exposure
    assert (exposure.scope, exposure.tls, exposure.path) == (scope, None, "metadata.labels")


def probe(port: Any, scheme: str | None = None) -> dict[str, Any]:
    return {"httpGet": {"port": port} | ({"scheme": scheme} if scheme else {})}


PORTS = [{"containerPort": 8000, "hostPort": 80, "name": "api"}, {"containerPort": 9000}]


@pytest.mark.parametrize(
    ("container", "tls"),
    [
        ({}, None),
        ({"readinessProbe": probe(8000)}, False),
        ({"readinessProbe": probe("api")}, False),
        ({"livenessProbe": probe(8000, "HTTPS")}, True),
        ({"livenessProbe": probe(8000, "https"), "startupProbe": probe("api", "HTTP")}, False),
        ({"readinessProbe": probe(9000)}, None),
        ({"readinessProbe": {"tcpSocket": {"port": 8000}}}, None),
        ({"readinessProbe": probe([8000])}, None),
        ({"readinessProbe": "8000"}, None),
    ],
)
def test_a_host_port_is_an_outer_endpoint_whose_probes_say_if_it_speaks_tls(
    read: Read, pod_of: Make, container: dict[str, Any], *, tls: bool | None
) -> None:
    exposure = workload(read, pod_of(**SERVER, ports=PORTS, **container)).exposure
    assert exposure == Exposure(scope="external", tls=tls, path="spec.containers[0].ports")


@pytest.mark.parametrize(
    ("container", "tls"),
    [
        ({}, None),
        ({"readinessProbe": probe(9000)}, False),
        ({"ports": [{"containerPort": 1}], "readinessProbe": probe(9000)}, None),
        ({"ports": [{"containerPort": 9000}], "readinessProbe": probe(9000, "HTTPS")}, True),
        ({"ports": "9000"}, None),
    ],
)
def test_on_the_network_of_the_host_every_port_is_an_outer_endpoint(
    read: Read, pod_of: Make, container: dict[str, Any], *, tls: bool | None
) -> None:
    exposure = workload(read, pod_of({"hostNetwork": True}, **SERVER, **container)).exposure
    assert exposure == Exposure(scope="external", tls=tls, path="spec.hostNetwork")


def test_without_host_ports_nobody_outside_reaches_a_pod(read: Read, pod_of: Make) -> None:
    assert workload(read, pod_of(**SERVER, ports=[{"containerPort": 8000}])).exposure == Exposure()


@pytest.mark.parametrize(
    ("spec", "percent", "path"),
    [
        ({"predictor": {"canaryTrafficPercent": 10}}, 10, "spec.predictor.canaryTrafficPercent"),
        ({"predictor": {"canaryTrafficPercent": 0}}, 0, "spec.predictor.canaryTrafficPercent"),
        ({"predictor": {"canaryTrafficPercent": 10}, "canary": [CANARY | {"trafficPercent": 3}]}, 3, FIRST),
        ({"canary": [CANARY]}, None, FIRST),
        ({"canary": [CANARY | {"trafficPercent": 5.5}]}, 5.5, FIRST),
        ({"canary": [CANARY | {"trafficPercent": True}]}, None, FIRST),
        ({"canary": [CANARY | {"trafficPercent": 5}, CANARY | {"trafficPercent": 60}]}, 65, FIRST),
        ({"canary": [CANARY | {"trafficPercent": 5}, CANARY]}, None, FIRST),
    ],
)
def test_a_canary_has_a_share_of_the_traffic_or_none(
    read: Read, service: Make, spec: dict[str, Any], percent: float | None, path: str
) -> None:
    spec["predictor"] = {"model": MODEL, **spec.get("predictor", {})}
    rollout = workload(read, service(spec)).rollout
    assert (rollout.strategy, rollout.canary_percent, rollout.path) == ("canary", percent, path)


@pytest.mark.parametrize("share", ["10", True, 10.5])
def test_a_share_that_is_no_whole_number_is_a_problem(read: Read, service: Make, share: Any) -> None:
    found = workload(read, service({"predictor": {"model": MODEL, "canaryTrafficPercent": share}}))
    assert found.rollout == Rollout()
    assert [problem.path for problem in found.problems] == ["spec.predictor.canaryTrafficPercent"]


def test_without_a_canary_there_is_no_rollout(read: Read, service: Make) -> None:
    assert workload(read, service({"predictor": {"model": MODEL}})).rollout == Rollout()


def test_an_explainer_is_a_feature(read: Read, service: Make) -> None:
    spec = {"predictor": {"model": MODEL}}
    assert not workload(read, service(spec)).features.explainer
    assert workload(read, service({**spec, "explainer": {"art": {}}})).features.explainer


def test_an_object_with_more_models_than_are_looked_at_has_a_problem(read: Read, service: Make) -> None:
    canaries = [{"predictor": {"model": MODEL}} for _ in range(5_000)]
    found = workload(read, service({"predictor": {"model": MODEL}, "canary": canaries}))
    assert "holds more than 256 models" in {problem.message for problem in found.problems}
    # Addresses of fields that were not looked at are found once more as strays, up to their own limit.
    assert len(found.models) <= MAX_MODELS + MAX_FOUND


def test_containers_with_more_models_than_are_looked_at_have_a_problem(read: Read, pod_of: Make) -> None:
    args = [f"--model=o/m{index}" for index in range(257)]
    assert workload(read, pod_of(image="vllm/vllm-openai:v1", args=args[:256])).problems == ()
    found = workload(read, pod_of(image="vllm/vllm-openai:v1", args=args))
    assert [problem.message for problem in found.problems] == ["holds more than 256 models"]
