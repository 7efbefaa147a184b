"""`mlgate policy lint`: what is wrong with a policy, before it judges anything."""

from __future__ import annotations

import typer

from mlgate.cli.console import lines, print_json, put
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.policy.options import Site, opa_program, site_folder
from mlgate.policy.workbench.lint import lint as problems_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lint", epilog="Example: mlgate policy lint ./policies")(lint)


def lint(path: Site = None, output: OutputOption = Output.TEXT) -> None:
    """Check a policy: syntax, types, format and the conventions that keep it safe.

    Exit codes: 0 clean, 1 problems, 2 it could not be checked.
    """
    report = problems_of(site_folder(path), opa_program())
    if output is Output.JSON:
        print_json(report.wire())
    else:
        told = [problem.text for problem in report.problems]
        count = len(told)
        put(lines([*told, f"{report.files} files, {count or 'no'} problem{'' if count == 1 else 's'}"]))
    raise typer.Exit(1 if report.problems else 0)
