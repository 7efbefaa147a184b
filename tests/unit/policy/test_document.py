"""The document is complete, and says of a scan or a create only what there is."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.base import Credential
from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.evidence import Evidence, Unavailable
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import GroupVersionKind, Request, UserInfo
from mlgate.domain.verified import VerifiedEvidence
from mlgate.domain.workload import Change, Workload
from mlgate.errors import PolicyError
from mlgate.policy.document import build_input

EVIDENCE = Evidence(
    cluster=ClusterFacts(region="eu"),
    verified=VerifiedEvidence(),
    unavailable=(Unavailable(lookup="signOffs", reason="error", message="m"),),
)
CREDENTIAL = Credential(kind="env", container="c", name="PASSWORD", path="spec", reason="name")
CHANGE = Change(models=True)


def workload(name: str) -> Workload:
    return Workload(api_version="v1", kind="Pod", namespace="bank", name=name)


def document(*, with_workload: bool = True, **changed: Any) -> PolicyInput:
    request = {
        "origin": "admission", "uid": "u-1", "operation": "UPDATE", "dry_run": True,
        "kind": GroupVersionKind(group="", version="v1", kind="Pod"), "namespace": "bank", "name": "p",
        "sub_resource": "ephemeralcontainers", "user_info": UserInfo(username="erin"),
        "object": {"new": 1}, "old_object": {"old": 1},
    }  # fmt: skip
    return build_input(
        Request.model_validate(request | changed),
        workload=workload("new") if with_workload else None,
        old_workload=workload("old") if with_workload else None,
        change=CHANGE,
        cards=(),
        credentials=[CREDENTIAL],
        evidence=EVIDENCE,
        evaluated_at="2026-11-25T00:00:00Z",
    )


def test_an_update_holds_everything() -> None:
    found = document()
    assert found.evaluated_at == "2026-11-25T00:00:00Z"
    assert found.schema_version == "mlgate.dev/input/v1alpha1"
    assert found.request.wire() == {
        "uid": "u-1", "operation": "UPDATE", "dryRun": True,
        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "bank", "name": "p",
        "subResource": "ephemeralcontainers",
        "userInfo": {"username": "erin", "uid": None, "groups": [], "extra": {}},
    }  # fmt: skip
    assert (found.object, found.old_object) == ({"new": 1}, {"old": 1})
    assert (found.workload, found.old_workload) == (workload("new"), workload("old"))
    assert found.change == CHANGE
    assert found.credentials == (CREDENTIAL,)
    assert (found.cluster, found.unavailable) == (EVIDENCE.cluster, EVIDENCE.unavailable)


def test_every_key_is_on_the_wire_also_where_it_is_null() -> None:
    wire = document(name=None, namespace=None, sub_resource=None, user_info=None).wire()
    assert set(wire) == {field.alias for field in PolicyInput.model_fields.values()}
    for key in ("name", "namespace", "subResource", "userInfo"):
        assert wire["request"][key] is None


def test_a_create_has_no_old_object_and_no_change() -> None:
    found = document(operation="CREATE")
    assert (found.old_object, found.old_workload, found.change) == (None, None, Change())


def test_an_update_of_what_starts_no_model_has_no_change() -> None:
    assert document(with_workload=False).change == Change()


@pytest.mark.parametrize("operation", ["CREATE", "UPDATE", "DELETE", "CONNECT"])
def test_a_scan_is_a_create_that_nobody_asked_for(operation: str) -> None:
    found = document(origin="scan", operation=operation)
    assert (found.request.operation, found.request.user_info, found.request.uid) == ("CREATE", None, None)
    assert found.old_object is None


def test_a_check_has_no_uid_but_somebody_who_asks() -> None:
    found = document(origin="check")
    assert found.request.uid is None
    assert found.request.user_info == UserInfo(username="erin")


@pytest.mark.parametrize("operation", ["DELETE", "CONNECT"])
def test_policy_is_not_asked_about_what_stores_nothing(operation: str) -> None:
    with pytest.raises(PolicyError, match=f"policy is not asked about {operation}"):
        document(operation=operation)
