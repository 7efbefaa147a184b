"""NetworkPolicies of the namespace: which select the pods, and which leave a direction open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlgate.domain.cluster_facts import NetworkPolicyFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.facts import MOST, too_many
from mlgate.evidence.looked import Looked, cannot, entries, field, none_in_files, texts
from mlgate.evidence.selectors import Labels, selects_all
from mlgate.evidence.times import name_of

LOOKUP = "cluster.networkPolicies"
KIND = ("networking.k8s.io/v1", "NetworkPolicy")
MOST_POLICIES = 256
"""Policies of one namespace that are read; who may write one may write any number of them."""
Policies = tuple[NetworkPolicyFacts, ...]


async def network_policies(lookups: LookUps, cluster: Cluster, deadline: Deadline) -> Looked[Policies]:
    """The policies of the namespace. Raises EvidenceUnavailable.

    Where the remembered ones leave a direction open they are read once more, live: a denial for want of a
    policy must not rest on a cache.
    """
    if not (lookups.serves or lookups.trains) or lookups.namespace is None:
        return Looked(())
    if len(lookups.pod_labels) > MOST:
        return Looked((), too_many(LOOKUP, "sets of pod labels", len(lookups.pod_labels)))
    missing = await none_in_files(cluster, LOOKUP, [KIND], deadline)
    if missing is not None:
        return Looked((), missing)
    looked = await _read(lookups.namespace, lookups, cluster, deadline, fresh=False)
    if all(_closed(looked.found, direction) for direction in ("Ingress", "Egress")):
        return looked
    return await _read(lookups.namespace, lookups, cluster, deadline, fresh=True)


async def _read(
    namespace: str, lookups: LookUps, cluster: Cluster, deadline: Deadline, *, fresh: bool
) -> Looked[Policies]:
    stored = await cluster.list(*KIND, namespace, deadline=deadline, fresh=fresh)
    if len(stored) > MOST_POLICIES:
        message = f"the namespace holds {len(stored)} NetworkPolicies; at most {MOST_POLICIES} are read"
        return Looked((), cannot(LOOKUP, "error", message))
    return Looked(tuple(_facts(entry, lookups.pod_labels) for entry in sorted(stored, key=name_of)))


def _closed(policies: Policies, direction: str) -> bool:
    """Whether policy could be content with the direction; decides nothing but whether they are read again."""
    acting = [policy for policy in policies if policy.selects_all_pods and direction in policy.policy_types]
    opened = [policy.open_ingress if direction == "Ingress" else policy.open_egress for policy in acting]
    return bool(acting) and not any(opened)


def _facts(stored: dict[str, Any], templates: Sequence[Labels]) -> NetworkPolicyFacts:
    spec = field(stored, "spec")
    egress = entries(field(spec, "egress"))
    return NetworkPolicyFacts(
        name=name_of(stored),
        selects_all_pods=isinstance(spec, dict) and selects_all(spec.get("podSelector"), templates),
        # Without types a policy is about ingress, and about egress where it has rules for it.
        policy_types=texts(field(spec, "policyTypes")) or ("Ingress", *(("Egress",) if egress else ())),
        open_ingress=any(not entries(field(rule, "from")) for rule in entries(field(spec, "ingress"))),
        open_egress=any(_lets_out(entries(field(rule, "to"))) for rule in egress),
    )


def _lets_out(peers: list[Any]) -> bool:
    """Whether an egress rule names no destination, or every address without exception."""
    return not peers or any(_is_everywhere(field(peer, "ipBlock")) for peer in peers)


def _is_everywhere(block: Any) -> bool:
    """Whether the block holds all addresses: the API server takes any address before a length of 0."""
    cidr = field(block, "cidr")
    if not isinstance(cidr, str) or field(block, "except"):
        return False
    length = cidr.strip().rpartition("/")[2]
    return length.isascii() and length.isdecimal() and not length.strip("0")
