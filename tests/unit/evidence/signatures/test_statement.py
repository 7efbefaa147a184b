"""Statements of sign-offs: each field absent, null, mistyped, and the subjects."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.statement import read_sign_off_statement

MODEL_DIGEST = "sha256:" + "a1" * 32
CARD_DIGEST = "sha256:" + "b2" * 32
PATH = "card.signOffs[0].statement"


def test_it_is_told_as_it_states_itself(statement: dict[str, Any]) -> None:
    read = read_sign_off_statement(statement, PATH)
    assert read.problems == ()
    assert (read.subject.model, read.subject.version) == ("credit", "2.3.1")
    assert (read.subject.digest, read.subject.card_digest) == (MODEL_DIGEST, CARD_DIGEST)
    assert read.predicate["expiresAt"] == "2027-05-20T09:00:00Z"


@pytest.mark.parametrize("key", ["_type", "predicateType"])
@pytest.mark.parametrize("value", [None, "https://slsa.dev/provenance/v1", 7])
def test_a_statement_about_something_else_is_no_sign_off(
    statement: dict[str, Any], key: str, value: Any
) -> None:
    with pytest.raises(StatementRefused, match=key):
        read_sign_off_statement({**statement, key: value}, PATH)


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_what_is_no_object_is_no_statement(document: Any) -> None:
    with pytest.raises(StatementRefused):
        read_sign_off_statement(document, PATH)


@pytest.mark.parametrize("field", ["role", "approver", "decision", "model", "version", "issuedAt"])
@pytest.mark.parametrize("value", [None, 7, "", [], {}])
def test_a_field_that_does_not_fit_is_null_and_named(
    statement: dict[str, Any], field: str, value: Any
) -> None:
    statement["predicate"][field] = value
    read = read_sign_off_statement(statement, PATH)
    assert read.predicate.get(field) is None
    assert f"{PATH}.predicate.{field}" in [problem.path for problem in read.problems]


@pytest.mark.parametrize("field", ["role", "approver", "decision", "model", "version", "issuedAt"])
def test_a_field_that_is_absent_is_named(statement: dict[str, Any], field: str) -> None:
    del statement["predicate"][field]
    read = read_sign_off_statement(statement, PATH)
    assert f"{PATH}.predicate.{field}" in [problem.path for problem in read.problems]


@pytest.mark.parametrize("predicate", [None, [], "approved"])
def test_a_predicate_that_is_no_object_states_nothing(statement: dict[str, Any], predicate: Any) -> None:
    read = read_sign_off_statement({**statement, "predicate": predicate}, PATH)
    assert read.predicate == {}
    assert [problem.path for problem in read.problems] == [f"{PATH}.predicate"]
    assert (read.subject.model, read.subject.digest) == (None, None)


@pytest.mark.parametrize("subjects", [None, [], {}, "credit"])
def test_without_subjects_it_is_about_no_digest(statement: dict[str, Any], subjects: Any) -> None:
    read = read_sign_off_statement({**statement, "subject": subjects}, PATH)
    assert (read.subject.digest, read.subject.card_digest) == (None, None)
    assert [problem.path for problem in read.problems] == [f"{PATH}.subject"]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {},
        {"name": "card"},
        {"name": 7, "digest": {"sha256": "b2" * 32}},
        {"name": "card", "digest": {"sha256": "short"}},
        {"name": "card", "digest": {"sha256": "B2" * 32}},
        {"name": "card", "digest": {"sha256": "b2" * 32 + "\n"}},
        {"name": "card", "digest": {"sha512": "b2" * 64}},
    ],
)
def test_a_subject_that_names_no_digest_is_a_problem(statement: dict[str, Any], entry: Any) -> None:
    statement["subject"][1] = entry
    read = read_sign_off_statement(statement, PATH)
    assert read.subject.card_digest is None
    assert [problem.path for problem in read.problems] == [f"{PATH}.subject[1]"]


def test_two_subjects_of_one_name_do_not_let_a_rule_choose(statement: dict[str, Any]) -> None:
    statement["subject"].append({"name": "card", "digest": {"sha256": "c3" * 32}})
    read = read_sign_off_statement(statement, PATH)
    assert [problem.path for problem in read.problems] == [f"{PATH}.subject[2].name"]


def test_a_model_named_card_cannot_take_the_digest_of_the_card(statement: dict[str, Any]) -> None:
    statement["predicate"]["model"] = "card"
    read = read_sign_off_statement(statement, PATH)
    assert read.subject.digest is None
    assert read.problems
