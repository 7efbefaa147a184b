"""What a decision costs by `opa bench`, beside a fixed piece of work, and whether that is more than it was.

Milliseconds depend on the machine and on what else it does, so the ratio to the calibration is compared,
and the allocations, which are the same everywhere.
Both are the fastest evaluation of several short runs that take turns: a busy machine slows most of them, but
seldom all.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DECISION = "data.mlgate.main.decision"
CALIBRATION = "calibration"
SLACK = {"ratio": 0.5, "allocations": 0.15}
"""How much dearer a decision may get in each figure before it counts as a regression.

One and the same policy had a ratio of 5.8 on one machine and of 8.0 on another, with the same allocations:
the calibration asks less of a machine's memory.
"""
EVALUATION = "histogram_timer_rego_query_eval_ns_"


@dataclass(frozen=True)
class Sample:
    """The fastest evaluation of a query, in nanoseconds, and its allocations."""

    nanoseconds: float
    allocations: int

    def better(self, other: Sample) -> Sample:
        """The better of the two in both figures."""
        return Sample(min(self.nanoseconds, other.nanoseconds), min(self.allocations, other.allocations))


@dataclass(frozen=True)
class Figure:
    """What one document costs."""

    milliseconds: float
    ratio: float
    """Its time as a multiple of the calibration's."""
    allocations: int


def read_sample(told: str) -> Sample:
    """The figures in what `opa bench --format json` writes.

    Raises:
        ValueError: it holds no figures.
    """
    try:
        found: dict[str, Any] = json.loads(told)
        return Sample(found["Extra"][f"{EVALUATION}min"], round(found["MemAllocs"] / found["N"]))
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise ValueError("opa bench told no figures") from error


def run_bench(opa: Path, *arguments: str) -> Sample:
    """One run of `opa bench`, with the policy's data kept as the gate has OPA keep it."""
    command = [str(opa), "bench", "--format=json", "--optimize-store-for-read-speed", *arguments]
    return read_sample(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure(opa: Path, bundle: Path, inputs: Mapping[str, Path], rounds: int) -> dict[str, Sample]:
    """The best sample of the calibration and of each document; they take turns."""
    calibration = str(Path(__file__).with_name("calibration.rego"))
    calls = {CALIBRATION: ("-d", calibration, "data.calibration.answer")} | {
        name: ("-b", str(bundle), "-i", str(path), DECISION) for name, path in inputs.items()
    }
    best: dict[str, Sample] = {}
    for _ in range(rounds):
        for name, arguments in calls.items():
            sample = run_bench(opa, *arguments)
            best[name] = sample.better(best.get(name, sample))
    return best


def figures(samples: Mapping[str, Sample]) -> dict[str, Figure]:
    """The samples of the documents beside that of the calibration."""
    unit = samples[CALIBRATION].nanoseconds
    return {
        name: Figure(sample.nanoseconds / 1e6, sample.nanoseconds / unit, sample.allocations)
        for name, sample in samples.items()
        if name != CALIBRATION
    }


def read_baseline(path: Path) -> dict[str, dict[str, float]]:
    """What the documents cost when the baseline was written, by document and figure."""
    found: dict[str, dict[str, float]] = json.loads(path.read_bytes())
    return found


def baseline_of(found: Mapping[str, Figure]) -> str:
    """The figures as the text of a baseline file."""
    values = {
        name: {"ratio": round(figure.ratio, 3), "allocations": figure.allocations}
        for name, figure in sorted(found.items())
    }
    return json.dumps(values, indent=2) + "\n"


def regressions(found: Mapping[str, Figure], baseline: Mapping[str, Mapping[str, float]]) -> Sequence[str]:
    """In words, each figure that is too much above the baseline, and each document without one."""
    said = [f"{name}: no baseline; write it with --write" for name in found if name not in baseline]
    for name in sorted(found.keys() & baseline.keys()):
        now = {"ratio": found[name].ratio, "allocations": float(found[name].allocations)}
        for key, value in now.items():
            before = baseline[name].get(key, 0.0)
            if value > before * (1 + SLACK[key]):
                said.append(f"{name}: {key} {value:.6g}, was {before:.6g}")
    return said
