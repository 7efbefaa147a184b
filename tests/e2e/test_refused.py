"""What is refused, as the engineer sees it."""

from __future__ import annotations

import pytest
from refusals import refusal, refused_by_gate
from staging import Stage, only

from mlgate.evidence.digest import card_digest

pytestmark = pytest.mark.usefixtures("signing")

LACKING = [
    ("credit-scoring-no-card", "model_card.missing"),
    ("credit-scoring-no-bias-test", "fairness.bias_test_missing"),
    ("credit-scoring-unfair", "fairness.limit_exceeded"),
    ("credit-scoring-no-encryption", "encryption.at_rest_missing"),
    ("credit-scoring-plain-http", "encryption.insecure_uri"),
    ("credit-scoring-no-sign-off", "signoff.approval_missing"),
    ("credit-scoring-requester-signs", "signoff.approver_not_independent"),
]


@pytest.mark.parametrize(("name", "code"), LACKING, ids=[code for _, code in LACKING])
def test_a_model_that_lacks_one_thing_is_refused_and_not_stored(stage: Stage, name: str, code: str) -> None:
    case = stage(name)
    expected = only(case)
    answer = stage.submit(case, expected)
    assert refused_by_gate(answer), answer.errors
    assert "(Forbidden)" in answer.errors
    found = refusal(answer.errors)
    assert code in found.codes
    assert found.codes == sorted(expected.violations)
    assert found.fixes
    assert stage.stored(case.name, expected.object) is None


def test_a_card_that_lies_about_fairness_is_recomputed(stage: Stage) -> None:
    case = stage("credit-scoring-unfair")
    (card,) = [entry for entry in case.evidence if entry["kind"] == "ModelCard"]
    stated = {
        metric["name"]: metric["value"]
        for evaluation in card["spec"]["fairness"]["evaluations"]
        for metric in evaluation["metrics"]
    }
    assert stated["demographicParityRatio"] >= 0.8, "the card claims to be fair"
    failures = refusal(stage.submit(case, only(case)).errors).failures
    told = [message for code, message in failures if code == "fairness.limit_exceeded"]
    assert any("demographicParityRatio" in message and "0.57" in message for message in told), told
    assert "fairness.value_inconsistent" in [code for code, _ in failures]


def test_all_failures_are_told_at_once_before_the_fixes(stage: Stage) -> None:
    case = stage.copy("credit-scoring", "unsigned-and-unencrypted")
    expected = only(case)
    card = next(entry for entry in case.evidence if entry["kind"] == "ModelCard")
    del card["spec"]["encryption"]
    assert stage.cluster.kubectl.send("engineer", "replace", [card]).ok
    text = stage.submit(case, expected).errors
    codes = refusal(text).codes
    assert {"model_card.digest_mismatch", "encryption.at_rest_missing", "signoff.approval_missing"} <= set(
        codes
    )
    assert text.index("✗") < text.index("How to fix")


def test_a_card_that_was_changed_is_told_with_the_pinned_digest_and_its_own(stage: Stage) -> None:
    case = stage("credit-scoring-tampered")
    (card,) = [entry for entry in case.evidence if entry["kind"] == "ModelCard"]
    (workload,) = case.manifest
    pinned = workload["metadata"]["annotations"]["mlgate.dev/model-card"].partition("@")[2]
    own = card_digest(card["spec"])
    assert own != pinned
    told = dict(refusal(stage.submit(case, only(case)).errors).failures)["model_card.digest_mismatch"]
    assert pinned in told
    assert own in told
