"""What the pods of an object need to be looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.domain.workload import Endpoint
from mlgate.workloads.extract import Extraction
from mlgate.workloads.related.needs import brings_names, needs_mesh

Read = Callable[..., Extraction]
PodOf = Callable[..., dict[str, Any]]
SERVER = ["vllm", "serve", "acme/x"]


def projected(*sources: Any) -> dict[str, Any]:
    return {"name": "p", "projected": {"sources": [*sources]}}


@pytest.mark.parametrize(
    ("spec", "accounts", "tokens"),
    [
        ({}, ("default",), ("default",)),
        ({"serviceAccountName": ""}, ("default",), ("default",)),
        ({"serviceAccountName": "credit"}, ("credit",), ("credit",)),
        ({"serviceAccount": "credit"}, ("credit",), ("credit",)),
        ({"serviceAccountName": "credit", "automountServiceAccountToken": False}, ("credit",), ()),
        ({"serviceAccountName": "credit", "automountServiceAccountToken": True}, ("credit",), ()),
    ],
)
def test_the_account_of_a_pod_is_looked_up(
    read: Read, pod_of: PodOf, spec: dict[str, Any], accounts: tuple[str, ...], tokens: tuple[str, ...]
) -> None:
    lookups = read(pod_of(spec, command=SERVER)).lookups
    assert (lookups.has_pods, lookups.service_accounts, lookups.token_accounts) == (True, accounts, tokens)


def test_each_account_and_each_set_of_labels_stands_once(read: Read, service: Any) -> None:
    part = {"containers": [{"name": "c", "image": "r:1"}], "serviceAccountName": "credit"}
    spec = {"predictor": {"sklearn": {"storageUri": "s3://b/m"}, **part}, "transformer": part}
    lookups = read(service(spec)).lookups
    assert lookups.service_accounts == ("credit",)
    assert lookups.pod_labels == ({"serving.kserve.io/inferenceservice": "scoring"},)
    spec["transformer"] = {**part, "labels": {"a": "b"}, "serviceAccountName": "other"}
    lookups = read(service(spec)).lookups
    assert lookups.service_accounts == ("credit", "other")
    assert [sorted(labels) for labels in lookups.pod_labels] == [
        ["serving.kserve.io/inferenceservice"],
        ["a", "serving.kserve.io/inferenceservice"],
    ]


def test_labels_that_are_no_strings_are_none(read: Read, pod_of: PodOf) -> None:
    found = read(pod_of(command=SERVER, metadata={"labels": {"a": 5, "b": ["c"], "d": "e"}}))
    assert found.lookups.pod_labels == ({"d": "e"},)


@pytest.mark.parametrize(
    ("volume", "secrets", "config_maps"),
    [
        ({"name": "v", "secret": {"secretName": "s"}}, ("s",), ()),
        ({"name": "v", "configMap": {"name": "c"}}, (), ("c",)),
        ({"name": "v", "configMap": {"name": 5}}, (), ()),
        (
            projected({"secret": {"name": "s"}}, {"configMap": {"name": "a"}}, {"configMap": {"name": "b"}}),
            ("s",),
            ("a", "b"),
        ),
        (projected("x", {"configMap": {}}), (), ()),
        ({"name": "v", "emptyDir": {}}, (), ()),
    ],
)
def test_what_a_volume_takes_in_is_looked_up(
    read: Read,
    pod_of: PodOf,
    volume: dict[str, Any],
    secrets: tuple[str, ...],
    config_maps: tuple[str, ...],
) -> None:
    lookups = read(pod_of({"volumes": [volume]}, command=SERVER)).lookups
    assert (lookups.secrets, lookups.config_maps) == (secrets, config_maps)


def test_the_certificates_beside_the_api_token_are_no_config_map_of_the_object(
    read: Read, pod_of: PodOf
) -> None:
    token = projected(
        {"serviceAccountToken": {"path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt"}},
        {"downwardAPI": {"items": []}},
    )
    lookups = read(pod_of({"volumes": [{**token, "name": "kube-api-access-x1"}]}, command=SERVER)).lookups
    assert lookups.config_maps == ()


@pytest.mark.parametrize(
    ("local", "tls", "needed"),
    [(True, False, True), (True, None, True), (True, True, False), (False, False, False)],
)
def test_only_a_plain_address_in_the_cluster_rests_on_the_mesh(
    *, local: bool, tls: bool | None, needed: bool
) -> None:
    endpoint = Endpoint(uri="x://y", scheme="x", cluster_local=local, tls=tls, path="p")
    assert needs_mesh(endpoint) is needed


def test_a_training_job_that_logs_in_the_clear_needs_the_mesh(read: Read, pod_of: PodOf) -> None:
    train = ["torchrun", "train.py"]
    plain = [{"name": "MLFLOW_TRACKING_URI", "value": "http://mlflow.ml.svc:5000"}]
    assert read(pod_of(command=SERVER)).lookups.mesh
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}}
    for env, needed in ((plain, True), ([], False)):
        pod = pod_of(command=train, env=env)
        found = read({**job, "spec": {"template": {"spec": pod["spec"]}}})
        assert (found.lookups.trains, found.lookups.serves, found.lookups.mesh) == (True, False, needed)


@pytest.mark.parametrize(
    ("obj", "brings"),
    [
        (None, False),
        ({"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "secret"}]}]}}, False),
        ({"spec": {"workerSpec": {}}}, True),
        ({"spec": {"containers": [{"envFrom": [{"secretRef": {"name": "s"}}]}]}}, True),
        ({"spec": {"containers": [{"env": [{"valueFrom": {"configMapKeyRef": {"name": "c"}}}]}]}}, True),
        ({"spec": {"volumes": [{"projected": {"sources": [{"secret": {}}]}}]}}, True),
    ],
)
def test_an_object_that_may_name_more_is_known_without_reading_it(obj: Any, *, brings: bool) -> None:
    assert brings_names(obj) is brings
