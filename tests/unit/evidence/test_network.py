"""NetworkPolicies: whom they select and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.domain.cluster_facts import NetworkPolicyFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.evidence.facts import MOST
from mlgate.evidence.files import FileCluster
from mlgate.evidence.network import LOOKUP, MOST_POLICIES, network_policies

PODS = ({"app": "credit"},)
NEEDED = LookUps(namespace="prod", serves=True, pod_labels=PODS)
EVERYWHERE = {"ipBlock": {"cidr": "0.0.0.0/0"}}
SOMEWHERE = {"podSelector": {"matchLabels": {"app": "dns"}}}


def policy(name: str = "p", namespace: str = "prod", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


CLOSED = policy(
    "closed", policyTypes=["Ingress", "Egress"], ingress=[{"from": [SOMEWHERE]}], egress=[{"to": [SOMEWHERE]}]
)


async def facts(cluster: Any, deadline: Deadline, **lookups: Any) -> tuple[NetworkPolicyFacts, ...]:
    found = await network_policies(NEEDED.model_copy(update=lookups), cluster, deadline)
    assert found.unavailable is None
    return found.found


async def fact(cluster: Any, deadline: Deadline, stored: dict[str, Any]) -> NetworkPolicyFacts:
    cluster.objects = [stored]
    (found,) = await facts(cluster, deadline)
    return found


async def test_the_policies_of_the_namespace_are_told_by_name(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy("b"), policy("a"), policy("c", namespace="other")]
    assert [entry.name for entry in await facts(cluster, deadline)] == ["a", "b"]


async def test_a_policy_is_told_whole(cluster: Any, deadline: Deadline) -> None:
    assert await fact(cluster, deadline, CLOSED) == NetworkPolicyFacts(
        name="closed",
        selects_all_pods=True,
        policy_types=("Ingress", "Egress"),
        open_ingress=False,
        open_egress=False,
    )


@pytest.mark.parametrize(
    ("spec", "types"),
    [
        ({}, ("Ingress",)),
        ({"policyTypes": []}, ("Ingress",)),
        ({"policyTypes": None, "egress": []}, ("Ingress",)),
        ({"egress": [{}]}, ("Ingress", "Egress")),
        ({"policyTypes": ["Egress"]}, ("Egress",)),
        ({"policyTypes": ["Ingress"], "egress": [{}]}, ("Ingress",)),
        ({"policyTypes": "Egress"}, ("Ingress",)),
        ({"policyTypes": [5, "Egress"]}, ("Egress",)),
    ],
)
async def test_types_that_are_left_out_have_their_defaults(
    cluster: Any, deadline: Deadline, spec: dict[str, Any], types: tuple[str, ...]
) -> None:
    assert (await fact(cluster, deadline, policy(**spec))).policy_types == types


@pytest.mark.parametrize(
    ("ingress", "opened"),
    [
        (None, False),
        ([], False),
        ("x", False),
        ([{}], True),
        ([None], True),
        ([{"from": []}], True),
        ([{"from": None}], True),
        ([{"from": "x"}], True),
        ([{"ports": [{"port": 8080}]}], True),
        ([{"from": [SOMEWHERE]}], False),
        ([{"from": [EVERYWHERE]}], False),
        ([{"from": [SOMEWHERE]}, {}], True),
    ],
)
async def test_ingress_is_open_where_a_rule_names_no_caller(
    cluster: Any, deadline: Deadline, ingress: Any, *, opened: bool
) -> None:
    assert (await fact(cluster, deadline, policy(ingress=ingress))).open_ingress is opened


@pytest.mark.parametrize(
    ("egress", "opened"),
    [
        (None, False),
        ([], False),
        ([{}], True),
        ([{"to": []}], True),
        ([{"to": "x"}], True),
        ([{"ports": [{"port": 443}]}], True),
        ([{"to": [SOMEWHERE]}], False),
        ([{"to": [EVERYWHERE]}], True),
        ([{"to": [SOMEWHERE, EVERYWHERE]}], True),
        ([{"to": [SOMEWHERE]}, {"to": [EVERYWHERE]}], True),
        ([{"to": [{"ipBlock": {"cidr": "::/0"}}]}], True),
        ([{"to": [{"ipBlock": {"cidr": "10.1.2.3/0"}}]}], True),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/00"}}]}], True),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": []}}]}], True),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}], False),
        ([{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}], False),
        ([{"to": [{"ipBlock": {"cidr": "10.0.0.0/10"}}]}], False),
        ([{"to": [{"ipBlock": {"cidr": 5}}]}], False),
        ([{"to": [{"ipBlock": None}, None]}], False),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/"}}]}], False),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/\u0660"}}]}], False),
    ],
)
async def test_egress_is_open_where_a_rule_names_no_destination_or_every_address(
    cluster: Any, deadline: Deadline, egress: Any, *, opened: bool
) -> None:
    assert (await fact(cluster, deadline, policy(egress=egress))).open_egress is opened


async def test_a_policy_without_a_spec_selects_nothing(cluster: Any, deadline: Deadline) -> None:
    found = await fact(cluster, deadline, {**policy(), "spec": None})
    assert (found.selects_all_pods, found.policy_types) == (False, ("Ingress",))


async def test_every_template_has_to_be_selected(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy("all"), policy("some", podSelector={"matchLabels": {"app": "credit"}})]
    both = {"pod_labels": (*PODS, {"app": "explainer"})}
    assert [entry.selects_all_pods for entry in await facts(cluster, deadline)] == [True, True]
    assert [entry.selects_all_pods for entry in await facts(cluster, deadline, **both)] == [True, False]
    assert [entry.selects_all_pods for entry in await facts(cluster, deadline, pod_labels=())] == [
        True,
        False,
    ]


@pytest.mark.parametrize("lookups", [{"serves": False}, {"namespace": None}])
async def test_an_object_that_needs_none_costs_no_read(
    cluster: Any, deadline: Deadline, lookups: dict[str, Any]
) -> None:
    cluster.objects = [CLOSED]
    assert await facts(cluster, deadline, **lookups) == ()
    assert cluster.calls == []


async def test_training_needs_them_too(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [CLOSED]
    assert len(await facts(cluster, deadline, serves=False, trains=True)) == 1


async def test_closed_policies_that_are_remembered_cost_no_second_read(
    cluster: Any, deadline: Deadline
) -> None:
    cluster.objects = [CLOSED, policy("partial", podSelector={"matchLabels": {"app": "x"}}, ingress=[{}])]
    await facts(cluster, deadline)
    assert cluster.calls == [("list", "NetworkPolicy", False)]


@pytest.mark.parametrize(
    "stored",
    [
        [],
        [policy(policyTypes=["Ingress"])],
        [policy(policyTypes=["Egress"])],
        [CLOSED, policy("open", ingress=[{}])],
        [CLOSED, policy("open", policyTypes=["Egress"], egress=[{}])],
        [policy(podSelector={"matchLabels": {"app": "x"}}, policyTypes=["Ingress", "Egress"])],
    ],
)
async def test_a_direction_that_seems_open_is_looked_at_again_live(
    cluster: Any, deadline: Deadline, stored: list[dict[str, Any]]
) -> None:
    cluster.objects = stored
    cluster.late = [policy("new", policyTypes=["Ingress", "Egress"])]
    assert "new" in [entry.name for entry in await facts(cluster, deadline)]
    assert cluster.calls == [("list", "NetworkPolicy", False), ("list", "NetworkPolicy", True)]


async def test_files_tell_of_policies_if_they_hold_one_anywhere(deadline: Deadline) -> None:
    found = await network_policies(NEEDED, FileCluster([CLOSED]), deadline)
    assert (len(found.found), found.unavailable) == (1, None)
    found = await network_policies(NEEDED, FileCluster([policy(namespace="other")]), deadline)
    assert (found.found, found.unavailable) == ((), None)
    found = await network_policies(NEEDED, FileCluster([]), deadline)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason) == (LOOKUP, "offline")
    assert found.unavailable.message == "no file holds NetworkPolicy"


async def test_more_policies_than_are_read_are_an_error(cluster: Any, deadline: Deadline) -> None:
    cluster.objects = [policy(f"p{number}") for number in range(MOST_POLICIES)]
    assert len(await facts(cluster, deadline)) == MOST_POLICIES
    cluster.objects.append(policy("one-more"))
    found = await network_policies(NEEDED, cluster, deadline)
    assert found.unavailable is not None
    assert (found.found, found.unavailable.reason) == ((), "error")
    assert found.unavailable.message == "the namespace holds 257 NetworkPolicies; at most 256 are read"


async def test_more_templates_than_are_compared_are_an_error(cluster: Any, deadline: Deadline) -> None:
    many = tuple({"app": f"a{number}"} for number in range(MOST + 1))
    found = await network_policies(NEEDED.model_copy(update={"pod_labels": many}), cluster, deadline)
    assert found.unavailable is not None
    assert (found.unavailable.lookup, found.unavailable.reason) == (LOOKUP, "error")
    assert "33 sets of pod labels" in found.unavailable.message
    assert cluster.calls == []
    assert await facts(cluster, deadline, pod_labels=many[:MOST]) == ()
