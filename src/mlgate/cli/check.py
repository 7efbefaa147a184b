"""`mlgate check`: judge manifests without a cluster, with the same gate that guards one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.cli.console import coloured, complain, put, say
from mlgate.cli.manifests import Document
from mlgate.cli.options import (
    AssumeAuthenticated,
    At,
    BundleKey,
    Cards,
    Context,
    Evidence,
    Groups,
    Namespace,
    Old,
    ProfileOption,
    User,
)
from mlgate.cli.questions import SECONDS_EACH, Given, read_questions
from mlgate.cli.reports import REPORTS, Report
from mlgate.cli.results import Result, Results
from mlgate.cli.running import run_unless_stopped
from mlgate.domain.deadline import Deadline
from mlgate.domain.request import Request

_NOTHING = "there was no manifest; nothing was judged"
AT_ONCE = 8
"""Documents judged at the same time; OPA uses all cores, more would only queue."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check", epilog="Example: helm template release ./chart | mlgate check - -n credit-prod")(
        check
    )


def check(
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
    bundle: Annotated[Path | None, typer.Option(help="A policy bundle or source tree.")] = None,
    bundle_key: BundleKey = None,
    settings: Annotated[Path | None, typer.Option(help="The site's policy settings (YAML).")] = None,
    context: Context = None,
    assume_authenticated: AssumeAuthenticated = False,
    output: Annotated[Report, typer.Option("--output", "-o", help="Form of the results.")] = Report.TEXT,
) -> None:
    """Judge manifests without a cluster.

    Objects in the same files (cards, sign-offs, namespaces, storage classes) are the evidence.
    Exit codes: 0 all allowed, 1 something denied, 2 something could not be read or judged.
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
            bundle=bundle,
            bundle_key=bundle_key,
            settings=settings,
            context=context,
            assume_authenticated=assume_authenticated,
        )
    )
    source, requests, unread = asked.source, asked.requests, asked.unread
    found = run_unless_stopped(_judge_all(source, requests))
    found = replace(
        found,
        notes=(_worth_of_files(source), *unread, *(() if requests else (_NOTHING,))),
        incomplete=bool(unread) or not requests,
    )
    text = REPORTS[output](found)
    put(coloured(text) if output is Report.TEXT else text)
    if found.incomplete and output is not Report.TEXT:
        complain("; ".join(found.notes[1:]))
    raise typer.Exit(found.exit_code)


def _worth_of_files(source: CheckFrom) -> str:
    """What approvals in files count as."""
    if source.context is not None:
        return "SignOffs and Waivers are read from the cluster alone, not from files"
    if source.assume_authenticated:
        return "SignOffs and Waivers from files are assumed to be authenticated"
    return "SignOffs from files are only claims and Waivers are not read (--assume-authenticated)"


async def _judge_all(source: CheckFrom, requests: Sequence[tuple[Document, Request | None]]) -> Results:
    """All verdicts, in the order of the documents."""
    slots = asyncio.Semaphore(AT_ONCE)
    async with assemble_check(source) as ready:

        async def one(document: Document, request: Request | None) -> Result:
            if request is None:
                return Result(document, None, None)
            async with slots:
                judgement = await ready.gate.judge(request, Deadline.after(SECONDS_EACH))
            return Result(document, request.namespace, judgement.verdict)

        if len(requests) > AT_ONCE * 10:
            say(f"judging {len(requests)} documents")
        results = await asyncio.gather(*(one(*pair) for pair in requests))
        manifest = ready.manifest
        return Results(manifest.revision, len(manifest.codes), tuple(results))
