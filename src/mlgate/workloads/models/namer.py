"""Whether a word of a container names a model, and which model that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile

from mlgate.domain.workload import ModelRole
from mlgate.workloads.commands.bystanders import runs_bystanders
from mlgate.workloads.commands.flags import Flag
from mlgate.workloads.commands.invocation import Invocation
from mlgate.workloads.models.found import FoundModel
from mlgate.workloads.models.places import Places
from mlgate.workloads.models.signs import has_gpu
from mlgate.workloads.pods.volumes import MODEL_MOUNT, VolumeSlot, plain_path, within
from mlgate.workloads.programs.catalog import catalog

_NAMES_ONLY = {"MODEL_NAME", "MODEL_DIR"}
"""Variables that often hold a name for callers: they count only with an address in them."""
_SERVICE = re.compile(r"(?i:https?|grpcs?)://")
VALUED = ("names", "revision", "adapters", "drafts", "tokenizers", "datasets")
"""Flags whose value is no model to be served by itself."""


class Namer:
    """Turns what a container says into models.

    `presumed`: its kind serves models, so that every word that can name a model does. `platform_mount`:
    /mnt/models is where the platform puts a model that is named elsewhere.
    """

    def __init__(
        self, invocation: Invocation, volumes: tuple[VolumeSlot, ...], *, presumed: bool, platform_mount: bool
    ) -> None:
        self.invocation = invocation
        self.places = Places(invocation, volumes)
        self.known = presumed or bool(invocation.programs)
        self._platform_mount = platform_mount
        self.catalog = catalog()
        flags = self.catalog.flags
        self.valued = frozenset[str]().union(*(flags[key] for key in VALUED))

    def values(self, flag: Flag) -> list[str]:
        """The values of a flag that takes several."""
        if flag.joined:
            return [flag.value] if flag.value else []
        words = self.invocation.words
        rest = (words[index] for index in range(flag.index + 1, len(words)))
        return [word.text for word in takewhile(lambda word: not word.text.startswith("-"), rest)]

    def found(
        self,
        value: str,
        path: str,
        evidence: str,
        role: ModelRole = "primary",
        adapter: str | None = None,
        at: int = -1,
    ) -> Iterator[FoundModel]:
        """`at`: the word that names it or calls its program; a revision counts in its own command alone."""
        if self._is_platform_s(value):
            return
        name = self.served_name if role == "primary" else None
        address = self.places.address(value, role, at)
        yield FoundModel(address, role, path, evidence, name, adapter, value)

    def _is_platform_s(self, value: str) -> bool:
        """Whether it lies where the platform puts a model, and nothing of the author's is mounted there."""
        value = plain_path(value)
        if not self._platform_mount or not within(value, MODEL_MOUNT):
            return False
        return not value.startswith(self.places.filled)

    @cached_property
    def served_name(self) -> str | None:
        """The name under which callers know the model."""
        names = self.catalog.flags["names"]
        return next((flag.value for flag in self.invocation.flags if flag.name in names), None)

    def counts(self, value: str, word: str) -> bool:
        """Whether the value of a weak word names a model."""
        if self.known:
            return word not in _NAMES_ONLY or self.places.reads_as_address(value)
        if self._is_client:
            # A name of a model is what clients have; where its files lie is not.
            return "://" in value and self.places.is_stored(value)
        return self.places.reads_as_address(value) or (
            "model" in word.lower() and self.places.is_stored(value)
        )

    @cached_property
    def _is_client(self) -> bool:
        """Whether something says that the program talks to a model server, and nothing that it is one.

        Anyone can add a variable that only clients have: it does not outweigh a GPU, or flags of servers.
        """
        if not (runs_bystanders(self.invocation) or self._calls_others()):
            return False
        flags = {flag.name for flag in self.invocation.flags}
        return not (flags & self.catalog.flags["serving"] or has_gpu(self.invocation.slot))

    def _calls_others(self) -> bool:
        """A flag or a variable that tells a program where the model server is."""
        flags = [(flag.name, flag.value) for flag in self.invocation.flags]
        if any(name in self.catalog.client_flags for name, _ in flags):
            return True
        variables = [(env.name, env.value) for env in self.invocation.slot.env]
        if any(self.catalog.client_variables.fullmatch(name) for name, _ in variables):
            return True
        given = [value for name, value in flags + variables if name in self.catalog.client_addresses]
        return any(
            _SERVICE.match(value) and not self.places.reads_as_address(value) for value in given if value
        )
