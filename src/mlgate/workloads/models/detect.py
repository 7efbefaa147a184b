"""Finds models in ordinary containers: well-known servers, flags and variables that name a model.

Every conclusion says what it was drawn from: `<image|command|arg|env|port|volume|gpu|label>:<what>@<path>`.
A database, an exporter, a web server or a client that mentions a model is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from mlgate.domain.workload import Switch
from mlgate.workloads.addresses.uris import Address, normalise
from mlgate.workloads.commands.bystanders import is_bystander, runs_bystanders
from mlgate.workloads.commands.invocation import FALSE, Call, Invocation, Told, read_invocation
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.commands.python_modules import Source, folders_of_modules, modules
from mlgate.workloads.commands.scripts import files_run, places_of
from mlgate.workloads.commands.written import Writes, writes_of
from mlgate.workloads.models.naming import FoundModel, Naming
from mlgate.workloads.models.signs import gpus, model_mounts, model_ports, model_variables
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import EMPTY, Mounted, VolumeSlot, kinds_of, mount_of, resolve_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import Word
from mlgate.workloads.unfollowed.code_places import Unfollowed, taken_from_volumes
from mlgate.workloads.unfollowed.command_rules import CommandRules
from mlgate.workloads.unfollowed.doubts import unfollowed

_HOLDING = {"pvc", "hostPath", "nfs", "image"}
"""Kinds of volumes that can hold a model."""
_DOWNLOADERS = {"huggingface-hub", "modelscope", "kitops"}
"""Programs that load models to keep them, and serve none."""
_MOST_SCRIPTS = 200
_MOST_DOUBTS = 20
_TOO_MANY = f"runs more than {_MOST_SCRIPTS} files"
_MADE = "names what the command line itself may make, so that nobody can tell what lies there"
_LIBRARIES = {"hub", "ollama"}
"""Libraries whose servers hold no model of their own."""
_FILES = (".yaml", ".yml", ".json")
"""Ends of files that hold a configuration."""
_SHORTEST = len("trust")
"""Flags can be shortened as long as no other begins so."""


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
    naming = Naming(invocation, every, presumed=presumed, platform_mount=platform)
    models = naming.models()
    trains = _trains(invocation)
    # What is written on a command line may add that it trains; only a run to an end that has nothing of a
    # server is taken for training alone, because training needs no card.
    alone = trains and batch and not _could_serve(invocation)
    serves = not alone and bool(models or any(not program.trains for program in invocation.programs))
    signs = () if alone or serves else _signs(invocation, lasting=lasting)
    if not (models or alone or told):
        models = tuple(_mounted(slot, volumes, signs=bool(signs or serves or presumed)))
        serves = serves or bool(models)
    if serves or presumed:
        models = (*models, *_images(slot, every, models))
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
        models, untold = _with_made(models, naming, invocation, writes)
        files = _places(invocation, run) | {source.place for source in modules(invocation)}
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
        datasets=tuple(naming.datasets()) if trains or trainer else (),
        trust_remote_code=_switch(
            invocation, _shortened(tables.flags["trustRemoteCode"]), tables.variables["trustRemoteCode"]
        ),
        runtime_lora=_switch(invocation, tables.flags["runtimeLora"], tables.variables["runtimeLora"]),
        complete=invocation.complete,
        configured=tuple(_configured(invocation, writes)) if serves or presumed else (),
        fetches=invocation.library in _LIBRARIES,
        called=bool(invocation.calls),
        scripts=(
            *_scripts(invocation, writes, run[:_MOST_SCRIPTS]),
            *(_module(invocation, writes, source) for source in modules(invocation)),
            *_folders(invocation, every),
        ),
        unfollowed=doubts,
    )


def _with_made(
    models: tuple[FoundModel, ...], naming: Naming, invocation: Invocation, writes: Writes
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
    fetched = [model for model in naming.fetched() if model.address.uri not in known]
    if fetched or any(model.evidence in copies for model in models):
        return (*models, *dict.fromkeys(fetched)), ()
    return models, tuple((model.path, _MADE) for model in made)


def _copies(call: Call) -> bool:
    return call.program.fetches or call.program.name in _DOWNLOADERS


def _scripts(invocation: Invocation, writes: Writes, run: tuple[Word, ...]) -> Iterator[Configured]:
    """Files that are run, in each place they can lie."""
    for word in run:
        file = invocation.expand(word.text)
        made = writes.may_make(invocation, file)
        for place in places_of(invocation, file):
            yield Configured(place, word.path, runs=True, made=made)


def _module(invocation: Invocation, writes: Writes, source: Source) -> Configured:
    made = writes.may_make(invocation, source.place)
    return Configured(source.place, source.path, runs=True, made=made, maybe=True)


def _folders(invocation: Invocation, volumes: tuple[VolumeSlot, ...]) -> Iterator[Configured]:
    """Folders with modules in ConfigMaps: any of them can be taken in."""
    kinds = kinds_of(volumes)
    for source in folders_of_modules(invocation):
        best = mount_of(source.place, invocation.slot.mounts)
        if best is not None and kinds.get(best[1]) == "configMap":
            yield Configured(source.place, source.path, runs=True, maybe=True)


def as_data(detection: Detection) -> Detection:
    """What the container was found to load is data."""
    found = [(model.address, model.path) for model in detection.models]
    return replace(detection, models=(), datasets=(*detection.datasets, *found))


def _places(invocation: Invocation, run: tuple[Word, ...]) -> frozenset[str]:
    """Where the files that are run can lie."""
    return frozenset(place for word in run for place in places_of(invocation, invocation.expand(word.text)))


def _configured(invocation: Invocation, writes: Writes) -> Iterator[Configured]:
    """Files behind flags and variables that configure a server, and behind `serve deploy` and the like."""
    flags = catalog().flags
    called = invocation.programs
    for flag in invocation.flags:
        value = flag.value or ""
        described = flag.name in flags["described"] or (
            flag.name in flags["describedByFiles"] and value.endswith(_FILES)
        )
        named = flag.name in flags["configuration"] or any(flag.name in one.settings for one in called)
        if value and (described if flag.setting else named):
            yield _file(invocation, writes, value, flag.path, must=flag.setting)
    for var in invocation.variables:
        if var.value and var.name in catalog().variables["configuration"]:
            yield _file(invocation, writes, var.value, var.path)
    for call in invocation.calls:
        word = next(iter(call.behind), None)
        if word is not None and word.text.endswith(_FILES):
            yield _file(invocation, writes, word.text, word.path)


def _file(invocation: Invocation, writes: Writes, name: str, path: str, *, must: bool = False) -> Configured:
    file = invocation.expand(name)
    return Configured(file, path, must, made=writes.may_make(invocation, file))


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


def _mounted(slot: Slot, volumes: tuple[VolumeSlot, ...], *, signs: bool) -> Iterator[FoundModel]:
    """Models that come as a volume: an image where models lie, or another volume beside further signs."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    for target, name in model_mounts(slot):
        if kinds.get(name) == "image" or (signs and kinds.get(name) not in EMPTY):
            yield from _in_volume(slot, volumes, target, name)


