"""mlgate's own card."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mlgate.evidence.cards.formats import detect
from mlgate.evidence.cards.formats.modelcard import read_document, read_runtime, read_spec
from mlgate.evidence.digest import card_digest


def paths(content: Any) -> set[str]:
    return {problem.path for problem in content.problems}


def test_a_sound_card_is_returned_without_sign_offs_and_with_times_in_utc(spec: dict[str, Any]) -> None:
    written = copy.deepcopy(spec)
    content = read_spec({**spec, "signOffs": [{"role": "legal", "approver": "a"}]})
    assert content.problems == ()
    assert content.digest == card_digest(written)
    assert content.card is not None
    assert "signOffs" not in content.card
    assert content.card["training"]["completedAt"] == "2026-10-28T17:42:00Z"
    assert spec == written


def test_the_digest_is_over_what_the_author_wrote_and_not_over_what_was_understood(
    spec: dict[str, Any],
) -> None:
    spec["surprise"] = 1
    assert read_spec(spec).digest == card_digest(spec)


def test_only_the_keys_the_author_gave_are_there(spec: dict[str, Any]) -> None:
    card = read_spec(spec).card
    assert card is not None
    assert set(card) == set(spec)


@pytest.mark.parametrize("key", ["name", "version", "artifacts"])
@pytest.mark.parametrize("value", [None, "", [], {}, 5])
def test_a_card_that_does_not_say_which_model_it_is_about_is_invalid(
    spec: dict[str, Any], key: str, value: Any
) -> None:
    spec["model"][key] = value
    content = read_spec(spec)
    assert content.card is None
    assert content.format == "modelcard"
    assert content.problems


def test_a_card_whose_artifacts_have_no_uri_is_invalid(spec: dict[str, Any]) -> None:
    spec["model"]["artifacts"] = [{"digest": "sha256:" + "0" * 64}]
    assert read_spec(spec).card is None


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_a_spec_that_is_no_object_is_invalid(value: Any) -> None:
    content = read_spec(value)
    assert (content.card, content.digest) == (None, None)


def test_one_bad_date_leaves_the_rest_of_the_card_usable(spec: dict[str, Any]) -> None:
    spec["fairness"]["evaluations"][0]["date"] = "yesterday"
    content = read_spec(spec)
    assert content.card is not None
    assert content.card["fairness"]["evaluations"][0]["date"] is None
    assert paths(content) == {"card.fairness.evaluations[0].date"}


def test_duplicate_datasets_and_groups_are_problems(spec: dict[str, Any]) -> None:
    spec["datasets"] += [{"name": "loans", "classification": "public"}, {"name": "other"}]
    spec["fairness"]["evaluations"][0]["groups"].append({"group": "a", "count": 1})
    assert paths(read_spec(spec)) == {"card.datasets[1].name", "card.fairness.evaluations[0].groups[2].group"}


def test_a_flood_of_duplicates_is_told_in_a_few_lines(spec: dict[str, Any]) -> None:
    spec["datasets"] = [{"name": "loans"}] * 255 + [{"role": "test"}]
    assert len(read_spec(spec).problems) == 51


def test_the_same_group_in_two_evaluations_is_no_problem(spec: dict[str, Any]) -> None:
    spec["fairness"]["evaluations"].append(copy.deepcopy(spec["fairness"]["evaluations"][0]))
    assert read_spec(spec).problems == ()


def test_keys_that_differ_only_in_case_are_problems(spec: dict[str, Any]) -> None:
    spec["Model"] = {"name": "another", "version": "1", "artifacts": [{"uri": "x"}]}
    content = read_spec(spec)
    assert content.card is not None
    assert content.card["model"]["name"] == "credit"
    assert paths(content) == {"card.Model"}


def test_a_number_that_is_not_exact_takes_the_digest_away(spec: dict[str, Any]) -> None:
    spec["datasets"][0]["retentionDays"] = 2**60
    content = read_spec(spec)
    assert content.digest is None
    assert paths(content) == {"", "card.datasets[0].retentionDays"}


def test_a_card_that_is_too_large_deep_or_wide_is_invalid(spec: dict[str, Any]) -> None:
    large = {**spec, "limitations": ["x" * 300 * 1024]}
    wide = {**spec, "limitations": ["x"] * 20_001}
    deep: Any = "x"
    for _ in range(70):
        deep = {"k": deep}
    for value, message in ((large, "bytes"), (wide, "values"), ({**spec, "z": deep}, "levels")):
        content = read_spec(value)
        assert content.card is None
        assert message in content.problems[0].message


def test_claims_are_kept_apart_with_their_own_problems(spec: dict[str, Any]) -> None:
    spec["signOffs"] = [{"role": "king", "approver": "a"}, "nonsense"]
    content = read_spec(spec)
    assert content.problems == ()
    assert [claim.entry for claim in content.claims] == [{"role": None, "approver": "a"}, {}]
    assert [claim.problems[0].path for claim in content.claims] == [
        "card.signOffs[0].role",
        "card.signOffs[1]",
    ]


def test_claims_that_are_no_list_are_a_problem_of_the_card(spec: dict[str, Any]) -> None:
    spec["signOffs"] = {"role": "legal"}
    assert paths(read_spec(spec)) == {"card.signOffs"}


def test_what_looks_like_a_credential_is_searched_in_all_the_author_wrote(spec: dict[str, Any]) -> None:
    spec["unknown"] = "hf_secret"
    seen: list[Any] = []

    def scan(value: Any) -> list[tuple[str, str]]:
        seen.append(value)
        return [("unknown", "value")]

    assert read_spec(spec, scan).places == (("card.unknown", "value"),)
    assert seen[0]["unknown"] == "hf_secret"


def test_a_document_may_be_the_whole_object_or_its_bare_spec(spec: dict[str, Any]) -> None:
    whole = {"apiVersion": "mlgate.dev/v1alpha1", "kind": "ModelCard", "metadata": {}, "spec": spec}
    assert read_document(whole) == read_document(spec)
    assert read_document({**whole, "extra": 1}).problems[0].message == "'extra' is no field of a ModelCard"


@pytest.mark.parametrize(
    "document",
    [
        [],
        "text",
        None,
        {"license": "mit"},
        {"apiVersion": "mlgate.dev/v9", "kind": "ModelCard", "spec": {}},
        {"apiVersion": "mlgate.dev/v1alpha1", "kind": "SignOff", "spec": {}},
        {"kind": "ModelCard", "model": {}},
    ],
)
def test_other_documents_are_no_card(document: Any) -> None:
    assert detect(document) is None
    content = read_document(document)
    assert (content.card, content.format) == (None, None)


def test_incidents_and_alerts_are_read_from_the_status() -> None:
    runtime, problems = read_runtime(
        {
            "incidents": [{"id": "I-1", "severity": "low", "closedAt": "2026-11-01"}],
            "alerts": [{"name": "drift", "firingSince": "2026-11-02", "acknowledgedAt": "2026-11-03"}],
        }
    )
    assert problems == ()
    assert runtime.incidents[0].closed_at == "2026-11-01T00:00:00Z"
    assert runtime.alerts[0].acknowledged_at == "2026-11-03T00:00:00Z"


def test_an_incident_with_an_impossible_end_counts_as_open() -> None:
    runtime, problems = read_runtime({"incidents": [{"id": "I-1", "closedAt": "2026-02-30"}, "x"]})
    assert [incident.closed_at for incident in runtime.incidents] == [None, None]
    assert {problem.path for problem in problems} == {"status.incidents[0].closedAt", "status.incidents[1]"}


@pytest.mark.parametrize(("status", "count"), [(None, 0), ("x", 1), ({}, 0)])
def test_a_status_without_entries_has_none(status: Any, count: int) -> None:
    runtime, problems = read_runtime(status)
    assert (runtime.incidents, runtime.alerts, len(problems)) == ((), (), count)
