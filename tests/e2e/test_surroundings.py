"""Roles, network policies, the mesh and the rest reach the document, from a real API server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from casebook.documents import Object
from chart.rendering import render
from cluster.control_plane import ControlPlane
from cluster.local import roles
from surroundings import PATIENCE_SECONDS, Counting, Looking, service, unavailable

from mlgate.evidence.api_server import Connection
from mlgate.evidence.cluster import KubernetesCluster

RBAC = "rbac.authorization.k8s.io/v1"
NETWORK = "networking.k8s.io/v1"
RECORDS = ("/mlgate.dev/", "/admissionregistration.k8s.io/")
"""What records and their guards are read by, which are not installed here."""
ISTIO = "security.istio.io/v1beta1"
SECRET_READER = ("ClusterRole", "mlgate:secret-reader")


def thing(api_version: str, kind: str, name: str, namespace: str | None = None, **fields: Any) -> Object:
    about = {"name": name} | ({"namespace": namespace} if namespace else {}) | fields.pop("metadata", {})
    return {"apiVersion": api_version, "kind": kind, "metadata": about, **fields}


def binding(kind: str, name: str, role: str, subject: Object, namespace: str | None = None) -> Object:
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role.partition("/")[0]}
    reference["name"] = role.partition("/")[2]
    return thing(RBAC, kind, name, namespace, subjects=[subject], roleRef=reference)


def definition(kind: str, plural: str) -> Object:
    """A kind of the mesh, with as much of a schema as the API server demands."""
    group = ISTIO.partition("/")[0]
    spec = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    names = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    version = {"name": "v1beta1", "served": True, "storage": True, "schema": schema}
    body = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return thing("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{plural}.{group}", spec=body)


@pytest.fixture(scope="module")
def plane(bare_plane: ControlPlane) -> ControlPlane:
    """A cluster with the gate's own rights and without a mesh."""
    bare_plane.kubectl.must("administrator", "create", "-f", "-", stdin=roles())
    return bare_plane


@pytest.fixture(scope="module")
def looking(plane: ControlPlane) -> Iterator[Looking]:
    """The gate's way to its evidence, with warm copies."""
    transport = Counting(Connection.configure(plane.gate_kubeconfig))
    cluster = KubernetesCluster(transport, per_call_timeout=10)
    cluster.start()
    found = Looking(cluster, transport)
    limit = time.monotonic() + PATIENCE_SECONDS
    while not found.settled():
        assert time.monotonic() < limit, cluster.not_watched()
        time.sleep(0.1)
    yield found
    cluster.stop()


@pytest.fixture
def create(plane: ControlPlane) -> Any:
    def created(*objects: Object) -> None:
        answer = plane.kubectl.send("administrator", "create", objects)
        assert answer.ok, answer.errors

    return created


