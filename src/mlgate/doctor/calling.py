"""Reads what is called: Service, Endpoints, Deployment, certificate, and the gate itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mlgate.doctor import probe
from mlgate.doctor.deciding import read_deciding
from mlgate.doctor.deployment import GateDeployment, deployments_of, service_of
from mlgate.doctor.reading import Reader
from mlgate.doctor.snapshot import GateState, Listing, Serving, Snapshot, Unread
from mlgate.doctor.targets import HTTPS, Target, targets
from mlgate.doctor.trusting import SECRETS, read_trust
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.looked import field
from mlgate.evidence.resources import Resource
from mlgate.evidence.times import name_of
from mlgate.settings import runs_in_cluster

SERVICES = Resource("v1", "services", namespaced=True)
SLICES = Resource("discovery.k8s.io/v1", "endpointslices", namespaced=True)
DEPLOYMENTS = Resource("apps/v1", "deployments", namespaced=True)
BUDGETS = Resource("policy/v1", "poddisruptionbudgets", namespaced=True)
_LONGEST_CALL = 3.0
"""Seconds for a call to the gate: from outside the cluster most addresses lead nowhere."""


def read_called(reader: Reader, first: Snapshot, url: str | None) -> Snapshot:
    """The snapshot with everything that is called.

    Args:
        reader: the way to the API server.
        first: what was read before.
        url: where the gate is reached from here, in place of where the API server calls it.
    """
    called = targets(first.entries)
    places = sorted({target.service[0] for target in called if target.url is None} - {""})

    def listed(resource: Resource) -> Listing:
        found = [reader.all(resource, place) for place in places]
        return None if None in found else tuple(one for part in found for one in part or ())

    known = replace(
        first,
        services=listed(SERVICES),
        slices=listed(SLICES),
        deployments=listed(DEPLOYMENTS),
        budgets=listed(BUDGETS),
        called=url is not None or any(target.url is not None for target in called),
    )
    shown = {target.key: _serving(reader, known, target, url) for target in called}
    servings = {key: found for key, found in shown.items() if found is not None}
    gate = next((state for target in called if (state := _gate(reader, known, target, url))), None)
    if gate is None and called and not known.called:
        hint = "no replica could be called from here; name one with --url (kubectl port-forward)"
        reader.unread.append(Unread(what="the gate", reason=hint))
    deployment = next((one for target in called for one in deployments_of(known, target)), None)
    deciding = read_deciding(reader, gate, deployment)
    if deciding is None and called:
        reason = "neither the gate nor its Deployment told"
        reader.unread.append(Unread(what="decision.mode and decision.onError", reason=reason))
    trust = read_trust(reader, deployment) if deployment is not None else None
    return replace(known, servings=servings, gate=gate, deciding=deciding, trust=trust)


def _addresses(snapshot: Snapshot, target: Target, url: str | None) -> Iterator[tuple[str, int]]:
    """Where the target may be reached from here."""
    named = url or target.url
    if named is not None:
        parts = urlsplit(named)
        yield parts.hostname or "", parts.port or HTTPS
        return
    address = field(service_of(snapshot, target), "spec", "clusterIP")
    if isinstance(address, str) and address not in ("", "None"):
        yield address, target.port


def _is_certain(target: Target, url: str | None) -> bool:
    """Whether who answers is who the API server calls.

    Outside the cluster, an address of its own network may be somebody else's.
    """
    return url is not None or target.url is not None or runs_in_cluster()


def _serving(reader: Reader, snapshot: Snapshot, target: Target, url: str | None) -> Serving | None:
    """The certificate as it is shown, else as it lies in the Secret the gate serves it from."""
    seconds = min(reader.timeout, _LONGEST_CALL)
    for address in _addresses(snapshot, target, url):
        shown = probe.look(target, address, seconds)
        if shown is not None and (shown.refused is None or _is_certain(target, url)):
            return shown
    for deployment in deployments_of(snapshot, target):
        stored = _stored(reader, deployment)
        if stored is not None:
            return stored
    return None


def _stored(reader: Reader, deployment: GateDeployment) -> Serving | None:
    """The certificate in the Secret that is mounted where the gate reads it."""
    path = deployment.setting("MLGATE_TLS__CERT")
    source = deployment.source(path) if path is not None else None
    name = field(source[0], "secret", "secretName") if source is not None else None
    if source is None or not isinstance(name, str):
        return None
    try:
        secret = reader.one(SECRETS, deployment.namespace, name)
    except EvidenceUnavailable:
        return None  # few may read Secrets; that the certificate was not seen is told all the same
    chain = _certificates(field(secret, "data", source[1]))
    return Serving(f"Secret {deployment.namespace}/{name}", chain) if chain else None


def _certificates(text: Any) -> tuple[bytes, ...]:
    """DER of each certificate in the value of a Secret; none where it holds none that can be read."""
    if not isinstance(text, str):
        return ()
    try:
        found = x509.load_pem_x509_certificates(base64.b64decode(text))
    except (ValueError, binascii.Error):
        return ()
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def _gate(reader: Reader, snapshot: Snapshot, target: Target, url: str | None) -> GateState | None:
    """What the gate says, called directly or, where that is not possible, through the API server."""
    seconds = min(reader.timeout, _LONGEST_CALL)
    for address in _addresses(snapshot, target, url):
        state = probe.ask(target, address, seconds)
        if state is not None:
            return state
    service = service_of(snapshot, target) if url is None else None
    if service is None:
        return None
    namespace, _ = target.service
    root = f"/api/v1/namespaces/{namespace}/services/https:{name_of(service)}:{target.port}/proxy"
    try:
        version = reader.transport.read(f"{root}/version", {}, reader.timeout)
        ready = reader.transport.read(f"{root}/readyz", {}, reader.timeout)
    except EvidenceUnavailable:
        return None
    return None if version is None or ready is None else GateState("the API server's proxy", version, ready)
