"""Policies that demand an identity of callers: Istio's AuthorizationPolicy and RequestAuthentication."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Any

from mlgate.domain.cluster_facts import AuthorizationPolicyFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.facts import MOST, too_many
from mlgate.evidence.identity import demands_identity, lets_strangers_in
from mlgate.evidence.looked import Looked, cannot, field, none_in_files
from mlgate.evidence.network import MOST_POLICIES
from mlgate.evidence.resources import ISTIO
from mlgate.evidence.selectors import Labels, may_select, selects_all
from mlgate.evidence.times import name_of

LOOKUP = "cluster.authorizationPolicies"
AUTHORIZATION = (ISTIO, "AuthorizationPolicy")
REQUEST = (ISTIO, "RequestAuthentication")
Policies = tuple[AuthorizationPolicyFacts, ...]
Stored = list[dict[str, Any]]


async def authorization_policies(
    lookups: LookUps, cluster: Cluster, root: str, deadline: Deadline
) -> Looked[Policies]:
    """The policies of the namespace and of the whole mesh. Raises EvidenceUnavailable.

    A cluster without the kinds has none. Where the remembered ones demand no identity they are read once
    more, live: a denial for want of one must not rest on a cache.
    """
    if not lookups.external or lookups.namespace is None:
        return Looked(())
    if len(lookups.pod_labels) > MOST:
        return Looked((), too_many(LOOKUP, "sets of pod labels", len(lookups.pod_labels)))
    missing = await none_in_files(cluster, LOOKUP, [AUTHORIZATION, REQUEST], deadline)
    if missing is not None:
        return Looked((), missing)
    for fresh in (False, True):
        stored = await _listed((lookups.namespace, root), cluster, deadline, fresh=fresh)
        if sum(map(len, stored)) > MOST_POLICIES:
            message = f"the namespace and the mesh hold more than {MOST_POLICIES} policies for callers"
            return Looked((), cannot(LOOKUP, "error", message))
        found = _facts(*stored, lookups.pod_labels)
        if any(policy.selects_all_pods and policy.requires_identity for policy in found):
            break
    return Looked(found)


async def _listed(
    places: tuple[str, str], cluster: Cluster, deadline: Deadline, *, fresh: bool
) -> tuple[Stored, Stored]:
    """AuthorizationPolicies and RequestAuthentications."""
    asked = [(kind, place) for kind in (AUTHORIZATION, REQUEST) for place in sorted({*places})]
    lists = await asyncio.gather(
        *(cluster.list(*kind, place, deadline=deadline, fresh=fresh) for kind, place in asked)
    )
    policies, requests = lists[: len(asked) // 2], lists[len(asked) // 2 :]
    return [*chain.from_iterable(policies)], [*chain.from_iterable(requests)]


def _facts(policies: Stored, requests: Stored, templates: Sequence[Labels]) -> Policies:
    """All of them, by kind and name."""
    open_door = any(lets_strangers_in(entry) and _may_act(entry, templates) for entry in policies)
    found = [
        _fact(
            AUTHORIZATION[1], entry, templates, requires_identity=demands_identity(entry, open_door=open_door)
        )
        for entry in policies
    ]
    # A RequestAuthentication refuses a token that is wrong, and lets in whoever brings none.
    found += [_fact(REQUEST[1], entry, templates, requires_identity=False) for entry in requests]
    return tuple(sorted(found, key=lambda policy: (policy.kind, policy.name)))


def _fact(
    kind: str, stored: dict[str, Any], templates: Sequence[Labels], *, requires_identity: bool
) -> AuthorizationPolicyFacts:
    everywhere = not _is_for_gateways(stored) and selects_all(field(stored, "spec", "selector"), templates)
    return AuthorizationPolicyFacts(
        kind=kind, name=name_of(stored), selects_all_pods=everywhere, requires_identity=requires_identity
    )


def _may_act(stored: dict[str, Any], templates: Sequence[Labels]) -> bool:
    return not _is_for_gateways(stored) and may_select(field(stored, "spec", "selector"), templates)


def _is_for_gateways(stored: dict[str, Any]) -> bool:
    """A policy with a target is about a gateway or a service, and selects no pods."""
    return bool(field(stored, "spec", "targetRef") or field(stored, "spec", "targetRefs"))
