"""One attempt of what must be refused, and what the API server's answers to it mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from mlgate.doctor.reach import reach
from mlgate.errors import EvidenceUnavailable

DENIED = 'admission webhook "records.mlgate.dev" denied the request: '
CODE = "✗ waiver.expiry_invalid: waiver mlgate-reach must end"


@dataclass
class Api:
    """An API server with one answer."""

    status: int
    message: str
    user: dict[str, Any] = field(default_factory=lambda: {"username": "ada@example.com"})
    tried: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def review(self, path: str, question: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        assert (path.rpartition("/")[2], question["kind"]) == ("selfsubjectreviews", "SelfSubjectReview")
        return {"status": {"userInfo": self.user}}

    def dry_run(self, path: str, value: Mapping[str, Any], timeout: float) -> tuple[int, dict[str, Any]]:
        self.tried.append((path, value))
        return self.status, {"message": self.message} if self.message else dict(value)


@pytest.mark.parametrize(
    ("status", "message", "answer", "code"),
    [
        (403, DENIED + CODE, "refused", 0),
        (201, "", "passed", 1),
        (500, 'Internal error occurred: failed calling webhook "records.mlgate.dev": EOF', "unreachable", 1),
        (504, 'Timeout: failed calling webhook "records.mlgate.dev": deadline', "unreachable", 1),
        (403, DENIED + "✗ gate.unavailable: no decision", "unjudged", 1),
        (403, 'waivers.mlgate.dev is forbidden: User "x" cannot create resource "waivers"', "other", 2),
        (403, f'admission webhook "records.example.com" denied the request: {CODE}', "other", 2),
        (422, "ValidatingAdmissionPolicy 'waivers.mlgate.dev' denied request", "other", 2),
        (404, "the server could not find the requested resource", "other", 2),
    ],
)
def test_an_answer_is_taken_for_what_it_is(status: int, message: str, answer: str, code: int) -> None:
    found = reach(Api(status, message), "default", 1)
    assert (found.answer, found.exit_code, found.told) == (answer, code, message)
    assert found.means


def test_only_its_end_is_wrong_with_what_is_tried() -> None:
    api = Api(201, "")
    reach(api, "default", 1)
    ((path, value),) = api.tried
    assert path == "/apis/mlgate.dev/v1alpha1/namespaces/default/waivers"
    assert value["spec"]["approvedBy"] == "ada@example.com"
    assert value["spec"]["approvedBy"] != value["spec"]["requestedBy"]
    assert value["spec"]["expiresAt"] < "2026"


def test_who_is_nobody_to_the_api_server_approves_as_nobody() -> None:
    api = Api(403, "forbidden", user={})
    assert reach(api, "default", 1).answer == "other"
    assert api.tried[0][1]["spec"]["approvedBy"] == ""


def test_a_long_answer_is_cut() -> None:
    assert len(reach(Api(403, DENIED + "x" * 9000), "default", 1).told) == 2000


@pytest.mark.parametrize("namespace", ["", "..", "a/../b", "a%2fb"])
def test_nothing_else_than_a_namespace_is_named(namespace: str) -> None:
    api = Api(201, "")
    with pytest.raises(EvidenceUnavailable, match="no namespace is called"):
        reach(api, namespace, 1)
    assert api.tried == []
