"""Models that flags name, and settings and maps that count like flags."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mlgate.workloads.addresses.uris import addresses_in
from mlgate.workloads.commands.flags import Flag
from mlgate.workloads.models.companions import named_values, weights_of
from mlgate.workloads.models.found import FoundModel, role_by_name
from mlgate.workloads.models.namer import VALUED, Namer
from mlgate.workloads.programs.catalog import catalog

_ALL = "all"
_SAY_MODEL = ("model", "checkpoint", "weights", "repo", "adapter", "lora", "tokenizer", "processor")
"""Parts of the name of a setting that say what its value is."""


def from_flags(namer: Namer) -> Iterator[FoundModel]:
    """Models behind flags that every server has for them, or this one, or weak ones with a telling value."""
    flags = namer.catalog.flags
    own = {name for program in namer.invocation.programs for name in program.flags}
    for flag in namer.invocation.flags:
        strong = flag.name in flags["strong"] or flag.name in own
        if flag.value is None or not (strong or flag.name in flags["weak"]):
            continue
        for value in _addresses_of(namer, flag):
            if strong or namer.counts(value, flag.name):
                yield from namer.found(value, flag.path, f"arg:--{flag.name}", at=flag.index)


def from_settings(namer: Namer) -> Iterator[FoundModel]:
    """Settings can have any name: what reads as the address of a model is one; its name says which."""
    for flag in namer.invocation.flags:
        if not flag.setting or flag.value is None or flag.name in _read():
            continue
        value = namer.invocation.expand(flag.value)
        told = [url for url in addresses_in(value) if namer.places.reads_as_address(url)]
        if (
            not told
            and any(word in flag.name for word in _SAY_MODEL)
            and namer.places.reads_as_address(value)
        ):
            told = [value]
        for text in told:
            yield from namer.found(
                text, flag.path, f"arg:--{flag.name}", role_by_name(flag.name), at=flag.index
            )


def from_nested(namer: Namer) -> Iterator[FoundModel]:
    """Weights that a map in a flag names, which are loaded in place of the model's own."""
    for flag in namer.invocation.flags:
        name, _, entry = flag.name.partition(".")
        if flag.value and name in namer.catalog.flags["nested"]:
            for text in weights_of(namer.invocation.expand(flag.value), entry):
                yield from namer.found(text, flag.path, f"arg:--{flag.name}", at=flag.index)


@lru_cache(maxsize=1)
def _read() -> frozenset[str]:
    """Names of flags that are read otherwise, or are known to hold no model."""
    flags = catalog().flags
    keys = (*VALUED, "strong", "weak", "configuration")
    return frozenset[str]().union(*(flags[key] for key in keys)) - {"model-name"}


def _addresses_of(namer: Namer, flag: Flag) -> Iterator[str]:
    """The address behind a flag; of one that takes a list, each, but the word for all that lie there."""
    if flag.name not in namer.catalog.flags["lists"]:
        yield namer.invocation.expand(flag.value or "")
        return
    for value in namer.values(flag):
        yield from (text for _, text in named_values(namer.invocation.expand(value)) if text != _ALL)
