"""Waivers, as the objects state them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate.evidence.guards import Guard
from mlgate.evidence.waivers import read_waiver

Make = Callable[..., dict[str, Any]]
STANDING = Guard(since="2026-01-01T00:00:00Z")


def test_a_waiver_is_told_as_it_states_itself(waiver: Make, now: str) -> None:
    stored = waiver(terms=["ageBand"], subject={"model": "credit", "version": "2.3.1"})
    read = read_waiver(stored, STANDING, "2026-12-31T00:00:00Z")
    assert read.problems == ()
    assert (read.assurance, read.namespace, read.name) == ("authenticated", "prod", "w1")
    assert (read.codes, read.terms) == (("fairness.limit_exceeded",), ("ageBand",))
    assert (read.subject.model, read.subject.version, read.subject.workload) == ("credit", "2.3.1", None)
    assert (read.requested_by, read.approved_by) == ("erin@example.com", "rita@example.com")
    assert (read.created_at, read.expires_at) == (now, "2027-01-31T00:00:00Z")


def test_the_workload_is_kept_with_kind_and_name(waiver: Make, now: str) -> None:
    workload = read_waiver(waiver(), STANDING, now).subject.workload
    assert workload is not None
    assert (workload.kind, workload.name, workload.namespace) == ("InferenceService", "credit", None)


def test_a_workload_may_be_limited_to_a_namespace(waiver: Make, now: str) -> None:
    subject = {"workload": {"kind": "InferenceService", "name": "credit", "namespace": "lending"}}
    workload = read_waiver(waiver(subject=subject), STANDING, now).subject.workload
    assert workload is not None
    assert workload.namespace == "lending"


def test_a_waiver_under_review_begins_now(waiver: Make) -> None:
    read = read_waiver(waiver(), STANDING, "2026-12-01T00:00:00Z", under_review=True)
    assert read.created_at == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"codes": "fairness.limit_exceeded"}, "spec.codes"),
        ({"codes": []}, "spec.codes"),
        ({"codes": [5]}, "spec.codes[0]"),
        ({"terms": "ageBand"}, "spec.terms"),
        ({"terms": [5]}, "spec.terms[0]"),
        ({"term": ["ageBand"]}, "spec.term"),
        ({"subject": "all"}, "spec.subject"),
        ({"subject": {"workload": {"kind": "InferenceService"}}}, "spec.subject.workload.name"),
        (
            {"subject": {"workload": {"kind": "Job", "name": "a", "namespace": 7}}},
            "spec.subject.workload.namespace",
        ),
        ({"subject": {"digest": "any"}}, "spec.subject.digest"),
        ({"expiresAt": "2026-02-30"}, "spec.expiresAt"),
        ({"approvedBy": ""}, "spec.approvedBy"),
    ],
)
def test_what_would_widen_a_waiver_by_mistake_is_a_problem(
    waiver: Make, now: str, fields: dict[str, Any], path: str
) -> None:
    assert path in [problem.path for problem in read_waiver(waiver(**fields), STANDING, now).problems]


def test_a_waiver_that_is_being_deleted_says_so(waiver: Make, now: str) -> None:
    stored = waiver()
    stored["metadata"]["deletionTimestamp"] = now
    assert [problem.message for problem in read_waiver(stored, STANDING, now).problems] == [
        "is being deleted"
    ]


@pytest.mark.parametrize("stored", [{}, {"metadata": None, "spec": None}, {"metadata": {"name": 5}}])
def test_an_object_that_says_nothing_is_empty_and_has_problems(stored: dict[str, Any], now: str) -> None:
    read = read_waiver(stored, Guard(), now)
    assert (read.name, read.namespace, read.codes, read.created_at) == ("", "", (), now)
    assert read.problems
