"""Alerts and dashboard ask for metrics that mlgate has."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from chart.outcomes import value_sets
from chart.rendering import objects, only, render
from chart.values import CHART
from cluster.pki import Authority
from prometheus_client import CollectorRegistry

from mlgate.live_policy import LivePolicy
from mlgate.policy.manifest import BundleManifest
from mlgate.policy.reload import PolicyState
from mlgate.web.certificate_metrics import CertificateMetrics
from mlgate.web.metrics import Metrics
from mlgate.web.policy_metrics import PolicyMetrics
from mlgate.web.tls import ServingCertificate

METRIC = re.compile(r"\b(mlgate_[a-z_]+)\b")
ALERTS = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((CHART / "files" / "dashboard.json").read_text())
QUERIES = [rule["expr"] for rule in ALERTS] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]


GROUPED = re.compile(r"\bby \(([^)]*)\)|\{([^}]*)\}")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> CollectorRegistry:
    """Everything mlgate exposes, before anything was counted."""
    registry = Metrics().registry
    state = PolicyState(BundleManifest("v1", frozenset(), None), datetime.now(UTC))
    judging = SimpleNamespace(judging="v1", state=state, source=None)
    registry.register(PolicyMetrics(cast("LivePolicy", judging)))
    folder = tmp_path_factory.mktemp("serving")
    pair = Authority(folder).server("mlgate", ["mlgate.mlgate-system.svc"])
    registry.register(CertificateMetrics(ServingCertificate(pair.certificate, pair.key)))
    return registry


@pytest.fixture(scope="module")
def scraped(registry: CollectorRegistry) -> set[str]:
    """Names of everything mlgate exposes."""
    endings = {
        "counter": ["_total"],
        "histogram": ["_bucket", "_count", "_sum"],
        "info": ["_info"],
        "gauge": [""],
    }
    return {family.name + end for family in registry.collect() for end in endings[family.type]}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_metrics_that_there_are(query: str, scraped: set[str]) -> None:
    asked = set(METRIC.findall(query))
    assert asked or "apiserver_admission_webhook_fail_open_count" in query
    assert asked <= scraped


@pytest.fixture(scope="module")
def labels(registry: CollectorRegistry) -> dict[str, set[str]]:
    """The labels of each metric by its name; most have no sample before something was counted."""
    found = {
        name: set(getattr(collector, "_labelnames", ()))
        for name, collector in registry._names_to_collectors.items()
    }
    for sample in (one for family in registry.collect() for one in family.samples):
        found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("query", [query for query in QUERIES if "apiserver_" not in query])
def test_a_query_asks_for_labels_its_metrics_have(query: str, labels: dict[str, set[str]]) -> None:
    asked = {
        re.split(r"[=!~]", part)[0].strip()
        for grouped, chosen in GROUPED.findall(query)
        for part in (grouped or chosen).split(",")
    }
    there = {label for metric in METRIC.findall(query) for label in labels[metric]}
    assert asked - {"le"} <= there


def test_every_alert_says_what_is_the_matter() -> None:
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS)
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")


def test_no_panel_covers_another() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)


def test_what_is_rendered_is_what_lies_in_the_chart() -> None:
    found = objects(render(value_sets()["own-certificate"].values))
    assert only(found, "PrometheusRule")["spec"]["groups"][0]["rules"] == ALERTS
    (dashboard,) = [entry["data"] for entry in found if entry["metadata"]["name"] == "mlgate-dashboard"]
    assert json.loads(dashboard["mlgate.json"]) == DASHBOARD


def test_prometheus_checks_the_certificate() -> None:
    sets: dict[str, Any] = value_sets()
    for name, source in (("own-certificate", "configMap"), ("own-issuer", "secret")):
        found = objects(render(sets[name].values))
        (endpoint,) = only(found, "ServiceMonitor")["spec"]["endpoints"]
        assert endpoint["scheme"] == "https"
        assert endpoint["tlsConfig"]["serverName"] == "mlgate.mlgate-system.svc"
        assert endpoint["tlsConfig"]["ca"][source]["key"] == "ca.crt"
        assert "insecureSkipVerify" not in endpoint["tlsConfig"]
