"""Figures are read as OPA writes them, and a figure that grew too much is told; nothing here is timed."""

from __future__ import annotations

import json
from pathlib import Path

import policy_measure
import pytest
from policy_measure import (
    Figure,
    Sample,
    baseline_of,
    figures,
    measure,
    read_baseline,
    read_sample,
    regressions,
)

TOLD = {
    "N": 200,
    "T": 900_000_000,
    "MemAllocs": 2_600_090,
    "Extra": {"histogram_timer_rego_query_eval_ns_min": 4_100_000.0},
}


def test_a_sample_is_the_fastest_evaluation_and_the_allocations_of_one() -> None:
    assert read_sample(json.dumps(TOLD)) == Sample(4_100_000.0, 13_000)


@pytest.mark.parametrize(
    "told",
    ["", "{}", "[]", "null", json.dumps(TOLD | {"N": 0}), json.dumps(TOLD | {"Extra": {}}), "undefined"],
)
def test_what_holds_no_figures_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match=r"figures|Expecting value"):
        read_sample(told)


def test_the_better_of_two_samples_is_the_better_in_each_figure() -> None:
    assert Sample(3.0, 20).better(Sample(4.0, 10)) == Sample(3.0, 10)


def test_a_figure_is_a_multiple_of_the_calibration() -> None:
    found = figures({"calibration": Sample(2e6, 9), "reference": Sample(5e6, 13_000)})
    assert found == {"reference": Figure(5.0, 2.5, 13_000)}


def test_documents_take_turns_and_the_best_of_each_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    times = iter([30.0, 60.0, 10.0, 90.0])

    def run(_: Path, *arguments: str) -> Sample:
        asked.append(arguments[-1])
        return Sample(next(times), 5)

    monkeypatch.setattr(policy_measure, "run_bench", run)
    found = measure(tmp_path / "opa", tmp_path / "b.tar.gz", {"reference": tmp_path / "i.json"}, rounds=2)
    assert asked == ["data.calibration.answer", "data.mlgate.main.decision"] * 2
    assert found == {"calibration": Sample(10.0, 5), "reference": Sample(60.0, 5)}


def test_a_run_says_what_opa_wrote(tmp_path: Path) -> None:
    opa = tmp_path / "opa"
    opa.write_text(f"#!/bin/sh\necho '{json.dumps(TOLD)}'\n")
    opa.chmod(0o755)
    assert policy_measure.run_bench(opa, "data.a") == Sample(4_100_000.0, 13_000)


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_of({"reference": Figure(5.0, 2.5, 13_000)}))
    assert read_baseline(path) == {"reference": {"ratio": 2.5, "allocations": 13_000}}


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure(5.0, 2.0, 1000), []),
        (Figure(9.0, 3.0, 1150), []),
        (Figure(1.0, 1.0, 100), []),
        (Figure(5.0, 3.01, 1000), ["reference: ratio 3.01, was 2"]),
        (Figure(5.0, 2.0, 1151), ["reference: allocations 1151, was 1000"]),
        (Figure(5.0, 4.0, 2000), ["reference: ratio 4, was 2", "reference: allocations 2000, was 1000"]),
    ],
)
def test_a_figure_too_far_above_the_baseline_is_told(figure: Figure, said: list[str]) -> None:
    assert regressions({"reference": figure}, {"reference": {"ratio": 2.0, "allocations": 1000}}) == said


def test_a_document_or_a_figure_without_a_baseline_is_told() -> None:
    assert regressions({"hard": Figure(1, 1, 1)}, {}) == ["hard: no baseline; write it with --write"]
    assert regressions({"hard": Figure(1, 1, 1)}, {"hard": {"ratio": 1}}) == ["hard: allocations 1, was 0"]
