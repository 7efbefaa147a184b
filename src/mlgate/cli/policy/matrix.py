"""`mlgate policy matrix`: what the frameworks ask for, and what of that is enforced where."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from mlgate.cli.console import lines, print_json, put
from mlgate.cli.options import moment
from mlgate.cli.policy.options import Site, SiteSettings, known_names, opa_program, site_folder
from mlgate.policy.workbench.library import library
from mlgate.policy.workbench.matrix.build import matrix as matrix_of
from mlgate.policy.workbench.matrix.csv_text import csv_text
from mlgate.policy.workbench.matrix.html_text import html_text
from mlgate.policy.workbench.matrix.model import Matrix
from mlgate.policy.workbench.matrix.oscal import component_definition
from mlgate.policy.workbench.matrix.text import told, wire


class Form(StrEnum):
    """How the matrix is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    OSCAL = "oscal"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("matrix", epilog="Example: mlgate policy matrix --output html > matrix.html")(matrix)


def matrix(
    path: Site = None,
    settings: SiteSettings = None,
    frameworks: Annotated[
        list[str] | None, typer.Option("--framework", help="Only this framework, as gdpr; may be repeated.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The moment it is made for; none is named when left out.")
    ] = None,
    output: Annotated[Form, typer.Option("--output", "-o", help="Form of the results.")] = Form.TEXT,
) -> None:
    """Print the compliance matrix: what frameworks ask for, by which rules, and who decides the rest.

    What a site overrides, switches off or leaves without the settings it needs is shown as such. The same
    policy and settings give the same bytes. Exit codes: 0 printed, 2 it could not be done.
    """
    asked = moment(at)
    with library(site_folder(path), settings, opa_program()) as policy:
        wanted = known_names("framework", frameworks, policy.requirements.get("frameworks", {}))
        _print(matrix_of(policy, wanted, asked), output)


def _print(found: Matrix, output: Form) -> None:
    if output is Form.JSON:
        print_json(wire(found))
    elif output is Form.OSCAL:
        print_json(component_definition(found))
    elif output is Form.TEXT:
        put(lines(told(found)))
    else:
        text = csv_text(found) if output is Form.CSV else html_text(found)
        put(lines(text.rstrip("\n").split("\n")))
