"""What stands around the object in the cluster: accounts, policies of network and mesh, region, contents.

Each look-up is made where the object needs it; one that gives nothing is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from mlgate.domain.cluster_facts import ClusterFacts, PeerAuthentication
from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence import accounts, callers, contents, mesh, network, region
from mlgate.evidence.facts import failure
from mlgate.evidence.gathering import Gathering
from mlgate.evidence.looked import Looked

T = TypeVar("T")
_NO_ACCOUNTS: accounts.Accounts = {}
_NO_SECRETS: contents.Secrets = {}
_NO_CONFIG_MAPS: contents.ConfigMaps = {}
_NO_POLICIES: network.Policies = ()
_NO_CALLERS: callers.Policies = ()
_UNSET = PeerAuthentication()
_NO_REGION: str | None = None


async def around(work: Gathering, deadline: Deadline) -> ClusterFacts:
    """The facts, as far as they can be had by the deadline. Never raises for a source that fails."""
    wants, cluster, named, options = work.lookups, work.cluster, work.named, work.options
    root, now = options.mesh_root, work.evaluated_at

    async def made(lookup: str, nothing: T, source: Awaitable[Looked[T]]) -> Looked[T]:
        found = await work.attempt(source, deadline)
        return Looked(nothing, failure(lookup, found)) if isinstance(found, EvidenceUnavailable) else found

    users, dated, searched, peers, policies, known, place = await asyncio.gather(
        made(accounts.LOOKUP, _NO_ACCOUNTS, accounts.service_accounts(wants, named, cluster, deadline)),
        made(contents.SECRETS, _NO_SECRETS, contents.secrets(wants, named, options, deadline, now)),
        made(contents.CONFIG_MAPS, _NO_CONFIG_MAPS, contents.config_maps(wants, named, options, deadline)),
        made(mesh.LOOKUP, _UNSET, mesh.peer_authentication(wants, cluster, root, deadline)),
        made(network.LOOKUP, _NO_POLICIES, network.network_policies(wants, cluster, deadline)),
        made(callers.LOOKUP, _NO_CALLERS, callers.authorization_policies(wants, cluster, root, deadline)),
        made(region.LOOKUP, _NO_REGION, region.region_of(wants, options.region, cluster, deadline)),
    )
    for looked in (users, dated, searched, peers, policies, known, place):
        work.say(looked.unavailable)
    return ClusterFacts(
        region=place.found,
        service_accounts=users.found,
        secrets=dated.found,
        config_maps=searched.found,
        peer_authentication=peers.found,
        network_policies=policies.found,
        authorization_policies=known.found,
    )
