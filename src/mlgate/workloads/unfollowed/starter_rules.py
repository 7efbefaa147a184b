"""The rules for programs that start others, and for lines that stand in an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from mlgate.workloads.commands.executed import Arguments, Executed, commands_of
from mlgate.workloads.programs.known_commands import commands
from mlgate.workloads.unfollowed.descriptions import ALIAS, DEEP, FOREIGN, GIVEN, PIPED, Told
from mlgate.workloads.unfollowed.interpreter_rules import python_module
from mlgate.workloads.unfollowed.recognised import is_known_name
from mlgate.workloads.unfollowed.rules import MAX_DEPTH, MOST_WORDS, Rules
from mlgate.workloads.unfollowed.starters import Started

_EXECUTING = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def of_starter(rules: Rules, found: Started, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """What a program starts, and what it is given itself."""
    lead = words[0]
    if commands().installer(lead.base) is not None:
        yield from rules.install(found.own)
    if lead.base in {"chroot", "unshare", "nsenter"} and any(rules.places.hold(w.text) for w in found.own):
        yield lead.path, GIVEN
    if lead.base in {"xargs", "parallel"} and _adds_words(found):
        yield lead.path, PIPED
    elif found.line is not None:
        yield from rules.line((found.line,), depth)
    elif found.module:
        yield from python_module(rules, found.words, item, depth)
    elif found.python and not found.words[0].text.endswith(".py"):
        yield from rules.command(found.words, Executed(found.words, item.path), depth + 1)
    elif found.python:
        rules.run(found.words[0])
        yield from rules.given(found.words[1:], item, depth)
    elif depth < MAX_DEPTH:
        yield from rules.command(found.words, item, depth + 1)
    else:
        yield lead.path, DEEP


def _adds_words(found: Started) -> bool:
    """Whether words of another command become those of a server, a shell or what starts one."""
    lead = found.words[0] if found.words else None
    if lead is None:
        return False
    return lead.open or is_known_name(lead.base) or lead.base in {"eval", "source", "."}


def of_eval(rules: Rules, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
    """The words of `eval`, which are a line together."""
    return rules.line(words[1:], depth) if len(words) > 1 else iter(())


def of_trap(rules: Rules, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
    """The line that `trap` runs at the end."""
    given = [word for word in words[1:] if not word.text.startswith("-")][:1]
    return rules.line(tuple(given), depth) if given and given[0].text else iter(())


def of_find(rules: Rules, words: Arguments, item: Executed, depth: int) -> Iterator[Told]:
    """What `find` runs for each file."""
    for at, word in enumerate(words[:MOST_WORDS]):
        if word.text in _EXECUTING:
            behind = tuple(takewhile(lambda w: w.text not in {";", "+"}, words[at + 1 :]))
            if behind and behind[0].text.startswith("{}"):
                yield word.path, FOREIGN
            elif behind:
                yield from rules.command(behind, item, depth + 1)


def of_alias(rules: Rules, words: Arguments, _item: Executed, depth: int) -> Iterator[Told]:
    """Another name for a program: only one that does no harm may have one."""
    for word in words[1:MOST_WORDS]:
        match = _ASSIGNED.fullmatch(word.text)
        if match is None:
            continue
        inner = list(commands_of(rules.invocation, match.group(2), word.path))
        leads = [item.words[0].base if item.words else "" for item in inner]
        if word.open or is_known_name(match.group(1)) or not set(leads) <= commands().harmless:
            yield word.path, ALIAS
        else:
            for item in inner:
                yield from rules.item(item, depth + 1)
