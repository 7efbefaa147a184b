"""Write a copy of the examples that is right today, or check the pins of the checked-in ones.

Usage: python tools/examples.py [--target DIR] [--day YYYY-MM-DD] | --check | --renew

The copy holds every case written out in full: twins have manifests of their own, all dates are
moved by the same number of days, and card digests, pins and sign-offs are computed again.
After a change to a checked-in card, --renew corrects its pins, and the table of the README.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import yaml
from casebook.cases import EXAMPLES, ROOT, Case, case_folders, is_twin, read_case, read_reference
from casebook.documents import CasebookError, read_one, write_all
from casebook.pins import wrong_pins
from casebook.shift import parse_day
from casebook.table import renewed
from casebook.twins import cases_on

TARGET = ROOT / ".build" / "examples"


def write_examples(target: Path, day: date, root: Path = EXAMPLES) -> list[Case]:
    """Write every case of `root` below `target`, dated by `day`; returns the cases.

    Raises:
        CasebookError: an example is not valid.
    """
    cases = cases_on(day, root)
    if target.exists():
        shutil.rmtree(target)
    for case in cases:
        folder = target / case.name
        folder.mkdir(parents=True)
        for side, objects in (("manifest", case.manifest), ("evidence", case.evidence)):
            write_all(folder / f"{side}.yaml", objects, f"Written by `make examples` for {day}; do not edit.")
        shutil.copy(root / case.name / "expected.yaml", folder / "expected.yaml")
    shutil.copy(root / "cluster.yaml", target / "cluster.yaml")
    reference = {**read_one(root / "reference.yaml"), "referenceDay": day.isoformat()}
    (target / "reference.yaml").write_text(yaml.safe_dump(reference, sort_keys=False))
    return cases


def wrong(root: Path = EXAMPLES) -> list[tuple[Path, str, str, str]]:
    """Every pin in the cases written out in full that is not the digest of its card.

    Each as the case's folder, who names it, the digest named, and the right one.
    """
    return [
        (folder, *pin)
        for folder in case_folders(root)
        if not is_twin(folder)
        for pin in wrong_pins(list(read_case(folder).objects))
    ]


def renew(root: Path = EXAMPLES) -> int:
    """Correct wrong pins in place, comments untouched, and the README's table; returns how many pins."""
    found = wrong(root)
    for folder, _, named, right in found:
        for name in ("manifest.yaml", "evidence.yaml"):
            path = folder / name
            path.write_text(path.read_text().replace(named, right))
    readme = root / "README.md"
    readme.write_text(renewed(readme.read_text(), root))
    return len(found)


def main(arguments: list[str]) -> int:
    """The command; 0 done, 1 wrong pins, 2 it could not be done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=EXAMPLES, help="the examples themselves")
    parser.add_argument("--target", type=Path, default=TARGET, help="where the copy goes")
    parser.add_argument("--day", default=datetime.now(UTC).date().isoformat(), help="the day it is right for")
    parser.add_argument("--check", action="store_true", help="only tell which checked-in pins are wrong")
    parser.add_argument(
        "--renew", action="store_true", help="correct the checked-in pins and the README's table"
    )
    chosen = parser.parse_args(arguments)
    try:
        if chosen.renew:
            print(f"{renew(chosen.root)} pins corrected, table written")
            return 0
        if chosen.check:
            return _report(wrong(chosen.root), chosen.root)
        cases = write_examples(chosen.target, parse_day(chosen.day), chosen.root)
    except CasebookError as problem:
        print(f"examples: {problem}", file=sys.stderr)
        return 2
    print(f"{len(cases)} cases in {chosen.target}, dated {chosen.day}")
    return 0


def _report(found: list[tuple[Path, str, str, str]], root: Path) -> int:
    """Tell which pins are wrong."""
    for folder, who, named, right in found:
        print(f"{folder.name}: {who} names {named}, the card is {right}", file=sys.stderr)
    day = read_reference(root).reference_day
    print(f"pins of the examples of {day}: {'all right' if not found else f'{len(found)} wrong'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
