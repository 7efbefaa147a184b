"""One bill of materials with two models, judged by the real OPA: the reference says which one is meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from casebook.cases import EXAMPLES, read_case
from casebook.foreign import CARDS, ForeignCard, findings

ROUTER = json.loads((CARDS / "cyclonedx" / "ticket-router.json").read_text())
OTHER = json.loads((CARDS / "cyclonedx" / "credit-limit.json").read_text())
MEANT = "pkg:huggingface/support/router@1.4.0"
"""A bom-ref as tools make them, with what must be percent-encoded in a reference."""


def model_of(bill: dict[str, Any]) -> dict[str, Any]:
    waiting = [bill.get("metadata", {}).get("component"), *bill.get("components", ())]
    (found,) = (entry for entry in waiting if entry and entry["type"] == "machine-learning-model")
    return found


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "cyclonedx" / "bill.json"
    path.parent.mkdir()
    old = json.dumps(model_of(ROUTER)["bom-ref"])
    document = json.loads(json.dumps(ROUTER).replace(old, json.dumps(MEANT)))
    document["components"] = [*document.get("components", ()), {**model_of(OTHER), "bom-ref": "other"}]
    path.write_text(json.dumps(document))
    return path


async def said(bill: Path, component: str | None) -> list[str]:
    """The codes that refuse the workload of the complete model of the bill."""
    served = ForeignCard(bill, MEANT).content().card
    assert served is not None
    pattern = read_case(EXAMPLES / "ticket-router").manifest[0]
    card = ForeignCard(bill, component)
    (found,) = (await findings([card], pattern, served["model"]["artifacts"][0]["uri"])).values()
    return found["violations"]


async def test_the_model_that_is_named_is_the_evidence(bill: Path) -> None:
    assert await said(bill, MEANT) == []


async def test_another_model_of_the_bill_is_no_evidence_for_it(bill: Path) -> None:
    assert "model_card.artifact_mismatch" in await said(bill, "other")


@pytest.mark.parametrize("component", [None, "gone"])
async def test_without_one_that_is_there_the_bill_counts_for_nothing(
    bill: Path, component: str | None
) -> None:
    assert "model_card.invalid" in await said(bill, component)
