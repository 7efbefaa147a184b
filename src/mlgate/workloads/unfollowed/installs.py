"""Programs that a line installs: packages of the default index by their names, or code of the author's."""

from __future__ import annotations

import re

from mlgate.workloads.commands.executed import Argument, Arguments
from mlgate.workloads.commands.places_of_authors import AuthorsPlaces
from mlgate.workloads.programs.known_commands import Installer, commands

_PACKAGE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._+-]*(?:\[[A-Za-z0-9,._ -]*\])?(?:\s*(?:[<>=!~^]=?=?)\s*[\w.*+!-]+,?)*(?::\w+)?"
)
"""A package by its name, with extras and versions, as installers look it up in their index."""
_FILES = (".whl", ".gz", ".zip", ".tgz", ".bz2", ".deb", ".rpm", ".apk", ".egg", ".tar", ".txt", ".xz")
_REMOTE = re.compile(r"://|^git\+")


def installs_foreign(
    places: AuthorsPlaces, installer: Installer, words: Arguments, *, verb: str | None = None
) -> bool:
    """Whether anything but packages of the default index is installed, as far as anybody can tell."""
    rest = list(words[1:])
    known = commands().installing
    if installer.verbs and not ({verb} | {word.text for word in rest}) & installer.verbs:
        return False
    if any(word.text == "config" for word in rest[:2]):
        return any(_REMOTE.search(word.text) for word in rest) or len(rest) > 2  # noqa: PLR2004 - more than shown
    previous = ""
    files = known["files"] if installer.files else frozenset[str]()
    for word in rest:
        flag, joined, value = word.text.partition("=")
        if previous in files or (joined and flag in files):
            given = value if joined and flag in files else word.text
            if word.open or _REMOTE.search(given) or places.hold(given):
                return True
        elif word.text.startswith("-"):
            if flag not in known["flags"] | known["valued"] | files and not _is_cluster(word.text):
                return True
        elif previous in known["valued"]:
            pass
        elif _is_foreign(word):
            return True
        previous = word.text if word.text.startswith("-") and not joined else ""
    return False


_CLUSTER = re.compile(r"-[qyUvIn]+")


def _is_cluster(text: str) -> bool:
    """Several flags of one letter, each of which changes nothing."""
    return _CLUSTER.fullmatch(text) is not None


def _is_foreign(word: Argument) -> bool:
    if word.open and word.text.startswith("$"):
        return True
    return not _PACKAGE.fullmatch(word.text) or word.text.endswith(_FILES)
