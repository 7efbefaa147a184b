"""Reads the snapshot from the API server. It changes nothing, and what it cannot read it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from mlgate.doctor.shipped import definitions
from mlgate.doctor.snapshot import Listing, Object, Served, Snapshot, Unread, home_of
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.looked import entries
from mlgate.evidence.resources import KNOWN, Resource, pages
from mlgate.evidence.transport import Transport
from mlgate.workloads.kinds import gated_kinds

T = TypeVar("T")
_ADMISSION = "admissionregistration.k8s.io/v1"
CONFIGURATIONS = Resource(_ADMISSION, "validatingwebhookconfigurations", namespaced=False)
POLICIES = KNOWN[(_ADMISSION, "ValidatingAdmissionPolicy")]
BINDINGS = KNOWN[(_ADMISSION, "ValidatingAdmissionPolicyBinding")]
NAMESPACES = KNOWN[("v1", "Namespace")]
DEFINITIONS = Resource("apiextensions.k8s.io/v1", "customresourcedefinitions", namespaced=False)


@dataclass
class Reader:
    """Reads through one connection, and remembers what it could not read."""

    transport: Transport
    timeout: float
    unread: list[Unread] = field(default_factory=list)

    def all(self, resource: Resource, namespace: str | None = None) -> Listing:
        """Every object of a kind; none where it is not served, None where it cannot be read."""
        return self.tried(resource.plural, lambda: (*self.items(resource, namespace),))

    def one(self, resource: Resource, namespace: str | None, name: str) -> Object | None:
        """One object; None where there is none. Raises EvidenceUnavailable."""
        path = resource.path(namespace, name)
        return self.transport.read(path, {}, self.timeout, resource.form) if path else None

    def tried(self, what: str, read: Callable[[], T]) -> T | None:
        """What was read; None where it cannot be, which is remembered."""
        try:
            return read()
        except EvidenceUnavailable as error:
            self.unread.append(Unread(what=what, reason=str(error)))
            return None

    def items(self, resource: Resource, namespace: str | None) -> Iterator[Object]:
        """Every object of a kind, page by page. Raises EvidenceUnavailable."""
        for page in pages(self.transport, resource, namespace, self.timeout):
            yield from entries(page.get("items"))


def read_snapshot(transport: Transport, *, timeout: float, home: str | None = None) -> Snapshot:
    """The cluster as it is now.

    Args:
        transport: the way to its API server.
        timeout: seconds for one call.
        home: the namespace of mlgate, where the Service that is called does not say.

    Raises:
        EvidenceUnavailable: the webhook configurations cannot be read, so that there is nothing to say.
    """
    reader = Reader(transport, timeout)
    configurations = (*reader.items(CONFIGURATIONS, None),)  # without them there is nothing to say
    return Snapshot(
        at=datetime.now(UTC),
        configurations=configurations,
        home=home or home_of(configurations),
        served=(*_served(reader),),
        namespaces=reader.all(NAMESPACES),
        policies=reader.all(POLICIES),
        bindings=reader.all(BINDINGS),
        definitions=reader.tried("customresourcedefinitions", lambda: _definitions(reader)),
        unread=(*reader.unread,),
    )


def _definitions(reader: Reader) -> dict[str, Object | None]:
    return {name: reader.one(DEFINITIONS, None, name) for name in definitions()}


def _served(reader: Reader) -> Iterator[Served]:
    """What is served of the groups in the table of kinds, in every version."""
    known = {row.group for row in gated_kinds().values()}
    listed = reader.tried("the API groups", lambda: reader.transport.read("/apis", {}, reader.timeout))
    groups = {str(entry.get("name")): entry for entry in entries((listed or {}).get("groups"))}
    yield from _resources(reader, "", "v1", "/api/v1")
    for name in sorted(known & groups.keys()):
        for version in entries(groups[name].get("versions")):
            yield from _resources(reader, name, version["version"], f"/apis/{version['groupVersion']}")


def _resources(reader: Reader, group: str, version: str, path: str) -> Iterator[Served]:
    listed = reader.tried(
        f"the resources of {group or 'the core group'}/{version}",
        lambda: reader.transport.read(path, {}, reader.timeout),
    )
    for entry in entries((listed or {}).get("resources")):
        yield Served(group, version, entry["name"], entry["kind"], namespaced=bool(entry.get("namespaced")))
