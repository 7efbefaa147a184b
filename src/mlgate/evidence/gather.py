"""Makes the look-ups of one request, all at once, and says of each what came of it.

All share one deadline. A source that fails is a fact and never an exception. An owner's look-ups are the
caller's second call, because only the reader of workloads knows what an owner names.
"""

from __future__ import annotations

import asyncio
from typing import Any

from mlgate.domain.cluster_facts import ClusterFacts, NamespaceFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Evidence, ResolvedReference, SignOff, Unavailable, Waiver
from mlgate.domain.lookups import LookUps, ObjectReference
from mlgate.domain.request import Request
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence import approvals, contents, facts
from mlgate.evidence.cards.load import LoadedCard, load, not_loaded, within_bounds
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.files import FileCluster
from mlgate.evidence.gathering import Gathering
from mlgate.evidence.not_made import not_made
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.owners import follow
from mlgate.evidence.surroundings import around
from mlgate.evidence.verified import attested, with_models

__all__ = ["EvidenceOptions", "gather"]

_FIRST_ROUND = 0.7
"""Share of the time the first look may take, so that a source that hangs leaves some for the second."""
_CONFIG_MAP = ("v1", "ConfigMap")


async def gather(
    request: Request,
    lookups: LookUps,
    cluster: Cluster | None,
    options: EvidenceOptions,
    deadline: Deadline,
    evaluated_at: str,
    *,
    confirmed: bool = True,
) -> Evidence:
    """Everything the request needs, by the deadline. Never raises for a source that fails.

    Without a cluster nothing is known of it, as with files that hold nothing. Unless it is to be `confirmed`,
    copies of the cluster are believed in all that they hold.
    """
    work = Gathering(lookups, cluster or FileCluster(()), options, deadline, evaluated_at, confirmed)
    for missing in not_made(request, lookups, options):
        work.say(missing)
    if lookups.record is not None and lookups.record_kind in ("SignOff", "Waiver"):
        return await _for_record(work)
    return await _for_workload(work)


async def _for_record(work: Gathering) -> Evidence:
    namespace, found = await asyncio.gather(
        _namespace(work, work.deadline),
        work.attempt(
            approvals.under_review(work.lookups, work.cluster, work.deadline, work.evaluated_at),
            work.deadline,
        ),
    )
    nothing: tuple[tuple[SignOff, ...], tuple[Waiver, ...]] = ((), ())
    lookup = "signOffs" if work.lookups.record_kind == "SignOff" else "waivers"
    sign_offs, waivers = work.note(lookup, found, nothing)
    return Evidence(
        sign_offs=sign_offs,
        waivers=waivers,
        cluster=ClusterFacts(namespace=namespace),
        unavailable=tuple(work.unavailable),
    )


async def _for_workload(work: Gathering) -> Evidence:
    lookups = work.lookups
    first = Deadline.after(work.deadline.remaining * _FIRST_ROUND)
    async with asyncio.TaskGroup() as group:
        namespace = group.create_task(_namespace(work, first))
        listed = group.create_task(work.attempt(_listed(work, first), first))
        waivers = group.create_task(work.attempt(_waivers(work, first), first))
        owners = group.create_task(work.attempt(_owners(work, first), first))
        cards = group.create_task(_cards(work, lookups, first))
        references = group.create_task(_references(work, lookups.references, first))
        surroundings = group.create_task(around(work, first))
        signed = group.create_task(attested(work, first))
        stored = group.create_task(work.attempt(facts.storage(lookups, work.named, first), first))
    chain, found = owners.result(), cards.result()
    kept = work.note("cluster.storageClasses", stored.result(), facts.Storage())
    if lookups.has_volumes:
        work.say(kept.unavailable)
    noted_waivers = work.note("waivers", waivers.result(), ())
    sign_offs = await _sign_offs(work, found, listed.result())
    return Evidence(
        cards=tuple(loaded.card for loaded in found),
        sign_offs=sign_offs,
        waivers=noted_waivers,
        cluster=surroundings.result().model_copy(
            update={"namespace": namespace.result(), "storage_classes": kept.classes}
        ),
        verified=with_models(signed.result(), found),
        unavailable=tuple(work.unavailable),
        references=references.result(),
        claims=kept.claims,
        default_storage_class=kept.default,
        owners=() if isinstance(chain, EvidenceUnavailable) else chain,
    )


