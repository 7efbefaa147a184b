"""The table of kinds: another kind is a row, and whoever deploys the gate can follow the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from mlgate.domain.workload import Workload
from mlgate.workloads.extract import Extraction
from mlgate.workloads.kinds import table
from mlgate.workloads.kinds.rows import Kind
from mlgate.workloads.kinds.table import (
    find_kind,
    gated_kinds,
    is_cluster_scoped,
    is_known_kind,
    is_unknown_to_its_group,
    kinds_aside,
    reading_rules,
    webhook_rules,
)

Read = Callable[..., Extraction]

ROW = """
group: serving.example.com
kind: Endpoint
resource: endpoints
versions: [v1beta2]
webhook: models
serves: true
servedName: spec.alias
podLabels: {serving.example.com/endpoint: name}
exposure: {label: serving.example.com/visibility, value: internal, otherwise: external}
claimTemplates: spec.claims
components:
  - path: 'spec.pools.*'
    id: 'pool'
    imageHoldsModel: true
    containers: {engine: engine}
    models: [{path: engine.weights, format: engine.kind}, {path: 'adapters[].address', many: true}]
    storages: [{path: engine.store}]
    loggers: [audit]
    confidential: [engine.sealed]
    references:
      - path: template
        kinds: [{apiVersion: serving.example.com/v1, kind: EndpointTemplate, namespaced: false}]
    canaryPercent: [share]
"""

OBJECT = """
apiVersion: serving.example.com/v1beta2
kind: Endpoint
metadata: {name: sorter, labels: {serving.example.com/visibility: internal}}
spec:
  alias: sort
  claims: [{metadata: {name: cache}, spec: {}}]
  pools:
    main:
      share: 25
      template: small
      serviceAccountName: sorter
      audit: {url: "http://sink.team.svc/", mode: request}
      engine:
        {image: "r.example.com/engine:2", kind: ONNX, weights: "s3://bucket/sorter", sealed: {enabled: true}}
      adapters: [{address: "hf://acme/tone"}]
      sidecars: [{name: x, image: y}]
      containers: [{name: helper, image: "r.example.com/helper:1"}]
