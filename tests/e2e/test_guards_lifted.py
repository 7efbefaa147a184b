"""What records are worth once their guard was lifted: last, for nothing given before counts after it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from casebook.documents import Object
from cluster.local import GUARDS, LocalCluster
from cluster.webhook import configuration
from journeys import PATIENCE_SECONDS, Journey
from refusals import refused_by_guard
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


WEAKER: dict[str, Object] = {
    POLICY: {"op": "replace", "path": "/spec/validations", "value": [{"expression": "true"}]},
    BINDING: {"op": "replace", "path": "/spec/validationActions", "value": ["Warn"]},
}
"""Lets any record pass: one half by what it asks, the other by what it does about it."""


def stored(cluster: LocalCluster, kind: str, name: str) -> Object:
    """An object without a namespace, as the API server holds it."""
    found: Object = json.loads(cluster.kubectl.must("administrator", "get", kind, name, "-o", "json"))
    return found


@contextmanager
def without_mlgate(cluster: LocalCluster) -> Iterator[None]:
    """Nothing asks the gate, so that the guards are alone with whoever comes."""
    authority = cluster.control_plane.authority.pem()
    name = configuration(cluster.gate.url, authority)["metadata"]["name"]
    cluster.kubectl.must("administrator", "delete", "validatingwebhookconfiguration", name)
    try:
        yield
    finally:
        cluster.register()


@contextmanager
def weakened(cluster: LocalCluster, kind: str, name: str) -> Iterator[None]:
    """Half of a guard was edited in place, and is put back as it was."""
    spec = stored(cluster, kind, name)["spec"]
    patch = ("administrator", "patch", kind, name)
    cluster.kubectl.must(*patch, "--type=json", "-p", json.dumps([WEAKER[kind]]))
    try:
        yield
    finally:
        cluster.kubectl.must(*patch, "--type=merge", "-p", json.dumps({"spec": spec}))


def forge(journey: Journey, person: str, record: Object) -> None:
    """A person creates a record in another name, once the API server has learned of the weaker guard."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (answer := journey.create(person, record)).ok:
        assert refused_by_guard(answer), answer.errors
        assert time.monotonic() < limit, "the weaker guard refuses as well"


@pytest.mark.parametrize(
    ("kind", "name", "person", "codes"),
    [
        (POLICY, "signoffs.mlgate.dev", "model-risk", APPROVAL),
        (BINDING, "waivers.mlgate.dev", "risk-committee", [FOUND]),
    ],
)
def test_what_is_forged_under_an_edited_guard_counts_for_nothing_once_it_is_put_back(
    journey: Journey, cluster: LocalCluster, kind: str, name: str, person: str, codes: list[str]
) -> None:
    forged = {
        POLICY: journey.approval("forged"),
        BINDING: journey.waiver("forged", codes=[FOUND], approvedBy="ada@example.com"),
    }[kind]
    expected = sorted({*codes, *journey.codes()})
    before = stored(cluster, kind, name)
    with without_mlgate(cluster):
        assert refused_by_guard(journey.create(person, forged)), "the guard as it is shipped refuses"
        with weakened(cluster, kind, name):
            forge(journey, person, forged)
    after = stored(cluster, kind, name)
    assert after["spec"] == before["spec"]
    assert after["metadata"]["creationTimestamp"] == before["metadata"]["creationTimestamp"]
    assert (before["metadata"]["generation"], after["metadata"]["generation"]) == (1, 3)
    becomes(journey, expected)
    if kind == BINDING:
        assert "it is only claimed" in journey.deploy().errors


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
