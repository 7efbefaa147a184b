from __future__ import annotations

import json
from pathlib import Path

import pytest
from casebook.cases import (
    EXAMPLES,
    case_folders,
    is_twin,
    read_case,
    read_expected,
    read_reference,
    read_twin,
)
from casebook.documents import CasebookError, is_card, label

from mlgate.domain.model_card import ModelCardSpec

FOLDERS = [pytest.param(folder, id=folder.name) for folder in case_folders(EXAMPLES)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_case_says_what_it_shows_and_expects_something(folder: Path) -> None:
    expected = read_expected(folder)
    assert expected.shows.endswith(".")
    assert expected.objects


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_finding_that_is_expected_goes_with_the_verdict(folder: Path) -> None:
    for item in read_expected(folder).objects:
        assert (item.verdict == "denied") == bool(item.violations)
        assert item.verdict != "skipped" or item.profile is None


@pytest.mark.parametrize("folder", [item for item in FOLDERS if is_twin(item.values[0])])
def test_every_change_of_a_twin_does_one_thing_and_says_why(folder: Path) -> None:
    for change in read_twin(folder).changes:
        assert len(change.why) > 20
        assert sum((bool(change.patch), change.remove, change.add is not None)) == 1


@pytest.mark.parametrize("folder", [item for item in FOLDERS if not is_twin(item.values[0])])
def test_every_object_of_a_written_case_is_expected_or_evidence(folder: Path) -> None:
    case = read_case(folder)
    assert [label(item) for item in case.manifest] == [item.object for item in case.expected.objects]


def test_every_good_case_has_a_bad_twin() -> None:
    twins = [folder for folder in case_folders(EXAMPLES) if is_twin(folder)]
    bad = {
        read_twin(folder).of
        for folder in twins
        if any(item.verdict == "denied" for item in read_expected(folder).objects)
    }
    assert {folder.name for folder in case_folders(EXAMPLES) if not is_twin(folder)} == bad


def test_the_requester_is_a_person_who_signs_nothing() -> None:
    requester = read_reference(EXAMPLES).requester
    assert requester.username == "erin@example.com"
    assert "ml-engineers" in requester.groups


@pytest.mark.parametrize(
    "text",
    ["shows: x", "shows: x\nobjects: []\nextra: 1", "[", "shows: x\nobjects: []\n---\nshows: y\nobjects: []"],
)
def test_an_expectation_that_is_not_valid_is_an_error_naming_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "expected.yaml").write_text(text)
    with pytest.raises(CasebookError, match=r"expected\.yaml"):
        read_expected(tmp_path)


def test_a_missing_file_is_an_error_naming_it(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"manifest\.yaml"):
        read_case(tmp_path)


def test_every_card_holds_only_what_a_card_can_hold() -> None:
    folders = [folder for folder in case_folders(EXAMPLES) if not is_twin(folder)]
    cards = [item for folder in folders for item in read_case(folder).evidence if is_card(item)]
    read = [ModelCardSpec.model_validate_json(json.dumps(card["spec"])) for card in cards]
    assert len(read) == 12
