"""Where the programs of a server take their code from, when that is no part of its image.

What lies in a volume can be any code: the model that is named beside it may be there to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mlgate.workloads.bystanders import INTERPRETER
from mlgate.workloads.invocation import Invocation
from mlgate.workloads.slots import Slot
from mlgate.workloads.volumes import VolumeSlot, mount_of, plain_path

Unfollowed = tuple[str, str]
"""A path in the manifest and what stands there."""
_FROM_VOLUME = "takes code from a volume, which the reader cannot look into"
_CODE_VARIABLES = frozenset(
    {"PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONHOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH"}
    | {"BASH_ENV", "ENV", "PERL5LIB", "NODE_PATH", "NODE_OPTIONS"}
)
"""Variables that say where programs take code from."""
_DRIVERS = frozenset({"LD_LIBRARY_PATH", "PATH"})
"""Those in which the drivers of the node stand, too."""
_CODE_MOUNT = re.compile(
    r"/(?:site-packages|dist-packages)(?:/|$)|^/(?:usr/)?(?:local/)?s?bin(?:/|$)|^/(?:usr/(?:local/)?)?lib/python[^/]*$"
)
_CHANGEABLE = frozenset({"configMap", "secret", "emptyDir"})
"""Volumes whose files are no part of an image or a model."""
_MOST_WORDS = 200


def taken_from_volumes(invocation: Invocation, volumes: tuple[VolumeSlot, ...]) -> Iterator[Unfollowed]:
    """Each variable and each mount that puts code of a volume in the place of the image's."""
    kinds = {item.volume.name: item.volume.kind for item in volumes}
    yield from _variables(invocation, kinds)
    yield from _mounts(invocation, kinds)


def _variables(invocation: Invocation, kinds: dict[str, str]) -> Iterator[Unfollowed]:
    slot = invocation.slot
    for env in slot.env:
        if env.value and env.name in _CODE_VARIABLES:
            value = invocation.expand(env.value).replace(" ", ":")
            if _names_authors(slot, value, kinds, env.name):
                yield env.path, _FROM_VOLUME
    for word in invocation.words:
        name, equals, value = word.text.partition("=")
        if equals and name in _CODE_VARIABLES and _names_authors(slot, value, kinds, name):
            yield word.path, _FROM_VOLUME


def _names_authors(slot: Slot, value: str, kinds: dict[str, str], variable: str) -> bool:
    """Whether one of the places lies in a volume; more than anybody needs are not looked through."""
    places = value.split(":", _MOST_WORDS)
    return len(places) > _MOST_WORDS or any(_is_authors(slot, place, kinds, variable) for place in places)


def _is_authors(slot: Slot, place: str, kinds: dict[str, str], variable: str) -> bool:
    place = plain_path(place)
    best = mount_of(place, slot.mounts)
    if best is None:
        return False
    return not (kinds.get(best[1]) == "hostPath" and variable in _DRIVERS)


def _mounts(invocation: Invocation, kinds: dict[str, str]) -> Iterator[Unfollowed]:
    slot = invocation.slot
    for target, name, _ in slot.mounts:
        if _CODE_MOUNT.search(target):
            yield slot.at("volumeMounts"), f"mounts {name} over the code of programs"
    for folder in invocation.folders if _runs_module(invocation) else ():
        best = mount_of(folder, slot.mounts)
        if best is not None and kinds.get(best[1]) in _CHANGEABLE:
            yield (
                slot.at("volumeMounts"),
                f"runs modules of Python in {folder}, where {best[1]} can replace them",
            )


def _runs_module(invocation: Invocation) -> bool:
    words = invocation.words
    runs_python = any(INTERPRETER.fullmatch(word.base) and word.leads for word in words)
    return runs_python and any(
        behind.text == "-m" and INTERPRETER.fullmatch(word.base) for word, behind in pairwise(words)
    )
