"""Finds models in ordinary containers: well-known servers, flags and variables that name a model.

Every conclusion says what it was drawn from: `<image|command|arg|env|port|volume|gpu|label>:<what>@<path>`.
A database, an exporter, a web server or a client that mentions a model is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from mlgate.workloads.commands.bystanders import is_bystander, runs_bystanders
from mlgate.workloads.commands.invocation import Call, Invocation, Told
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.python_modules import modules
from mlgate.workloads.commands.read import read_invocation
from mlgate.workloads.commands.scripts import files_run
from mlgate.workloads.commands.written import Writes, writes_of
from mlgate.workloads.models.by_commands import everything_fetched
from mlgate.workloads.models.detection import Detection
from mlgate.workloads.models.files import configured, folders_of_maps, lying_at, module_file, run_files
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.mounted import images_mounted, mounted_as_model
from mlgate.workloads.models.namer import Namer
from mlgate.workloads.models.naming import named_datasets, named_models
from mlgate.workloads.models.signs import gpus, model_mounts, model_ports, model_variables
from mlgate.workloads.models.switches import shortened, switch
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import Mounted, VolumeSlot
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.unfollowed.code_places import Unfollowed, taken_from_volumes
from mlgate.workloads.unfollowed.command_rules import CommandRules
from mlgate.workloads.unfollowed.doubts import unfollowed

_DOWNLOADERS = {"huggingface-hub", "modelscope", "kitops"}
"""Programs that load models to keep them, and serve none."""
_MOST_SCRIPTS = 200
_MOST_DOUBTS = 20
_TOO_MANY = f"runs more than {_MOST_SCRIPTS} files"
_MADE = "names what the command line itself may make, so that nobody can tell what lies there"
_LIBRARIES = {"hub", "ollama"}
"""Libraries whose servers hold no model of their own."""


def detect(
    slot: Slot,
    volumes: tuple[VolumeSlot, ...],
    *,
    presumed: bool = False,
    batch: bool = False,
    lasting: bool = False,
    trainer: bool = False,
    platform_mount: bool = False,
    made: Mounted = Mounted(),  # noqa: B008 - immutable
    told: Told | None = None,
) -> Detection:
    """What the container serves or trains.

    `presumed`: its kind serves models, so that every word that can name a model does. `batch`: its kind
    runs to an end, so that a GPU points to training. `lasting`: it keeps running, so that a GPU is enough.
    `trainer`: its kind trains. `platform_mount`: /mnt/models is where the platform puts a model that is named
    elsewhere. `made`: what the operator mounts, so that paths can be followed. `told`: what it is told in
    other places than its own fields.
    """
    invocation = read_invocation(slot, told)
    if not (presumed or told) and is_bystander(invocation):
        return Detection()
    if made.mounts:
        invocation = replace(invocation, slot=replace(slot, mounts=slot.mounts + made.mounts))
    every = volumes + made.volumes
    platform = platform_mount or (presumed and told is None)
    namer = Namer(invocation, every, presumed=presumed, platform_mount=platform)
    models = named_models(namer)
    trains = _trains(invocation)
    # What is written on a command line may add that it trains; only a run to an end that has nothing of a
    # server is taken for training alone, because training needs no card.
    alone = trains and batch and not _could_serve(invocation)
    serves = not alone and bool(models or any(not program.trains for program in invocation.programs))
    signs = () if alone or serves else _signs(invocation, lasting=lasting)
    if not (models or alone or told):
        models = tuple(mounted_as_model(slot, volumes, signs=bool(signs or serves or presumed)))
        serves = serves or bool(models)
    if serves or presumed:
        models = (*models, *images_mounted(slot, every, models))
    if signs:
        quiet = batch and not _could_serve(invocation)
        trains, serves = trains or quiet, not quiet
    doubts: tuple[Unfollowed, ...] = ()
    writes = writes_of(invocation)
    places = AuthorsPlaces(invocation, writes)
    rules = CommandRules(invocation, places)
    judged = tuple(rules.judge())
    run = tuple(islice(dict.fromkeys([*files_run(invocation), *rules.files]), _MOST_SCRIPTS + 1))
    if serves or presumed:
        models, untold = _with_made(models, namer, invocation, writes)
        files = lying_at(invocation, run) | {source.place for source in modules(invocation)}
        taken = taken_from_volumes(invocation, every, writes, files)
        found = unfollowed(invocation, places, writes, judged, installs=rules.installs)
        doubts = (*untold, *found, *islice(taken, _MOST_DOUBTS))
        if len(run) > _MOST_SCRIPTS:
            doubts = (*doubts, (slot.at("command"), _TOO_MANY))
    tables = catalog()
    return Detection(
        serves=serves,
        trains=trains,
        evidence=tuple(dict.fromkeys([*_evidence(invocation, models), *signs])),
        models=models if serves else tuple(_as_base(model) for model in models),
        datasets=tuple(named_datasets(namer)) if trains or trainer else (),
        trust_remote_code=switch(
            invocation, shortened(tables.flags["trustRemoteCode"]), tables.variables["trustRemoteCode"]
        ),
        runtime_lora=switch(invocation, tables.flags["runtimeLora"], tables.variables["runtimeLora"]),
        complete=invocation.complete,
        configured=tuple(configured(invocation, writes)) if serves or presumed else (),
        fetches=invocation.library in _LIBRARIES,
        called=bool(invocation.calls),
        scripts=(
            *run_files(invocation, writes, run[:_MOST_SCRIPTS]),
            *(module_file(invocation, writes, source) for source in modules(invocation)),
            *folders_of_maps(invocation, every),
        ),
        unfollowed=doubts,
    )


def _with_made(
    models: tuple[FoundModel, ...], namer: Namer, invocation: Invocation, writes: Writes
) -> tuple[tuple[FoundModel, ...], tuple[Unfollowed, ...]]:
    """The models with what is fetched to where one of them lies; those that are made otherwise are doubts.

    A server takes a folder of that name before a repository of the Hub.
    """
    copies = {f"command:{call.program.name}" for call in invocation.calls if _copies(call)}
    named = [model for model in models if model.value is not None and model.evidence not in copies]
    made = [
        model
        for model in named
        if "://" not in (model.value or "") and writes.may_make(invocation, model.value or "")
    ]
    if not made:
        return models, ()
    known = {model.address.uri for model in models}
    fetched = [model for model in everything_fetched(namer) if model.address.uri not in known]
    if fetched or any(model.evidence in copies for model in models):
        return (*models, *dict.fromkeys(fetched)), ()
    return models, tuple((model.path, _MADE) for model in made)


def _copies(call: Call) -> bool:
    return call.program.fetches or call.program.name in _DOWNLOADERS


def _trains(invocation: Invocation) -> bool:
    """A known trainer, or without any known program a flag or a variable that only training has."""
    if invocation.programs:
        return all(program.trains for program in invocation.programs)
    return any(flag.name in catalog().flags["training"] for flag in invocation.flags) or any(
        env.name in catalog().variables["training"] for env in invocation.slot.env
    )


def _could_serve(invocation: Invocation) -> bool:
    """A flag that only servers have, or a port where models are served."""
    known = catalog().flags["serving"]
    return any(flag.name in known for flag in invocation.flags) or any(model_ports(invocation.slot))


def _evidence(invocation: Invocation, models: tuple[FoundModel, ...]) -> Iterator[str]:
    if invocation.by_image in invocation.programs:
        yield f"image:{invocation.by_image.name}@{invocation.slot.at('image')}"
    for call in invocation.calls:
        if call.program.role == "bystander" or call.path == invocation.slot.at("image"):
            continue
        yield f"command:{call.program.name}@{call.path}"
    for model in models:
        yield f"{model.evidence}@{model.path}"
    for flag in invocation.flags:
        if flag.name in catalog().flags["training"]:
            yield f"arg:--{flag.name}@{flag.path}"
    for env in invocation.slot.env:
        if env.name in catalog().variables["training"]:
            yield f"env:{env.name}@{env.path}"


def _signs(invocation: Invocation, *, lasting: bool) -> tuple[str, ...]:
    """Two signs of which one is a GPU, or a mount of models beside a variable, are a model being run.

    Notebooks and clients have them too. Of what keeps running a GPU is enough: nothing makes an author say
    on which port it listens, or where the model lies in its image.
    """
    slot, image = invocation.slot, invocation.by_image
    if runs_bystanders(invocation) or (image is not None and image.role == "bystander"):
        return ()
    gpu = next(gpus(slot), None)
    variable = next(model_variables(slot), None)
    mount = next((f"volume:{name}@{slot.at('volumeMounts')}" for _, name in model_mounts(slot)), None)
    port = next(model_ports(slot), None)
    found = [sign for sign in (gpu, mount, variable, port) if sign is not None]
    telling = gpu is not None or (mount is not None and variable is not None)
    enough = len(found) > 1 or (lasting and slot.role != "init")
    return tuple(found[:2]) if telling and enough else ()


def _as_base(model: FoundModel) -> FoundModel:
    return replace(model, role="base") if model.role == "primary" else model
