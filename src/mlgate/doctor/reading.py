"""Reading through one connection: what cannot be read is remembered, and taken for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from mlgate.doctor.snapshot import Listing, Object, Unread
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence.looked import entries
from mlgate.evidence.resources import Resource, pages
from mlgate.evidence.transport import Transport

T = TypeVar("T")


@dataclass
class Reader:
    """Reads through one connection, and remembers what it could not read."""

    transport: Transport
    timeout: float
    """Seconds for one call."""
    unread: list[Unread] = field(default_factory=list)

    def all(self, resource: Resource, namespace: str | None = None) -> Listing:
        """Every object of a kind; none where it is not served, None where it cannot be read."""
        return self.tried(resource.plural, lambda: (*self.items(resource, namespace),))

    def each(self, resource: Resource) -> Iterator[Object]:
        """Every object of a kind, a page at a time; fewer where not all could be read."""
        try:
            yield from self.items(resource, None)
        except EvidenceUnavailable as error:
            self.unread.append(Unread(what=resource.plural, reason=str(error)))

    def one(self, resource: Resource, namespace: str | None, name: str) -> Object | None:
        """One object; None where there is none. Raises EvidenceUnavailable."""
        path = resource.path(namespace, name)
        return self.transport.read(path, {}, self.timeout, resource.form) if path else None

    def at(self, path: str, what: str) -> Object:
        """The object at a path; empty where there is none or it cannot be read."""
        return self.tried(what, lambda: self.transport.read(path, {}, self.timeout)) or {}

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
