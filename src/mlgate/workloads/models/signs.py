"""Weak signs of a model being run: GPUs, mounts, variables and ports. One of them alone is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from mlgate.domain.base import Json
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.reading import dig


def gpus(slot: Slot) -> Iterator[str]:
    """The accelerators the container asks for."""
    for part in ("limits", "requests"):
        resources = dig(slot.raw, "resources", part)
        for name, amount in resources.items() if isinstance(resources, dict) else ():
            if _positive(amount) and any(fnmatchcase(str(name), pattern) for pattern in catalog().gpus):
                yield f"gpu:{name}@{slot.at('resources')}.{part}"
    # Which device a claim gets is settled elsewhere; it is an accelerator far more often than not.
    if dig(slot.raw, "resources", "claims"):
        yield f"gpu:claim@{slot.at('resources')}.claims"


def has_gpu(slot: Slot) -> bool:
    """Whether it asks for any."""
    return next(gpus(slot), None) is not None


def model_mounts(slot: Slot) -> Iterator[tuple[str, str]]:
    """Mount path and name of the volumes that are mounted where models use to lie."""
    for target, volume, _ in slot.mounts:
        if any(target.rstrip("/") == sign or target.startswith(f"{sign}/") for sign in catalog().sign_mounts):
            yield target, volume


def model_variables(slot: Slot) -> Iterator[str]:
    """Variables only programs have that load models."""
    for env in slot.env:
        if catalog().sign_variables.fullmatch(env.name):
            yield f"env:{env.name}@{env.path}"


def model_ports(slot: Slot) -> Iterator[str]:
    """Ports model servers use to listen on."""
    for port in slot.ports:
        if port in catalog().sign_ports:
            yield f"port:{port}@{slot.at('ports')}"


def _positive(amount: Json) -> bool:
    return str(amount).strip() not in {"", "0", "None"}
