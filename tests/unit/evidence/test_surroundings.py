"""All look-ups around an object, together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mlgate.domain.cluster_facts import ClusterFacts
from mlgate.domain.deadline import Deadline
from mlgate.domain.lookups import LookUps
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.cluster import KubernetesCluster
from mlgate.evidence.files import FileCluster
from mlgate.evidence.gathering import Gathering
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.surroundings import around

RBAC = "rbac.authorization.k8s.io/v1"
ISTIO = "security.istio.io/v1beta1"
EVERYTHING = LookUps(
    namespace="prod",
    has_pods=True,
    service_accounts=("credit",),
    token_accounts=("credit",),
    pod_labels=({"app": "credit"},),
    serves=True,
    external=True,
    mesh=True,
    secrets=("s",),
    config_maps=("c",),
)
NAMES = {
    "cluster.serviceAccounts",
    "cluster.secrets",
    "cluster.configMaps",
    "cluster.peerAuthentication",
    "cluster.networkPolicies",
    "cluster.authorizationPolicies",
    "cluster.region",
}


def stored(
    api_version: str, kind: str, name: str, namespace: str | None = "prod", **fields: Any
) -> dict[str, Any]:
    about = {"name": name, "namespace": namespace, **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": about, **fields}


KNOWN = {"rules": [{"from": [{"source": {"requestPrincipals": ["*"]}}]}]}
SOUND = [
    stored("v1", "ServiceAccount", "credit", automountServiceAccountToken=False),
    stored("v1", "Secret", "s", metadata={"creationTimestamp": "2026-01-01T00:00:00Z"}),
    stored("v1", "ConfigMap", "c", data={}),
    stored(ISTIO, "PeerAuthentication", "p", spec={"mtls": {"mode": "STRICT"}}),
    stored(ISTIO, "AuthorizationPolicy", "a", spec=KNOWN),
    stored(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "n",
        spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    ),
    stored("v1", "Node", "node", None, metadata={"labels": {"topology.kubernetes.io/region": "eu-west-1"}}),
]
"""A namespace in which nothing is to be held against the object."""
ON = EvidenceOptions(secrets=True, config_maps=True)


@pytest.fixture
def look(now: str) -> Any:
    async def looked(
        cluster: Any, lookups: LookUps = EVERYTHING, options: EvidenceOptions = ON, seconds: float = 5
    ) -> tuple[ClusterFacts, dict[str, str]]:
        deadline = Deadline.after(seconds)
        work = Gathering(lookups, cluster, options, deadline, now)
        found = await around(work, deadline)
        return found, {entry.lookup: entry.reason for entry in work.unavailable}

    return looked


async def test_everything_around_the_object_is_found(cluster: Any, look: Any) -> None:
    cluster.objects = SOUND
    found, missing = await look(cluster)
    assert missing == {}
    assert found.wire() == {
        "namespace": None,
        "region": "eu-west-1",
        "serviceAccounts": {"credit": {"automountServiceAccountToken": False, "rules": []}},
        "storageClasses": {},
        "secrets": {"s": {"rotatedAt": "2026-01-01T00:00:00Z"}},
        "configMaps": {"c": {"credentials": []}},
        "peerAuthentication": {"mode": "STRICT"},
        "networkPolicies": [
            {
                "name": "n",
                "selectsAllPods": True,
                "policyTypes": ["Ingress", "Egress"],
                "openIngress": False,
                "openEgress": False,
            }
        ],
        "authorizationPolicies": [
            {"kind": "AuthorizationPolicy", "name": "a", "selectsAllPods": True, "requiresIdentity": True}
        ],
    }


async def test_an_object_that_needs_nothing_costs_nothing(cluster: Any, look: Any) -> None:
    assert await look(cluster, LookUps(namespace="prod")) == (ClusterFacts(), {})
    assert cluster.calls == []


class Silent:
    """An API server that must not be asked anything."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the API server was asked to {name}")


async def test_with_warm_copies_a_sound_namespace_costs_no_call(look: Any) -> None:
    live = KubernetesCluster(Silent())
    for (_, kind), copy in live._copies.items():
        copy.replace([entry for entry in SOUND if entry["kind"] == kind])
        copy.heard()
    found, missing = await look(live, EVERYTHING.model_copy(update={"secrets": (), "config_maps": ()}))
    assert missing == {}
    assert (found.region, set(found.service_accounts), len(found.network_policies)) == (
        "eu-west-1",
        {"credit"},
        1,
    )


async def test_a_cluster_without_a_mesh_costs_no_call_for_it(look: Any) -> None:
    live = KubernetesCluster(Silent())
    for (api_version, _), copy in live._copies.items():
        if api_version == ISTIO:
            copy.missed()
    found, missing = await look(live, LookUps(namespace="prod", mesh=True, external=True))
    assert (found, missing) == (ClusterFacts(), {})


@pytest.mark.parametrize(
    ("kind", "lookup"),
    [
        ("ServiceAccount", "cluster.serviceAccounts"),
        ("ClusterRoleBinding", "cluster.serviceAccounts"),
        ("RoleBinding", "cluster.serviceAccounts"),
        ("ClusterRole", "cluster.serviceAccounts"),
        ("Role", "cluster.serviceAccounts"),
        ("Secret", "cluster.secrets"),
        ("ConfigMap", "cluster.configMaps"),
        ("PeerAuthentication", "cluster.peerAuthentication"),
        ("NetworkPolicy", "cluster.networkPolicies"),
        ("AuthorizationPolicy", "cluster.authorizationPolicies"),
        ("RequestAuthentication", "cluster.authorizationPolicies"),
        ("Node", "cluster.region"),
    ],
)
@pytest.mark.parametrize("fault", [EvidenceUnavailable("answered 403"), ZeroDivisionError("x"), "hang"])
async def test_a_source_that_fails_is_named_and_the_others_are_there(
    cluster: Any, look: Any, kind: str, lookup: str, fault: Any
) -> None:
    cluster.objects = SOUND
    cluster.faults[kind] = fault
    _, missing = await asyncio.wait_for(look(cluster, seconds=0.3 if fault == "hang" else 5), 30)
    assert missing == {lookup: "error"}


async def test_a_look_up_that_fails_leaves_the_unknown(cluster: Any, look: Any) -> None:
    kinds = {entry["kind"] for entry in SOUND}
    cluster.faults = {kind: EvidenceUnavailable("answered 500") for kind in kinds}
    found, missing = await look(cluster)
    assert found == ClusterFacts()
    assert missing == dict.fromkeys(NAMES, "error")


async def test_what_is_switched_off_is_disabled(cluster: Any, look: Any) -> None:
    cluster.objects = SOUND[:-1]
    _, missing = await look(cluster, options=EvidenceOptions())
    assert missing == dict.fromkeys(("cluster.secrets", "cluster.configMaps", "cluster.region"), "disabled")


async def test_without_files_and_cluster_everything_is_offline_or_disabled(look: Any) -> None:
    _, missing = await look(FileCluster([]))
    off = {"cluster.secrets", "cluster.region"}
    assert missing == dict.fromkeys(NAMES - off, "offline") | dict.fromkeys(off, "disabled")


async def test_files_stand_for_the_cluster(look: Any) -> None:
    found, missing = await look(FileCluster(SOUND), options=EvidenceOptions(region="eu-east-1"))
    assert missing == {"cluster.secrets": "disabled"}
    assert (found.region, found.peer_authentication.mode) == ("eu-east-1", "STRICT")
    assert set(found.service_accounts) == {"credit"}
    assert set(found.config_maps) == {"c"}
    assert (len(found.network_policies), len(found.authorization_policies)) == (1, 1)