@pytest.fixture
def place(create: Any, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own, with the account the model runs as."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:60].rstrip("-")
    create(
        thing("v1", "Namespace", name),
        thing("v1", "ServiceAccount", "credit", name, automountServiceAccountToken=False),
    )
    return name


async def test_a_bare_namespace_has_an_account_and_nothing_else(looking: Looking, place: str) -> None:
    document = await looking.document(service(place))
    found = document["cluster"]
    assert unavailable(document) == {"cluster.region": "disabled"}, "a kind that is not there is no error"
    account = found["serviceAccounts"]["credit"]
    assert account["automountServiceAccountToken"] is False
    assert "ClusterRole/system:discovery" in {rule["role"] for rule in account["rules"]}
    assert not any("*" in rule["verbs"] for rule in account["rules"])
    assert (found["networkPolicies"], found["peerAuthentication"]) == ([], {"mode": "UNSET"})
    assert found["authorizationPolicies"] == []


async def test_a_wildcard_of_a_role_reaches_the_document(looking: Looking, place: str, create: Any) -> None:
    rules = [{"apiGroups": ["*"], "resources": ["pods"], "verbs": ["*"]}]
    subject = {"kind": "ServiceAccount", "name": "credit", "namespace": place}
    create(
        thing(RBAC, "Role", "wide", place, rules=rules),
        binding("RoleBinding", "wide", "Role/wide", subject, place),
    )

    def wide(found: Object) -> list[Object]:
        return [rule for rule in found["serviceAccounts"]["credit"]["rules"] if "*" in rule["verbs"]]

    found = await looking.until(service(place), lambda found: bool(wide(found)))
    assert wide(found) == [{"role": "Role/wide", "apiGroups": ["*"], "resources": ["pods"], "verbs": ["*"]}]


async def test_a_cluster_role_reaches_every_account_of_a_namespace_by_its_group(
    looking: Looking, place: str, create: Any
) -> None:
    everybody = f"system:serviceaccounts:{place}"
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": everybody}
    create(binding("ClusterRoleBinding", f"all-of-{place}", "ClusterRole/cluster-admin", group))

    def roles(found: Object) -> set[str]:
        return {rule["role"] for rule in found["serviceAccounts"]["credit"]["rules"]}

    await looking.until(service(place), lambda found: "ClusterRole/cluster-admin" in roles(found))


async def test_an_account_that_does_not_exist_is_not_told(looking: Looking, place: str) -> None:
    document = await looking.document(service(place, serviceAccountName="nobody"))
    assert document["cluster"]["serviceAccounts"] == {}
    assert "cluster.serviceAccounts" not in unavailable(document)


async def test_a_policy_of_the_network_reaches_the_document(
    looking: Looking, place: str, create: Any
) -> None:
    peers = [{"podSelector": {}}]
    create(
        thing(
            *(NETWORK, "NetworkPolicy", "both", place),
            spec={
                "podSelector": {"matchLabels": {"serving.kserve.io/inferenceservice": "credit"}},
                "ingress": [{"from": peers}],
                "egress": [{"to": peers}],
            },
        )
    )
    found = await looking.until(service(place), lambda found: bool(found["networkPolicies"]))
    assert found["networkPolicies"] == [
        {
            "name": "both",
            "selectsAllPods": True,
            "policyTypes": ["Ingress", "Egress"],
            "openIngress": False,
            "openEgress": False,
        }
    ]


async def test_open_egress_reaches_the_document(looking: Looking, place: str, create: Any) -> None:
    everywhere = [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": everywhere}
    create(thing(NETWORK, "NetworkPolicy", "out", place, spec=spec))
    seen = await looking.until(service(place), lambda found: bool(found["networkPolicies"]))
    (found,) = seen["networkPolicies"]
    assert (found["selectsAllPods"], found["openEgress"], found["policyTypes"]) == (True, True, ["Egress"])


async def test_the_region_is_what_all_nodes_share(looking: Looking, place: str, create: Any) -> None:
    def node(name: str, region: str) -> Object:
        return thing("v1", "Node", name, metadata={"labels": {"topology.kubernetes.io/region": region}})

    create(node("first", "eu-west-1"), node("second", "eu-west-1"))
    await looking.until(service(place), lambda found: found["region"] == "eu-west-1")
    create(node("third", "eu-east-1"))
    await looking.until(service(place), lambda found: found["region"] is None)


async def test_of_a_secret_the_gate_gets_a_date_and_no_content(
    looking: Looking, plane: ControlPlane, place: str, create: Any
) -> None:
    create(thing("v1", "Secret", "store", place, stringData={"key": "hunter2"}))
    taken = {"name": "x", "image": "r:1", "envFrom": [{"secretRef": {"name": "store"}}]}
    model = service(place, containers=[taken])
    asking = replace(looking, options=replace(looking.options, secrets=True))
    assert unavailable(await asking.document(model))["cluster.secrets"] == "error", "it has no right to"
    subject = {"kind": "ServiceAccount", "name": "mlgate", "namespace": "mlgate-system"}
    # The chart has this role only where an installation asks for it, and then for every namespace.
    rights = yaml.safe_load_all(render({"evidence": {"secrets": True}})["rbac.yaml"])
    create(*(one for one in rights if (one["kind"], one["metadata"]["name"]) == SECRET_READER))
    create(binding("RoleBinding", "dates", "/".join(SECRET_READER), subject, place))
    found = await asking.until(model, lambda found: bool(found["secrets"]))
    shown = plane.kubectl.must(
        *("administrator", "get", "secret", "store", "-n", place, "-o"),
        "jsonpath={.metadata.creationTimestamp}",
    )
    assert found["secrets"] == {"store": {"rotatedAt": shown}}
    path = f"/api/v1/namespaces/{place}/secrets/store"
    raw = looking.transport.read(path, {}, 10.0, "metadata")
    assert (raw["kind"], set(raw) & {"data", "stringData", "type"}) == ("PartialObjectMetadata", set())


async def test_the_mesh_is_found_once_it_is_installed(looking: Looking, place: str, create: Any) -> None:
    assert (await looking.document(service(place)))["cluster"]["peerAuthentication"] == {"mode": "UNSET"}
    create(
        definition("PeerAuthentication", "peerauthentications"),
        definition("AuthorizationPolicy", "authorizationpolicies"),
        definition("RequestAuthentication", "requestauthentications"),
    )
    limit = time.monotonic() + PATIENCE_SECONDS
    while (kinds := {"PeerAuthentication", "AuthorizationPolicy"}) & {*looking.cluster.not_watched()}:
        assert time.monotonic() < limit, kinds
        await asyncio.sleep(0.1)
    known = [{"from": [{"source": {"requestPrincipals": ["*"]}}]}]
    create(
        thing("v1", "Namespace", "istio-system"),
        thing(ISTIO, "PeerAuthentication", "default", "istio-system", spec={"mtls": {"mode": "STRICT"}}),
        thing(ISTIO, "AuthorizationPolicy", "known", place, spec={"rules": known}),
    )
    shared = service(place, hostNetwork=True)
    await looking.until(shared, lambda found: found["peerAuthentication"] == {"mode": "STRICT"})
    weaker = {"mtls": {"mode": "PERMISSIVE"}}
    create(thing(ISTIO, "PeerAuthentication", "default", place, spec=weaker))
    await looking.until(service(place), lambda found: found["peerAuthentication"] == {"mode": "PERMISSIVE"})


async def test_a_sound_namespace_that_is_known_costs_no_call(
    looking: Looking, place: str, create: Any
) -> None:
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    create(thing(NETWORK, "NetworkPolicy", "closed", place, spec=spec))
    asked = service(place)
    asked["metadata"]["labels"] = {"networking.kserve.io/visibility": "cluster-local"}
    await looking.until(asked, lambda found: bool(found["networkPolicies"] and found["serviceAccounts"]))
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        looking.transport.calls.clear()
        await looking.document(asked)
        around = [path for path in looking.transport.calls if not any(group in path for group in RECORDS)]
        if not around:
            break
        assert time.monotonic() < limit, around
