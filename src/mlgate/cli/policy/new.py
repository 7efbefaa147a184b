"""`mlgate policy new`: a rule of one's own that works as written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlgate.cli.console import lines, print_json, put, say
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.policy.options import opa_program
from mlgate.policy.workbench.new import new_rule


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new", epilog="Example: mlgate policy new billing.cost_centre_missing --dir ./policies")(new)


def new(
    code: Annotated[str, typer.Argument(metavar="SUBJECT.NAME", help="The code of the new rule.")],
    folder: Annotated[Path, typer.Option("--dir", help="The directory of your own policy.")] = Path(),
    output: OutputOption = Output.TEXT,
) -> None:
    """Write a rule with METADATA, its test and its cases, which pass lint and test as written.

    Nothing is overwritten. Exit codes: 0 written, 2 not: a bad name, a code or file that is taken.
    """
    written = [str(path) for path in new_rule(code, folder, opa_program())]
    if output is Output.JSON:
        print_json({"code": code, "files": written})
        return
    put(lines(written))
    say(f"next: edit them, then run `mlgate policy lint {folder}` and `mlgate policy test {folder}`")
