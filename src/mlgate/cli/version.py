"""`mlgate version`: which mlgate, which policy, which OPA."""

from __future__ import annotations

import typer

from mlgate.assembly import installed_versions
from mlgate.cli.console import lines, print_json, put
from mlgate.cli.options import Output, OutputOption
from mlgate.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("version", epilog="Example: mlgate version --output json")(version)


def version(output: OutputOption = Output.TEXT) -> None:
    """Print the versions of mlgate, of the policy it would load, and of OPA."""
    found = installed_versions(load_settings())
    if output is Output.JSON:
        print_json(found)
        return
    put(lines(f"{name} {value or 'not found'}" for name, value in found.items()))
