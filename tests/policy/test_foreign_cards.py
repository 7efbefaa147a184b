"""Model cards in other formats, judged by the real OPA: each says what its golden file says, no more."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from casebook.cases import EXAMPLES, read_case
from casebook.documents import read_one
from casebook.foreign import CARDS, expectations, findings, foreign_cards

ALL = foreign_cards()
COMPLETE = {"cyclonedx/ticket-router.json", "huggingface/ticket-router.md", "spdx/ticket-router.json"}
"""Cards that use the extension of their format to say all that a ModelCard can."""
FORMATS = sorted({card.path.parent.name for card in ALL})


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return asyncio.run(expectations(ALL))


def test_every_card_gets_exactly_what_its_golden_file_says(found: dict[str, Any]) -> None:
    different = [card.name for card in ALL if read_one(card.expected) != found[card.name]]
    assert different == [], "tools/card_examples.py --renew writes what is found now"


@pytest.mark.parametrize("name", FORMATS)
def test_there_are_three_cards_of_each_format_and_each_is_known_by_its_content(name: str) -> None:
    own = [card for card in ALL if card.path.parent.name == name]
    assert len(own) >= 3
    assert {card.content().format for card in own} == {name}


def test_only_a_complete_card_is_admitted_to_production(found: dict[str, Any]) -> None:
    assert {name for name, said in found.items() if said["verdict"] == "allowed"} == COMPLETE


def test_a_thin_card_is_asked_for_the_evidence_it_does_not_hold(found: dict[str, Any]) -> None:
    for name, said in found.items():
        if name in COMPLETE:
            continue
        assert "model_card.missing" not in said["violations"], name
        assert "governance.risk_tier_missing" in said["violations"], name
        assert {"fairness.bias_test_missing", "fairness.bias_test_stale"} & {*said["violations"]}, name


async def test_a_card_of_another_model_covers_nothing() -> None:
    pattern = read_case(EXAMPLES / "ticket-router").manifest[0]
    other = "oci://registry.example.com/support/another@sha256:" + "1" * 64
    for card, said in (await findings(ALL, pattern, other)).items():
        assert "model_card.artifact_mismatch" in said["violations"], card


def test_no_golden_file_is_left_of_a_card_that_is_gone() -> None:
    written = {path for name in FORMATS for path in (CARDS / name).glob("*.expected.yaml")}
    assert written == {card.expected for card in ALL}
