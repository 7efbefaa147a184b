"""Ask the gate over HTTP, as the API server does, and the API server about rights, as the guards do."""

from __future__ import annotations

import json
import ssl
import urllib.request
import uuid
from typing import Any

from casebook.cases import Requester
from casebook.documents import Object
from cluster.gate import GateProcess
from cluster.kubectl import Kubectl

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


def may_use(kubectl: Kubectl, person: str, verb: str, role: str, namespace: str = "default") -> bool:
    """Whether a person holds a verb on a role of sign-offs, as the guard asks it.

    `kubectl auth can-i` cannot ask: nothing is served under that name, and it then leaves out the group.
    """
    resource = {"group": "mlgate.dev", "resource": "signoffroles", "name": role}
    question = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {**resource, "verb": verb, "namespace": namespace}},
    }
    flags = ("--validate=ignore", "-o", "jsonpath={.status.allowed}")
    answer = kubectl.send(person, "create", [question], *flags)
    assert answer.output in ("true", "false"), answer.errors
    return answer.output == "true"
