"""What it costs to read an object: how the cost grows with its size, and a thousand objects of all kinds.

    make bench-reading

Every shape is read in three sizes, each twice the one before: what is linear costs twice as much each time.
Exit status 1 if a shape grew faster, or if the thousand objects took too long.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from reading_documents import SHAPES, Document, Shape, mixture, request_of

from mlgate.workloads.extract import ExtractOptions, extract
from mlgate.workloads.python.inline_code import read_code
from mlgate.workloads.python.text import parsed

ROUNDS = 2
MIXED = 1000
MOST_SECONDS = 10.0
STEEPEST = 3.0
"""Fourfold is a square; the collector of garbage makes what is linear look steeper than twice."""
SMALLEST = 0.02
"""Seconds below which a figure tells more about the machine."""


def read(document: Document) -> int:
    """Read an object as the gate does; the number of its problems."""
    # What is remembered of a program would make the second run cheap.
    read_code.cache_clear()
    parsed.cache_clear()
    found = extract(request_of(document), ExtractOptions())
    return len(found.workload.problems) if found.workload is not None else 0


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor time of the fastest of several runs."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def costs(shape: Shape, size: int) -> list[float]:
    """The time for a shape in three sizes."""
    documents = [shape(size * factor) for factor in (1, 2, 4)]
    return [seconds(lambda document=document: read(document)) for document in documents]  # type: ignore[misc]


def growth(times: Sequence[float]) -> float:
    """By how much the time grew with each doubling of the size, from the smallest to the largest."""
    whole = times[-1] / max(times[0], SMALLEST)
    return float(whole ** (1 / (len(times) - 1)))


def main() -> int:
    """Measure and show; 1 if reading is not linear or too slow."""
    print(f"{'size':>9}  {'time':>9}  {'x2':>5}  {'x4':>5}  problems  of")
    steep = []
    for name, (shape, size) in SHAPES.items():
        times = costs(shape, size)
        ratios = "  ".join(f"{time / times[0]:5.1f}" for time in times[1:])
        print(f"{size:>9,}  {times[0] * 1e3:7.1f}ms  {ratios}  {read(shape(4 * size)):8}  {name}")
        if growth(times) > STEEPEST:
            steep.append(name)
    documents = mixture(MIXED)
    took = seconds(lambda: [read(document) for document in documents], rounds=1)
    print(f"\n{MIXED} objects of {len({d['kind'] for d in documents})} kinds in {took:.2f} s")
    for name in steep:
        print(f"grows faster than its size: {name}", file=sys.stderr)
    if took > MOST_SECONDS:
        print(f"takes more than {MOST_SECONDS:g} s", file=sys.stderr)
    return 1 if steep or took > MOST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
