"""Sign-offs and waivers of one request: which are about it, and what vouches for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import SignOff, Waiver
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cards.load import LoadedCard
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.guards import Guard, read_guard
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.sign_offs import claims_of, of_models, read_sign_off
from mlgate.evidence.times import metadata, name_of
from mlgate.evidence.waivers import read_waiver


@dataclass(frozen=True)
class Listed:
    """The SignOff objects of a namespace, and what vouches for them."""

    stored: Sequence[dict[str, Any]] = ()
    guard: Guard = field(default_factory=Guard)


async def list_sign_offs(namespace: str | None, cluster: Cluster, deadline: Deadline) -> Listed:
    """All SignOffs of the namespace. Raises EvidenceUnavailable, also when the guard cannot be read.

    Read live: a denial for want of approvals must not rest on a copy.
    """
    if namespace is None:
        return Listed()
    stored, guard = await asyncio.gather(
        cluster.list(API_VERSION, "SignOff", namespace, deadline=deadline, fresh=True),
        read_guard(cluster, "SignOff", deadline),
    )
    return Listed(stored, guard)


def sign_offs_of(cards: Sequence[LoadedCard], listed: Listed, evaluated_at: str) -> tuple[SignOff, ...]:
    """The SignOffs about the found cards."""
    found = [loaded.card for loaded in cards if loaded.card.status == "found"]
    models = {card.card["model"]["name"] for card in found if card.card}
    about = of_models(listed.stored, models)
    return tuple(read_sign_off(entry, listed.guard, evaluated_at) for entry in about)


async def claims(cards: Sequence[LoadedCard], options: EvidenceOptions) -> tuple[SignOff, ...]:
    """The approvals the cards carry, in their order.

    Verified in a thread of their own: a card full of statements must not hold up the other reviews.
    """
    carrying = [loaded for loaded in cards if loaded.claims]
    if not carrying:
        return ()
    return await asyncio.to_thread(_claims, carrying, options)


def _claims(cards: Sequence[LoadedCard], options: EvidenceOptions) -> tuple[SignOff, ...]:
    return tuple(claim for loaded in cards for claim in claims_of(loaded, options.statements))


async def waivers_of(
    namespace: str | None,
    cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
    evaluated_at: str,
) -> tuple[Waiver, ...]:
    """Waivers of the namespace and of the installation's own, sorted. Raises EvidenceUnavailable.

    From files only when the caller said that the guarded cluster had returned them. Read live: a denial for
    want of a waiver must not rest on a copy.
    """
    if cluster.source == "files" and not cluster.assume_authenticated:
        return ()
    places = sorted({*options.waiver_namespaces, *([namespace] if namespace else [])})
    guard, *lists = await asyncio.gather(
        read_guard(cluster, "Waiver", deadline),
        *(cluster.list(API_VERSION, "Waiver", place, deadline=deadline, fresh=True) for place in places),
    )
    stored = sorted((entry for found in lists for entry in found), key=_key)
    return tuple(read_waiver(entry, guard, evaluated_at) for entry in stored)


async def under_review(
    lookups: LookUps, cluster: Cluster, deadline: Deadline, evaluated_at: str
) -> tuple[tuple[SignOff, ...], tuple[Waiver, ...]]:
    """The SignOff or Waiver that is itself the question, and nothing else. Raises EvidenceUnavailable."""
    record = lookups.record or {}
    if lookups.record_kind == "SignOff":
        guard = await read_guard(cluster, "SignOff", deadline)
        return (read_sign_off(record, guard, evaluated_at),), ()
    guard = await read_guard(cluster, "Waiver", deadline)
    return (), (read_waiver(record, guard, evaluated_at, under_review=True),)


def _key(stored: dict[str, Any]) -> tuple[str, str]:
    return metadata(stored).get("namespace") or "", name_of(stored)
