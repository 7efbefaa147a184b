"""Service accounts of the pods, with the rules of every role that is bound to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from mlgate.domain.cluster_facts import RbacRule, ServiceAccountFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.facts import MOST, too_many
from mlgate.evidence.looked import Looked, cannot, not_in_files
from mlgate.evidence.resources import RBAC
from mlgate.evidence.roles import Role, TooMuchError, bound_roles, is_wide, rules_of
from mlgate.evidence.times import name_of

LOOKUP = "cluster.serviceAccounts"
Accounts = dict[str, ServiceAccountFacts]
_Stored = dict[str, dict[str, Any]]
_Rules = dict[str, tuple[RbacRule, ...]]


async def service_accounts(
    lookups: LookUps, named: Cluster, cluster: Cluster, deadline: Deadline
) -> Looked[Accounts]:
    """The accounts that exist. Raises EvidenceUnavailable.

    Accounts are read from `named`, because the manifest's author decides how many there are. What could be
    held against one is read once more, live: no denial may rest on a cache.
    """
    names = lookups.service_accounts
    if not lookups.has_pods or lookups.namespace is None:
        return Looked({})
    if len(names) > MOST:
        return Looked({}, too_many(LOOKUP, "service accounts", len(names)))
    try:
        accounts, (rules, roles) = await asyncio.gather(
            _accounts(lookups, named, deadline), _rules(lookups, cluster, deadline)
        )
    except TooMuchError as fault:
        return Looked({}, cannot(LOOKUP, "error", str(fault)))
    missing = [f"ServiceAccount {name}" for name in names if name not in accounts]
    facts = {
        name: ServiceAccountFacts(automount_service_account_token=_automount(stored), rules=rules[name])
        for name, stored in accounts.items()
    }
    return Looked(facts, not_in_files(cluster, LOOKUP, [*missing, *roles]))


async def _accounts(lookups: LookUps, named: Cluster, deadline: Deadline) -> _Stored:
    found = await _stored(lookups, lookups.service_accounts, named, deadline, fresh=False)
    mounted = [name for name in lookups.token_accounts if _automount(found.get(name, {})) is not False]
    again = await _stored(lookups, [name for name in mounted if name in found], named, deadline, fresh=True)
    gone = {name for name in mounted if name not in again}
    return {name: entry for name, entry in (found | again).items() if name not in gone}


async def _stored(
    lookups: LookUps, names: Sequence[str], named: Cluster, deadline: Deadline, *, fresh: bool
) -> _Stored:
    found = await asyncio.gather(
        *(
            named.get("v1", "ServiceAccount", lookups.namespace, name, deadline=deadline, fresh=fresh)
            for name in names
        )
    )
    return {name: entry for name, entry in zip(names, found, strict=True) if entry is not None}


async def _rules(lookups: LookUps, cluster: Cluster, deadline: Deadline) -> tuple[_Rules, list[str]]:
    """The rules by account, and the roles that are bound and not there. Raises TooMuchError."""
    rules, missing = await _read_rules(lookups, cluster, deadline, fresh=False)
    if any(is_wide(rule) for held in rules.values() for rule in held):
        rules, missing = await _read_rules(lookups, cluster, deadline, fresh=True)
    return rules, missing


async def _read_rules(
    lookups: LookUps, cluster: Cluster, deadline: Deadline, *, fresh: bool
) -> tuple[_Rules, list[str]]:
    namespace = lookups.namespace or ""
    kinds = (
        ("ClusterRoleBinding", None),
        ("RoleBinding", namespace),
        ("ClusterRole", None),
        ("Role", namespace),
    )
    cluster_bindings, bindings, *defined = await asyncio.gather(
        *(cluster.list(RBAC, kind, place, deadline=deadline, fresh=fresh) for kind, place in kinds)
    )
    bound = bound_roles(namespace, lookups.service_accounts, [*cluster_bindings, *bindings])
    wanted = {role for held in bound.values() for role in held}
    roles: dict[Role, dict[str, Any]] = {
        key: role
        for kind, stored in zip(("ClusterRole", "Role"), defined, strict=True)
        for role in stored
        if (key := (kind, name_of(role))) in wanted
    }
    missing = [" ".join(role) for role in sorted(wanted - roles.keys())]
    return rules_of(bound, roles), missing


def _automount(stored: dict[str, Any]) -> bool | None:
    value = stored.get("automountServiceAccountToken")
    return value if isinstance(value, bool) else None