def _images(
    slot: Slot, volumes: tuple[VolumeSlot, ...], models: tuple[FoundModel, ...]
) -> Iterator[FoundModel]:
    """Volumes of images, wherever a server has them: it can take a cache of a hub from one, too."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    known = {model.address.uri for model in models}
    for target, name, _ in slot.mounts:
        for found in _in_volume(slot, volumes, target, name) if kinds.get(name) == "image" else ():
            if not any(uri.startswith(found.address.uri) for uri in known):
                yield found


def mounted_anywhere(slot: Slot, volumes: tuple[VolumeSlot, ...]) -> tuple[FoundModel, ...]:
    """The volumes of a model server that could hold the model nothing names."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    return tuple(
        model
        for target, name, _ in slot.mounts
        if kinds.get(name) in _HOLDING
        for model in _in_volume(slot, volumes, target, name)
    )


def _in_volume(slot: Slot, volumes: tuple[VolumeSlot, ...], target: str, name: str) -> Iterator[FoundModel]:
    address = resolve_path(target, slot.mounts, volumes) or f"file://{target}"
    yield FoundModel(normalise(address), "primary", slot.at("volumeMounts"), f"volume:{name}")


def _switch(invocation: Invocation, flags: frozenset[str], variables: frozenset[str]) -> Switch:
    """On by a flag or a variable that is not known to say no."""
    for flag in invocation.flags:
        value = flag.value.lower() if flag.joined and flag.value else "true"
        if flag.name in flags and value not in FALSE:
            return Switch(enabled=True, path=flag.path)
    for name, value, path in _variables(invocation):
        if name in variables and value.strip().lower() not in FALSE:
            return Switch(enabled=True, path=path)
    return Switch()


def _variables(invocation: Invocation) -> Iterator[tuple[str, str, str]]:
    """Name, value and place of the variables; of one that comes from elsewhere, from where."""
    for env in invocation.slot.env:
        yield env.name, env.from_ or invocation.expand(env.value or ""), env.path
    for word in invocation.words:
        name, _, value = word.text.partition("=")
        yield name, value, word.path


@lru_cache
def _shortened(flags: frozenset[str]) -> frozenset[str]:
    return frozenset(flag[:end] for flag in flags for end in range(_SHORTEST, len(flag) + 1))


def _as_base(model: FoundModel) -> FoundModel:
    return replace(model, role="base") if model.role == "primary" else model
