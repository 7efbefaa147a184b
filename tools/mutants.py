"""Remove or negate every single condition of the Rego library, and see whether a test notices.

Usage: python tools/mutants.py [--only TEXT]... [--jobs N] [--list]

Every condition in the body of a rule or comprehension gives two mutants: one in which it always
holds, and one in which it is turned round. Each stands in a copy of its package, many of which are
tried by one OPA, by the tests of the file beside it and by those of the package; an error of a built-in
counts as a failure. What none of these notices is tried by the tests of all other packages, and is a
survivor if these do not notice either. One that is known to change
nothing stands in tools/mutants_equal.yaml with the reason. Outcomes are kept in the user's cache until
something changes on which they depend.
Exit code 0: no other survivor; 1: there are some; 2: it could not run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import yaml
from cluster.processes import ClusterError
from mutation.bench import INVALID, KILLED, SURVIVED, Bench, Memory
from mutation.conditions import Mutant, MutantError, all_mutants

EQUAL = Path(__file__).with_name("mutants_equal.yaml")
EXCUSED = "excused"
_COLUMNS = {KILLED: "noticed", INVALID: "not compiling", EXCUSED: "excused", SURVIVED: "survived"}


def subject(mutant: Mutant) -> str:
    """The part of the library it is in, as a row of the table."""
    return mutant.folder.removeprefix("mlgate/")


def report(outcomes: Iterable[tuple[Mutant, str]], equal: dict[str, str]) -> int:
    """Print survivors as they come and a table at the end; returns how many are not excused."""
    counts: Counter[tuple[str, str]] = Counter()
    for mutant, found in outcomes:
        outcome = EXCUSED if found == SURVIVED and mutant.name in equal else found
        counts[subject(mutant), outcome] += 1
        if mutant.name in equal and outcome != EXCUSED:
            print(f"needs no excuse: {mutant.name}", flush=True)
        if outcome == SURVIVED:
            words = " ".join(mutant.text.split())
            print(f"survived: {mutant.file}:{mutant.row}: {words} ({mutant.change})", flush=True)
    print("\n".join(table(counts)))
    return sum(number for (_, outcome), number in counts.items() if outcome == SURVIVED)


def excuses() -> dict[str, str]:
    """Why a mutant that survives is none to worry about, by its name."""
    found: dict[str, str] = yaml.safe_load(EQUAL.read_text(encoding="utf-8")) or {} if EQUAL.is_file() else {}
    return found


def table(counts: Counter[tuple[str, str]]) -> list[str]:
    """What came of the mutants of each part of the library, and of all."""
    rows = [["", "mutants", *_COLUMNS.values()]]
    for name in (*sorted({name for name, _ in counts}), "all"):
        own = {key: number for key, number in counts.items() if name in {key[0], "all"}}
        cells = [sum(number for (_, kind), number in own.items() if kind == column) for column in _COLUMNS]
        rows.append([name, *map(str, (sum(cells), *cells))])
    width = max(len(row[0]) for row in rows)
    return [row[0].ljust(width) + "".join(cell.rjust(15) for cell in row[1:]) for row in rows]


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], help="files whose path holds this text")
    parser.add_argument("--jobs", type=int, default=2, help="how many OPA run at once")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    chosen = parser.parse_args(arguments)
    try:
        mutants = all_mutants(chosen.only)
        if chosen.list:
            print("\n".join(f"{mutant.row:4} {mutant.name}" for mutant in mutants))
            return 0
        with tempfile.TemporaryDirectory(prefix="mlgate-mutants-") as folder:
            bench = Bench(Path(folder), Memory())
            return 1 if report(bench.outcomes(mutants, chosen.jobs), excuses()) else 0
    except (ClusterError, MutantError, OSError, subprocess.TimeoutExpired) as problem:
        print(f"mutants: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
