"""What a container switches on, by flags and variables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mlgate.domain.workload import Switch
from mlgate.workloads.commands.invocation import FALSE, Invocation

_SHORTEST = len("trust")
"""Flags can be shortened as long as no other begins so."""


def switch(invocation: Invocation, flags: frozenset[str], variables: frozenset[str]) -> Switch:
    """On by a flag or a variable that is not known to say no."""
    for flag in invocation.flags:
        value = flag.value.lower() if flag.joined and flag.value else "true"
        if flag.name in flags and value not in FALSE:
            return Switch(enabled=True, path=flag.path)
    for name, value, path in _variables(invocation):
        if name in variables and value.strip().lower() not in FALSE:
            return Switch(enabled=True, path=path)
    return Switch()


def _variables(invocation: Invocation) -> Iterator[tuple[str, str, str]]:
    """Name, value and place of the variables; of one that comes from elsewhere, from where."""
    for env in invocation.slot.env:
        yield env.name, env.from_ or invocation.expand(env.value or ""), env.path
    for word in invocation.words:
        name, _, value = word.text.partition("=")
        yield name, value, word.path


@lru_cache
def shortened(flags: frozenset[str]) -> frozenset[str]:
    """The flags with every shorter form that programs take for them."""
    return frozenset(flag[:end] for flag in flags for end in range(_SHORTEST, len(flag) + 1))
