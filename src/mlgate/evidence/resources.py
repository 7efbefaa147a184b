"""From a kind to the path it is served under."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mlgate.evidence.transport import Form, Transport

_VERSION = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?v[0-9]+((alpha|beta)[0-9]+)?")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]{0,62}")
_PAGE = "500"


@dataclass(frozen=True)
class Resource:
    """Where objects of a kind are served."""

    api_version: str
    plural: str
    namespaced: bool
    metadata_only: bool = False
    """Nothing but the metadata is ever asked for: the rest is secret, or large and of no use."""

    @property
    def form(self) -> Form:
        """In which one object is asked for."""
        return "metadata" if self.metadata_only else "whole"

    @property
    def list_form(self) -> Form:
        """In which a list is asked for."""
        return "metadata list" if self.metadata_only else "whole"

    def path(self, namespace: str | None, name: str | None = None) -> str | None:
        """The path of one object, of a namespace's objects, or of all; None for a name no object can have.

        Names come from manifests, and a path must not lead to another object than the one that is named.
        """
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        parts = [root]
        if self.namespaced and namespace is not None:
            parts += ["namespaces", namespace]
        elif self.namespaced and name is not None:
            return None
        parts.append(self.plural)
        if name is not None:
            parts.append(name)
        if any(part in {"", ".", ".."} or "/" in part or "%" in part for part in parts[1:]):
            return None
        return "/".join([root, *(quote(part, safe="") for part in parts[1:])])


RBAC = "rbac.authorization.k8s.io/v1"
ISTIO = "security.istio.io/v1beta1"
"""Every release of Istio serves this version; newer ones serve the same objects as v1 too."""
KNOWN = {
    ("v1", "Namespace"): Resource("v1", "namespaces", namespaced=False),
    ("v1", "ConfigMap"): Resource("v1", "configmaps", namespaced=True),
    ("v1", "PersistentVolumeClaim"): Resource("v1", "persistentvolumeclaims", namespaced=True),
    ("v1", "Secret"): Resource("v1", "secrets", namespaced=True, metadata_only=True),
    ("v1", "ServiceAccount"): Resource("v1", "serviceaccounts", namespaced=True),
    ("v1", "Node"): Resource("v1", "nodes", namespaced=False, metadata_only=True),
    (RBAC, "Role"): Resource(RBAC, "roles", namespaced=True),
    (RBAC, "RoleBinding"): Resource(RBAC, "rolebindings", namespaced=True),
    (RBAC, "ClusterRole"): Resource(RBAC, "clusterroles", namespaced=False),
    (RBAC, "ClusterRoleBinding"): Resource(RBAC, "clusterrolebindings", namespaced=False),
    ("networking.k8s.io/v1", "NetworkPolicy"): Resource(
        "networking.k8s.io/v1", "networkpolicies", namespaced=True
    ),
    (ISTIO, "PeerAuthentication"): Resource(ISTIO, "peerauthentications", namespaced=True),
    (ISTIO, "AuthorizationPolicy"): Resource(ISTIO, "authorizationpolicies", namespaced=True),
    (ISTIO, "RequestAuthentication"): Resource(ISTIO, "requestauthentications", namespaced=True),
    ("storage.k8s.io/v1", "StorageClass"): Resource("storage.k8s.io/v1", "storageclasses", namespaced=False),
    ("mlgate.dev/v1alpha1", "ModelCard"): Resource("mlgate.dev/v1alpha1", "modelcards", namespaced=True),
    ("mlgate.dev/v1alpha1", "SignOff"): Resource("mlgate.dev/v1alpha1", "signoffs", namespaced=True),
    ("mlgate.dev/v1alpha1", "Waiver"): Resource("mlgate.dev/v1alpha1", "waivers", namespaced=True),
    ("serving.kserve.io/v1alpha1", "ServingRuntime"): Resource(
        "serving.kserve.io/v1alpha1", "servingruntimes", namespaced=True
    ),
    ("serving.kserve.io/v1alpha1", "ClusterServingRuntime"): Resource(
        "serving.kserve.io/v1alpha1", "clusterservingruntimes", namespaced=False
    ),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"): Resource(
        "admissionregistration.k8s.io/v1", "validatingadmissionpolicies", namespaced=False
    ),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"): Resource(
        "admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", namespaced=False
    ),
}
"""Kinds whose path need not be asked for."""
WATCHED = tuple(key for key in KNOWN if key[1] not in {"ConfigMap", "PersistentVolumeClaim", "Secret"})
"""Those of which a copy is kept."""


class Resources:
    """Finds the resource of a kind, by asking the API server where it is not known.

    Only what is served is remembered, so a kind installed later is found at once and made-up kinds take no
    memory.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._found = dict(KNOWN)

    def find(self, api_version: str, kind: str, timeout: float) -> Resource | None:
        """The resource of the kind; None when it is not served. Raises EvidenceUnavailable."""
        with self._lock:
            known = self._found.get((api_version, kind))
        if known is not None:
            return known
        if not _VERSION.fullmatch(api_version) or not _KIND.fullmatch(kind):
            return None
        root = "/apis/" if "/" in api_version else "/api/"
        listed = self._transport.read(f"{root}{api_version}", {}, timeout)
        for entry in (listed or {}).get("resources", ()):
            if entry.get("kind") == kind and "/" not in entry.get("name", "/"):
                found = Resource(api_version, entry["name"], namespaced=bool(entry.get("namespaced")))
                with self._lock:
                    self._found[(api_version, kind)] = found
                return found
        return None


def pages(
    transport: Transport, resource: Resource, namespace: str | None, timeout: float
) -> Iterator[dict[str, Any]]:
    """The pages of a list; none at all when the kind is not served. Raises EvidenceUnavailable."""
    path = resource.path(namespace)
    if path is None:
        return
    query = {"limit": _PAGE}
    while True:
        page = transport.read(path, query, timeout, resource.list_form)
        if page is None:
            return
        yield page
        token = (page.get("metadata") or {}).get("continue")
        if not token:
            return
        query = {"limit": _PAGE, "continue": token}
