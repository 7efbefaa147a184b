"""Models that commands name: behind the command without a flag, to be fetched, or in a call to a server."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.workloads.addresses.uris import tagged
from mlgate.workloads.commands.flags import flag_name, is_plain, takes
from mlgate.workloads.commands.invocation import Call
from mlgate.workloads.models.companions import sent
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.namer import Namer
from mlgate.workloads.shell.words import Word

_MODEL_FLAGS = {"model", "model-id", "model-path", "hf-model-id"}
_NO_NAME = re.compile(r"(?i:true|false|yes|no|on|off)|[0-9.]+")
"""Values of switches, which nobody calls a model."""
_UNVERIFIED = {"--insecure", "--insecure=true"}
"""Flags with which Ollama and the tools of registries fetch without TLS."""
_MAX_REQUEST = 20
"""Words behind the address of a request that are looked at for what is sent."""


def from_position(namer: Namer) -> Iterator[FoundModel]:
    """The model that stands behind a command without a flag, as in `vllm serve <model>`."""
    named = any(flag.name in _MODEL_FLAGS and flag.value for flag in namer.invocation.flags)
    seen: set[int] = set()
    for call in namer.invocation.calls:
        evidence = f"command:{call.program.name}"
        if call.program.fetches:
            yield from _fetched(namer, call, evidence, seen)
        word = _behind(namer, call, named=named) if call.follows else None
        if word is not None:
            text = namer.invocation.expand(word.text)
            if any(said.text in _UNVERIFIED for said in call.behind):
                text = f"{text}?insecure=true"
            yield from namer.found(text, word.path, evidence, at=call.index)
    image = namer.invocation.by_image
    plain = [word for word in namer.invocation.words if is_plain(word)]
    for index, word in enumerate(plain if image is not None and image.positional else ()):
        # It takes pairs of an address and a folder.
        if index == 0 or "://" in word.text:
            evidence = f"command:{image.name if image else ''}"
            yield from namer.found(namer.invocation.expand(word.text), word.path, evidence)


def _behind(namer: Namer, call: Call, *, named: bool) -> Word | None:
    """The word that names the model; between flags it is told from a value by how it reads."""
    previous = None
    unsure = None
    for word in call.behind:
        if is_plain(word) and not _NO_NAME.fullmatch(word.text):
            if previous is None or not takes(previous):
                return word
            name = flag_name(previous)
            if unsure is None and name not in namer.valued and namer.places.reads_as_address(word.text):
                unsure = word
        previous = word
    return None if named else unsure


def _fetched(namer: Namer, call: Call, evidence: str, seen: set[int]) -> Iterator[FoundModel]:
    """What a program that copies files is told to fetch, if it reads as a model.

    `seen` are the words that were looked at: calls without an end between them share most of theirs.
    """
    target = _target(call)
    for word in call.behind:
        if id(word) in seen or word is target:
            continue
        seen.add(id(word))
        value = namer.invocation.expand(word.text)
        if "://" in value and namer.places.reads_as_address(value):
            yield from namer.found(value, word.path, evidence, at=call.index)


def everything_fetched(namer: Namer) -> Iterator[FoundModel]:
    """Everything that programs which copy files are told to fetch, however it reads."""
    for call in namer.invocation.calls:
        for word in call.behind if call.program.fetches else ():
            value = namer.invocation.expand(word.text)
            if "://" in value and word is not _target(call):
                yield from namer.found(value, word.path, f"command:{call.program.name}", at=call.index)


def from_requests(namer: Namer) -> Iterator[FoundModel]:
    """Models that a server which runs already is told to load, by a command that calls it."""
    words = namer.invocation.words
    for index, word in enumerate(words):
        request = next((part for part in namer.catalog.requests if part in word.text), None)
        if request is None:
            continue
        role, library = namer.catalog.requests[request]
        behind = words[index + 1 : index + 1 + _MAX_REQUEST]
        said = [text for text in map(sent, (word, *behind)) if text]
        for text in said or [word.text]:
            address = tagged(library, text) if library and said else namer.places.address(text, role, index)
            yield FoundModel(address, role, word.path, f"command:{request}")


def _target(call: Call) -> Word | None:
    """Where a command copies to: its last word, if another that is no value of a flag stands before it."""
    if not call.program.target or call.cut:
        return None
    plain = [(word, before) for before, word in zip((None, *call.behind), call.behind, strict=False)]
    plain = [(word, before) for word, before in plain if is_plain(word)]
    # Of one letter are only switches of theirs.
    free = [
        word
        for word, before in plain[:-1]
        if before is None or len(flag_name(before)) == 1 or not takes(before)
    ]
    return plain[-1][0] if free else None
