"""`modelcard/<name>`: a ModelCard object in the workload's own namespace."""

from __future__ import annotations

from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cards.formats.modelcard import read_runtime, read_spec
from mlgate.evidence.cards.sources import Found, Wanted


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when there is none. Raises EvidenceUnavailable."""
    found = await _read(wanted, fresh=False)
    if found is None or wanted.reference.pinned_digest in (None, found.content.digest):
        return found
    # The pin and the card are often applied together, and a copy may lag. A mismatch is a denial, and a
    # denial must not rest on a cache: only what the API server says now counts as one.
    return await _read(wanted, fresh=True)


async def _read(wanted: Wanted, *, fresh: bool) -> Found | None:
    if wanted.namespace is None:
        return None
    stored = await wanted.cluster.get(
        API_VERSION, "ModelCard", wanted.namespace, wanted.name, deadline=wanted.deadline, fresh=fresh
    )
    if stored is None:
        return None
    spec = stored.get("spec")
    memory = wanted.options.memory
    runtime, problems = read_runtime(stored.get("status"))
    return Found(memory.recall_object(spec, lambda: read_spec(spec, memory.scan)), runtime, problems)
