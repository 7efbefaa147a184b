"""What every command of an approver needs: the card that is meant, and who approves it in which role."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass

from mlgate.assembly import card_from_cluster, cluster_user
from mlgate.cli.beside import annotated, of_file
from mlgate.cli.cards import read_cards
from mlgate.cli.console import say
from mlgate.cli.manifests import exists
from mlgate.errors import ManifestError
from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats.modelcard import CardContent, read_document
from mlgate.evidence.times import metadata
from mlgate.settings import login_name

CARD_IN_CLUSTER = re.compile(r"modelcard/(?P<name>[^/@#]+)(?:@(?P<digest>sha256:[0-9a-f]{64}))?")
"""A card in the cluster, as the annotation mlgate.dev/model-card names it."""
API_VERSION = "mlgate.dev/v1alpha1"
_UNFIT_FOR_NAMES = re.compile(r"[^a-z0-9-]+")
_LONGEST_NAME = 63


@dataclass(frozen=True)
class ApprovedCard:
    """A card that can be approved, and where it lies."""

    content: CardContent
    namespace: str | None
    from_cluster: bool
    name: str | None
    """Of the ModelCard object; None for a card that is no object."""
    detached: Detached
    """What is said to sign it, unverified."""
    stored: bytes
    """The card as it was read, whose digest is the one that is approved."""
    file: str | None = None
    """Where it lies; None for one in the cluster."""
    component: str | None = None
    """bom-ref of the model that is meant, where the file is a bill of materials."""


def read_card(card: str, namespace: str | None, context: str | None) -> ApprovedCard:
    """The card of a file, or the one of that name in the cluster.

    Raises:
        ManifestError: there is none, or more than one, or it cannot be used.
    """
    named = CARD_IN_CLUSTER.fullmatch(card) if not exists(card) else None
    return _from_cluster(named, namespace, context) if named else _from_file(card, namespace)


def artifact_digests(content: CardContent) -> list[str]:
    """The digests of the artifacts of the card's model, as far as it names any."""
    artifacts = (content.card or {})["model"]["artifacts"]
    return [artifact["digest"] for artifact in artifacts if artifact.get("digest")]


def artifact_digest(content: CardContent) -> str | None:
    """The digest of the first artifact that has one, which binds an approval to the model."""
    return next(iter(artifact_digests(content)), None)


def name_prefix(*words: str) -> str:
    """What the name of a record begins with (`generateName`); the API server makes the rest up."""
    prefix = _UNFIT_FOR_NAMES.sub("-", "-".join(words).lower()).strip("-")
    return f"{prefix[: _LONGEST_NAME - 6].rstrip('-')}-"


def _from_cluster(named: re.Match[str], namespace: str | None, context: str | None) -> ApprovedCard:
    """The card of that name; it must be the one that the digest in the reference pins, if it has one.

    Raises:
        ManifestError: it is another one, or cannot be used.
    """
    home = namespace or "default"
    stored = asyncio.run(card_from_cluster(named["name"], home, context))
    content = _usable(read_document(stored), named[0])
    if named["digest"] is not None and named["digest"] != content.digest:
        raise ManifestError(f"{named[0]} is not the card in the cluster, which has {content.digest}")
    return ApprovedCard(
        content,
        home,
        from_cluster=True,
        name=named["name"],
        detached=Detached(annotated(metadata(stored))),
        stored=json.dumps(stored).encode(),
    )


def _from_file(file: str, namespace: str | None) -> ApprovedCard:
    """The one card of a file, and its namespace.

    Raises:
        ManifestError: there is no card, or more than one, or it cannot be used.
    """
    cards = read_cards([file])
    if len(cards) != 1:
        raise ManifestError(f"{file} holds {len(cards)} cards; name a file with one")
    about = cards[0].document.metadata
    stated = about.get("namespace")
    return ApprovedCard(
        _usable(cards[0].content, file),
        namespace or (stated if isinstance(stated, str) else None),
        from_cluster=False,
        name=cards[0].name,
        detached=of_file(cards[0].document.file, about),
        stored=cards[0].stored,
        file=cards[0].document.file,
        component=cards[0].component,
    )


def _usable(content: CardContent, reference: str) -> CardContent:
    """A card that can be approved; what is wrong with it is said, and not approved unseen.

    Raises:
        ManifestError: it cannot be used at all.
    """
    if content.card is None or content.digest is None:
        first = content.problems[0] if content.problems else None
        told = ": " + ": ".join(part for part in (first.path, first.message) if part) if first else ""
        raise ManifestError(f"{reference} is not a usable card{told}")
    for problem in content.problems:
        say(f"warning: {problem.path or 'card'}: {problem.message}")
    return content


def current_user(context: str | None, *, from_cluster: bool) -> str:
    """Who approves: as the cluster knows the caller, else the login name of the shell."""
    name = asyncio.run(cluster_user(context)) if context or from_cluster else login_name()
    if name is None:
        raise ManifestError("nobody is logged in here; name the approver with --user")
    return name
