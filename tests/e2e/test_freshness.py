"""What the gate remembers of the cluster never outlives the truth for long."""

from __future__ import annotations

import copy
import re
import time

import pytest
from casebook.cases import Case
from cluster.kubectl import Answer
from refusals import refusal, refused_by_gate
from staging import Stage, only, signed, signer

pytestmark = pytest.mark.usefixtures("signing")

PATIENCE_SECONDS = 10
"""A watch reports a change within milliseconds; a busy machine may take longer."""


def approved(stage: Stage, namespace: str) -> Case:
    """A model with its card and approvals, which the gate has just allowed."""
    case = stage.copy("ticket-router", namespace)
    stage.sign(signed(case))
    answer = dry_run(stage, case)
    assert answer.ok, answer.errors
    return case


def dry_run(stage: Stage, case: Case) -> Answer:
    """The verdict, without storing anything."""
    return stage.submit(case, only(case), "--dry-run=server")


def withdraw(stage: Stage, case: Case) -> None:
    """Every approval is taken back by whoever gave it."""
    for record in signed(case):
        name = record["metadata"]["name"]
        stage.cluster.kubectl.must(signer(record), "delete", "signoff", name, "-n", case.name)


def refused_soon(stage: Stage, case: Case, code: str) -> None:
    """What was allowed before is refused, for this reason and without anybody's help."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while (answer := dry_run(stage, case)).ok:
        assert time.monotonic() < limit, f"{code} is still not noticed"
    assert refused_by_gate(answer), answer.errors
    assert code in refusal(answer.errors).codes


def allowed_soon(stage: Stage, case: Case) -> None:
    """The way back."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (answer := dry_run(stage, case)).ok:
        assert time.monotonic() < limit, answer.errors


def test_a_card_that_is_deleted_is_missing(stage: Stage) -> None:
    case = approved(stage, "card-deleted")
    stage.cluster.kubectl.must("engineer", "delete", "modelcard", "--all", "-n", case.name)
    refused_soon(stage, case, "model_card.missing")


def test_an_approval_that_is_taken_back_does_not_count(stage: Stage) -> None:
    case = approved(stage, "approval-taken-back")
    withdraw(stage, case)
    refused_soon(stage, case, "signoff.approval_missing")


def test_a_card_and_approvals_of_a_moment_ago_count(stage: Stage) -> None:
    case = stage.copy("ticket-router", "card-just-stored")
    stage.sign(signed(case))
    kubectl = stage.cluster.kubectl
    (card,) = (entry for entry in case.evidence if entry["kind"] == "ModelCard")
    for _ in range(3):
        kubectl.must("engineer", "delete", "modelcard", card["metadata"]["name"], "-n", case.name)
        refused_soon(stage, case, "model_card.missing")
        stage.must("engineer", [card])
        answer = dry_run(stage, case)
        assert answer.ok, "what is not remembered is looked up"


def test_a_rejection_counts_against_approvals_that_are_remembered(stage: Stage) -> None:
    case = approved(stage, "rejected-later")
    (approval,) = signed(case)
    rejection = copy.deepcopy(approval)
    rejection["metadata"]["name"] = "rejection"
    rejection["spec"] |= {"decision": "rejected", "role": "privacy", "approver": "pia@example.com"}
    stage.sign([rejection])
    refused_soon(stage, case, "signoff.rejected")


def test_a_restarted_api_server_is_followed_again_without_help(stage: Stage) -> None:
    case = approved(stage, "server-restarted")
    withdraw(stage, case)
    stage.sign(signed(case))
    stage.cluster.control_plane.restart_server()
    answer = dry_run(stage, case)
    assert answer.ok, answer.errors
    withdraw(stage, case)
    refused_soon(stage, case, "signoff.approval_missing")
    stage.sign(signed(case))
    answer = dry_run(stage, case)
    assert answer.ok, answer.errors


def reads(stage: Stage) -> float:
    """How often the API server was asked for records; watches, which the copies are made by, are left out."""
    metrics = stage.cluster.kubectl.must("administrator", "get", "--raw", "/metrics")
    series = [line for line in metrics.splitlines() if line.startswith("apiserver_request_total{")]
    asked = [line for line in series if 'group="mlgate.dev"' in line and re.search('verb="(GET|LIST)"', line)]
    return sum(float(line.rpartition(" ")[2]) for line in asked)


def test_an_allow_asks_for_no_record_and_a_refusal_once_for_each_kind(stage: Stage) -> None:
    case = approved(stage, "calls-counted")
    allowed_soon(stage, case)
    before = reads(stage)
    assert dry_run(stage, case).ok
    assert reads(stage) == before
    withdraw(stage, case)
    refused_soon(stage, case, "signoff.approval_missing")
    before = reads(stage)
    assert not dry_run(stage, case).ok
    assert before + 2 <= reads(stage) <= before + 3, (
        "the sign-offs, the waivers, and those that hold everywhere"
    )
