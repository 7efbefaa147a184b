"""`modelcard/<name>`: a ModelCard object in the workload's own namespace."""

from __future__ import annotations

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cards.formats.modelcard import read_runtime, read_spec
from mlgate.evidence.cards.sources import Found
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions


async def find(
    reference: CardReference,
    namespace: str | None,
    cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
) -> Found | None:
    """The card, or None when there is none. Raises EvidenceUnavailable."""
    name = reference.source.reference.removeprefix("modelcard/")
    if namespace is None:
        return None
    found = await _read(name, namespace, cluster, options, deadline, fresh=False)
    if found is None or reference.pinned_digest in (None, found.content.digest):
        return found
    # The pin and the card are often applied together, and a copy may lag. A mismatch is a denial, and a
    # denial must not rest on a cache: only what the API server says now counts as one.
    return await _read(name, namespace, cluster, options, deadline, fresh=True)


async def _read(
    name: str,
    namespace: str,
    cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
    *,
    fresh: bool,
) -> Found | None:
    stored = await cluster.get(API_VERSION, "ModelCard", namespace, name, deadline=deadline, fresh=fresh)
    if stored is None:
        return None
    spec = stored.get("spec")
    memory = options.memory
    runtime, problems = read_runtime(stored.get("status"))
    return Found(memory.recall_object(spec, lambda: read_spec(spec, memory.scan)), runtime, problems)
