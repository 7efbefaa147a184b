"""Who may sign: guarded by the API server itself, and judged again by the gate."""

from __future__ import annotations

import pytest
from casebook.cases import Requester
from casebook.documents import Object
from cluster.local import LocalCluster
from cluster.people import person
from records import sign_off, waiver
from refusals import refused_by_gate, refused_by_guard
from reviews import ask

WITHDRAW_PRIVACY: Object = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "withdraw-privacy", "namespace": "default"},
    "rules": [
        {
            "apiGroups": ["mlgate.dev"],
            "resources": ["signoffroles"],
            "resourceNames": ["privacy"],
            "verbs": ["withdraw"],
        }
    ],
}


def test_an_approver_signs_in_an_own_name(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("business-owner", "create", [sign_off("own-name")])
    assert answer.ok, answer.errors


def test_a_sign_off_naming_somebody_else_is_refused_by_the_guard(cluster: LocalCluster) -> None:
    forged = sign_off("other-name", approver="petra@example.com")
    answer = cluster.kubectl.send("business-owner", "create", [forged])
    assert refused_by_guard(answer), answer.errors


def test_a_sign_off_naming_somebody_else_is_refused_by_the_gate_too(cluster: LocalCluster) -> None:
    bo = person("business-owner")
    forged = sign_off("other-name", approver="petra@example.com")
    response = ask(cluster.gate, forged, Requester(username=bo.username, groups=bo.groups))
    assert response["allowed"] is False
    assert "signoff.approver_not_requester" in response["status"]["message"]


def test_an_administrator_may_do_everything_but_sign_as_somebody_else(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("administrator", "create", [sign_off("administrator")])
    assert refused_by_guard(answer), answer.errors


def test_a_role_that_is_not_held_is_refused_by_the_guard(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("business-owner", "create", [sign_off("other-role", role="privacy")])
    assert refused_by_guard(answer), answer.errors


def test_an_engineer_cannot_create_sign_offs_at_all(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("engineer", "create", [sign_off("engineer", approver="erin@example.com")])
    assert not answer.ok
    assert 'cannot create resource "signoffs"' in answer.errors


def test_a_given_sign_off_cannot_be_changed(cluster: LocalCluster) -> None:
    given = sign_off("unchangeable")
    assert cluster.kubectl.send("business-owner", "create", [given]).ok
    patch = '{"spec":{"version":"9.9.9"}}'
    answer = cluster.kubectl("administrator", "patch", "signoff", "unchangeable", "--type=merge", "-p", patch)
    assert not answer.ok
    assert "cannot be changed" in answer.errors


def test_a_rejection_is_taken_back_by_its_approver_alone(cluster: LocalCluster) -> None:
    assert cluster.kubectl.send("business-owner", "create", [sign_off("rejection", decision="rejected")]).ok
    answer = cluster.kubectl("lead", "delete", "signoff", "rejection")
    assert refused_by_guard(answer), answer.errors
    assert cluster.kubectl("business-owner", "delete", "signoff", "rejection").ok


def test_a_rejection_is_taken_back_by_who_holds_the_verb_withdraw_on_its_role(cluster: LocalCluster) -> None:
    kubectl = cluster.kubectl
    assert kubectl.send("business-owner", "create", [sign_off("withdrawn", decision="rejected")]).ok
    assert kubectl.send("administrator", "create", [WITHDRAW_PRIVACY]).ok
    bind = ("administrator", "create", "rolebinding")
    kubectl.must(*bind, "withdraw-privacy", "--role=withdraw-privacy", "--group=model-risk")
    kubectl.must(*bind, "withdraw-all", "--clusterrole=mlgate:withdraw", "--group=compliance")

    answer = kubectl("model-risk", "delete", "signoff", "withdrawn")
    assert refused_by_guard(answer), "the verb on another role does not do"
    answer = kubectl("compliance", "delete", "signoff", "withdrawn")
    assert answer.ok, answer.errors


def test_an_approval_is_taken_back_by_its_approver(cluster: LocalCluster) -> None:
    assert cluster.kubectl.send("business-owner", "create", [sign_off("approval")]).ok
    answer = cluster.kubectl("engineer", "delete", "signoff", "approval")
    assert "cannot delete resource" in answer.errors
    assert cluster.kubectl("business-owner", "delete", "signoff", "approval").ok


def test_a_rejection_does_not_keep_its_namespace_from_being_deleted(cluster: LocalCluster) -> None:
    kubectl = cluster.kubectl
    kubectl.must("administrator", "create", "namespace", "closing-down")
    rejection = sign_off("rejection", decision="rejected")
    rejection["metadata"]["namespace"] = "closing-down"
    assert kubectl.send("business-owner", "create", [rejection]).ok
    answer = kubectl("administrator", "delete", "namespace", "closing-down", "--timeout=45s")
    assert answer.ok, answer.errors


@pytest.mark.parametrize(
    "end",
    [
        *("2027-02-30", "2027-13-01T00:00:00Z", "2027-01-01T00:00:00+99:00"),
        *("2100-01-01", "2099-12-31T23:59:59-01:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_the_end_of_a_record_is_a_day_there_is_and_not_too_far(cluster: LocalCluster, end: str) -> None:
    for who, record in (
        ("business-owner", sign_off("endless", expiresAt=end)),
        ("risk-committee", waiver("endless", expiresAt=end)),
    ):
        answer = cluster.kubectl.send(who, "create", [record])
        assert "spec.expiresAt: Invalid value" in answer.errors
        assert "must be a day there is, before the year 2100" in answer.errors


@pytest.mark.parametrize("end", ["2028-02-29", "2099-12-31T23:59:59.5Z", "2099-12-31T23:59:59+01:00"])
def test_the_end_of_a_record_is_a_day_or_a_moment(cluster: LocalCluster, end: str) -> None:
    record = sign_off("ends", expiresAt=end)
    answer = cluster.kubectl.send("business-owner", "create", [record], "--dry-run=server")
    assert answer.ok, answer.errors


def test_a_record_has_no_state_beside_what_was_signed(cluster: LocalCluster) -> None:
    assert cluster.kubectl.send("business-owner", "create", [sign_off("stateless")]).ok
    change = ("--subresource=status", "--type=merge", "-p", '{"spec":{"version":"9.9.9"}}')
    answer = cluster.kubectl("administrator", "patch", "signoff", "stateless", *change)
    assert not answer.ok
    assert "NotFound" in answer.errors


def test_a_waiver_is_granted_by_the_person_it_names(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("risk-committee", "create", [waiver("granted")])
    assert answer.ok, answer.errors
    forged = waiver("forged", approvedBy="ada@example.com")
    assert refused_by_guard(cluster.kubectl.send("risk-committee", "create", [forged]))


def test_a_granted_waiver_cannot_be_changed(cluster: LocalCluster) -> None:
    assert cluster.kubectl.send("risk-committee", "create", [waiver("fixed")]).ok
    for patch in ('{"spec":{"expiresAt":"2099-01-01"}}', '{"spec":{"codes":["*"]}}'):
        answer = cluster.kubectl("administrator", "patch", "waiver", "fixed", "--type=merge", "-p", patch)
        assert not answer.ok
        assert "cannot be changed" in answer.errors
    stored = cluster.kubectl.must("administrator", "get", "waiver", "fixed", "-o", "jsonpath={.spec.codes}")
    assert stored == '["fairness.group_too_small"]'


def test_labels_of_a_record_may_change(cluster: LocalCluster) -> None:
    assert cluster.kubectl.send("business-owner", "create", [sign_off("labelled")]).ok
    assert cluster.kubectl.send("risk-committee", "create", [waiver("labelled")]).ok
    for kind in ("signoff", "waiver"):
        answer = cluster.kubectl("administrator", "label", kind, "labelled", "quarter=q4")
        assert answer.ok, answer.errors


def test_nobody_grants_a_waiver_to_oneself(cluster: LocalCluster) -> None:
    answer = cluster.kubectl.send("risk-committee", "create", [waiver("own", requestedBy="rita@example.com")])
    assert refused_by_guard(answer), answer.errors


def test_acting_as_somebody_else_needs_the_verb_impersonate(cluster: LocalCluster) -> None:
    signing = sign_off("impersonated")
    # Validation asks the API server as well, and would be refused first.
    flags = ("--as=bo@example.com", "--as-group=business-owners", "--validate=ignore")
    for person_or_group in (flags, ("--as=erin@example.com", "--as-group=system:masters", flags[-1])):
        answer = cluster.kubectl.send("engineer", "create", [signing], *person_or_group)
        assert not answer.ok
        assert "cannot impersonate" in answer.errors
    allowed = cluster.kubectl.send("administrator", "create", [signing], *flags)
    assert allowed.ok, allowed.errors


def test_the_guard_holds_while_mlgate_is_down(cluster: LocalCluster) -> None:
    cluster.gate.stop()
    try:
        forged = cluster.kubectl.send(
            "business-owner", "create", [sign_off("down-forged", approver="petra@example.com")]
        )
        honest = cluster.kubectl.send("business-owner", "create", [sign_off("down-honest")])
    finally:
        cluster.gate.start()
    assert refused_by_guard(forged), forged.errors
    assert not honest.ok
    assert "failed calling webhook" in honest.errors, "nothing is let through unseen"
    again = cluster.kubectl.send("business-owner", "create", [sign_off("up-honest")])
    assert again.ok, again.errors
    assert not refused_by_gate(again)
