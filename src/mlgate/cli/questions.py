"""What `check` is given on the command line, as the requests it judges and the evidence it judges them by.

`policy input` and `policy explain --input` read it the same way, so that they speak of what `check` judges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import typer

from mlgate.assembly import CheckFrom, gate_for_check
from mlgate.cli.beside import signatures_of
from mlgate.cli.cards import is_bare_card
from mlgate.cli.manifests import (
    STDIN,
    Content,
    Document,
    documents_of,
    file_contents,
    load_documents,
    trouble,
)
from mlgate.cli.options import moment
from mlgate.cli.requests import request_for
from mlgate.domain.deadline import Deadline
from mlgate.domain.policy_input import PolicyInput
from mlgate.domain.request import Request, UserInfo
from mlgate.errors import ManifestError, SettingsError
from mlgate.policy.engine import NoEngine
from mlgate.policy.setting_values import Profile

SECONDS_EACH = 30.0
"""Time for one document; there is no API server that waits."""
_PROFILES: tuple[str, ...] = get_args(Profile)


@dataclass(frozen=True)
class Given:
    """The options that say what is judged, by what, and as if when and by whom."""

    paths: Sequence[str]
    card: Sequence[str] | None = None
    evidence: Sequence[str] | None = None
    profile: str | None = None
    namespace: str | None = None
    old: str | None = None
    user: str | None = None
    group: Sequence[str] | None = None
    at: str | None = None
    bundle: Path | None = None
    bundle_key: Path | None = None
    settings: Path | None = None
    context: str | None = None
    assume_authenticated: bool = False


@dataclass(frozen=True)
class Questions:
    """What there is to be judged."""

    source: CheckFrom
    requests: tuple[tuple[Document, Request | None], ...]
    """Each document as the request the API server would send for it; null for one that cannot be read."""
    unread: tuple[str, ...]
    """Which of the evidence could not be read."""


def read_questions(given: Given, documents: Sequence[Document] | None = None) -> Questions:
    """Read all that the options name.

    Args:
        given: the options.
        documents: what is at the paths, where that has been read.

    Raises:
        typer.BadParameter: the options contradict each other, or one is no value of its kind.
    """
    _refuse_contradictions(given)
    refuse_unknown_profile(given.profile)
    at = moment(given.at)
    namespace = given.namespace or "default"
    documents = load_documents(given.paths) if documents is None else documents
    cards = list(file_contents(given.card or ()))
    extra = [*_card_objects(cards), *load_documents(given.evidence or ())]
    stored = load_documents([given.old]) if given.old else []
    source = CheckFrom(
        objects=tuple(item.object for item in (*documents, *extra) if item.object is not None),
        namespace=namespace,
        profile=given.profile,
        at=at,
        bundle=given.bundle,
        bundle_key=given.bundle_key,
        overrides=given.settings,
        context=given.context,
        assume_authenticated=given.assume_authenticated,
        card_files={name: content for name, content in cards if isinstance(content, bytes)},
        card_signatures=signatures_of(cards),
    )
    requests = _requests(documents, stored, namespace, _user(given.user, given.group))
    return Questions(source, requests, _unread([*extra, *stored]))


async def input_documents(
    asked: Questions, chosen: str | None = None
) -> list[tuple[Document, PolicyInput | None]]:
    """What policy would be asked about each document; null where no rule is asked.

    Args:
        asked: the documents and the evidence.
        chosen: of several objects, the one with this Kind/name.

    Raises:
        ManifestError: an object or some of the evidence cannot be read, or there is no such object.
        SettingsError: the evidence about one cannot be had in time.
    """
    for problem in asked.unread:
        raise ManifestError(problem)
    wanted = [pair for pair in asked.requests if chosen in (None, pair[0].title)]
    if not wanted:
        names = ", ".join(document.title for document, _ in asked.requests)
        raise ManifestError(
            f"there is no object {chosen}; there are: {names}" if names else "there is no object"
        )
    found: list[tuple[Document, PolicyInput | None]] = []
    with gate_for_check(asked.source, NoEngine()) as gate:
        for document, request in wanted:
            if request is None:
                raise ManifestError(f"{document.place}: {trouble(_error(document))}")
            try:
                found.append((document, await gate.question(request, Deadline.after(SECONDS_EACH))))
            except TimeoutError as problem:
                raise SettingsError(f"{document.place}: the evidence was not there in time") from problem
    return found


def _error(document: Document) -> ManifestError:
    return document.error or ManifestError("cannot be read")


def _refuse_contradictions(given: Given) -> None:
    """Options that cannot both be meant."""
    named = [*given.paths, *(given.card or ()), *(given.evidence or ()), given.old]
    if named.count(STDIN) > 1:
        raise typer.BadParameter("standard input (-) can be read once only")
    if given.context is not None and given.assume_authenticated:
        raise typer.BadParameter(
            "--assume-authenticated is for files alone; with --context the cluster says what is authentic"
        )


def refuse_unknown_profile(profile: str | None) -> None:
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


def _unread(documents: list[Document]) -> tuple[str, ...]:
    return tuple(
        f"{item.place} could not be read and is no evidence: {trouble(item.error)}"
        for item in documents
        if item.error is not None
    )


def _requests(
    documents: Sequence[Document], stored: list[Document], namespace: str, user: UserInfo | None
) -> tuple[tuple[Document, Request | None], ...]:
    found: list[tuple[Document, Request | None]] = []
    for item in documents:
        if item.object is None:
            found.append((item, None))
            continue
        request = request_for(item.object, default_namespace=namespace, user=user)
        found.append((item, _as_update(request, stored, namespace)))
    return tuple(found)


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