async def _namespace(work: Gathering, deadline: Deadline) -> NamespaceFacts | None:
    name = work.lookups.namespace
    if name is None:
        return None
    source = facts.namespace_facts(name, work.cluster, work.options.profile, deadline)
    found = await work.attempt(source, deadline)
    if isinstance(found, NamespaceFacts):
        return found
    work.say(facts.failure("cluster.namespace", found) if isinstance(found, EvidenceUnavailable) else found)
    return None


async def _cards(work: Gathering, lookups: LookUps, deadline: Deadline) -> list[LoadedCard]:
    found = await asyncio.gather(
        *(
            work.attempt(
                load(
                    reference,
                    work.records_namespace,
                    work.named,
                    work.options,
                    deadline,
                    lookups.model_uris,
                ),
                deadline,
            )
            for reference in lookups.cards
        )
    )
    return within_bounds(
        [
            not_loaded(reference, "unavailable", str(card)) if isinstance(card, EvidenceUnavailable) else card
            for reference, card in zip(lookups.cards, found, strict=True)
        ]
    )


async def _references(
    work: Gathering, references: tuple[ObjectReference, ...], deadline: Deadline
) -> tuple[ResolvedReference, ...]:
    """Each reference, in their order; those beyond the cap are not looked up, and known to be unknown."""
    namespace = work.lookups.namespace
    asked, beyond = references[: facts.MOST], references[facts.MOST :]
    if beyond:
        work.say(facts.too_many("cluster.references", "objects by reference", len(references)))
    found = await asyncio.gather(
        *(work.attempt(_resolved(work, reference, deadline), deadline) for reference in asked)
    )
    resolved = [_reference(work, *pair) for pair in zip(asked, found, strict=True)]
    return (*resolved, *(facts.unresolved(reference, namespace, known=False) for reference in beyond))


async def _resolved(
    work: Gathering, reference: ObjectReference, deadline: Deadline
) -> ResolvedReference | Unavailable:
    """The object; why it is not looked for, if the installation does not allow reading its kind."""
    names_config_map = any((version, kind) == _CONFIG_MAP for version, kind, _ in reference.kinds)
    switched_off = contents.unread_config_maps(work.named, work.options) if names_config_map else None
    if switched_off is not None:
        return switched_off
    return await facts.resolve(reference, work.lookups.namespace, work.named, deadline)


def _reference(
    work: Gathering,
    reference: ObjectReference,
    resolved: ResolvedReference | EvidenceUnavailable | Unavailable,
) -> ResolvedReference:
    if isinstance(resolved, Unavailable):
        work.say(resolved)
        return facts.unresolved(reference, work.lookups.namespace, known=False)
    if isinstance(resolved, EvidenceUnavailable):
        work.say(facts.failure("cluster.references", resolved))
        return facts.unresolved(reference, work.lookups.namespace, known=False)
    if resolved.status == "unavailable":
        message = f"no file holds {resolved.kind} {resolved.name}"
        work.say(Unavailable(lookup="cluster.references", reason="offline", message=message))
    return resolved


async def _owners(work: Gathering, deadline: Deadline) -> tuple[dict[str, Any], ...]:
    return await follow(work.lookups.owner, work.lookups.namespace, work.cluster, deadline)


async def _listed(work: Gathering, deadline: Deadline) -> approvals.Listed:
    if not work.lookups.wants_sign_offs:
        return approvals.Listed()
    return await approvals.list_sign_offs(work.records_namespace, work.cluster, deadline)


async def _waivers(work: Gathering, deadline: Deadline) -> tuple[Waiver, ...]:
    place = work.records_namespace
    if not work.lookups.wants_waivers or place is None:
        return ()
    return await approvals.waivers_of(place, work.cluster, work.options, deadline, work.evaluated_at)


async def _sign_offs(
    work: Gathering, cards: list[LoadedCard], listed: approvals.Listed | EvidenceUnavailable
) -> tuple[SignOff, ...]:
    """SignOff objects, then the claims of the cards. Needed only where a card was found."""
    if not any(loaded.card.status == "found" for loaded in cards):
        return ()
    found: tuple[SignOff, ...] | EvidenceUnavailable = ()
    if isinstance(listed, EvidenceUnavailable):
        found = listed
    else:
        found = approvals.sign_offs_of(cards, listed, work.evaluated_at)
    for reason in (loaded.unread for loaded in cards if loaded.unread is not None):
        work.say(facts.failure("signOffs", EvidenceUnavailable(reason)))
    carried = await work.attempt(approvals.claims(cards, work.options), work.deadline)
    return work.note("signOffs", found, ()) + work.note("signOffs", carried, ())
