"""Ask the gate over HTTP, as the API server does."""

from __future__ import annotations

import json
import ssl
import urllib.request
import uuid
from typing import Any

from casebook.cases import Requester
from casebook.documents import Object
from cluster.gate import GateProcess

SERVER_SECONDS = 5


def review(entry: Object, user: Requester) -> dict[str, Any]:
    """The AdmissionReview of a CREATE."""
    group, _, version = entry["apiVersion"].rpartition("/")
    kind = {"group": group, "version": version, "kind": entry["kind"]}
    resource = {"group": group, "version": version, "resource": f"{entry['kind'].lower()}s"}
    request = {
        "uid": str(uuid.uuid4()),
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": entry["metadata"]["name"],
        "namespace": entry["metadata"].get("namespace", ""),
        "operation": "CREATE",
        "userInfo": {"username": user.username, "groups": list(user.groups)},
        "object": entry,
        "oldObject": None,
        "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def ask(gate: GateProcess, entry: Object, user: Requester) -> dict[str, Any]:
    """The gate's response to a CREATE of the object by that user."""
    body = json.dumps(review(entry, user)).encode()
    call = urllib.request.Request(  # noqa: S310 - the gate's own address
        f"{gate.url}/validate?timeout={SERVER_SECONDS}s",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    trust = ssl.create_default_context(cafile=gate.authority.certificate)
    with urllib.request.urlopen(call, timeout=SERVER_SECONDS, context=trust) as answer:  # noqa: S310 - as above
        response: dict[str, Any] = json.load(answer)["response"]
    return response
