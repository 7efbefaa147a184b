"""The question to OPA: every key is there, and the raw objects keep their own."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.verified import VerifiedEvidence
from mlgate.domain.workload import Change, Workload

EMPTY: dict[str, Any] = {
    "evaluated_at": "2026-11-22T06:15:00Z", "origin": "check",
    "request": {
        "uid": None, "operation": "CREATE", "dry_run": False, "namespace": None, "name": None,
        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "sub_resource": None, "user_info": None,
    },
    "object": {}, "old_object": None, "credentials": (), "workload": None, "old_workload": None,
    "change": Change(), "cards": (), "sign_offs": (), "waivers": (), "cluster": ClusterFacts(),
    "evidence": VerifiedEvidence(), "unavailable": (),
}  # fmt: skip


def wire(**changes: Any) -> dict[str, Any]:
    return PolicyInput.model_validate(EMPTY | changes).wire()


def test_every_key_is_there_and_lists_and_maps_are_empty_rather_than_null() -> None:
    document = wire()

    assert document == {
        "schemaVersion": "mlgate.dev/input/v1alpha1",
        "evaluatedAt": "2026-11-22T06:15:00Z",
        "origin": "check",
        "request": {
            "uid": None, "operation": "CREATE", "dryRun": False, "namespace": None, "name": None,
            "kind": {"group": "", "version": "v1", "kind": "Pod"}, "subResource": None, "userInfo": None,
        },
        "object": {}, "oldObject": None, "credentials": [], "workload": None, "oldWorkload": None,
        "change": {"models": True, "containers": True, "exposure": True, "evidence": True, "any": True},
        "cards": [], "signOffs": [], "waivers": [],
        "cluster": {
            "namespace": None, "region": None, "serviceAccounts": {}, "storageClasses": {}, "secrets": {},
            "configMaps": {}, "peerAuthentication": {"mode": "UNSET"}, "networkPolicies": [],
            "authorizationPolicies": [],
        },
        "evidence": {"modelSignatures": [], "imageSignatures": [], "attestations": [], "registry": []},
        "unavailable": [],
    }  # fmt: skip


def test_a_workload_says_all_it_knows_to_be_nothing() -> None:
    document = wire(workload=Workload(api_version="v1", kind="Pod", namespace=None, name=None))

    assert document["workload"]["owner"] is None
    assert document["workload"]["labels"] == {}
    assert document["workload"]["exposure"] == {
        "scope": "none", "tls": None, "authentication": "unknown", "path": None,
    }  # fmt: skip


def test_keys_of_the_raw_object_stay_as_they_are() -> None:
    raw = {"api_version": 1, "some-key": {"camelCase": None, "snake_case": [1.5]}}

    assert wire(object=raw)["object"] == raw


@pytest.mark.parametrize("operation", ["DELETE", "CONNECT"])
def test_policy_is_not_asked_about_what_stores_nothing(operation: str) -> None:
    asked = {**EMPTY["request"], "operation": operation}

    with pytest.raises(ValidationError):
        wire(request=asked)
