"""Policies that demand an identity of callers."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import AuthorizationPolicyFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.callers import AUTHORIZATION, LOOKUP, REQUEST, authorization_policies
from mlgate.evidence.facts import MOST
from mlgate.evidence.files import FileCluster
from mlgate.evidence.looked import Looked
from mlgate.evidence.network import MOST_POLICIES

NEEDED = LookUps(namespace="prod", external=True, pod_labels=({"app": "credit"},))
ROOT = "istio-system"
OURS = {"matchLabels": {"app": "credit"}}
OTHERS = {"matchLabels": {"app": "x"}}
KNOWN = [{"from": [{"source": {"requestPrincipals": ["*"]}}]}]
DENIED = [{"from": [{"source": {"notRequestPrincipals": ["*"]}}]}]


def policy(name: str = "p", rules: Any = KNOWN, namespace: str = "prod", **spec: Any) -> dict[str, Any]:
    api_version, kind = AUTHORIZATION
    about = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": about, "spec": {"rules": rules, **spec}}


def tokens(name: str = "t", namespace: str = "prod", **spec: Any) -> dict[str, Any]:
    api_version, kind = REQUEST
    about = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": about, "spec": {"jwtRules": [], **spec}}


async def looked(
    cluster: Any, deadline: Deadline, **lookups: Any
) -> Looked[tuple[AuthorizationPolicyFacts, ...]]:
    return await authorization_policies(NEEDED.model_copy(update=lookups), cluster, ROOT, deadline)


def told(found: Looked[tuple[AuthorizationPolicyFacts, ...]]) -> dict[str, tuple[bool, bool]]:
    assert found.unavailable is None
    return {entry.name: (entry.selects_all_pods, entry.requires_identity) for entry in found.found}


async def test_policies_of_the_namespace_and_of_the_mesh_are_told_by_kind_and_name(
    cluster: Any, deadline: Deadline
) -> None:
    cluster.objects = [tokens(), policy("b"), policy("a", namespace=ROOT), policy("c", namespace="other")]
    found = await looked(cluster, deadline)
    assert found.found == (
        AuthorizationPolicyFacts(
            kind="AuthorizationPolicy", name="a", selects_all_pods=True, requires_identity=True
        ),
        AuthorizationPolicyFacts(
            kind="AuthorizationPolicy", name="b", selects_all_pods=True, requires_identity=True
        ),
        AuthorizationPolicyFacts(
            kind="RequestAuthentication", name="t", selects_all_pods=True, requires_identity=False
        ),
    )


@pytest.mark.parametrize(
    ("spec", "chosen"),
    [
        ({}, True),
        ({"selector": OURS}, True),
        ({"selector": OTHERS}, False),
        ({"selector": "app"}, False),
        ({"targetRef": {"kind": "Gateway"}}, False),
        ({"targetRefs": [{"kind": "Gateway"}]}, False),
    ],
)
async def test_a_policy_selects_the_pods_or_not(
    cluster: Any, deadline: Deadline, spec: dict[str, Any], *, chosen: bool
) -> None:
    cluster.objects = [policy(**spec)]
    assert told(await looked(cluster, deadline)) == {"p": (chosen, True)}


@pytest.mark.parametrize(
    "door",
    [
        policy("door", [{}]),
        policy("door", [{}], namespace=ROOT),
        policy("door", [{}], selector=OURS),
        policy("door", [{}], selector="app"),
        policy("door", [{"to": [{"operation": {"paths": ["/*"]}}]}]),
    ],
)
async def test_a_policy_that_lets_strangers_in_undoes_those_that_allow_only_the_known(
    cluster: Any, deadline: Deadline, door: dict[str, Any]
) -> None:
    cluster.objects = [policy(), door, policy("denied", DENIED, action="DENY")]
    found = told(await looked(cluster, deadline))
    assert (found["p"], found["door"][1], found["denied"]) == ((True, False), False, (True, True))


@pytest.mark.parametrize("spec", [{"selector": OTHERS}, {"targetRefs": [{}]}, {"action": "AUDIT"}])
async def test_a_policy_for_others_opens_no_door_here(
    cluster: Any, deadline: Deadline, spec: dict[str, Any]
) -> None:
    cluster.objects = [policy(), policy("door", [{}], **spec)]
    assert told(await looked(cluster, deadline))["p"] == (True, True)


async def test_a_demand_that_is_remembered_is_read_once(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy()]
    await looked(cluster, deadline)
    assert sorted(cluster.calls) == sorted(
        [("list", kind, False) for _, kind in (AUTHORIZATION, REQUEST)] * 2
    )


@pytest.mark.parametrize("stored", [[], [policy(selector=OTHERS)], [policy("door", [{}])], [tokens()]])
async def test_a_demand_that_is_not_remembered_is_looked_for_again_live(
    cluster: Any, deadline: Deadline, stored: list[dict[str, Any]]
) -> None:
    cluster.objects = stored
    cluster.late = [policy("new", DENIED, action="DENY")]
    assert told(await looked(cluster, deadline))["new"] == (True, True)
    assert [live for _, _, live in cluster.calls] == [False] * 4 + [True] * 4


async def test_a_cluster_without_the_kinds_has_none(cluster: Any, deadline: Deadline) -> None:
    assert await looked(cluster, deadline) == Looked(())


async def test_the_mesh_s_own_namespace_is_read_once(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy(namespace=ROOT)]
    assert told(await looked(cluster, deadline, namespace=ROOT)) == {"p": (True, True)}


@pytest.mark.parametrize("lookups", [{"external": False}, {"namespace": None}])
async def test_an_object_that_needs_none_costs_no_read(
    cluster: Any, deadline: Deadline, lookups: dict[str, Any]
) -> None:
    assert await looked(cluster, deadline, **lookups) == Looked(())
    assert cluster.calls == []


async def test_files_tell_of_policies_if_they_hold_one_of_either_kind(deadline: Deadline) -> None:
    assert told(await looked(FileCluster([policy()]), deadline)) == {"p": (True, True)}
    assert told(await looked(FileCluster([tokens()]), deadline)) == {"t": (True, False)}
    assert told(await looked(FileCluster([policy(namespace="other")]), deadline)) == {}
    found = await looked(FileCluster([]), deadline)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason) == (LOOKUP, "offline")
    assert found.unavailable.message == "no file holds AuthorizationPolicy or RequestAuthentication"


async def test_more_policies_than_are_read_are_an_error(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy(f"p{number}") for number in range(MOST_POLICIES)]
    assert len(told(await looked(cluster, deadline))) == MOST_POLICIES
    cluster.objects.append(tokens())
    found = await looked(cluster, deadline)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.reason) == ((), "error")


async def test_more_templates_than_are_compared_are_an_error(cluster: Any, deadline: Deadline) -> None:
    many = tuple({"app": f"a{number}"} for number in range(MOST + 1))
    found = await looked(cluster, deadline, pod_labels=many)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason, cluster.calls) == (LOOKUP, "error", [])
