"""The state of one request while it is looked up, and the one place where a source may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import Unavailable
from mlgate.domain.lookups import LookUps
from mlgate.errors import EvidenceUnavailable
from mlgate.evidence import facts
from mlgate.evidence.bounded import BoundedCluster
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.copied import CopiedCluster
from mlgate.evidence.options import EvidenceOptions

T = TypeVar("T")


@dataclass
class Gathering:
    """One request being looked up; collects what could not be had."""

    lookups: LookUps
    cluster: Cluster
    options: EvidenceOptions
    deadline: Deadline
    evaluated_at: str
    confirmed: bool = True
    """Whether that which a denial may rest on is read live, whatever the copies say."""
    unavailable: list[Unavailable] = field(default_factory=list)
    named: Cluster = field(init=False)
    """The cluster for what the manifest names, as much of it as its author likes: some reads at a time.

    Apart from `cluster`, so that the few reads every review makes never wait for those.
    """

    def __post_init__(self) -> None:
        """Bound the reads the manifest's author decides on; believe the copies where that is enough."""
        if not self.confirmed:
            self.cluster = CopiedCluster(self.cluster)
        self.named = BoundedCluster(self.cluster)

    @property
    def records_namespace(self) -> str | None:
        """Where cards, sign-offs and waivers of the object lie."""
        return self.lookups.namespace or self.options.cluster_namespace

    async def attempt(self, source: Awaitable[T], deadline: Deadline) -> T | EvidenceUnavailable:
        """What the source gives, or why it gives nothing; never later than the deadline."""
        try:
            async with asyncio.timeout(deadline.remaining):
                return await source
        except EvidenceUnavailable as error:
            return error
        except TimeoutError:
            return EvidenceUnavailable("there was no answer in time")
        except Exception as error:  # noqa: BLE001 - a fault of a source must not become an allow or a crash
            return EvidenceUnavailable(f"reading it failed ({type(error).__name__})")

    def note(self, lookup: str, found: T | EvidenceUnavailable, instead: T) -> T:
        """The value found; or `instead`, with the failed look-up noted once."""
        if not isinstance(found, EvidenceUnavailable):
            return found
        self.say(facts.failure(lookup, found))
        return instead

    def say(self, missing: Unavailable | None) -> None:
        """Note a look-up that gave nothing; the first reason stands."""
        if missing is not None and all(entry.lookup != missing.lookup for entry in self.unavailable):
            self.unavailable.append(missing)
