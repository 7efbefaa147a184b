"""`modelcard/<name>`: a ModelCard object in the workload's own namespace."""

from __future__ import annotations

from typing import Any

from mlgate.evidence.cards.detached import ANNOTATION, Detached, signature_texts
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cards.formats.modelcard import read_runtime, read_spec
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.times import metadata


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when there is none. Raises EvidenceUnavailable."""
    found = await read(wanted, fresh=False)
    if found is None or wanted.reference.pinned_digest in (None, found.content.digest):
        return found
    # The pin and the card are often applied together, and a copy may lag. A mismatch is a denial, and a
    # denial must not rest on a cache: only what the API server says now counts as one.
    return await read(wanted, fresh=True)


async def read(wanted: Wanted, *, fresh: bool) -> Found | None:
    """The card as it is known, or as the API server has it now. Raises EvidenceUnavailable."""
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
    content = memory.recall_object(spec, lambda: read_spec(spec, memory.scan))
    return Found(content, runtime, problems, detached=_detached(stored))


def _detached(stored: dict[str, Any]) -> Detached | None:
    annotations = metadata(stored).get("annotations")
    if not isinstance(annotations, dict) or ANNOTATION not in annotations:
        return None
    return Detached(signature_texts(annotations[ANNOTATION]))
