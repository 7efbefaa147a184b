"""Reads what a container runs: its fields, its hooks and probes, and what the image begins the line with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from mlgate.workloads.addresses.uris import looks_like_hub_id
from mlgate.workloads.commands.flags import flags_of
from mlgate.workloads.commands.invocation import Call, Invocation, Told
from mlgate.workloads.commands.shell_values import Doubts, doubts_of
from mlgate.workloads.commands.shell_variables import (
    Assigned,
    assigned_by,
    expand,
    facts_of,
    replaced,
    with_arguments,
)
from mlgate.workloads.pods.slots import Slot
from mlgate.workloads.pods.volumes import plain_path, within
from mlgate.workloads.programs.catalog import Program, catalog
from mlgate.workloads.python.inline_code import codes_in
from mlgate.workloads.python.text import without_programs
from mlgate.workloads.reading import dig
from mlgate.workloads.shell.words import MAX_LENGTH, MAX_WORDS, SCRIPT, SEPARATORS, WRAPPERS, Word, read_words

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
_LINE = re.compile(r"[\s;&|]")
"""What only lines of shells hold, and no word."""
_MAX_BEHIND = 200
"""Words behind a command that are looked at where there are many commands; behind a few, all."""
_SERVING = "vllm"
_HOOKS = (
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("startupProbe",),
    ("livenessProbe",),
    ("readinessProbe",),
)
"""Fields of a container that run a command of their own: `exec.command` below each."""


def read_invocation(slot: Slot, told: Told | None = None) -> Invocation:
    """What the container runs, or what it is told in other places than its own fields."""
    by_image = catalog().program_of_image(slot.image) if slot.image else None
    elsewhere = told
    told = told or Told((*_begun(slot, by_image), *_items(slot)), in_shell=slot.in_shell)
    items = [(text[: MAX_LENGTH + 1], path) for text, path in told.lines]
    code = tuple(codes_in(items, told.code))
    items = without_programs(items)
    for program, path in code:
        items += [item for command in program.commands for item in ((";", path), (command, path))]
    line, assigned, doubts = read_words(items, in_shell=told.in_shell), Assigned(), Doubts()
    if any("$" in text for text, _ in items):
        # Programs and flags can come from variables, and those from the command line itself.
        doubts = doubts_of(replaced(text, slot) for text, _ in items if _LINE.search(text))
        assigned = assigned_by(line.words, slot, (text for text, _ in items), doubts)
        expanded = ((expand(text, slot, assigned, MAX_LENGTH), path) for text, path in items)
        line = read_words(expanded, in_shell=told.in_shell)
    found = list(_calls(line.words))
    taken = {index for start, command, _ in found for index in range(start, start + len(command))}
    most = max(_MAX_BEHIND, MAX_WORDS // max(1, len(found)))
    calls = tuple(_call(line.words, start, command, program, most) for start, command, program in found)
    return Invocation(
        slot=slot,
        lines=tuple(items[:MAX_WORDS]),
        words=line.words,
        flags=(*told.flags, *flags_of(line.words, taken)),
        calls=calls,
        by_image=by_image,
        complete=line.complete and not any(call.cut and call.names for call in calls),
        assigned=assigned,
        told_library=told.library,
        code=code,
        told=elsewhere,
        facts=facts_of(doubts, slot, assigned),
    )


def _begun(slot: Slot, program: Program | None) -> Iterator[tuple[str, str]]:
    """The words the image itself begins the command with, as far as the arguments do not say them again."""
    if slot.command or not slot.args:
        return
    if program is None and slot.args[0] == "serve" and looks_like_hub_id("".join(slot.args[1:2])):
        yield _SERVING, slot.at("image")  # no other server is begun so
    if program is None or not program.entrypoint:
        return
    words = program.entrypoint
    said = next((n for n in range(len(words), 0, -1) if slot.args[:n] == words[-n:]), 0)
    if said or _continues(slot.args[0], slot):
        yield from ((word, slot.at("image")) for word in words[: len(words) - said])


def _continues(word: str, slot: Slot) -> bool:
    """Whether the first argument goes on with the command of the image, and is no program of its own."""
    if "/" not in word or "://" in word:
        return (
            word.startswith("-")
            or "://" in word
            or (
                _NAME.fullmatch(word) is not None
                and word not in WRAPPERS | catalog().starters
                and not word.startswith("python")
            )
        )
    if word.startswith(("/", ".")):
        return "model" in word.lower() or any(
            within(plain_path(word), target) for target, _, _ in slot.mounts
        )
    return looks_like_hub_id(word)


def _items(slot: Slot) -> Iterator[tuple[str, str]]:
    """Text and path of everything the container runs, commands of its hooks and probes behind its own."""
    own = [
        *((text, f"{slot.at('command')}[{index}]") for index, text in enumerate(slot.command)),
        *((text, f"{slot.at('args')}[{index}]") for index, text in enumerate(slot.args)),
    ]
    script = next((at for at, (text, _) in enumerate(own[:-1]) if SCRIPT.fullmatch(text)), None)
    if script is not None:
        given = tuple(text for text, _ in own[script + 2 :])
        own[script + 1] = (with_arguments(own[script + 1][0], given), own[script + 1][1])
    yield from own
    for var in slot.env:
        if var.value and var.name in catalog().variables["arguments"]:
            yield var.value, var.path
    for keys in _HOOKS:
        command = dig(slot.raw, *keys, "exec", "command")
        if isinstance(command, list):
            path = ".".join((slot.at(keys[0]), *keys[1:], "exec.command"))
            yield ";", path
            yield from (
                (text, f"{path}[{index}]") for index, text in enumerate(command) if isinstance(text, str)
            )


def _calls(words: tuple[Word, ...]) -> Iterator[tuple[int, tuple[str, ...], Program]]:
    """Index, command and program of every known command."""
    known, longest = catalog().by_first_word, catalog().longest_command
    # A script can repeat one command thousands of times: each is looked up once.
    matched: dict[tuple[tuple[str, bool], ...], tuple[tuple[str, ...], Program]] = {}
    for index, word in enumerate(words):
        if word.base not in known:
            continue
        key = tuple((item.text, item.leads) for item in words[index : index + longest])
        if key not in matched:
            matches = [(program.command_at(words, index), program) for program in known[word.base]]
            matched[key] = max(matches, key=lambda match: len(match[0]))
        command, program = matched[key]
        if command:
            yield index, command, program


def _call(words: tuple[Word, ...], start: int, command: tuple[str, ...], program: Program, most: int) -> Call:
    end = start + len(command)
    behind = tuple(takewhile(lambda word: word.text.strip(SEPARATORS), words[end : end + most + 1]))
    return Call(
        program,
        start,
        words[start].path,
        behind[:most],
        follows=command in program.follows,
        cut=len(behind) > most,
    )
