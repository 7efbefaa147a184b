"""What the policy library costs: a decision, and every code in it.

    make bench-policy                 compare with bench/policy_baseline.json
    make bench-policy ARGS=--write    write that anew

Exit status 1 if a decision got dearer by more than 15 % in allocations or 50 % in time. The times of codes
are estimates, compared with nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from policy_costs import Spent, costs, least, read_heads, read_profile, read_trace
from policy_documents import Document, documents
from policy_measure import (
    CALIBRATION,
    DECISION,
    Figure,
    Sample,
    baseline_of,
    figures,
    measure,
    read_baseline,
    regressions,
)

from mlgate.logs import quiet_logs
from mlgate.policy.loading import load_manifest

ROOT = Path(__file__).resolve().parent.parent
BASELINE = Path(__file__).with_name("policy_baseline.json")
ROUNDS = 4
PROFILES = 6
EVALUATIONS = 8
BUDGET_MS = 3.0
BUDGET_CODE_US = 15.0
STEPS = (BUDGET_CODE_US, 10.0, 5.0, 0.0)


def show_figures(samples: Mapping[str, Sample], found: Mapping[str, Figure]) -> None:
    """A line for each document."""
    unit = samples[CALIBRATION]
    print(f"{'document':<12} {'ms':>8} {'ratio':>7} {'allocations':>12}")
    print(f"{CALIBRATION:<12} {unit.nanoseconds / 1e6:>8.2f} {1:>7.2f} {unit.allocations:>12}")
    for name, figure in found.items():
        print(f"{name:<12} {figure.milliseconds:>8.2f} {figure.ratio:>7.2f} {figure.allocations:>12}")
    print(f"budget: {BUDGET_MS:g} ms for the reference, {BUDGET_CODE_US:g} µs for a code that does not fire")


def show_costs(found: Mapping[str, float], fired: set[str], codes: frozenset[str]) -> None:
    """Codes by what they cost, the dear ones first, and what they share."""
    micros = {code: found.get(code, 0.0) / 1000 for code in codes}
    above = float("inf")
    for step in STEPS:
        within = sorted((code for code in codes if step < micros[code] <= above), key=lambda c: -micros[c])
        print(
            f"\n{len(within)} codes over {step:g} µs, {sum(micros[code] for code in within):.0f} µs together"
        )
        for code in within:
            print(f"  {micros[code]:>6.1f}  {code}{'  (fires)' if code in fired else ''}")
        above = step
    print(f"\n{sum(not cost for cost in micros.values())} codes are not asked about this object")
    shared = {owner: time / 1000 for owner, time in found.items() if owner not in codes}
    print(f"shared, {sum(shared.values()):.0f} µs together")
    for owner, time in sorted(shared.items(), key=lambda item: -item[1]):
        print(f"  {time:>6.1f}  {owner}")


def code_costs(opa: Path, bundle: Path, document: Path, whole: float) -> tuple[dict[str, float], Spent]:
    """Nanoseconds of every code in the decision about a document that takes so many as a whole."""
    with tarfile.open(bundle) as archive:
        files = {
            name: stream.read().decode()
            for name in archive.getnames()
            if name.endswith(".rego") and (stream := archive.extractfile(name)) is not None
        }
    asked = [str(opa), "eval", "-b", str(bundle), "-i", str(document), DECISION]
    trace = _told(*asked, "--explain=full", "--format=pretty")
    profile = (*asked, "--profile", "--profile-limit=100000", f"--count={EVALUATIONS}", "--format=json")
    times = least([read_profile(json.loads(_told(*profile))) for _ in range(PROFILES)])
    spent = read_trace(trace.splitlines(), read_heads(files))
    return costs(spent, times, whole), spent


def _told(*command: str) -> str:
    """What OPA writes. Without garbage collection, which would be charged to whatever line it interrupts."""
    env = os.environ | {"GOGC": "off"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def _written(folder: Path, found: Mapping[str, Document]) -> dict[str, Path]:
    paths = {name: folder / f"{name}.json" for name in found}
    for name, path in paths.items():
        path.write_text(json.dumps(found[name]))
    return paths


def main(arguments: list[str]) -> int:
    """Measure, show and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the baseline anew")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each, which take turns")
    asked = parser.parse_args(arguments)
    quiet_logs()
    opa = ROOT / ".tools" / "bin" / "opa"
    questions, bundle = documents(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        paths = _written(Path(folder), questions)
        samples = measure(opa, bundle, paths, asked.rounds)
        found = figures(samples)
        by_owner, spent = code_costs(opa, bundle, paths["reference"], samples["reference"].nanoseconds)
    show_costs(by_owner, spent.fired, load_manifest(bundle).codes)
    print()
    show_figures(samples, found)
    if asked.write:
        BASELINE.write_text(baseline_of(found))
        return 0
    problems = regressions(found, read_baseline(BASELINE))
    for problem in problems:
        print(f"dearer than bench/{BASELINE.name}: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
