"""`mlgate policy input`: the document that policy is asked about, for authors who want to read or try it."""

from __future__ import annotations

from typing import Annotated

import typer

from mlgate.cli.console import print_json
from mlgate.cli.options import (
    AssumeAuthenticated,
    At,
    Cards,
    Context,
    Evidence,
    Groups,
    Namespace,
    Old,
    ProfileOption,
    User,
)
from mlgate.cli.questions import Given, input_documents, read_questions
from mlgate.cli.running import run_unless_stopped
from mlgate.errors import ManifestError

NOTHING = "no rule is asked about anything here: there is no model in it and no record of mlgate"
ObjectOption = Annotated[
    str | None, typer.Option("--object", help="Of several objects, the one with this Kind/name.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "input", epilog="Example: mlgate policy input service.yaml --profile production > input.json"
    )(print_input)


def print_input(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")
    ],
    card: Cards = None,
    evidence: Evidence = None,
    profile: ProfileOption = None,
    namespace: Namespace = None,
    old: Old = None,
    user: User = None,
    group: Groups = None,
    at: At = None,
    context: Context = None,
    assume_authenticated: AssumeAuthenticated = False,
    chosen: ObjectOption = None,
) -> None:
    """Print the input document of an object, as `mlgate check` would ask policy about it.

    It holds the manifest as it is. Exit codes: 0 printed, 2 there is not one object, or it cannot be read.
    """
    asked = read_questions(
        Given(
            paths=paths,
            card=card,
            evidence=evidence,
            profile=profile,
            namespace=namespace,
            old=old,
            user=user,
            group=group,
            at=at,
            context=context,
            assume_authenticated=assume_authenticated,
        )
    )
    judged = [
        (document, question)
        for document, question in run_unless_stopped(input_documents(asked, chosen))
        if question is not None
    ]
    if len(judged) != 1:
        names = ", ".join(document.title for document, _ in judged)
        told = f"there are several objects; choose one with --object: {names}" if judged else NOTHING
        raise ManifestError(told)
    print_json(judged[0][1].wire())
