"""Whose approval lets a model in, of what, and until when: each told by what becomes of the deployment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster.local import LocalCluster
from journeys import Journey, another_version, pinned, soon, written
from refusals import refusal, refused_by_guard
from staging import Stage

pytestmark = pytest.mark.usefixtures("signing")
MISSING = "signoff.approval_missing"
NAMESPACE = "approvals"
ROBOT = f"system:serviceaccount:{NAMESPACE}:approver"


@pytest.fixture(scope="module")
def whole(stage: Stage, signing: None) -> Journey:
    """A model of limited risk, which needs one approval by a business owner."""
    return Journey(stage, stage.copy("ticket-router", NAMESPACE))


@pytest.fixture
def journey(whole: Journey) -> Iterator[Journey]:
    """The same, as long as a test lasts; its records go with it."""
    assert whole.codes() == [MISSING]
    yield whole
    whole.forget("signoffs")


def test_what_one_signs_oneself_lets_the_model_in(journey: Journey) -> None:
    answer = journey.create("business-owner", journey.approval("own"))
    assert answer.ok, answer.errors
    assert journey.codes() == []


def test_what_is_signed_in_the_name_of_somebody_else_changes_nothing(journey: Journey) -> None:
    answer = journey.create("lead", journey.approval("forged", approver="bo@example.com"))
    assert refused_by_guard(answer), answer.errors
    assert journey.codes() == [MISSING]


def test_an_approval_in_a_role_that_was_not_asked_for_changes_nothing(journey: Journey) -> None:
    own = journey.approval("of-another-role", role="privacy", approver="pia@example.com")
    assert journey.create("privacy", own).ok
    assert journey.codes() == [MISSING]


@pytest.fixture(scope="module")
def robot(cluster: LocalCluster, whole: Journey) -> tuple[str, ...]:
    """Flags of kubectl that act as a service account which RBAC lets approve."""
    must = cluster.kubectl.must
    must("administrator", "create", "serviceaccount", "approver", "-n", NAMESPACE)
    for role in ("approve:businessOwner", "grant-waivers"):
        must(
            *("administrator", "create", "rolebinding", role.replace(":", "-").lower(), "-n", NAMESPACE),
            *(f"--clusterrole=mlgate:{role}", f"--serviceaccount={NAMESPACE}:approver"),
        )
    token = must("administrator", "create", "token", "approver", "-n", NAMESPACE).strip()
    must("administrator", "config", "set-credentials", "approver", f"--token={token}")
    return ("--user=approver",)


def test_a_service_account_approves_nothing_whatever_rbac_lets_it_create(
    journey: Journey, robot: tuple[str, ...]
) -> None:
    kubectl = journey.stage.cluster.kubectl
    answer = kubectl.send("engineer", "create", [journey.approval("of-a-robot", approver=ROBOT)], *robot)
    assert answer.ok, "the guard sees an approver who signs for itself, with the verb approve"
    refused = journey.deploy()
    assert {*refusal(refused.errors).codes} == {MISSING, "signoff.approver_not_independent"}
    assert f"{ROBOT} is a service account that setting signOff.serviceAccounts" in refused.errors


def test_a_service_account_signs_for_no_person(journey: Journey, robot: tuple[str, ...]) -> None:
    kubectl = journey.stage.cluster.kubectl
    answer = kubectl.send("engineer", "create", [journey.approval("for-bo")], *robot)
    assert refused_by_guard(answer), answer.errors
    assert journey.codes() == [MISSING]


def test_an_approval_cannot_be_turned_into_another_one(journey: Journey) -> None:
    other = journey.approval("edited", version="1.3.9")
    assert journey.create("business-owner", other).ok
    kubectl = journey.stage.cluster.kubectl
    for person in ("business-owner", "administrator"):
        answer = kubectl.send(person, "replace", [journey.approval("edited")])
        assert not answer.ok
    assert "cannot be changed" in answer.errors
    assert journey.codes() == [MISSING, "signoff.not_bound"]


def test_a_rejection_cannot_be_turned_into_an_approval(journey: Journey) -> None:
    assert journey.create("business-owner", journey.approval("turned", decision="rejected")).ok
    patch = ("patch", "signoff", "turned", "-n", NAMESPACE, "--type=merge", "-p")
    answer = journey.stage.cluster.kubectl("administrator", *patch, '{"spec":{"decision":"approved"}}')
    assert "cannot be changed" in answer.errors
    assert journey.codes() == [MISSING, "signoff.rejected"]


def test_an_approval_is_of_the_card_as_it_was_read(journey: Journey) -> None:
    assert journey.create("business-owner", journey.approval("of-this-card")).ok
    assert journey.codes() == []
    card = journey.card
    card["metadata"]["name"] = "ticket-router-edited"
    card["spec"]["limitations"] = ["Tickets in other languages than these three are never sent anywhere."]
    journey.stage.must("engineer", [card])
    assert journey.codes(entry=pinned(journey.workload, card)) == [MISSING, "signoff.not_bound"]


def test_an_approval_is_of_one_version(journey: Journey) -> None:
    assert journey.create("business-owner", journey.approval("of-this-version")).ok
    card, workload = another_version(journey, "1.4.1")
    journey.stage.must("engineer", [card])
    assert journey.codes(entry=workload) == [MISSING, "signoff.not_bound"]
    assert journey.codes() == []


def test_an_approval_is_of_one_artifact(journey: Journey) -> None:
    other = journey.approval("of-other-weights", digest=f"sha256:{'5d' * 32}")
    assert journey.create("business-owner", other).ok
    assert journey.codes() == [MISSING, "signoff.not_bound"]


def test_an_approval_ends_when_it_says(journey: Journey) -> None:
    end = soon()
    assert journey.create("business-owner", journey.approval("ending", expiresAt=written(end))).ok
    assert journey.codes() == []
    journey.refused_after(end, MISSING, "signoff.expired")


def test_an_approval_that_has_ended_before_it_was_given_counts_for_nothing(journey: Journey) -> None:
    assert journey.create("business-owner", journey.approval("ended", expiresAt="2020-01-01")).ok
    assert journey.codes() == [MISSING, "signoff.expired"]


def test_whoever_approved_does_not_deploy(journey: Journey) -> None:
    assert journey.create("lead", journey.approval("of-the-lead", approver="lee@example.com")).ok
    assert journey.codes("engineer") == []
    assert journey.codes("lead") == [MISSING, "signoff.approver_not_independent"]
    assert journey.create("business-owner", journey.approval("of-another")).ok
    assert journey.codes("lead") == []


@pytest.mark.parametrize(
    ("field", "value"), [("authors", [" BO@Example.com "]), ("initiatedBy", "bo@example.com")]
)
def test_whoever_built_it_does_not_approve(journey: Journey, field: str, value: object) -> None:
    card = journey.card
    part = "model" if field == "authors" else "training"
    card["spec"][part][field] = value
    card["metadata"]["name"] = f"ticket-router-{field.lower()}"
    journey.stage.must("engineer", [card])
    workload = pinned(journey.workload, card)
    digest = workload["metadata"]["annotations"]["mlgate.dev/model-card"].partition("@")[2]
    assert journey.create("business-owner", journey.approval(f"of-{part}", cardDigest=digest)).ok
    assert journey.codes(entry=workload) == [MISSING, "signoff.approver_not_independent"]
    other = journey.approval(f"of-{part}-lead", cardDigest=digest, approver="lee@example.com")
    assert journey.create("lead", other).ok
    assert journey.codes(entry=workload) == []


def test_an_approval_in_another_namespace_changes_nothing(journey: Journey) -> None:
    elsewhere = journey.approval("elsewhere")
    elsewhere["metadata"]["namespace"] = "default"
    assert journey.create("business-owner", elsewhere).ok
    assert journey.codes() == [MISSING]


def test_who_acts_as_an_approver_by_impersonation_cannot_be_told_from_them(journey: Journey) -> None:
    kubectl = journey.stage.cluster.kubectl
    own = [journey.approval("impersonated")]
    flags = ("--as=bo@example.com", "--as-group=business-owners", "--validate=ignore")
    refused = kubectl.send("engineer", "create", own, *flags)
    assert "cannot impersonate" in refused.errors
    assert journey.codes() == [MISSING]
    assert kubectl.send("administrator", "create", own, *flags).ok
    assert journey.codes() == [], "so the verb impersonate is worth every role"
