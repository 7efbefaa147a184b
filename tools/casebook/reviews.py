"""The AdmissionReview an API server sends for an object that somebody creates."""

from __future__ import annotations

from typing import Any

from casebook.cases import Requester
from casebook.documents import Object


def review(item: Object, requester: Requester, uid: str) -> dict[str, Any]:
    """The review of one CREATE."""
    group, _, version = str(item["apiVersion"]).rpartition("/")
    kind = {"group": group, "version": version, "kind": item["kind"]}
    # Every kind of the examples has the regular plural.
    resource = {"group": group, "version": version, "resource": item["kind"].lower() + "s"}
    request = {
        "uid": uid,
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": item["metadata"]["name"],
        "namespace": item["metadata"]["namespace"],
        "operation": "CREATE",
        "userInfo": {"username": requester.username, "groups": list(requester.groups)},
        "object": item,
        "oldObject": None,
        "dryRun": False,
        "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"},
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
