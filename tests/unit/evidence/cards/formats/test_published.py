"""The schemas CycloneDX publishes."""

from __future__ import annotations

import time

import pytest

from mlgate.evidence.cards.formats.published import CYCLONEDX_VERSIONS, violations

SECRET = "hunter2-hunter2"


def bom(version: str, *components: object) -> dict[str, object]:
    return {"bomFormat": "CycloneDX", "specVersion": version, "version": 1, "components": list(components)}


@pytest.mark.parametrize("version", CYCLONEDX_VERSIONS)
def test_a_sound_document_breaks_nothing(version: str) -> None:
    assert violations(version, bom(version, {"type": "library", "name": "x"}), "card") == ()


@pytest.mark.parametrize("version", CYCLONEDX_VERSIONS)
def test_a_fault_is_told_with_its_place_and_without_the_value(version: str) -> None:
    found = violations(version, bom(version, {"type": SECRET, "name": [SECRET]}), "card")
    assert {problem.path for problem in found} == {"card.components[0].type", "card.components[0].name"}
    assert all(SECRET not in problem.message and "CycloneDX" in problem.message for problem in found)


def test_of_alternatives_the_fault_that_lies_deepest_is_told() -> None:
    datasets = [{"type": "dataset", "contents": {"url": 5}}]
    model = {"type": "machine-learning-model", "name": "m"}
    found = violations(
        "1.6", bom("1.6", {**model, "modelCard": {"modelParameters": {"datasets": datasets}}}), "card"
    )
    assert [problem.path for problem in found] == [
        "card.components[0].modelCard.modelParameters.datasets[0].contents.url"
    ]


def test_many_faults_are_told_up_to_fifty_and_a_large_document_takes_no_time() -> None:
    began = time.perf_counter()
    assert len(violations("1.6", bom("1.6", *([{"type": "bad"}] * 9000)), "card")) == 50
    assert time.perf_counter() - began < 5
