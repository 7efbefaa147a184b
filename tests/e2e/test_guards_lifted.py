"""What records are worth once their guard was lifted: last, for nothing given before counts after it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from casebook.documents import Object
from cluster.local import GUARDS, LocalCluster
from journeys import PATIENCE_SECONDS, Journey
from staging import Stage, signed

pytestmark = pytest.mark.usefixtures("signing", "lifting")
APPROVAL = ["signoff.approval_missing", "signoff.assurance_too_low"]
FOUND = "supply_chain.model_not_pinned"
POLICY, BINDING = "validatingadmissionpolicy", "validatingadmissionpolicybinding"


@pytest.fixture(scope="session")
def lifting(signing: None) -> None:
    """By its name these tests run after all others."""


@pytest.fixture(scope="module")
def journey(stage: Stage, signing: None) -> Journey:
    """A model that an approval and a waiver let in."""
    case = stage.copy("model-volume", "guards-lifted", without="Waiver")
    stage.sign(signed(case))
    made = Journey(stage, case)
    assert made.create("risk-committee", made.waiver("granted", codes=[FOUND])).ok
    assert made.codes() == []
    return made


def becomes(journey: Journey, expected: list[str]) -> None:
    """The gate learns of a change of the guards by itself."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while (found := journey.codes()) != sorted(expected):
        assert time.monotonic() < limit, found


@pytest.fixture(params=[POLICY, BINDING])
def part(request: pytest.FixtureRequest) -> str:
    """One of the two halves of a guard."""
    return str(request.param)


CHANGES: dict[str, Object] = {
    POLICY: {"spec": {"failurePolicy": "Ignore"}},
    BINDING: {"spec": {"validationActions": ["Warn"]}},
}


@pytest.fixture
def changed(cluster: LocalCluster, part: str, name: str) -> Iterator[str]:
    """A half of a guard that was made weaker, for a while."""
    must = cluster.kubectl.must
    before = json.loads(must("administrator", "get", part, name, "-o", "json"))["spec"]
    patch = ("administrator", "patch", part, name, "--type=merge", "-p")
    must(*patch, json.dumps(CHANGES[part]))
    yield name
    must(*patch, json.dumps({"spec": before}))


@pytest.mark.parametrize(
    ("name", "codes"), [("signoffs.mlgate.dev", APPROVAL), ("waivers.mlgate.dev", [FOUND])]
)
def test_while_the_guard_is_another_one_nothing_is_more_than_claimed(
    journey: Journey, changed: str, codes: list[str], cluster: LocalCluster
) -> None:
    becomes(journey, codes)
    if changed == "waivers.mlgate.dev":
        assert "it is only claimed" in journey.deploy().errors


def test_as_soon_as_it_is_the_shipped_one_again_they_count(journey: Journey) -> None:
    becomes(journey, [])


@pytest.mark.parametrize(
    ("name", "codes"), [("signoffs.mlgate.dev", APPROVAL), ("waivers.mlgate.dev", [FOUND])]
)
def test_a_guard_that_was_taken_away_and_put_back_vouches_for_nothing_before_it(
    journey: Journey, cluster: LocalCluster, part: str, name: str, codes: list[str]
) -> None:
    must = cluster.kubectl.must
    expected = sorted({*codes, *journey.codes()})
    must("administrator", "delete", part, name)
    becomes(journey, expected)
    must(
        "administrator",
        "apply",
        "-f",
        str(GUARDS / f"{name.partition('.')[0]}.yaml"),
        "--server-side",
        "--force-conflicts",
    )
    becomes(journey, expected)


def test_what_is_signed_within_a_minute_of_a_new_guard_is_only_claimed(journey: Journey) -> None:
    assert journey.create("business-owner", journey.approval("at-once")).ok
    assert journey.create("risk-committee", journey.waiver("at-once", codes=[FOUND])).ok
    becomes(journey, [*APPROVAL, FOUND])
    assert "it is only claimed" in journey.deploy().errors
