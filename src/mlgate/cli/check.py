"""`mlgate check`: judge manifests without a cluster, with the same gate that guards one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, get_args

import typer

from mlgate.assembly import CheckFrom, assemble_check
from mlgate.cli.cards import is_bare_card
from mlgate.cli.console import coloured, complain, put, say
from mlgate.cli.manifests import (
    STDIN,
    Content,
    Document,
    documents_of,
    file_contents,
    load_documents,
    trouble,
)
from mlgate.cli.options import Cards, Evidence, Groups, moment
from mlgate.cli.reports import REPORTS, Report
from mlgate.cli.requests import request_for
from mlgate.cli.results import Result, Results
from mlgate.cli.running import run_unless_stopped
from mlgate.domain.deadline import Deadline
from mlgate.domain.request import Request, UserInfo
from mlgate.policy.site_settings import Profile

SECONDS_EACH = 30.0
"""Time for one document; there is no API server that waits."""
_NOTHING = "there was no manifest; nothing was judged"
_PROFILES: tuple[str, ...] = get_args(Profile)
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
    Exit codes: 0 all allowed, 1 something denied, 2 something could not be read or judged.
    """
    _refuse_contradictions([*paths, *(card or ()), *(evidence or ()), old], context, assume_authenticated)
    _refuse_unknown_profile(profile)
    moment_of_judgement = moment(at)
    documents = load_documents(paths)
    cards = list(file_contents(card or ()))
    extra = [*_card_objects(cards), *load_documents(evidence or ())]
    stored = load_documents([old]) if old else []
    requests = _requests(documents, stored, namespace or "default", _user(user, group))
    source = CheckFrom(
        objects=tuple(item.object for item in (*documents, *extra) if item.object is not None),
        namespace=namespace or "default",
        profile=profile,
        at=moment_of_judgement,
        bundle=bundle,
        overrides=settings,
        context=context,
        assume_authenticated=assume_authenticated,
        card_files={name: content for name, content in cards if isinstance(content, bytes)},
    )
    unread = _unread([*extra, *stored])
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


def _refuse_contradictions(paths: list[str | None], context: str | None, assume_authenticated: bool) -> None:
    """Options that cannot both be meant."""
    if paths.count(STDIN) > 1:
        raise typer.BadParameter("standard input (-) can be read once only")
    if context is not None and assume_authenticated:
        raise typer.BadParameter(
            "--assume-authenticated is for files alone; with --context the cluster says what is authentic"
        )


def _refuse_unknown_profile(profile: str | None) -> None:
    """A misspelt profile would be judged as the default one, which nobody who named one has in mind."""
    if profile is not None and profile not in _PROFILES:
        raise typer.BadParameter(f"--profile: {profile!r} is none of {', '.join(_PROFILES)}")


def _card_objects(cards: list[tuple[str, Content]]) -> Iterator[Document]:
    """The objects in card files. A bare card is no object; it is found by name, as `file/<path>`."""
    for name, content in cards:
        if not is_bare_card(content):
            yield from documents_of(name, content)


def _user(name: str | None, groups: Iterable[str] | None) -> UserInfo | None:
    """Who asks; null when nobody was named, so that no rule is judged on a guess."""
    if name is None:
        if groups:
            raise typer.BadParameter("--group needs --user")
        return None
    if not name.strip():
        raise typer.BadParameter("--user names nobody")
    return UserInfo(username=name, groups=tuple(groups or ()))


def _worth_of_files(source: CheckFrom) -> str:
    """What approvals in files count as."""
    if source.context is not None:
        return "SignOffs and Waivers are read from the cluster alone, not from files"
    if source.assume_authenticated:
        return "SignOffs and Waivers from files are assumed to be authenticated"
    return "SignOffs from files are only claims and Waivers are not read (--assume-authenticated)"


def _unread(documents: list[Document]) -> tuple[str, ...]:
    """Which of the evidence could not be read."""
    return tuple(
        f"{item.place} could not be read and is no evidence: {trouble(item.error)}"
        for item in documents
        if item.error is not None
    )


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
        if item.object is None or request.name is None:
            continue
        before = request_for(item.object, default_namespace=namespace, user=None)
        same_kind = (before.kind.group, before.kind.kind) == (request.kind.group, request.kind.kind)
        if same_kind and (before.namespace, before.name) == (request.namespace, request.name):
            return request.model_copy(update={"operation": "UPDATE", "old_object": item.object})
    return request


async def _judge_all(source: CheckFrom, requests: list[tuple[Document, Request | None]]) -> Results:
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
