"""Where the programs of a server take their code from, when that is no part of its image.

What lies in a volume can be any code: the model that is named beside it may be there to be seen.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import islice, pairwise

from mlgate.workloads.commands.bystanders import INTERPRETER
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.python_modules import below_homes
from mlgate.workloads.commands.shell_variables import VARIABLE
from mlgate.workloads.commands.written import Writes
from mlgate.workloads.pods.volumes import VolumeSlot, kinds_of, mount_of, plain_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import Word
from mlgate.workloads.unfollowed.code_mounts import over_code

Unfollowed = tuple[str, str]
"""A path in the manifest and what stands there."""
_UNKNOWN = "takes the place of code from elsewhere, which the reader cannot know"
_FILLED = "takes code from where the command line itself writes"
_FROM_VOLUME = "takes code from a volume, which the reader cannot look into"
_DRIVERS = frozenset({"LD_LIBRARY_PATH", "PATH"})
"""Those in which the drivers of the node stand, too."""
_CHANGEABLE = frozenset({"configMap", "secret", "emptyDir"})
"""Volumes whose files are no part of an image or a model."""
_MODULES = "PYTHONPATH"
"""The variable with places of modules; those in ConfigMaps are read."""
_ELSEWHERE = frozenset({"secretKey", "configMapKey"})
_MOST = 50
"""Variables and places that are looked at; nobody needs as many."""
_MAX_PATH = 4096


def taken_from_volumes(
    invocation: Invocation, volumes: tuple[VolumeSlot, ...], writes: Writes, run: frozenset[str]
) -> Iterator[Unfollowed]:
    """Each variable and each mount that puts code of a volume in the place of the image's.

    `run`: the files the container runs, which are read where they lie.
    """
    slot = invocation.slot
    by_name = {item.volume.name: item for item in reversed(volumes)}
    yield from _Places(invocation, volumes, writes).doubts()
    for _, name, _ in over_code(invocation, by_name, run):
        yield slot.at("volumeMounts"), f"mounts {name} over the code of programs"
    for folder in invocation.folders if _runs_module(invocation) else ():
        best = mount_of(folder, slot.mounts)
        volume = by_name.get(best[1]) if best is not None else None
        if volume is not None and (volume.volume.kind in _CHANGEABLE or _serves_module(invocation)):
            told = f"runs modules of Python in {folder}, where {volume.volume.name} can replace them"
            yield slot.at("volumeMounts"), told


class _Places:
    """The places of code that the variables of a container name."""

    def __init__(self, invocation: Invocation, volumes: tuple[VolumeSlot, ...], writes: Writes) -> None:
        self._invocation, self._writes = invocation, writes
        self._folders = invocation.folders or catalog().code["work"]
        kinds = kinds_of(volumes)
        self._mounts = {target.rstrip("/"): kinds.get(name) for target, name, _ in invocation.slot.mounts}

    def doubts(self) -> Iterator[Unfollowed]:
        for env in self._invocation.slot.env:
            if env.name in catalog().code["variables"] and env.value is None and env.from_ in _ELSEWHERE:
                yield env.path, _UNKNOWN
            elif env.name in catalog().code["variables"] and env.value:
                value = self._invocation.expand(env.value).replace(" ", ":")
                yield from self._doubts(env.name, value, env.path)
        for word, name, value, computed in islice(self._set(), _MOST):
            if computed:
                yield word.path, _UNKNOWN
            yield from self._doubts(name, value, word.path)

    def _set(self) -> Iterator[tuple[Word, str, str, bool]]:
        """The words that set such a variable, and whether another command says to what."""
        words = self._invocation.words
        for index, word in enumerate(words):
            name, equals, value = word.text.partition("=")
            if equals and name in catalog().code["variables"]:
                behind = words[index + 1].text if index + 1 < len(words) else ""
                yield word, name, value, value.endswith("$") and behind.startswith("(")

    def _doubts(self, name: str, value: str, path: str) -> Iterator[Unfollowed]:
        """What is wrong with the places; more than anybody needs are not looked through."""
        assigned = self._invocation.assigned
        found = dict.fromkeys(
            match.group(1) or match.group(2) or match.group(4)
            for match in islice(VARIABLE.finditer(value), _MOST)
        )
        texts = [value, *(other for variable in found for other in assigned.get(variable, ()))][:_MOST]
        places = [place for text in texts for place in text.split(":", _MOST) if place]
        places = [found for place in places for found in below_homes(place, self._invocation)]
        if any(map(self._is_unknown, found)):
            yield path, _UNKNOWN
        if len(places) > _MOST or any(self._is_authors(place, name) for place in places):
            yield path, _FROM_VOLUME
        elif any(self._writes.may_make(self._invocation, place) for place in places):
            yield path, _FILLED

    def _is_unknown(self, name: str) -> bool:
        """Whether what stands for it can be anything; what nothing sets is empty or the image's."""
        if name in catalog().code["variables"]:
            return False  # what it is set to is looked at where it is set
        var, assigned = self._invocation.slot.variable(name), self._invocation.assigned
        if var is not None and var.value is None:
            return var.from_ in _ELSEWHERE
        return name in assigned and not assigned[name]

    def _is_authors(self, place: str, variable: str) -> bool:
        """Whether a place lies in a volume that is none with drivers of the node."""
        for folder in self._folders:
            parts = plain_path(posixpath.join(folder, place)[:_MAX_PATH]).rstrip("/").split("/")
            above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
            kind = next((self._mounts[path] for path in above if path in self._mounts), "image's own")
            is_read = kind == "configMap" and variable == _MODULES
            if kind != "image's own" and not is_read and not (kind == "hostPath" and variable in _DRIVERS):
                return True
        return False


def _serves_module(invocation: Invocation) -> bool:
    """Whether a known server is itself a module that is run."""
    return any(invocation.words[call.index].text == "-m" for call in invocation.calls if call.program.loads)


def _runs_module(invocation: Invocation) -> bool:
    words = invocation.words
    runs_python = any(INTERPRETER.fullmatch(word.base) and word.leads for word in words)
    return runs_python and any(
        behind.text == "-m" and INTERPRETER.fullmatch(word.base) for word, behind in pairwise(words)
    )
