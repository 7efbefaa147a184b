"""The tests in Rego: which passed, what the others saw, and which lines none of them runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import PolicyError
from mlgate.policy.catalog import read_catalog, write_generated
from mlgate.policy.opa_command import Ran, call_opa
from mlgate.policy.opa_errors import refuse
from mlgate.policy.workbench.values import values_seen
from mlgate.policy.workbench.workspace import Workspace

SECONDS = 900.0
"""Longest time one run of all tests may take."""
EACH = "60s"
"""Longest time one test may take, on a busy machine."""
_PACKAGE = re.compile(r"^package[ \t]+(mlgate[A-Za-z0-9_.]*)[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"^(data\.\S+): (?:FAIL|ERROR)")
FAILED, FAILED_AND_TOLD = 1, 2
"""Exit codes of `opa test`: it could not be done, a test failed."""


@dataclass(frozen=True)
class Failure:
    """A test that failed."""

    file: str
    line: int
    name: str
    """Package and rule."""
    notes: tuple[str, ...]
    """Which cases of a table of cases failed."""
    saw: tuple[str, ...]
    """What the expression that failed was made of, as OPA tells it, line by line."""
    values: tuple[str, ...]
    """The same values, not cut short."""


@dataclass(frozen=True)
class Coverage:
    """How much of one file the tests run."""

    file: str
    percent: float
    missed: tuple[tuple[int, int], ...]
    """First and last line of each part that no test runs."""


@dataclass(frozen=True)
class RegoRun:
    """What a run of tests came to."""

    passed: int
    failures: tuple[Failure, ...]
    skipped: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    """Of the author's own files; empty where a test failed or only some were run."""


def run_tests(space: Workspace, opa: Path, pattern: str | None = None) -> RegoRun:
    """Runs the author's own tests, or those whose name matches a pattern.

    Raises:
        PolicyError: the policy cannot be loaded, or OPA does not work.
    """
    refuse(call_opa(opa, "check", "--format", "json", ".", folder=space.tree))
    write_generated(read_catalog(space.tree, opa), space.tree)
    packages = _own_packages(space)
    if not packages:
        return RegoRun(0, (), (), _nothing_covered(space))
    wanted = pattern or rf"^data\.({'|'.join(map(re.escape, sorted(packages)))})\."
    ran = _run(space, opa, "--run", wanted, "--format", "json")
    results = [item for item in _results(ran) if item["package"].removeprefix("data.") in packages]
    failed = [item for item in results if item.get("fail") or item.get("error")]
    skipped = [_name(item) for item in results if item.get("skip")]
    told, traces = _told(space, opa, failed)
    covered = () if failed or pattern else tuple(_coverage(space, opa, wanted))
    return RegoRun(
        passed=len(results) - len(failed) - len(skipped),
        failures=tuple(_failure(item, told, traces, space) for item in failed),
        skipped=tuple(skipped),
        coverage=covered,
    )


def _own_packages(space: Workspace) -> set[str]:
    """The packages of the author's own tests."""
    texts = ((space.tree / name).read_text(encoding="utf-8", errors="replace") for name in space.tests)
    return {found[1] for text in texts for found in _PACKAGE.finditer(text)}


def _run(space: Workspace, opa: Path, *arguments: str) -> Ran:
    ran = call_opa(opa, "test", "--timeout", EACH, *arguments, ".", folder=space.tree, seconds=SECONDS)
    if ran.code not in (0, FAILED_AND_TOLD):
        raise PolicyError(f"opa test: {ran.complaint}; `mlgate policy lint` tells what to do")
    return ran


def _results(ran: Ran) -> list[dict[str, Any]]:
    if not ran.out.strip():
        return []
    try:
        found = json.loads(ran.out)
    except ValueError as error:
        raise PolicyError(f"opa test: {ran.complaint}") from error
    return found or []


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['package']}.{item['name']}"


def _failure(
    item: Mapping[str, Any],
    told: Mapping[str, tuple[str, ...]],
    traces: Mapping[str, list[dict[str, Any]]],
    space: Workspace,
) -> Failure:
    place, error = item.get("location") or {}, item.get("error")
    saw = told.get(_name(item), ())
    if error:
        saw = (str(error.get("message", error)) if isinstance(error, dict) else str(error), *saw)
    file = str(place.get("file", "")).removeprefix("./")
    return Failure(
        file=space.shown(file),
        line=int(place.get("row", 0)),
        name=_name(item).removeprefix("data."),
        notes=tuple(_failed_notes(item.get("sub_results") or {})),
        saw=saw,
        values=tuple(values_seen(traces.get(_name(item), []), file)),
    )


def _failed_notes(results: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The cases of a table that failed; of a table in a table both names."""
    for note, result in sorted(results.items()):
        name, below = f"{above}{note}", result.get("sub_results") or {}
        if below:
            yield from _failed_notes(below, f"{name} / ")
        elif result.get("fail"):
            yield name


def _told(
    space: Workspace, opa: Path, failed: list[dict[str, Any]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[dict[str, Any]]]]:
    """By test, the block in which OPA shows the failed expression, and the trace that holds its values.

    Tracing is slow, so that only tests that failed are run again with it.
    """
    if not failed:
        return {}, {}
    again = ("--run", f"^({'|'.join(re.escape(_name(item)) for item in failed)})$", "--var-values")
    traced = _results(_run(space, opa, *again, "--format", "json"))
    blocks = _blocks(_run(space, opa, *again).out.splitlines())
    return blocks, {_name(item): item.get("trace") or [] for item in traced}


def _blocks(lines: list[str]) -> dict[str, tuple[str, ...]]:
    """By test, the lines about it in OPA's report of failures."""
    start = lines.index("FAILURES") + 1 if "FAILURES" in lines else len(lines)
    found: dict[str, list[str]] = {}
    block: list[str] = []
    for line in lines[start:]:
        begins = _BLOCK.match(line)
        if begins:
            block = found.setdefault(begins[1], [])
        elif line.startswith("---"):
            block = []
        elif line.strip():
            block.append(line.rstrip())
    return {name: tuple(shown) for name, shown in found.items()}


def _coverage(space: Workspace, opa: Path, wanted: str) -> Iterator[Coverage]:
    """How much of each of the author's own rules the tests run."""
    found = json.loads(_run(space, opa, "--run", wanted, "--coverage", "--format", "json").out)
    for name, lines in sorted(found["files"].items()):
        if name in space.rules:
            parts = [(part["start"]["row"], part["end"]["row"]) for part in lines.get("not_covered") or ()]
            yield Coverage(space.shown(name), float(lines.get("coverage", 0.0)), tuple(_joined(parts)))


def _joined(parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts in order, with those that touch or overlap made one."""
    rows = sorted({row for first, last in parts for row in range(first, last + 1)})
    for row in rows:
        if row - 1 not in rows:
            first = row
        if row + 1 not in rows:
            yield first, row


def _nothing_covered(space: Workspace) -> tuple[Coverage, ...]:
    return tuple(Coverage(space.shown(name), 0.0, ()) for name in space.rules)
