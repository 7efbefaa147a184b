"""Remove or negate every single condition of the Rego library, and see whether a test notices.

Usage: python tools/mutants.py [--only TEXT] [--jobs N] [--thorough] [--list]

Every condition in the body of a rule or comprehension gives two mutants: one in which it always
holds, and one in which it is turned round. Each is tried by the tests of the file beside it, then by
those of its package, then by the same with errors of built-ins taken seriously, and, if asked to be
thorough, by all others. What none notices is a survivor. One that is known to change nothing stands
in tools/mutants_equal.yaml with the reason.
Exit code 0: no other survivor; 1: there are some; 2: it could not run.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
REGO = ROOT / "policies" / "rego"
OPA = ROOT / ".tools" / "bin" / "opa"
EQUAL = Path(__file__).with_name("mutants_equal.yaml")
SECONDS = 180
TRIED = ("rules", "lib", "main")
ERRORS = ("eval_builtin_error", "eval_type_error")
"""What OPA calls a built-in that could not be carried out, and one that was given the wrong type."""
NO_CONDITIONS = frozenset({"assign", "eq"})
"""`x := f(y)` gives a name; without it nothing compiles. `x = y` is not used in this library."""


@dataclass(frozen=True)
class Mutant:
    """One changed condition."""

    file: str
    row: int
    offset: int
    text: str
    change: str

    @property
    def new(self) -> str:
        """What stands in its place."""
        if self.change == "removed":
            return "true"
        return self.text.removeprefix("not ").strip() if self.text.startswith("not ") else f"not {self.text}"

    @property
    def name(self) -> str:
        """How it is named in lists: file, condition and change, without the line, which moves."""
        return f"{self.file}: {' '.join(self.text.split())} ({self.change})"


class MutantError(Exception):
    """OPA could not do what was asked."""


def run_opa(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One call of OPA in a folder."""
    return subprocess.run(
        [str(OPA), *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def mutants_of(path: Path, tree: Path) -> Iterator[Mutant]:
    """The mutants of one file.

    Raises:
        MutantError: OPA cannot parse it.
    """
    name = path.relative_to(tree).as_posix()
    done = run_opa("parse", "-f", "json", "--json-include", "locations,-comments", name, folder=tree)
    if done.returncode != 0:
        raise MutantError(f"{name}: {done.stderr.strip()}")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    seen: set[int] = set()
    for expression in conditions(json.loads(done.stdout).get("rules", ())):
        place = expression["location"]
        text = base64.b64decode(place["text"]).decode()
        offset = starts[place["row"] - 1] + place["col"] - 1
        if offset in seen or not "".join(lines)[offset:].startswith(text):
            continue
        seen.add(offset)
        changes = ("removed",) if text.startswith("every ") else ("removed", "negated")
        yield from (Mutant(name, place["row"], offset, text, change) for change in changes)


def conditions(node: Any) -> Iterator[dict[str, Any]]:
    """Every expression below a node of the syntax tree that decides something."""
    if isinstance(node, list):
        for item in node:
            yield from conditions(item)
    elif isinstance(node, dict):
        if is_condition(node):
            yield node
        for value in node.values():
            if isinstance(value, dict | list):
                yield from conditions(value)


def is_condition(node: dict[str, Any]) -> bool:
    """Whether a node is an expression that is neither a declaration nor the giving of a name."""
    if "terms" not in node or "location" not in node or node.get("generated") or "index" not in node:
        return False
    terms = node["terms"]
    if isinstance(terms, dict):
        return "symbols" not in terms and not (terms.get("type") == "boolean" and terms.get("value") is True)
    operator = terms[0].get("value")
    names = [part.get("value") for part in operator] if isinstance(operator, list) else []
    return not (len(names) == 1 and names[0] in NO_CONDITIONS)


def tests_of(files: Iterable[Path]) -> str:
    """The pattern of the names of the tests in some files."""
    names = set()
    for path in files:
        text = path.read_text(encoding="utf-8")
        package = re.search(r"^package (\S+)$", text, re.MULTILINE)
        prefix = f"data.{package[1]}." if package else ""
        names |= {prefix + test for test in re.findall(r"^(test_\w+)", text, re.MULTILINE)}
    return "^(" + "|".join(re.escape(name) for name in sorted(names)) + ")$"


def beside(file: str) -> list[Path]:
    """The test file that is named like a file; all of its package where there is none."""
    path = REGO / file
    own = path.with_name(f"{path.stem}_test.rego")
    return [own] if own.is_file() else sorted(path.parent.glob("*_test.rego"))


class Bench:
    """Copies of the library in which mutants are tried, one pair for each worker."""

    def __init__(self, folder: Path, *, thorough: bool) -> None:
        """Copies are made below `folder`; `thorough` asks all other tests as well."""
        self._folder = folder
        self._thorough = thorough
        self._own = threading.local()

    def outcome(self, mutant: Mutant) -> str:
        """`killed`, `survived` or `invalid`, for a mutant that does not compile."""
        tree, path = self._near(mutant.file), REGO / mutant.file
        near = self._tried(mutant, tree, tests_of(beside(mutant.file)))
        if near == "survived":
            near = self._tried(mutant, tree, tests_of(path.parent.glob("*_test.rego")))
        if near == "survived":
            near = self._strictly(mutant, tree)
        if near != "survived" or not self._thorough:
            return near
        return self._tried(mutant, self._copy("whole", with_tests=True), r"^data\.mlgate\.(lib|main|rules)")

    def _strictly(self, mutant: Mutant, tree: Path) -> str:
        """As `_tried`, by the same tests, in which an error of a built-in is an error and not silence."""
        package = "data." + Path(mutant.file).parent.as_posix().replace("/", ".") + "_test"
        with changed(mutant, tree):
            try:
                done = run_opa(
                    *("eval", "--strict-builtin-errors", "--fail", "--data", ".", package), folder=tree
                )
            except subprocess.TimeoutExpired:
                return "killed"
        told = done.stdout + done.stderr
        return "killed" if any(code in told for code in ERRORS) else "survived"

    def _near(self, file: str) -> Path:
        """A copy with no tests but those of the package and the fixtures they use: it compiles sooner."""
        tree = self._copy("near", with_tests=False)
        for path in (REGO / file).parent.glob("*_test.rego"):
            shutil.copy(path, tree / Path(file).parent)
        return tree

    def _copy(self, kind: str, *, with_tests: bool) -> Path:
        if not hasattr(self._own, kind):
            tree = Path(tempfile.mkdtemp(dir=self._folder)) / kind
            shutil.copytree(REGO, tree)
            for path in () if with_tests else tree.rglob("*_test.rego"):
                if "fixtures" not in path.parts:
                    path.unlink()
            setattr(self._own, kind, tree)
        found: Path = getattr(self._own, kind)
        return found

    @staticmethod
    def _tried(mutant: Mutant, tree: Path, tests: str) -> str:
        with changed(mutant, tree):
            try:
                done = run_opa(
                    "test", "--run", tests, "--format", "json", "--timeout", "30s", ".", folder=tree
                )
            except subprocess.TimeoutExpired:
                return "killed"
        if done.returncode == 0:
            return "survived" if ran(done.stdout) else "untested"
        return "killed" if ran(done.stdout) else "invalid"


@contextmanager
def changed(mutant: Mutant, tree: Path) -> Iterator[None]:
    """The mutant in its place in a copy, until the end of the block."""
    path = tree / mutant.file
    original = path.read_text(encoding="utf-8")
    end = mutant.offset + len(mutant.text)
    path.write_text(original[: mutant.offset] + mutant.new + original[end:], encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(original, encoding="utf-8")


def ran(output: str) -> bool:
    """Whether OPA got as far as running a test; a mutant that does not compile gets an error instead."""
    try:
        return bool(json.loads(output))
    except ValueError:
        return False


def chosen_mutants(only: str | None) -> list[Mutant]:
    """Every mutant of the library, or those whose file holds a text."""
    files = (path for part in TRIED for path in sorted((REGO / "mlgate" / part).rglob("*.rego")))
    wanted = [path for path in files if not path.name.endswith("_test.rego")]
    kept = [path for path in wanted if only is None or only in path.relative_to(REGO).as_posix()]
    return [mutant for path in kept for mutant in mutants_of(path, REGO)]


def report(outcomes: Iterable[tuple[Mutant, str]], equal: dict[str, str]) -> int:
    """Print survivors as they come and the sum at the end; returns how many are not excused."""
    counts: Counter[str] = Counter()
    for number, (mutant, outcome) in enumerate(outcomes, start=1):
        excused = outcome == "survived" and mutant.name in equal
        counts["excused" if excused else outcome] += 1
        if outcome in {"survived", "untested"} and not excused:
            print(f"{outcome}: {mutant.file}:{mutant.row}: {' '.join(mutant.text.split())} ({mutant.change})")
        if number % 100 == 0:
            print(f"  {number} tried", file=sys.stderr, flush=True)
    print(
        f"{counts.total()} mutants: {counts['killed']} noticed, {counts['invalid']} do not compile,"
        f" {counts['excused']} known to change nothing, {counts['survived'] + counts['untested']} survived"
    )
    return counts["survived"] + counts["untested"]


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="files whose path holds this text")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at once")
    parser.add_argument("--thorough", action="store_true", help="ask all tests about a survivor")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    chosen = parser.parse_args(arguments)
    try:
        mutants = chosen_mutants(chosen.only)
    except (MutantError, OSError, subprocess.TimeoutExpired) as problem:
        print(f"mutants: {problem}", file=sys.stderr)
        return 2
    if chosen.list:
        print("\n".join(f"{mutant.row:4} {mutant.name}" for mutant in mutants))
        return 0
    equal: dict[str, str] = yaml.safe_load(EQUAL.read_text()) or {} if EQUAL.is_file() else {}
    with tempfile.TemporaryDirectory(prefix="mlgate-mutants-") as folder:
        bench = Bench(Path(folder), thorough=chosen.thorough)
        with ThreadPoolExecutor(chosen.jobs) as workers:
            outcomes = zip(mutants, workers.map(bench.outcome, mutants), strict=True)
            return 1 if report(outcomes, equal) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
