"""Files a command line makes before its server starts: what lies there then, no reader can tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.commands.scripts import places_of
from mlgate.workloads.pods.volumes import plain_path, within
from mlgate.workloads.shell.words import SEPARATORS, Word, led_commands

_COPYING = frozenset({"cp", "mv", "ln", "rsync", "dd", "install", "tee", "unlink", "rename", "git", "sponge"})
_UNPACKING = frozenset({"tar", "unzip", "cpio", "7z", "bsdtar", "patch"})
_FETCHING = frozenset({"curl", "wget", "aria2c"})
_EDITING = frozenset({"sed", "perl", "awk", "gawk"})
_OUTPUT = re.compile(
    r"-(?:[A-Za-z]*[oOP]|-output(?:-document)?|-remote-name(?:-all)?|-directory-prefix|-create-dirs).*"
)
_IN_PLACE = re.compile(r"-[A-Za-z]*i.*|--in-place.*|inplace")
_NOWHERE = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/termination-log", "1", "2", "-"})
_MOST = 200
"""Places that are told apart; a command line that writes to more writes anywhere."""
_SCRATCH = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # noqa: S108 - read about, never used
_CODE = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages)(?:/|$)|^/(?:usr/)?(?:local/)?s?bin(?:/|$)|\.(?:py|pyc|pth|so)$"
)
"""Places and names of the code of programs."""


@dataclass(frozen=True)
class Writes:
    """Where a command line writes to, as far as its words say."""

    targets: frozenset[str] = frozenset()
    """Every path of a command that writes; which of them is the target is not told apart."""
    anything: bool = False
    """It unpacks archives or runs code that writes, so that files of any name can appear."""

    @property
    def none(self) -> bool:
        """Whether it writes nothing at all."""
        return not self.targets and not self.anything

    @property
    def code(self) -> str | None:
        """A place it writes to where programs have their code."""
        return next((target for target in sorted(self.targets) if _CODE.search(target)), None)

    def may_make(self, invocation: Invocation, file: str) -> bool:
        """Whether the file can be one that is written: by its place, or by its name where places are open."""
        if self.none:
            return False
        places = places_of(invocation, file)
        if any(within(place, scratch) for place in places for scratch in _SCRATCH):
            return True
        if self.anything and not file.startswith("/"):
            return True
        return any(_touches(target, place) for target in self.targets for place in (*places, file))


def writes_of(invocation: Invocation) -> Writes:
    """What the command line writes."""
    words = invocation.words
    targets = set(_redirected(words))
    for path in (path for code, _ in invocation.code for path in code.writes):
        targets.add(
            plain_path(written) if (written := invocation.expand(path)) and "$" not in written else "/"
        )
    anything = "/" in targets
    for start, at, end in led_commands(words):
        if at is None or not _is_writer(words[at], words[start:end]):
            continue
        lead, behind = words[at], words[at + 1 : end]
        anything = anything or lead.base in _UNPACKING
        if lead.base in _EDITING:  # what stands before the file is a program of its own
            behind = behind[-1:]
        targets |= {target for word in behind for target in _path(invocation.expand(word.text))}
    targets -= _NOWHERE
    if len(targets) > _MOST:
        return Writes(frozenset({"/"}), anything=True)
    return Writes(frozenset(targets), anything)


def _is_writer(lead: Word, command: tuple[Word, ...]) -> bool:
    if lead.base in _COPYING | _UNPACKING:
        return lead.base != "git" or any(
            word.text in {"clone", "checkout", "worktree", "init"} for word in command
        )
    if lead.base in _FETCHING:
        return lead.base != "curl" or any(_OUTPUT.fullmatch(word.text) for word in command)
    return lead.base in _EDITING and any(_IN_PLACE.fullmatch(word.text) for word in command)


def _redirected(words: tuple[Word, ...]) -> Iterator[str]:
    for word, behind in pairwise(words):
        # Nothing can be written to the root itself: that is a text such as `<bucket>/<path>`.
        if ">" in word.text and not word.text.strip(SEPARATORS) and behind.text.strip("/"):
            yield behind.text


def _path(text: str) -> Iterator[str]:
    """The path a word names; of an address, the name that a copy of it gets."""
    if text.startswith("-"):
        _, equals, text = text.partition("=")
        if not equals:
            return
    if "://" in text:
        yield text.rstrip("/").rpartition("/")[2].partition("?")[0].removesuffix(".git")
    elif text.strip(SEPARATORS):
        yield plain_path(text) if text.startswith("/") else posixpath.normpath(text)


def _touches(target: str, place: str) -> bool:
    """Whether the two are the same, one lies in the other, or they have the same name in open places."""
    if target.startswith("/") and place.startswith("/"):
        return within(place, target) or within(target, place)
    if target in {".", ".."}:
        return True
    name, first = target.rpartition("/")[2], target.partition("/")[0]
    return place.rpartition("/")[2] == name or (
        not place.startswith("/") and place.partition("/")[0] == first
    )
