"""`mlgate check`: judge manifests without a cluster, with the same gate that guards one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.cli.console import say
from mlgate.cli.manifests import Document, file_contents, load_documents
from mlgate.cli.options import Cards, Evidence, Groups, moment
from mlgate.cli.reports import REPORTS, Report
from mlgate.cli.requests import request_for
from mlgate.cli.results import Result, Results
from mlgate.domain.deadline import Deadline
from mlgate.domain.request import Request, UserInfo

SECONDS_EACH = 30.0
"""Time for one document; there is no API server that waits."""
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
    profile: Annotated[str | None, typer.Option(help="Profile of the namespaces no file describes.")] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Namespace of manifests that name none.")
    ] = None,
    old: Annotated[str | None, typer.Option(help="The stored objects: judge as an UPDATE of them.")] = None,
    user: Annotated[str | None, typer.Option(help="Login name of who would apply this.")] = None,
    group: Groups = None,
    at: Annotated[str | None, typer.Option(help="Judge as of this moment (RFC 3339 or YYYY-MM-DD).")] = None,
    bundle: Annotated[Path | None, typer.Option(help="A policy bundle or source tree.")] = None,
    settings: Annotated[Path | None, typer.Option(help="The site's policy settings (YAML).")] = None,
    context: Annotated[str | None, typer.Option(help="Take evidence from this cluster as well.")] = None,
    assume_authenticated: Annotated[
        bool,
        typer.Option(
            "--assume-authenticated", help="SignOffs and Waivers in files count as the guarded cluster's."
        ),
    ] = False,
    output: Annotated[Report, typer.Option("--output", "-o", help="Form of the results.")] = Report.TEXT,
) -> None:
    """Judge manifests without a cluster.

    Objects in the same files (cards, sign-offs, namespaces, storage classes) are the evidence.
    Exit codes: 0 all allowed, 1 something denied, 2 something could not be judged.
    """
    documents = load_documents(paths)
    extra = load_documents([*(card or ()), *(evidence or ())])
    stored = load_documents([old]) if old else []
    requests = _requests(documents, stored, namespace or "default", _user(user, group))
    source = CheckFrom(
        objects=tuple(item.object for item in (*documents, *extra) if item.object is not None),
        namespace=namespace or "default",
        profile=profile,
        at=moment(at),
        bundle=bundle,
        overrides=settings,
        context=context,
        assume_authenticated=assume_authenticated,
        card_files=dict(file_contents(card or ())),
    )
    notes = _notes(extra, stored, assume_authenticated=assume_authenticated)
    found = asyncio.run(_judge_all(source, requests, notes))
    typer.echo(REPORTS[output](found))
    raise typer.Exit(found.exit_code)


def _user(name: str | None, groups: Iterable[str] | None) -> UserInfo | None:
    """Who asks; null when nobody was named, so that no rule is judged on a guess."""
    if name is None:
        if groups:
            raise typer.BadParameter("--group needs --user")
        return None
    return UserInfo(username=name, groups=tuple(groups or ()))


def _notes(extra: list[Document], stored: list[Document], *, assume_authenticated: bool) -> tuple[str, ...]:
    """What was assumed about the evidence, and which of it could not be read."""
    unread = [
        f"{item.file}#{item.index} could not be read and is no evidence: {item.error}"
        for item in (*extra, *stored)
        if item.error is not None
    ]
    if assume_authenticated:
        return ("SignOffs and Waivers from files are assumed to be authenticated", *unread)
    return ("SignOffs from files are only claims and Waivers are not read (--assume-authenticated)", *unread)


def _requests(
    documents: list[Document], stored: list[Document], namespace: str, user: UserInfo | None
) -> list[tuple[Document, Request | None]]:
    """Each document as the request the API server would send for it."""
    found: list[tuple[Document, Request | None]] = []
    for item in documents:
        if item.object is None:
            found.append((item, None))
            continue
        request = request_for(item.object, default_namespace=namespace, user=user)
        found.append((item, _as_update(request, stored, namespace)))
    return found


def _as_update(request: Request, stored: list[Document], namespace: str) -> Request:
    """The request as an UPDATE, when the stored object is among the old ones."""
    for item in stored:
        if item.object is None:
            continue
        before = request_for(item.object, default_namespace=namespace, user=None)
        same_kind = (before.kind.group, before.kind.kind) == (request.kind.group, request.kind.kind)
        if same_kind and (before.namespace, before.name) == (request.namespace, request.name):
            return request.model_copy(update={"operation": "UPDATE", "old_object": item.object})
    return request


async def _judge_all(
    source: CheckFrom, requests: list[tuple[Document, Request | None]], notes: tuple[str, ...]
) -> Results:
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
        return Results(manifest.revision, len(manifest.codes), tuple(results), notes)
