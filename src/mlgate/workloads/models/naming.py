"""Which models a command line and its variables name, and at which address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlgate.workloads.addresses.uris import Address
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.models.beside import companions
from mlgate.workloads.models.by_code import from_code
from mlgate.workloads.models.by_commands import from_position, from_requests
from mlgate.workloads.models.by_flags import from_flags, from_nested, from_settings
from mlgate.workloads.models.by_variables import from_variables
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.namer import Namer


def named_models(namer: Namer) -> tuple[FoundModel, ...]:
    """The models that one container names, each address once in each role."""
    found = [
        *from_flags(namer),
        *from_settings(namer),
        *from_nested(namer),
        *from_position(namer),
        *from_code(namer),
        *from_requests(namer),
    ]
    found += from_variables(namer, {model.path for model in found})
    if namer.known or found:
        found += companions(namer)
    once = {(model.address.uri, model.role): model for model in reversed(found)}
    return tuple(_as_loaded(namer.invocation, model) for model in once.values())[::-1]


def _as_loaded(invocation: Invocation, model: FoundModel) -> FoundModel:
    """The model; a version of an object pins none where a program beside it does not ask for it."""
    address = model.address
    if not address.immutable or address.scheme not in invocation.unversioned:
        return model
    return replace(model, address=replace(address, immutable=False))


def named_datasets(namer: Namer) -> Iterator[tuple[Address, str]]:
    """Data that flags name as input of training."""
    for flag in namer.invocation.flags:
        if flag.value and flag.name in namer.catalog.flags["datasets"]:
            yield namer.places.address(flag.value), flag.path
