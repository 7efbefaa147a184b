"""A model that a container names, as it was found."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.domain.workload import ModelRole
from mlgate.workloads.addresses.uris import Address

_ROLES: tuple[tuple[str, ModelRole], ...] = (
    ("lora", "adapter"),
    ("adapter", "adapter"),
    ("tokenizer", "tokenizer"),
    ("draft", "draft"),
    ("speculative", "draft"),
)


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


def role_by_name(name: str) -> ModelRole:
    """The role that a model has by the name of the setting or the variable it stands in."""
    return next((role for word, role in _ROLES if word in name), "primary")
