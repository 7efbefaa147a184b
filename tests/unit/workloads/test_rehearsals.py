"""Dry runs of operators."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.request import GroupVersionKind, Request
from mlgate.workloads.rehearsals import is_rehearsal


def request(group: str = "serving.kserve.io", **changes: Any) -> Request:
    kind = GroupVersionKind(group=group, version="v1alpha2", kind="LLMInferenceService")
    metadata = {"generateName": "chat-validation-", "name": "chat-validation-x7k2p"}
    given: dict[str, Any] = {
        "origin": "admission",
        "uid": "u",
        "operation": "CREATE",
        "dry_run": True,
        "kind": kind,
        "namespace": "team",
        "name": None,
        "sub_resource": None,
        "user_info": None,
        "object": {"metadata": metadata, "spec": {"model": {"uri": "hf://acme/chat"}}},
        "old_object": None,
    }
    return Request(**{**given, **changes})


def test_what_kserve_tries_of_a_service_is_a_rehearsal() -> None:
    assert is_rehearsal(request())


@pytest.mark.parametrize(
    "changes",
    [
        {"dry_run": False},
        {"operation": "UPDATE"},
        {"group": "example.com"},
        {"object": {"metadata": {"generateName": "chat-"}}},
        {"object": {"metadata": {"name": "chat-validation-"}}},
        {"object": {"metadata": {"generateName": ["-validation-"]}}},
        {"object": {}},
        {"kind": GroupVersionKind(group="serving.kserve.io", version="v1beta1", kind="InferenceService")},
    ],
)
def test_whatever_is_stored_or_has_another_name_is_none(changes: dict[str, Any]) -> None:
    assert not is_rehearsal(request(**changes))
