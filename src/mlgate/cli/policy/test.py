"""`mlgate policy test`: the tests in Rego with their coverage, and the cases in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer

from mlgate.cli.console import coloured, lines, print_json, put, say
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.policy.cases import CaseOutcome, run_cases
from mlgate.cli.policy.options import Site, opa_program, site_folder
from mlgate.cli.running import run_unless_stopped
from mlgate.errors import PolicyError
from mlgate.policy.shipped import shipped_rego
from mlgate.policy.workbench.case_file import read_cases
from mlgate.policy.workbench.unit_tests import Coverage, RegoRun, run_tests
from mlgate.policy.workbench.workspace import workspace

CUT = "..."
"""How OPA marks a value that it did not write out."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test", epilog="Example: mlgate policy test ./policies --run cost_centre")(policy_test)


def policy_test(
    path: Site = None,
    run: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Only tests and cases whose name matches.")
    ] = None,
    min_coverage: Annotated[
        float, typer.Option(min=0, max=100, help="Percent of each own file that the tests must run.")
    ] = 100,
    output: OutputOption = Output.TEXT,
) -> None:
    """Run the tests of a policy: those in Rego, and the cases in *_case.yaml.

    With --run coverage is not measured. Exit codes: 0 all passed, 1 a test or case failed or a file is
    covered too little, 2 they could not be run.
    """
    site, pattern = site_folder(path), _pattern(run)
    cases = read_cases(site or shipped_rego())
    if pattern is not None:
        cases = [placed for placed in cases if pattern.search(f"{placed.file.stem}: {placed.case.name}")]
    say("running the tests in Rego")
    with workspace(site) as space:
        tested = run_tests(space, opa_program(), run)
    if cases:
        say(f"judging {len(cases)} cases")
    outcomes = run_unless_stopped(run_cases(cases, site)) if cases else []
    if not (tested.passed or tested.failures or tested.skipped or outcomes):
        raise PolicyError("there is no test and no case" + (f" that matches {run!r}" if run else ""))
    thin = [found for found in tested.coverage if found.percent < min_coverage]
    failed = bool(tested.failures or thin or any(outcome.problems for outcome in outcomes))
    if output is Output.JSON:
        print_json(_wire(tested, outcomes, passed=not failed))
    else:
        put(coloured(lines(_text(tested, thin, outcomes))))
    raise typer.Exit(1 if failed else 0)


def _pattern(run: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(run) if run is not None else None
    except re.error as error:
        raise typer.BadParameter(f"--run: {run!r} is no regular expression: {error}") from error


def _text(tested: RegoRun, thin: list[Coverage], outcomes: list[CaseOutcome]) -> Iterator[str]:
    """For a person: what failed, then how much of everything."""
    for failure in tested.failures:
        notes = f" ({'; '.join(failure.notes)})" if failure.notes else ""
        yield f"✗ {failure.file}:{failure.line}: {failure.name}{notes}"
        yield from (f"    {line}" for line in failure.saw)
        if any(CUT in line for line in failure.saw):
            yield from (f"    saw: {value}" for value in failure.values)
    for outcome in outcomes:
        if outcome.problems:
            place = f"{outcome.placed.file}:{outcome.placed.line}"
            yield from (f"✗ {place}: {outcome.placed.case.name}: {problem}" for problem in outcome.problems)
            yield from (f"    {line}" for line in outcome.found)
    for found in thin:
        yield f"✗ {found.file}: {found.percent:.0f} % covered; no test runs {_ranges(found)}"
    yield from (f"~ {name}: skipped" for name in tested.skipped)
    passed = sum(not outcome.problems for outcome in outcomes)
    skipped = f", {len(tested.skipped)} skipped" if tested.skipped else ""
    yield f"tests: {tested.passed} passed, {len(tested.failures)} failed{skipped}"
    yield f"cases: {passed} passed, {len(outcomes) - passed} failed"
    if tested.coverage:
        least = min(found.percent for found in tested.coverage)
        yield f"coverage: {len(tested.coverage)} files, the least of them {least:.0f} %"


def _ranges(found: Coverage) -> str:
    """`lines 3, 7-9`, or the whole file."""
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in found.missed]
    return f"lines {', '.join(shown)}" if shown else "any of it"


def _wire(tested: RegoRun, outcomes: list[CaseOutcome], *, passed: bool) -> dict[str, Any]:
    """For programs."""
    return {
        "passed": passed,
        "tests": {
            "passed": tested.passed,
            "failed": [asdict(failure) for failure in tested.failures],
            "skipped": list(tested.skipped),
        },
        "coverage": [asdict(found) for found in tested.coverage],
        "cases": [_case(outcome) for outcome in outcomes],
    }


def _case(outcome: CaseOutcome) -> dict[str, Any]:
    placed = outcome.placed
    shown = {"file": str(placed.file), "line": placed.line, "name": placed.case.name}
    return {**shown, "problems": list(outcome.problems), "found": list(outcome.found)}
