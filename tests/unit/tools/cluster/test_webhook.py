from __future__ import annotations

import base64
from typing import Any

import pytest
from cluster.webhook import configuration

RULE = {
    "apiGroups": ["serving.kserve.io"],
    "apiVersions": ["*"],
    "resources": ["inferenceservices"],
    "operations": ["CREATE", "UPDATE"],
}


AUTHORITY = b"-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"


@pytest.fixture
def webhooks() -> dict[str, Any]:
    rules = {"models": [RULE], "workloads": [RULE], "records": [RULE]}
    made = configuration("https://127.0.0.1:8443", AUTHORITY, rules)
    return {entry["name"]: entry for entry in made["webhooks"]}


def test_there_are_three_entries_and_each_fails_closed(webhooks: dict[str, Any]) -> None:
    assert list(webhooks) == ["models.mlgate.dev", "workloads.mlgate.dev", "records.mlgate.dev"]
    assert {entry["failurePolicy"] for entry in webhooks.values()} == {"Fail"}
    assert {entry["sideEffects"] for entry in webhooks.values()} == {"None"}
    assert {entry["timeoutSeconds"] for entry in webhooks.values()} == {5}


def test_the_api_server_is_told_whom_to_trust(webhooks: dict[str, Any]) -> None:
    client = webhooks["models.mlgate.dev"]["clientConfig"]
    assert client["url"] == "https://127.0.0.1:8443/validate"
    assert base64.b64decode(client["caBundle"]) == AUTHORITY


def test_plain_workloads_are_judged_only_where_the_platform_team_says_so(webhooks: dict[str, Any]) -> None:
    selector = webhooks["workloads.mlgate.dev"]["namespaceSelector"]
    assert selector["matchLabels"] == {"mlgate.dev/gate": "enabled"}
    assert "matchLabels" not in webhooks["models.mlgate.dev"]["namespaceSelector"]


def test_records_are_judged_wherever_they_can_count(webhooks: dict[str, Any]) -> None:
    (left_out,) = webhooks["records.mlgate.dev"]["namespaceSelector"]["matchExpressions"]
    assert left_out["values"] == ["kube-node-lease", "kube-system", "mlgate-system"]


def test_no_object_can_exempt_itself(webhooks: dict[str, Any]) -> None:
    assert all("objectSelector" not in entry for entry in webhooks.values())
