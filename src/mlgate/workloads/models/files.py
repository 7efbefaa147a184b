"""Files that decide what a container loads: those it runs, and those it is configured by."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.python_modules import Source, folders_of_modules
from mlgate.workloads.commands.scripts import places_of
from mlgate.workloads.commands.written import Writes
from mlgate.workloads.models.detection import Configured
from mlgate.workloads.pods.volumes import VolumeSlot, kinds_of, mount_of
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import Word

_FILES = (".yaml", ".yml", ".json")
"""Ends of files that hold a configuration."""


def run_files(invocation: Invocation, writes: Writes, run: tuple[Word, ...]) -> Iterator[Configured]:
    """Files that are run, in each place they can lie."""
    for word in run:
        file = invocation.expand(word.text)
        made = writes.may_make(invocation, file)
        for place in places_of(invocation, file):
            yield Configured(place, word.path, runs=True, made=made)


def module_file(invocation: Invocation, writes: Writes, source: Source) -> Configured:
    """The file of a module, in one of the places where it can lie."""
    made = writes.may_make(invocation, source.place)
    return Configured(source.place, source.path, runs=True, made=made, maybe=True)


def folders_of_maps(invocation: Invocation, volumes: tuple[VolumeSlot, ...]) -> Iterator[Configured]:
    """Folders with modules in ConfigMaps: any of them can be taken in."""
    kinds = kinds_of(volumes)
    for source in folders_of_modules(invocation):
        best = mount_of(source.place, invocation.slot.mounts)
        if best is not None and kinds.get(best[1]) == "configMap":
            yield Configured(source.place, source.path, runs=True, maybe=True)


def lying_at(invocation: Invocation, run: tuple[Word, ...]) -> frozenset[str]:
    """Where the files that are run can lie."""
    return frozenset(place for word in run for place in places_of(invocation, invocation.expand(word.text)))


def configured(invocation: Invocation, writes: Writes) -> Iterator[Configured]:
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
