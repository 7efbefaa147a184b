"""Finds models in ordinary containers: well-known servers, flags and variables that name a model.

Every conclusion says what it was drawn from: `<image|command|arg|env|port|volume|gpu|label>:<what>@<path>`.
A database, an exporter, a web server or a client that mentions a model is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from mlgate.domain.base import Json
from mlgate.domain.workload import Switch
from mlgate.workloads.catalog import catalog
from mlgate.workloads.containers import Slot
from mlgate.workloads.invocation import Invocation, read_invocation
from mlgate.workloads.naming import FoundModel, Naming
from mlgate.workloads.reading import dig
from mlgate.workloads.uris import Address
from mlgate.workloads.volumes import VolumeSlot

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Detection:
    """What one container is found to do, and from what."""

    serves: bool = False
    trains: bool = False
    evidence: tuple[str, ...] = ()
    models: tuple[FoundModel, ...] = ()
    datasets: tuple[tuple[Address, str], ...] = ()
    trust_remote_code: Switch = field(default_factory=Switch)
    runtime_lora: Switch = field(default_factory=Switch)
    complete: bool = True
    """False when the command line was too long to be read."""


def detect(
    slot: Slot,
    volumes: tuple[VolumeSlot, ...],
    *,
    presumed: bool = False,
    batch: bool = False,
    platform_mount: bool = False,
) -> Detection:
    """What the container serves or trains.

    `presumed`: its kind serves models, so that every word that can name a model does. `batch`: its kind
    runs to an end, so that a GPU points to training. `platform_mount`: /mnt/models is where the platform
    puts a model that is named elsewhere.
    """
    invocation = read_invocation(slot)
    naming = Naming(invocation, volumes, presumed=presumed, platform_mount=platform_mount or presumed)
    models = naming.models()
    trains = _trains(invocation)
    serves = not trains and bool(invocation.programs or models)
    gpu = () if trains or serves else tuple(_on_gpu(slot))
    if gpu:
        trains, serves = batch, not batch
    tables = catalog()
    return Detection(
        serves=serves,
        trains=trains,
        evidence=tuple(dict.fromkeys([*_evidence(invocation, models), *gpu])),
        models=tuple(_as_base(model) for model in models) if trains else models,
        datasets=tuple(naming.datasets()) if trains else (),
        trust_remote_code=_switch(
            invocation, tables.flags["trustRemoteCode"], tables.variables["trustRemoteCode"]
        ),
        runtime_lora=_switch(invocation, tables.flags["runtimeLora"], tables.variables["runtimeLora"]),
        complete=invocation.complete,
    )


def _trains(invocation: Invocation) -> bool:
    """A known trainer, or without any known program a flag that only training has."""
    if invocation.programs:
        return all(program.trains for program in invocation.programs)
    return any(flag.name in catalog().flags["training"] for flag in invocation.flags)


def _evidence(invocation: Invocation, models: tuple[FoundModel, ...]) -> Iterator[str]:
    if invocation.by_image is not None:
        yield f"image:{invocation.by_image.name}@{invocation.slot.path}.image"
    for call in invocation.calls:
        yield f"command:{call.program.name}@{call.path}"
    for model in models:
        yield f"{model.evidence}@{model.path}"
    for flag in invocation.flags:
        if flag.name in catalog().flags["training"]:
            yield f"arg:--{flag.name}@{flag.path}"


def _on_gpu(slot: Slot) -> Iterator[str]:
    """A GPU together with another sign is a model being run; one of them alone is nothing."""
    gpu = next(_gpus(slot), None)
    sign = next(_signs(slot), None) if gpu is not None else None
    if gpu is not None and sign is not None:
        yield from (gpu, sign)


def _gpus(slot: Slot) -> Iterator[str]:
    for part in ("limits", "requests"):
        resources = dig(slot.raw, "resources", part)
        for name, amount in resources.items() if isinstance(resources, dict) else ():
            if _positive(amount) and any(fnmatchcase(str(name), pattern) for pattern in catalog().gpus):
                yield f"gpu:{name}@{slot.path}.resources.{part}"


def _signs(slot: Slot) -> Iterator[str]:
    known = catalog()
    for target, volume, _ in slot.mounts:
        if any(target.rstrip("/") == sign or target.startswith(f"{sign}/") for sign in known.sign_mounts):
            yield f"volume:{volume}@{slot.path}.volumeMounts"
    for env in slot.env:
        if known.sign_variables.fullmatch(env.name):
            yield f"env:{env.name}@{env.path}"
    for port in slot.ports:
        if port in known.sign_ports:
            yield f"port:{port}@{slot.path}.ports"


def _switch(invocation: Invocation, flags: frozenset[str], variables: frozenset[str]) -> Switch:
    """On by a flag that is not set to false, or by a variable that is set to true."""
    for flag in invocation.flags:
        value = flag.value.lower() if flag.joined and flag.value else ""
        if flag.name in flags and value not in _FALSE:
            return Switch(enabled=True, path=flag.path)
    for env in invocation.slot.env:
        if env.name in variables and env.value is not None and env.value.strip().lower() in _TRUE:
            return Switch(enabled=True, path=env.path)
    return Switch()


def _as_base(model: FoundModel) -> FoundModel:
    return replace(model, role="base") if model.role == "primary" else model


def _positive(amount: Json) -> bool:
    return str(amount).strip() not in {"", "0", "None"}
