"""`mlgate policy explain`: one code in full, or why it does or does not speak about a document."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mlgate.assembly import CheckFrom
from mlgate.cli.console import coloured, lines, print_json, put
from mlgate.cli.options import (
    AssumeAuthenticated,
    At,
    Cards,
    Context,
    Evidence,
    Groups,
    Namespace,
    Old,
    Output,
    OutputOption,
    ProfileOption,
    User,
)
from mlgate.cli.policy.answered import Answered, answered_lines
from mlgate.cli.policy.asked import AskedFile, read_asked
from mlgate.cli.policy.concealing import concealer
from mlgate.cli.policy.explained import explained_lines
from mlgate.cli.policy.input import ObjectOption
from mlgate.cli.policy.options import Site, SiteSettings, opa_program, site_folder
from mlgate.cli.questions import Given
from mlgate.engines import bundle_for
from mlgate.policy.workbench.explain import explained, known_code
from mlgate.policy.workbench.library import Library, library
from mlgate.policy.workbench.questioned import questioned
from mlgate.policy.workbench.sources import Sources

Code = Annotated[str, typer.Argument(metavar="CODE", help="As `mlgate policy list` names it.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explain", epilog="Example: mlgate policy explain fairness.limit_exceeded --input service.yaml"
    )(explain)


def explain(
    code: Code,
    path: Site = None,
    asked: Annotated[
        str | None, typer.Option("--input", help="A manifest, or a document as `policy input` prints it.")
    ] = None,
    card: Cards = None,
    evidence: Evidence = None,
    profile: ProfileOption = None,
    namespace: Namespace = None,
    old: Old = None,
    user: User = None,
    group: Groups = None,
    at: At = None,
    settings: SiteSettings = None,
    context: Context = None,
    assume_authenticated: AssumeAuthenticated = False,
    chosen: ObjectOption = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Say what a code checks, reads and serves, how strictly it is enforced, and how it is written.

    With --input, say why it did or did not fire for a document instead; the options from --card to
    --object are those of `mlgate check`. Exit codes: 0 told, 2 no such code, or it could not be done.
    """
    opa = opa_program()
    given = Given(
        paths=[asked] if asked else [],
        card=card,
        evidence=evidence,
        profile=profile,
        namespace=namespace,
        old=old,
        user=user,
        group=group,
        at=at,
        bundle=site_folder(path),
        settings=settings,
        context=context,
        assume_authenticated=assume_authenticated,
    )
    with library(given.bundle, settings, opa) as policy:
        known_code(policy, code)
        sources = Sources(policy.space.tree, opa)
        if asked is None:
            _refuse_without_input(given, chosen)
            told = explained(policy, code, sources)
            text = explained_lines(told)
        else:
            found = _answered(policy, code, read_asked(given, chosen), given, sources)
            title = policy.entry(code)["title"]
            told = {"code": code, "title": title, "documents": [entry.wire() for entry in found]}
            text = answered_lines(code, title, found)
        if output is Output.JSON:
            print_json(told)
        else:
            put(coloured(lines(text)))


def _refuse_without_input(given: Given, chosen: str | None) -> None:
    """Options that say how a document is judged, where there is none."""
    about: dict[str, Any] = {
        "--card": given.card,
        "--evidence": given.evidence,
        "--profile": given.profile,
        "--namespace": given.namespace,
        "--old": given.old,
        "--user": given.user,
        "--group": given.group,
        "--at": given.at,
        "--context": given.context,
        "--assume-authenticated": given.assume_authenticated,
        "--object": chosen,
    }
    for name, value in about.items():
        if value:
            raise typer.BadParameter(f"{name} needs --input")


def _answered(
    policy: Library, code: str, asked: list[AskedFile], given: Given, sources: Sources
) -> list[Answered]:
    """What became of the code for each document."""
    source = CheckFrom(objects=(), namespace="default", bundle=given.bundle, overrides=given.settings)
    bundle = bundle_for(source.settings(), sources.opa).path
    assert bundle is not None  # noqa: S101 - built here
    documents = [(entry.document, concealer(entry.document)) for entry in asked]
    found = questioned(policy, code, documents, bundle=bundle, sources=sources)
    return [Answered(entry, *answers) for entry, answers in zip(asked, found, strict=True)]
