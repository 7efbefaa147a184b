from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from casebook.cases import EXAMPLES, Case, read_case, read_reference
from casebook.documents import CasebookError, is_card, label
from casebook.pins import digests, wrong_pins
from casebook.shift import parse_day
from casebook.twins import cases_on, namespaces_are_apart

REFERENCE = parse_day(read_reference(EXAMPLES).reference_day)
LATER = REFERENCE + timedelta(days=365)


@pytest.fixture(scope="module")
def on_the_day() -> dict[str, Case]:
    return {case.name: case for case in cases_on(REFERENCE, EXAMPLES)}


@pytest.fixture(scope="module")
def later() -> dict[str, Case]:
    return {case.name: case for case in cases_on(LATER, EXAMPLES)}


def test_on_the_reference_day_a_written_case_is_as_it_stands(on_the_day: dict[str, Case]) -> None:
    assert on_the_day["credit-scoring"] == read_case(EXAMPLES / "credit-scoring")


def test_every_case_has_a_namespace_of_its_own(on_the_day: dict[str, Case]) -> None:
    assert namespaces_are_apart(on_the_day.values())


def test_two_cases_in_one_namespace_are_not_apart(on_the_day: dict[str, Case]) -> None:
    case = on_the_day["ticket-router"]
    assert not namespaces_are_apart([case, case])


@pytest.mark.parametrize("day", [REFERENCE, LATER])
def test_all_pins_are_right_but_those_of_the_tampered_card(day: date) -> None:
    wrong = {case.name for case in cases_on(day, EXAMPLES) if list(wrong_pins(list(case.objects)))}
    assert wrong == {"credit-scoring-tampered"}


def test_the_pins_of_the_tampered_case_are_those_of_the_approved_card(later: dict[str, Case]) -> None:
    approved = digests(later["credit-scoring"].objects)["credit-scoring-3.2.0"]
    tampered = later["credit-scoring-tampered"]
    assert {named for _, named, _ in wrong_pins(list(tampered.objects))} == {approved}


def test_a_year_later_all_dates_of_a_card_are_a_year_later(
    on_the_day: dict[str, Case], later: dict[str, Case]
) -> None:
    before, after = (
        next(item for item in cases["credit-scoring"].evidence if is_card(item))
        for cases in (on_the_day, later)
    )
    moved = date.fromisoformat(before["spec"]["evaluation"]["date"]) + timedelta(days=365)
    assert after["spec"]["evaluation"]["date"] == moved.isoformat()
    assert after["spec"]["training"]["completedAt"] == "2027-10-05T14:20:00Z"
    assert after["spec"]["model"] == before["spec"]["model"]


def test_a_day_no_calendar_has_stays(later: dict[str, Case]) -> None:
    card = next(item for item in later["credit-scoring-invalid-card"].evidence if is_card(item))
    assert card["spec"]["evaluation"]["date"] == "2026-02-30"


def test_a_twin_leaves_its_original_as_it_was(on_the_day: dict[str, Case]) -> None:
    names = [label(item) for item in on_the_day["credit-scoring-no-sign-off"].evidence]
    assert "SignOff/credit-scoring-3.2.0-business" not in names
    assert "SignOff/credit-scoring-3.2.0-business" in [
        label(item) for item in on_the_day["credit-scoring"].evidence
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(EXAMPLES / "reference.yaml", tmp_path / "reference.yaml")
    shutil.copytree(EXAMPLES / "ticket-router", tmp_path / "ticket-router")
    twin = tmp_path / "twin"
    twin.mkdir()
    shutil.copy(EXAMPLES / "ticket-router" / "expected.yaml", twin / "expected.yaml")
    return tmp_path


@pytest.mark.parametrize(
    ("of", "change", "told"),
    [
        ("nobody", "object: Pod/y, remove: true", "twin: there is no case nobody"),
        ("ticket-router", "object: Pod/y, remove: true", "twin: there is no Pod/y"),
        (
            "ticket-router",
            "object: Namespace/ticket-router, patch: [{op: remove, path: /spec}]",
            "twin: remove /spec: no such place",
        ),
    ],
)
def test_a_twin_that_no_longer_fits_its_original_is_an_error(
    root: Path, of: str, change: str, told: str
) -> None:
    (root / "twin" / "twin.yaml").write_text(f"of: {of}\nchanges: [{{why: x, {change}}}]")
    with pytest.raises(CasebookError, match=told):
        cases_on(REFERENCE, root)


def test_a_reference_day_that_is_none_is_an_error(root: Path) -> None:
    path = root / "reference.yaml"
    path.write_text(path.read_text().replace("2026-11-02", "yesterday"))
    with pytest.raises(CasebookError, match="'yesterday' is no day"):
        cases_on(REFERENCE, root)
