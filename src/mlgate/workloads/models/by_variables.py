"""Models that variables name."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.addresses.uris import Address
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.namer import Namer
from mlgate.workloads.models.signs import has_gpu


def from_variables(namer: Namer, named: set[str]) -> Iterator[FoundModel]:
    """`named` are the places where the command line names models: what they refer to is used up."""
    variables = namer.catalog.variables
    own = {name for program in namer.invocation.programs for name in program.variables}
    for env in namer.invocation.variables:
        strong = env.name in variables["strong"] or env.name in own
        if not (strong or env.name in variables["weak"] or _is_beside(namer, env.name)):
            continue
        if named and not strong and _is_used_up(namer, env.name, named):
            continue
        if env.value is None:
            if namer.known and env.from_ is not None:
                address = Address(f"$({env.name})", "unknown")
                yield FoundModel(address, "primary", env.path, f"env:{env.name}", namer.served_name)
            continue
        value = namer.invocation.expand(env.value).strip()
        if value and (strong or namer.counts(value, env.name)):
            yield from namer.found(value, env.path, f"env:{env.name}")


def _is_beside(namer: Namer, name: str) -> bool:
    """Whether clients have a variable of that name too, and a GPU says that this is none."""
    return name in namer.catalog.variables["withGpu"] and has_gpu(namer.invocation.slot)


def _is_used_up(namer: Namer, name: str, named: set[str]) -> bool:
    """Whether the one server there is takes the variable from its command line."""
    return len(namer.invocation.programs) <= 1 and namer.invocation.mention(name, named)
