"""The record of a decision: who asked what and what came of it, and nothing that must not be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlgate.audit.record import record_decision
from mlgate.domain.audit_record import AuditRecord
from mlgate.domain.decision import Decision, Failure, Verdict
from mlgate.domain.evidence import Card, CardPlace, CardSource, Unavailable
from mlgate.domain.request import Request
from mlgate.domain.workload import Container, EnvVar, ServedModel, Workload

REQUEST = {
    "origin": "admission", "uid": "u-1", "operation": "UPDATE", "dry_run": True,
    "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
    "namespace": "bank", "name": "credit", "sub_resource": None,
    "user_info": {
        "username": "erin", "uid": "4711", "groups": ["ml", "staff"], "extra": {"token": ["s3cr3t"]},
    },
    "object": {"spec": {"password": "s3cr3t"}}, "old_object": {"spec": {"password": "s3cr3t"}},
}  # fmt: skip
FINDING = {
    "code": "fairness.limit_exceeded", "severity": "high", "enforcement": "deny", "message": "s3cr3t",
    "path": "card.x", "observed": "s3cr3t", "required": "r", "fix": "s3cr3t", "docs": "d", "term": "sex",
    "model": "predictor",
}  # fmt: skip
WAIVER = {
    "namespace": "bank", "name": "w", "ticket": "T-1", "reason": "s3cr3t", "approvedBy": "a",
    "expiresAt": "e",
}  # fmt: skip
DECISION = {
    "allow": False, "profile": "production", "tier": "high", "classification": "restricted",
    "mode": "enforce", "unchanged": False,
    "violations": [FINDING, FINDING | {"code": "model_card.missing", "term": None}],
    "warnings": [FINDING | {"code": "a.warned"}], "audited": [FINDING | {"code": "a.noted", "term": None}],
    "waived": [FINDING | {"code": "a.waived", "waiver": WAIVER}], "suppressed": 3,
    "skipped": [{"code": "a.skipped", "reason": "offline", "detail": "s3cr3t"}],
    "evaluated": ["model_card.missing"], "revision": "v1",
}  # fmt: skip
DENIED = Verdict(
    outcome="judged", allowed=False, reason="refused", decision=Decision.model_validate(DECISION)
)
FAILED = Verdict(
    outcome="failed",
    allowed=False,
    reason="engine timeout",
    failure=Failure(part="engine", reason="timeout", message="s3cr3t"),
)


def workload(*models: ServedModel) -> Workload:
    variable = EnvVar(name="TOKEN", value="s3cr3t", path="spec")
    box = Container(name="c", role="server", path="spec", env=(variable,), args=("--key=s3cr3t",))
    return Workload(
        api_version="apps/v1", kind="Deployment", namespace="bank", name="credit", models=models,
        containers=(box,), labels={"a": "s3cr3t"},
    )  # fmt: skip


def served(uri: str, revision: str | None = None) -> ServedModel:
    return ServedModel(id="m", uri=uri, scheme="s3", revision=revision, path="spec")


def card(status: str, digest: str | None) -> Card:
    return Card.model_validate(
        {
            "source": CardSource(type="modelcard", reference="modelcard/credit"),
            "status": status,
            "digest": digest,
            "card": {"model": {"name": "s3cr3t"}},
            "credentials": (CardPlace(path="card.x", reason="value"),),
            "problems": ({"path": "card.y", "message": "s3cr3t"},),
        }
    )


def record(verdict: Verdict = DENIED, **changes: Any) -> AuditRecord:
    fields: dict[str, Any] = {
        "decision_id": "d-1",
        "evaluated_at": "2026-11-22T06:15:00Z",
        "workload": workload(served("s3://m/1")),
        "cards": (card("found", "sha256:ab"), card("missing", None)),
        "unavailable": (Unavailable(lookup="waivers", reason="error", message="s3cr3t"),),
        "evidence_source": "cluster",
        "stage_seconds": {"extract": 0.00012345678},
    }
    request = Request.model_validate(changes.pop("request", REQUEST))
    return record_decision(request, verdict, **(fields | changes))


def test_a_record_says_who_asked_what_and_what_came_of_it() -> None:
    assert record().wire() == {
        "decisionId": "d-1", "evaluatedAt": "2026-11-22T06:15:00Z", "origin": "admission", "uid": "u-1",
        "operation": "UPDATE", "dryRun": True, "group": "apps", "version": "v1", "kind": "Deployment",
        "namespace": "bank", "name": "credit", "subResource": None, "username": "erin",
        "groups": ["ml", "staff"], "outcome": "judged", "allowed": False, "reason": "refused",
        "profile": "production", "tier": "high", "classification": "restricted", "mode": "enforce",
        "revision": "v1", "violations": ["fairness.limit_exceeded[sex]", "model_card.missing"],
        "warnings": ["a.warned[sex]"], "audited": ["a.noted"], "waived": ["a.waived[sex]"], "suppressed": 3,
        "skipped": ["a.skipped"], "models": ["s3://m/1"],
        "cards": ["modelcard/credit@sha256:ab", "modelcard/credit@missing"],
        "unavailable": ["waivers:error"], "evidenceSource": "cluster", "stageSeconds": {"extract": 0.000123},
    }  # fmt: skip


@pytest.mark.parametrize("verdict", [DENIED, FAILED])
def test_no_secret_and_no_text_of_a_card_a_manifest_or_a_message_is_kept(verdict: Verdict) -> None:
    line = json.dumps(record(verdict).wire())

    assert "s3cr3t" not in line
    assert "4711" not in line


def test_a_record_without_a_decision_has_every_field_all_the_same() -> None:
    failed = record(FAILED, workload=None, cards=(), unavailable=(), evidence_source="none").wire()

    assert failed.keys() == record().wire().keys()
    assert (failed["outcome"], failed["allowed"], failed["reason"]) == ("failed", False, "engine timeout")
    assert (failed["profile"], failed["revision"], failed["violations"]) == (None, None, [])
    assert (failed["models"], failed["cards"], failed["unavailable"]) == ([], [], [])


def test_a_request_nobody_is_known_to_have_made_names_nobody() -> None:
    found = record(request=REQUEST | {"user_info": None})

    assert (found.username, found.groups) == (None, ())


@pytest.mark.parametrize(
    ("uri", "revision", "shown"),
    [
        ("https://h/m?X-Amz-Signature=s3cr3t&x", None, "https://h/m?X-Amz-Signature=***&***"),
        ("https://h/m?versionId=v7&sig=s3cr3t", "v7", "https://h/m?versionId=v7&sig=***"),
        ("https://h/m?", None, "https://h/m?"),
        ("https://h/m?s3cr3t", None, "https://h/m?***"),
        ("https://h/m?a=&b=s3cr3t=", None, "https://h/m?a=***&b=***"),
        ("hf://org/m@main", "main", "hf://org/m@main"),
    ],
)
def test_the_query_of_an_address_is_kept_as_far_as_it_is_the_revision(
    uri: str, revision: str | None, shown: str
) -> None:
    assert record(workload=workload(served(uri, revision))).models == (shown,)


def test_long_and_many_addresses_do_not_fill_the_log() -> None:
    found = record(workload=workload(served("s3://m/" + "x" * 5000), *[served("s3://m/1")] * 150)).models

    assert len(found) == 101
    assert len(found[0]) == 513
    assert found[-1] == "and 51 more"
