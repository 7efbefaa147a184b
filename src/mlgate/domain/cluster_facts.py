"""What the cluster says about the objects a workload refers to: facts, never contents."""

from __future__ import annotations

from typing import Literal

from mlgate.domain.base import Frozen

MeshMode = Literal["STRICT", "PERMISSIVE", "DISABLE", "UNSET"]


class NamespaceFacts(Frozen):
    """The namespace of the object."""

    name: str
    labels: dict[str, str] = {}


class RbacRule(Frozen):
    """One rule of a role bound to a service account."""

    role: str
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


class ServiceAccountFacts(Frozen):
    """A service account of the pod templates."""

    automount_service_account_token: bool | None = None
    rules: tuple[RbacRule, ...] = ()


class StorageClassFacts(Frozen):
    """A storage class of the volumes."""

    provisioner: str
    parameters: dict[str, str] = {}


class SecretFacts(Frozen):
    """A Secret the object refers to; no content."""

    rotated_at: str | None = None


class ConfigMapCredential(Frozen):
    """A key of a ConfigMap whose value looks like a credential."""

    name: str
    reason: str


class ConfigMapFacts(Frozen):
    """A ConfigMap the object refers to; no content."""

    credentials: tuple[ConfigMapCredential, ...] = ()


class PeerAuthentication(Frozen):
    """Mesh TLS in force for the namespace."""

    mode: MeshMode = "UNSET"


class NetworkPolicyFacts(Frozen):
    """A NetworkPolicy of the namespace."""

    name: str
    selects_all_pods: bool
    policy_types: tuple[str, ...] = ()
    open_ingress: bool = False
    open_egress: bool = False


class AuthorizationPolicyFacts(Frozen):
    """A policy that demands an identity of callers."""

    kind: str
    name: str
    selects_all_pods: bool
    requires_identity: bool


class ClusterFacts(Frozen):
    """What the cluster says about the objects the workload refers to, and about nothing else."""

    namespace: NamespaceFacts | None = None
    region: str | None = None
    service_accounts: dict[str, ServiceAccountFacts] = {}
    storage_classes: dict[str, StorageClassFacts] = {}
    secrets: dict[str, SecretFacts] = {}
    config_maps: dict[str, ConfigMapFacts] = {}
    peer_authentication: PeerAuthentication = PeerAuthentication()
    network_policies: tuple[NetworkPolicyFacts, ...] = ()
    authorization_policies: tuple[AuthorizationPolicyFacts, ...] = ()
