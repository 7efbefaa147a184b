from __future__ import annotations

from casebook.cases import Expectation
from casebook.outcome import Outcome, differences, in_files

DENIED = Expectation(
    object="Pod/x", verdict="denied", profile="production", tier="high", violations=("a.one", "b.two")
)


def test_the_order_of_codes_does_not_matter() -> None:
    assert differences(DENIED, Outcome("denied", "production", "high", ("b.two", "a.one"))) == []


def test_how_often_a_code_was_found_does_matter() -> None:
    found = differences(DENIED, Outcome("denied", "production", "high", ("a.one", "b.two", "b.two")))
    assert found == ["violations are a.one, b.two, b.two, expected a.one, b.two"]


def test_every_difference_is_told() -> None:
    found = differences(DENIED, Outcome("allowed", "staging", None, warnings=("c.three",)))
    assert found == [
        "verdict is allowed, expected denied",
        "profile is staging, expected production",
        "tier is None, expected high",
        "violations are none, expected a.one, b.two",
        "warnings are c.three, expected none",
    ]


def test_files_that_stand_for_a_cluster_leave_a_code_undecided() -> None:
    wanted = in_files(DENIED.model_copy(update={"needs_cluster": ("b.two",)}))
    assert wanted.violations == ("a.one",)
    assert wanted.verdict == "denied"
    assert differences(wanted, Outcome("denied", "production", "high", ("a.one",), skipped=("b.two",))) == []
    assert differences(wanted, Outcome("denied", "production", "high", ("a.one",))) == [
        "b.two should be among the skipped codes"
    ]


def test_an_object_refused_for_that_code_alone_passes_in_files() -> None:
    wanted = in_files(DENIED.model_copy(update={"needs_cluster": ("a.one", "b.two")}))
    assert wanted.verdict == "allowed"


def test_what_needs_no_cluster_is_the_same_in_files() -> None:
    assert in_files(DENIED) is DENIED
