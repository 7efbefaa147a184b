"""`mlgate policy list`: the codes of a policy, and how strictly each is enforced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from mlgate.cli.console import lines, print_json, put, say
from mlgate.cli.options import Output, OutputOption
from mlgate.cli.policy.options import Site, SiteSettings, known_names, opa_program, site_folder
from mlgate.policy.metadata import ACTIONS, SEVERITIES
from mlgate.policy.workbench.enforcement import PROFILES
from mlgate.policy.workbench.library import Library, library
from mlgate.policy.workbench.listing import Wanted, codes, described, subject

COLUMN = 11
"""Width of `audit→deny` and of the longest name of a profile."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list", epilog="Example: mlgate policy list --framework gdpr --profile production")(
        list_codes
    )


def list_codes(
    path: Site = None,
    subjects: Annotated[list[str] | None, typer.Option("--subject", help="Only of this subject.")] = None,
    severities: Annotated[list[str] | None, typer.Option("--severity", help="Only of this severity.")] = None,
    frameworks: Annotated[
        list[str] | None, typer.Option("--framework", help="Only what serves this framework, as gdpr.")
    ] = None,
    profiles: Annotated[
        list[str] | None, typer.Option("--profile", help="Only what is enforced in this profile.")
    ] = None,
    actions: Annotated[
        list[str] | None, typer.Option("--enforcement", help="Only what can come to this: deny, warn, ….")
    ] = None,
    settings: SiteSettings = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """List the codes of the shipped policy, with a directory of your own over it.

    Filters may be repeated. `warn→deny` is a warning that a risk tier or data class raises to a denial.
    Exit codes: 0 listed, 2 it could not be done.
    """
    with library(site_folder(path), settings, opa_program()) as policy:
        wanted = Wanted(
            subjects=known_names(
                "subject", subjects, sorted({subject(code) for code in policy.catalog.codes})
            ),
            severities=known_names("severity", severities, SEVERITIES),
            frameworks=known_names("framework", frameworks, policy.requirements.get("frameworks", {})),
            profiles=known_names("profile", profiles, PROFILES),
            actions=known_names("enforcement", actions, ACTIONS),
        )
        found = list(codes(policy, wanted))
        if output is Output.JSON:
            print_json([described(policy, code) for code in found])
        elif found:
            put(lines(_table(policy, found, wanted.shown_profiles)))
    if not found:
        say("no code is like that")


def _table(policy: Library, found: Sequence[str], profiles: Sequence[str]) -> Iterator[str]:
    """A line a code under the names of the columns."""
    width = max(len("CODE"), *(len(code) for code in found))
    head = "  ".join([f"{'SEVERITY':8}", *(f"{profile.upper():{COLUMN}}" for profile in profiles)])
    yield f"{'CODE':{width}}  {head}  TITLE"
    for code in found:
        entry, by_profile = policy.entry(code), policy.enforced(code)
        cells = [f"{entry['severity']:8}", *(f"{by_profile[name].short:{COLUMN}}" for name in profiles)]
        yield f"{code:{width}}  {'  '.join(cells)}  {' '.join(entry['title'].split())}"
