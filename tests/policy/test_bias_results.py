"""Results of fairness libraries, judged by the real OPA as the only bias test of an otherwise sound card."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from casebook.documents import read_one
from casebook.foreign import CARDS
from casebook.results import expectations, expected_of, result_files

ALL = result_files()


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return asyncio.run(expectations(ALL))


def test_every_result_gets_exactly_what_its_golden_file_says(found: dict[str, Any]) -> None:
    golden = {f"{path.parent.name}/{path.name}": read_one(expected_of(path)) for path in ALL}
    assert found == golden, "tools/card_examples.py --renew writes what is found now"


@pytest.mark.parametrize("library", ["aif360", "fairlearn"])
def test_of_each_library_a_fair_an_unfair_and_a_thin_result_are_told_apart(
    library: str, found: dict[str, Any]
) -> None:
    codes = [said.get("violations", []) for name, said in found.items() if name.startswith(library)]
    assert len(codes) >= 3
    assert [] in codes
    assert any("fairness.limit_exceeded" in listed for listed in codes)
    assert any(listed and "fairness.limit_exceeded" not in listed for listed in codes)


def test_no_golden_file_is_left_of_a_result_that_is_gone() -> None:
    for library in ("aif360", "fairlearn"):
        own = {expected_of(path) for path in ALL if path.parent.name == library}
        assert set((CARDS / library).glob("*.expected.yaml")) == own
