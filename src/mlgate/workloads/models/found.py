"""A model that a container names, as it was found."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.domain.workload import ModelRole
from mlgate.workloads.addresses.uris import Address


@dataclass(frozen=True)
class FoundModel:
    """A model a container names."""

    address: Address
    role: ModelRole
    path: str
    evidence: str
    name: str | None = None
    adapter: str | None = None
    """Name of the adapter, for adapters."""
    value: str | None = None
    """What stands there, of a model that is named where it is loaded."""
