"""What the words of METADATA mean, for those who read about a rule and not the rule."""

from __future__ import annotations

from collections.abc import Mapping

OBJECTS: Mapping[str, str] = {
    "any": "everything that is reviewed",
    "serving": "workloads that serve models",
    "training": "workloads that train models",
    "runtime": "templates that model servers are started from",
    "route": "routes between models, such as an InferenceGraph",
    "modelCard": "ModelCards",
    "signOff": "SignOffs",
    "waiver": "Waivers",
    "namespace": "Namespaces",
    "cloudIam": "cloud policies written as Kubernetes objects",
}
"""Kinds of object a rule is about."""

TERMS: Mapping[str, str] = {
    "request": "",
    "model": "the id of the model",
    "card": "the reference of the card",
    "artifact": "the URI of the artifact",
    "dataset": "the name of the dataset",
    "attribute": "the sensitive attribute",
    "metric": "attribute/metric",
    "group": "attribute/group",
    "container": "the name of the container",
    "env": "container/variable",
    "location": "the path in the manifest",
    "volume": "the name of the volume",
    "pod": "the path of the pod template",
    "reference": "kind/name of the referenced object",
    "label": "the key of the label or annotation",
    "requirement": "the roles, joined by |",
    "signOff": "the reference of the sign-off",
    "waiver": "namespace/name of the waiver",
    "signal": "the kind of the signal",
    "supplier": "the name of the supplier",
    "credential": "the name of the credential",
    "role": "the role",
    "alert": "the name of the alert",
    "incident": "the id of the incident",
    "finding": "the id of the audit's finding",
    "certificate": "the name of the certificate",
    "setting": "the key of the setting",
    "rule": "the name of the RBAC role",
}
"""By what there is one finding for, the term that a waiver can be narrowed to; none for the whole request."""

LOOKUPS: Mapping[str, str] = {
    "request.userInfo": "who asks",
    "cluster.namespace": "the Namespace",
    "cluster.references": "the objects that the workload refers to",
    "cluster.serviceAccounts": "service accounts and the rights bound to them",
    "cluster.storageClasses": "storage classes",
    "cluster.secrets": "dates of Secrets",
    "cluster.configMaps": "keys of ConfigMaps that look like a credential",
    "cluster.peerAuthentication": "Istio's PeerAuthentications",
    "cluster.networkPolicies": "NetworkPolicies",
    "cluster.authorizationPolicies": "Istio's AuthorizationPolicies",
    "cluster.region": "the region of the cluster",
    "signOffs": "SignOffs",
    "waivers": "Waivers",
    "evidence.modelSignatures": "signatures of models",
    "evidence.imageSignatures": "signatures of images",
    "evidence.attestations": "attestations of where models come from",
    "evidence.registry": "the model registry",
}
"""What the gate fetches before it judges."""


def listed(words: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
