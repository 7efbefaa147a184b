"""What a container is found to do: what it loads, and from which files it takes more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mlgate.domain.workload import Switch
from mlgate.workloads.addresses.uris import Address
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.unfollowed.code_places import Unfollowed


@dataclass(frozen=True)
class Configured:
    """A file a server takes its configuration from, and where it is named."""

    file: str
    path: str
    must: bool = False
    """The models are named there and nowhere else."""
    runs: bool = False
    """It is a program, and not what one is told."""
    made: bool = False
    """The command line may make it itself, so that nobody can tell what stands in it."""
    maybe: bool = False
    """It is looked for in several places, of which this is one."""


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
    configured: tuple[Configured, ...] = ()
    fetches: bool = False
    """It is a server that takes its model from a library, by a name it must be told."""
    called: bool = False
    """Its command line calls a known program."""
    scripts: tuple[Configured, ...] = ()
    """Files it runs, wherever they lie."""
    unfollowed: tuple[Unfollowed, ...] = ()
    """What decides what it loads and cannot be followed."""


def as_data(detection: Detection) -> Detection:
    """What the container was found to load is data."""
    found = [(model.address, model.path) for model in detection.models]
    return replace(detection, models=(), datasets=(*detection.datasets, *found))
