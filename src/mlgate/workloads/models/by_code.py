"""Models that programs in the arguments load."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.addresses.uris import Address
from mlgate.workloads.models.found import FoundModel, role_by_name
from mlgate.workloads.models.namer import Namer
from mlgate.workloads.models.places import NO_REPOSITORY
from mlgate.workloads.models.signs import has_gpu


def from_code(namer: Namer) -> Iterator[FoundModel]:
    """Models that programs in the arguments load through a library, or give to what is called a model."""
    known = namer.known or has_gpu(namer.invocation.slot)
    for code, path in namer.invocation.code:
        for load in code.loaded:
            evidence = f"command:{load.function}"
            value = None if load.address is None else namer.invocation.expand(load.address)
            if value is None:
                unknown = Address(f"{load.function}(...)", "unknown")
                yield FoundModel(unknown, "primary", path, evidence)
            elif _is_loaded(namer, value, certain=load.certain or known):
                yield from namer.found(value, path, evidence)
        for name, text in code.named if namer.known or code.loaded else ():
            value = namer.invocation.expand(text)
            if not value.startswith("/") and namer.places.reads_as_address(value):
                yield from namer.found(value, path, "command:python", role_by_name(name.lower()))


def _is_loaded(namer: Namer, value: str, *, certain: bool) -> bool:
    """Whether what a function is given that loads models is one; `certain`: any word that can be is."""
    if "$" in value or namer.places.reads_as_address(value):
        return True
    return certain and bool(value) and not value.endswith(NO_REPOSITORY) and not any(map(str.isspace, value))
