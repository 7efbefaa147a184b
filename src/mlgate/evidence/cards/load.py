"""One card: from its reference in the annotation to what policy is told about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from mlgate.domain.base import Problem
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Card, CardPlace, CardReference, CardSignature, CardStatus
from mlgate.domain.verified import ModelSignature
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cards.bounds import NOTHING, Extent, beyond
from mlgate.evidence.cards.detached import Detached
from mlgate.evidence.cards.formats.modelcard import CardContent, Claim
from mlgate.evidence.cards.sealed import SHARE
from mlgate.evidence.cards.sources import Found, Wanted, configmap, file, huggingface, modelcard, oci
from mlgate.evidence.cards.statements import as_claims
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.signatures.model import signatures_beside_card

_SOURCES = {
    "modelcard": modelcard.find,
    "configmap": configmap.find,
    "file": file.find,
    "oci": oci.find,
    "huggingface": huggingface.find,
}


@dataclass(frozen=True)
class LoadedCard:
    """A card, and the approvals it carries, which are kept apart from it."""

    card: Card
    claims: tuple[Claim, ...] = ()
    unread: str | None = None
    """Why the approvals that lie beside it could not be read, if they could not."""
    models: tuple[ModelSignature, ...] = ()
    """Signatures of models that lie beside it, for each model it may be about."""
    extent: Extent = NOTHING
    """How much it holds."""


async def load(
    reference: CardReference,
    namespace: str | None,
    cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
    model_uris: Mapping[str, str] = MappingProxyType({}),
) -> LoadedCard:
    """Look one card up. Never raises: what went wrong is its status."""
    if reference.problem:
        return not_loaded(reference, "missing", reference.problem)
    source = reference.source.type
    if source not in options.card_sources or source not in _SOURCES:
        return not_loaded(reference, "missing", f"source {source} is switched off in this installation")
    wanted = Wanted(reference, namespace, cluster, options, deadline, model_uris)
    try:
        found = await _SOURCES[source](wanted)
    except EvidenceUnavailable as error:
        return not_loaded(reference, "unavailable", str(error))
    if found is None:
        return not_loaded(reference, "missing", "")
    signatures, models = await _signatures(found, wanted), await _models(found, wanted)
    unsigned = (options.seals and not _verified(signatures)) or (options.served and not _verified(models))
    if source == "modelcard" and unsigned:
        # A signature is often added after the card was applied, and a copy may lag. That there is none, or a
        # bad one, becomes a denial, which must not rest on a cache.
        try:
            found = await modelcard.read(wanted, fresh=True) or found
        except EvidenceUnavailable as error:
            unread = str(error)
            found = replace(found, detached=Detached(unread=unread), models=(), models_unread=unread)
        signatures, models = await _signatures(found, wanted), await _models(found, wanted)
    return replace(_loaded(reference, found, signatures), models=models)


async def _signatures(found: Found, wanted: Wanted) -> tuple[CardSignature, ...]:
    """What is known of the signatures beside a card; nothing where they are not verified here."""
    seals = wanted.options.seals
    if seals is None or found.content.card is None:
        return ()
    in_time = Deadline.after(wanted.deadline.remaining * SHARE)
    return await seals.verify(found.detached, found.content.digest, in_time)


async def _models(found: Found, wanted: Wanted) -> tuple[ModelSignature, ...]:
    """What is known of the signatures of models beside a card; nothing where they are not verified here."""
    asked = wanted.reference.model
    models = list(wanted.model_uris) if asked is None else [asked]
    if wanted.options.served is None or not models or not (found.models or found.models_unread):
        return ()
    unread = found.models_unread
    try:
        async with asyncio.timeout(wanted.deadline.remaining * SHARE):
            verifier = wanted.options.statements
            looked = await asyncio.to_thread(signatures_beside_card, found.models, models, verifier)
    except TimeoutError:
        looked, unread = (), "was not verified in time"
    missed = ModelSignature(model="", status="unavailable", reason=unread)
    return (*looked, *(missed.model_copy(update={"model": model}) for model in models if unread))


def _verified(signatures: Sequence[CardSignature | ModelSignature]) -> bool:
    return any(entry.status == "verified" for entry in signatures)


def not_loaded(reference: CardReference, status: CardStatus, message: str) -> LoadedCard:
    """A card that was not found, and why."""
    problems = (Problem(path="", message=message),) if message else ()
    pinned = reference.pinned_digest
    return LoadedCard(Card(source=reference.source, status=status, problems=problems, pinned_digest=pinned))


def within_bounds(cards: Sequence[LoadedCard]) -> list[LoadedCard]:
    """The cards of one review; of those that are too much together, the last are invalid and say why."""
    left_out = beyond([loaded.extent for loaded in cards])
    return [
        loaded if index not in left_out else _left_out(loaded, left_out[index])
        for index, loaded in enumerate(cards)
    ]


def _left_out(loaded: LoadedCard, problem: Problem) -> LoadedCard:
    return LoadedCard(loaded.card.refused(problem), unread=loaded.unread)


def _loaded(reference: CardReference, found: Found, signatures: tuple[CardSignature, ...]) -> LoadedCard:
    content: CardContent = found.content
    usable = content.card is not None
    card = Card(
        source=reference.source,
        status="found" if usable else "invalid",
        problems=content.problems + found.problems,
        format=content.format,
        digest=content.digest,
        pinned_digest=_pinned(reference, content),
        card=content.card,
        credentials=tuple(CardPlace(path=path, reason=reason) for path, reason in content.places),
        lost=content.lost,
        signature=signatures[0] if signatures else None,
        other_signatures=signatures[1:],
        runtime=found.runtime,
    )
    beside = as_claims(found.statements, after=len(content.claims))
    return LoadedCard(card, content.claims + beside, found.unread, extent=content.extent)


def _pinned(reference: CardReference, content: CardContent) -> str | None:
    """The digest the card must have.

    In a registry the reference pins the artifact, and what was fetched by it is that artifact; the digest of
    a card in mlgate's own format is another one, over the card alone, and has nothing left to differ from.
    """
    fetched_by_pin = reference.source.type == "oci" and content.digest is not None
    return content.digest if fetched_by_pin else reference.pinned_digest
