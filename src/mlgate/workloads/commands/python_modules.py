"""Modules that Python is told to run or to serve, as in `serve run app:deployment`, and where it finds them.

One in a ConfigMap is read like a script. One in another volume is the author's, and nobody can look into it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from mlgate.workloads.commands.bystanders import INTERPRETER
from mlgate.workloads.commands.flags import Flag
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.pods.volumes import plain_path
from mlgate.workloads.programs.catalog import catalog
from mlgate.workloads.shell.words import led_commands

_SERVERS = frozenset(
    {
        "serve",
        "uvicorn",
        "gunicorn",
        "hypercorn",
        "granian",
        "daphne",
        "bentoml",
        "ray",
        "waitress-serve",
        "flask",
    }
)
"""Programs that are told a module and what in it they serve."""
_MODULE = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_][\w.]*(?:\(.*\))?")
_PLAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_OF_HOME = re.compile(r"(?:~|\$HOME|\$\{HOME\})((?:/.*)?)", re.DOTALL)
_HOME = re.compile(r"/(?:root|home/[^/]+)")
_FOLDER = "PYTHONPATH"
_SETTING = "import-path"
"""The setting of Ray Serve that names an application."""
_MOST = 50
_MAX_PATH = 4096


@dataclass(frozen=True)
class Source:
    """A file or a folder with modules, and where it is named."""

    place: str
    path: str


def modules(invocation: Invocation) -> Iterator[Source]:
    """The files of the modules it is told to serve, in each folder they can lie in."""
    folders = [source.place for source in folders_of_modules(invocation)]
    folders = list(dict.fromkeys([*folders, *invocation.folders]))
    for name, path in islice(dict.fromkeys(_named(invocation)), _MOST):
        file = f"{name.replace('.', '/')}.py"[:_MAX_PATH]
        for folder in folders:
            yield Source(plain_path(posixpath.join(folder, file)), path)
        if not folders:
            yield Source(file, path)


def folders_of_modules(invocation: Invocation) -> Iterator[Source]:
    """The places of modules that the variable for them names."""
    set_here = ((env.value, env.path) for env in invocation.slot.env if env.name == _FOLDER)
    words = (word for word in invocation.words if word.text.startswith(f"{_FOLDER}="))
    in_line = ((word.text.partition("=")[2], word.path) for word in words)
    given = [*set_here, *islice(in_line, _MOST)]
    for value, path in given:
        places = invocation.expand(value or "").replace(" ", ":").split(":", _MOST)[:_MOST]
        for place in (found for text in places for found in below_homes(text, invocation)):
            for folder in ("/",) if place.startswith("/") else invocation.folders:
                if place:
                    yield Source(plain_path(posixpath.join(folder, place)[:_MAX_PATH]), path)


def below_homes(place: str, invocation: Invocation) -> Iterator[str]:
    """The place; of one in the folder of a user nobody names, that in each in which something is mounted."""
    match = _OF_HOME.fullmatch(place)
    if match is None:
        yield place
        return
    homes = (_HOME.match(target) for target, _, _ in invocation.slot.mounts)
    yield from dict.fromkeys(f"{home.group()}{match.group(1)}" for home in homes if home is not None)


def _set(invocation: Invocation) -> Iterator[tuple[str, str]]:
    """Those of flags and settings."""
    for flag in invocation.flags:
        if flag.setting and flag.name == _SETTING and flag.value:
            name, colon, _ = flag.value.partition(":")
            module = name if colon else flag.value.rpartition(".")[0]
            if _PLAIN.fullmatch(module):
                yield module, flag.path
        elif flag.value and flag.name in catalog().flags["modules"]:
            for value in (flag.value, *_further(invocation, flag)):
                yield from ((name, flag.path) for name in _classes(value))


def _further(invocation: Invocation, flag: Flag) -> Iterator[str]:
    """What follows the first value of a flag that takes several."""
    if flag.setting:
        return
    start = flag.index + (1 if flag.joined else 2)
    for word in islice(invocation.words, start, start + _MOST):
        if word.leads or word.text.startswith("-"):
            return
        yield word.text


def _classes(value: str) -> Iterator[str]:
    """The modules of classes that a flag names; those of libraries that load models are the image's."""
    for text in value.strip("[]").replace('"', "").replace("'", "").split(",", _MOST):
        name, colon, _ = text.strip().partition(":")
        module = name if colon else name.rpartition(".")[0]
        if _PLAIN.fullmatch(module) and module.partition(".")[0] not in catalog().libraries:
            yield module


def _named(invocation: Invocation) -> Iterator[tuple[str, str]]:
    """Name and place of each module."""
    yield from _set(invocation)
    words = invocation.words
    called = {call.index for call in invocation.calls}
    for _, lead, end in led_commands(words):
        if lead is None:
            continue
        behind = words[lead + 1 : end]
        as_module = INTERPRETER.fullmatch(words[lead].base) and behind and behind[0].text == "-m"
        if as_module and lead not in called and len(behind) > 1 and _PLAIN.fullmatch(behind[1].text):
            yield behind[1].text, behind[1].path
        if words[lead].base in _SERVERS or as_module:
            for before, word in pairwise((words[lead], *behind)):
                match = _MODULE.fullmatch(word.text)
                if match is not None and before.text != "--host":
                    yield match.group(1), word.path
