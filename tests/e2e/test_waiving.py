"""What a waiver lifts, whose waiver does, and that what it lifts is told all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from casebook.documents import Object
from cluster.kubectl import Answer
from journeys import Journey, pinned, soon, written
from records import in_days
from refusals import refusal, refused_by_gate, refused_by_guard
from staging import Stage, signed
from verdicts import DecisionLog

pytestmark = pytest.mark.usefixtures("signing")
NAMESPACE = "waiving"
FOUND = "supply_chain.model_not_pinned"
"""The one thing that is wrong with the model."""


@pytest.fixture(scope="module")
def whole(stage: Stage, signing: None) -> Journey:
    """A model that is approved, and lies on a volume, which production does not accept."""
    case = stage.copy("model-volume", NAMESPACE, without="Waiver")
    stage.sign(signed(case))
    return Journey(stage, case)


@pytest.fixture
def journey(whole: Journey) -> Iterator[Journey]:
    """The same, as long as a test lasts; its waivers go with it."""
    assert whole.codes() == [FOUND]
    yield whole
    whole.forget("waivers")


def grant(journey: Journey, name: str, person: str = "risk-committee", **spec: Any) -> Answer:
    """A person creates a waiver of what was found."""
    return journey.create(person, journey.waiver(name, **{"codes": [FOUND]} | spec))


def granted(journey: Journey, name: str, person: str = "risk-committee", **spec: Any) -> Object:
    """The same, where nothing speaks against it."""
    answer = grant(journey, name, person, **spec)
    assert answer.ok, answer.errors
    return journey.waiver(name, **spec)


def hindered(journey: Journey, person: str, why: str) -> None:
    """It is refused, and told why the waiver that was meant for it does not apply."""
    answer = journey.deploy(person)
    assert refused_by_gate(answer), answer.errors
    assert {*refusal(answer.errors).codes} == {FOUND}
    assert "Warning: waiver.not_applied: " in answer.errors
    assert why in answer.errors


def test_what_is_waived_lets_the_model_in_and_is_told_and_logged(journey: Journey) -> None:
    end = granted(journey, "granted")["spec"]["expiresAt"]
    answer = journey.deploy()
    assert answer.ok, answer.errors
    assert f"Warning: {FOUND}: waived until {end}" in answer.errors
    assert f"by Waiver {NAMESPACE}/granted: " in answer.errors
    assert "waiver.expiring" not in answer.errors
    log = DecisionLog(journey.stage.cluster.folder / "mlgate.log")
    entry = log.newest(namespace=NAMESPACE, kind="InferenceService")
    assert [text.partition("[")[0] for text in entry["waived"]] == [FOUND]
    assert entry["violations"] == []


def test_a_waiver_that_ends_soon_is_told(journey: Journey) -> None:
    granted(journey, "ending-soon", expiresAt=in_days(10))
    answer = journey.deploy()
    assert answer.ok, answer.errors
    assert f"Warning: waiver.expiring: waiver {NAMESPACE}/ending-soon ends on {in_days(10)}" in answer.errors


def test_a_waiver_ends_when_it_says(journey: Journey) -> None:
    end = soon()
    granted(journey, "ending", expiresAt=written(end))
    assert journey.codes() == []
    journey.refused_after(end, FOUND)
    hindered(journey, "engineer", "it ended on ")


def test_a_waiver_of_another_code_lifts_nothing(journey: Journey) -> None:
    granted(journey, "other-code", codes=["fairness.group_too_small"])
    assert journey.codes() == [FOUND]


@pytest.mark.parametrize(
    "subject",
    [
        {"workload": {"kind": "InferenceService", "name": "another"}},
        {"workload": {"kind": "Deployment", "name": "churn-forecast"}},
        {"model": "churn-forecast", "version": "1.0.9"},
        {"model": "another", "version": "1.1.0"},
        {"digest": f"sha256:{'5d' * 32}"},
        {"workload": {"kind": "InferenceService", "name": "churn-forecast"}, "version": "1.0.9"},
    ],
    ids=["workload", "kind", "version", "model", "digest", "both"],
)
def test_a_waiver_of_something_else_lifts_nothing(journey: Journey, subject: Object) -> None:
    granted(journey, "of-something-else", subject=subject)
    assert journey.codes() == [FOUND]


def test_a_waiver_of_the_model_in_this_version_lifts_it(journey: Journey) -> None:
    granted(journey, "of-this-version", subject={"model": "churn-forecast", "version": "1.1.0"})
    assert journey.codes() == []


def test_a_waiver_in_another_namespace_lifts_nothing(journey: Journey) -> None:
    elsewhere = journey.waiver("elsewhere", codes=[FOUND])
    elsewhere["metadata"]["namespace"] = "default"
    assert journey.create("risk-committee", elsewhere).ok
    assert journey.codes() == [FOUND]


@pytest.mark.parametrize("asking", ["rita@example.com", " RITA@Example.com "])
def test_nobody_waives_for_oneself(journey: Journey, asking: str) -> None:
    answer = grant(journey, "for-oneself", requestedBy=asking)
    assert refused_by_guard(answer), answer.errors
    assert journey.codes() == [FOUND]


def test_nobody_waives_in_the_name_of_somebody_else(journey: Journey) -> None:
    answer = grant(journey, "forged", "administrator")
    assert refused_by_guard(answer), answer.errors
    assert journey.codes() == [FOUND]


def test_whoever_may_not_grant_waivers_grants_none(journey: Journey) -> None:
    answer = grant(journey, "of-an-engineer", "engineer", approvedBy="erin@example.com")
    assert 'cannot create resource "waivers"' in answer.errors


def test_whoever_grants_a_waiver_does_not_deploy(journey: Journey) -> None:
    granted(journey, "of-who-deploys", "administrator", approvedBy="ada@example.com")
    assert journey.codes("engineer") == []
    hindered(journey, "administrator", "its approver built or deploys the version")


def test_whoever_built_the_model_grants_no_waiver_for_it(stage: Stage, signing: None) -> None:
    built = Journey(stage, stage.copy("model-volume", "waiving-author", without="Waiver"))
    card = built.card
    card["metadata"]["name"] = "churn-forecast-of-rita"
    card["spec"]["model"]["authors"].append("Rita@Example.com")
    stage.must("engineer", [card])
    workload = pinned(built.workload, card)
    digest = workload["metadata"]["annotations"]["mlgate.dev/model-card"].partition("@")[2]
    assert built.create("business-owner", built.approval("approved", cardDigest=digest)).ok
    assert grant(built, "of-an-author").ok
    answer = built.deploy("engineer", workload)
    assert {*refusal(answer.errors).codes} == {FOUND}
    assert "its approver built or deploys the version" in answer.errors


@pytest.mark.parametrize(
    ("fields", "code", "told"),
    [
        ({"expiresAt": in_days(120)}, "waiver.expiry_invalid", "at most 90 days"),
        ({"expiresAt": "2020-01-01"}, "waiver.expiry_invalid", "expiresAt is 2020-01-01"),
        ({"ticket": "  "}, "waiver.scope_invalid", "spec.ticket is missing"),
        ({"reason": "tbd"}, "waiver.scope_invalid", "spec.reason says nothing"),
        ({"codes": ["*"]}, "waiver.scope_invalid", "code * does not exist"),
        ({"codes": ["supply_chain.*"]}, "waiver.scope_invalid", "code supply_chain.* does not exist"),
        ({"codes": ["input.invalid"]}, "waiver.scope_invalid", "input.invalid cannot be waived"),
        ({"codes": [FOUND, "waiver.scope_invalid"]}, "waiver.scope_invalid", "waiver.scope_invalid cannot"),
        (
            {"codes": ["model_card.digest_mismatch"]},
            "waiver.scope_invalid",
            "model_card.digest_mismatch cannot be waived in profile production",
        ),
    ],
)
def test_a_waiver_that_is_too_wide_or_not_explained_is_refused(
    journey: Journey, fields: Object, code: str, told: str
) -> None:
    answer = grant(journey, "too-wide", **fields)
    assert refused_by_gate(answer), answer.errors
    assert refusal(answer.errors).codes == [code]
    assert told in answer.errors


@pytest.mark.parametrize("field", ["ticket", "reason", "expiresAt", "requestedBy", "codes"])
def test_a_waiver_that_leaves_something_out_is_refused_by_its_definition(
    journey: Journey, field: str
) -> None:
    record = journey.waiver("unbounded", codes=[FOUND])
    del record["spec"][field]
    answer = journey.create("risk-committee", record)
    assert f"spec.{field}: Required value" in answer.errors


@pytest.mark.parametrize(
    "subject",
    [None, {}, {"model": "churn-forecast"}, {"version": "1.1.0"}],
    ids=["none", "empty", "model", "version"],
)
def test_a_waiver_for_nothing_in_particular_is_refused_by_its_definition(
    journey: Journey, subject: Object | None
) -> None:
    record = journey.waiver("of-nothing", codes=[FOUND], subject=subject)
    answer = journey.create("risk-committee", record)
    assert "spec.subject must name a workload, a digest, or a model with its version" in answer.errors


def test_what_is_longer_than_anybody_reads_is_refused_by_its_definition(journey: Journey) -> None:
    for field, value in (("reason", "x" * 4097), ("ticket", "x" * 1025), ("codes", [FOUND] * 65)):
        answer = grant(journey, "endless", **{field: value})
        assert f"spec.{field}: Too " in answer.errors, answer.errors


def test_what_may_not_be_waived_in_production_may_be_in_staging(journey: Journey) -> None:
    kubectl = journey.stage.cluster.kubectl
    kubectl.must("administrator", "create", "namespace", "waiving-staging")
    kubectl.must("administrator", "label", "namespace", "waiving-staging", "mlgate.dev/profile=staging")
    record = journey.waiver("in-staging", codes=["model_card.digest_mismatch"])
    record["metadata"]["namespace"] = "waiving-staging"
    answer = journey.create("risk-committee", record)
    assert answer.ok, answer.errors
