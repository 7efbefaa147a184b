"""What a signed statement must say to be the signature of a card."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from mlgate.errors import StatementRefused
from mlgate.evidence.signatures.card import card_statement, file_digests, refuse_other_card
from mlgate.evidence.signatures.in_toto import COSIGN_TYPE, OMS_TYPE

CARD = "sha256:" + "b2" * 32
OTHER = "sha256:" + "c3" * 32


def test_a_statement_about_the_card_is_taken() -> None:
    statement = card_statement(CARD, {"model": "credit"})
    assert statement["subject"] == [{"name": "card", "digest": {"sha256": "b2" * 32}}]
    refuse_other_card(statement, {OTHER, CARD})


@pytest.mark.parametrize("kind", [COSIGN_TYPE, OMS_TYPE])
def test_signatures_of_other_tools_are_taken_too(kind: str) -> None:
    refuse_other_card(card_statement(CARD, {}) | {"predicateType": kind}, {CARD})


def test_a_file_is_known_by_its_digest_and_as_a_model_of_one_file() -> None:
    own = hashlib.sha256(b"card")
    root = hashlib.sha256(own.digest()).hexdigest()
    assert file_digests(b"card") == {f"sha256:{own.hexdigest()}", f"sha256:{root}"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"predicateType": "https://mlgate.dev/sign-off/v1alpha1"}, "states https://mlgate.dev/sign-off"),
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "no signature of a card"),
        ({"predicateType": None}, "must have a predicateType"),
        ({"_type": "x"}, "no in-toto statement"),
        ({"subject": []}, "a subject with a SHA-256 digest"),
        ({"subject": None}, "a subject with a SHA-256 digest"),
        ({"subject": [{"name": "card", "digest": {"sha256": "B2" * 32}}]}, "a subject with a SHA-256"),
        ({"subject": [{"name": "card", "digest": {"sha512": "b2" * 32}}]}, "a subject with a SHA-256"),
        ({"subject": [{"name": "card", "digest": {"sha256": "c3" * 32}}]}, "is of another card"),
        ({"subject": [{"digest": {"sha256": d * 32}} for d in ("b2", "c3")]}, "about several subjects"),
        ({"subject": [{"digest": {"sha256": "b2" * 32}}, "x"]}, "about several subjects"),
    ],
)
def test_any_other_statement_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(StatementRefused, match=told):
        refuse_other_card(card_statement(CARD, {}) | changed, {CARD})


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_what_is_no_statement_is_refused(value: Any) -> None:
    with pytest.raises(StatementRefused, match="no in-toto statement"):
        refuse_other_card(value, {CARD})