"""


@pytest.fixture
def another_row(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Kind.model_validate(yaml.safe_load(ROW))
    rows = gated_kinds() | {(row.group, row.kind): row}
    monkeypatch.setattr(table, "gated_kinds", lambda: rows)


@pytest.fixture
def endpoint(read: Read, another_row: None) -> Workload:
    found = read(yaml.safe_load(OBJECT)).workload
    assert found is not None
    return found


def test_a_row_alone_makes_a_new_kind_a_model_kind(endpoint: Workload) -> None:
    assert (endpoint.serves_model, endpoint.detected_by) == (True, ("kind",))
    assert [(model.id, model.uri, model.format, model.name) for model in endpoint.models] == [
        ("pool", "s3://bucket/sorter", "onnx", "sort"),
        ("pool.adapters[0]", "hf://acme/tone", None, "sort"),
    ]


def test_a_row_alone_says_what_runs_and_how_it_is_reached(endpoint: Workload) -> None:
    assert {container.name for container in endpoint.containers} == {"helper", "engine"}
    assert endpoint.pods[0].service_account_name == "sorter"
    assert endpoint.pods[0].labels == {"serving.example.com/endpoint": "sorter"}
    assert endpoint.exposure.scope == "cluster"
    assert [volume.name for volume in endpoint.volumes] == ["cache"]


def test_a_row_alone_says_what_else_it_sets(endpoint: Workload) -> None:
    assert endpoint.features.confidential.enabled
    assert endpoint.features.request_logging.mode == "request"
    assert [call.host for call in endpoint.endpoints] == ["sink.team.svc"]
    assert (endpoint.rollout.strategy, endpoint.rollout.canary_percent) == ("canary", 25)
    assert [(item.kind, item.name, item.namespace) for item in endpoint.references] == [
        ("EndpointTemplate", "small", None)
    ]


@pytest.mark.usefixtures("another_row")
def test_a_row_alone_brings_the_kind_to_the_webhook() -> None:
    assert is_known_kind("serving.example.com", "Endpoint")
    assert {
        "apiGroups": ["serving.example.com"],
        "apiVersions": ["v1beta2"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["endpoints"],
        "scope": "Namespaced",
    } in webhook_rules()["models"]


@pytest.mark.parametrize(
    ("group", "kind", "entry"),
    [
        ("serving.kserve.io", "InferenceService", "models"),
        ("serving.kserve.io", "ServingRuntime", "models"),
        ("serving.kserve.io", "ClusterServingRuntime", "models"),
        ("", "Pod", "workloads"),
        ("apps", "Deployment", "workloads"),
        ("apps", "StatefulSet", "workloads"),
        ("apps", "DaemonSet", "workloads"),
        ("apps", "ReplicaSet", "workloads"),
        ("batch", "Job", "workloads"),
        ("batch", "CronJob", "workloads"),
        ("mlgate.dev", "ModelCard", "records"),
        ("mlgate.dev", "SignOff", "records"),
        ("mlgate.dev", "Waiver", "records"),
        ("", "Namespace", "records"),
    ],
)
def test_the_table_has_every_kind_the_gate_is_there_for(group: str, kind: str, entry: str) -> None:
    row = find_kind(group, kind)

    assert row is not None
    assert row.webhook == entry


def test_kinds_are_told_apart_by_group_as_well() -> None:
    assert find_kind("ome.io", "InferenceService") != find_kind("serving.kserve.io", "InferenceService")
    assert find_kind("kubeai.org", "Model") != find_kind("mlops.seldon.io", "Model")
    assert not is_known_kind("example.com", "InferenceService")
    assert not is_known_kind("serving.kserve.io", "Deployment")


def test_a_kind_of_a_model_group_that_nobody_has_looked_at_is_unknown() -> None:
    assert is_unknown_to_its_group("serving.kserve.io", "InferenceServices")
    assert is_unknown_to_its_group("serving.kserve.io", "inferenceservice")
    for group, kind in (("serving.kserve.io", "LocalModelNode"), ("apps", "Anything"), ("", "ConfigMap")):
        assert not is_unknown_to_its_group(group, kind)


def test_what_is_left_aside_is_of_a_model_group_and_has_no_row() -> None:
    groups = {row.group for row in gated_kinds().values() if row.webhook == "models"}
    for entry in kinds_aside():
        assert entry.group in groups
        assert entry.why
        assert not [kind for kind in entry.kinds if is_known_kind(entry.group, kind)]


def test_scope_is_that_of_the_table() -> None:
    assert is_cluster_scoped("serving.kserve.io", "ClusterServingRuntime")
    assert is_cluster_scoped("", "Namespace")
    assert not is_cluster_scoped("", "Pod")
    assert not is_cluster_scoped("example.com", "Unknown")


def test_the_webhook_gets_every_row_and_the_subresources_that_matter_once() -> None:
    rules = [rule for entry in webhook_rules().values() for rule in entry]
    sent = [(group, name) for rule in rules for group in rule["apiGroups"] for name in rule["resources"]]

    wanted = {(row.group, row.resource) for row in gated_kinds().values()} | {
        ("", "pods/ephemeralcontainers"),
        ("", "namespaces/status"),
        ("", "namespaces/finalize"),
    }
    assert sorted(sent) == sorted(wanted)
    assert all(rule["operations"] == ["CREATE", "UPDATE"] for rule in rules)


def test_the_gate_is_let_read_every_row_that_can_own_or_be_named_and_what_stands_between() -> None:
    read = [
        (group, name) for rule in reading_rules() for group in rule["apiGroups"] for name in rule["resources"]
    ]
    rows = {(row.group, row.resource) for row in gated_kinds().values() if row.webhook != "records"}
    between = {(entry.group, name) for entry in kinds_aside() for name in entry.between}

    assert sorted(read) == sorted((rows | between) - {("", "pods")})
    assert between
    assert not between & rows
    assert all(rule["verbs"] == ["get"] for rule in reading_rules())


def test_the_references_of_the_table_have_the_scope_of_their_rows() -> None:
    for row in gated_kinds().values():
        for component in row.components:
            for kind in (kind for field in component.references for kind in field.kinds):
                group = kind.api_version.rpartition("/")[0]
                assert is_cluster_scoped(group, kind.kind) is not kind.namespaced


def test_a_row_with_a_misspelt_field_is_refused() -> None:
    row: dict[str, Any] = yaml.safe_load(ROW) | {"serve": True}

    with pytest.raises(ValueError, match="serve"):
        Kind.model_validate(row)
