"""A document that loses or garbles one place is never judged by fewer rules, and never unnoticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rego import REGO, evaluated

MUTATIONS = Path(__file__).with_name("mutations.rego")


@pytest.fixture(scope="module")
def answers() -> Any:
    """By document, what is decided of it whole and of every broken form of it."""
    arguments = ("--strict-builtin-errors", "--data", REGO, "--data", MUTATIONS)
    return evaluated("data.mutations.answers", None, *arguments)


def test_the_whole_documents_are_allowed_and_refused(answers: Any) -> None:
    assert {name: found["whole"]["allow"] for name, found in answers.items()} == {
        "allowed": True,
        "refused": False,
    }
    assert all(len(found["broken"]) > 500 for found in answers.values())


def test_every_broken_document_gets_a_decision(answers: Any) -> None:
    undecided = [
        (operation, path)
        for found in answers.values()
        for operation, path, answer in found["broken"]
        if answer is None
    ]
    assert undecided == []


def test_no_broken_document_is_allowed_by_fewer_rules(answers: Any) -> None:
    whole = answers["allowed"]["whole"]["evaluated"]
    short = [
        (operation, path)
        for operation, path, answer in answers["allowed"]["broken"]
        if answer["allow"] and answer["evaluated"] < whole
    ]
    assert short == []


def test_breaking_something_else_never_lifts_a_refusal(answers: Any) -> None:
    lifted = [
        (operation, path) for operation, path, answer in answers["refused"]["broken"] if answer["allow"]
    ]
    assert lifted == []
