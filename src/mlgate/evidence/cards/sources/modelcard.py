"""`modelcard/<name>`: a ModelCard object in the workload's own namespace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlgate.domain.base import Problem
from mlgate.evidence.cards.bounds import extent_within
from mlgate.evidence.cards.detached import ANNOTATION, MODEL_ANNOTATION, Detached, signature_texts
from mlgate.evidence.cards.formats import API_VERSION
from mlgate.evidence.cards.formats.modelcard import CardContent, read_runtime, read_spec
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.times import metadata
from mlgate.parsing.limits import CARD_LIMITS


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
    spec, status = stored.get("spec"), stored.get("status")
    signed, models = (_annotated(stored, name) for name in (ANNOTATION, MODEL_ANNOTATION))
    detached = None if signed is None else Detached(signed)
    extent = extent_within(status, "status", CARD_LIMITS)
    if isinstance(extent, Problem):
        # What is wrong with the model may stand in what would be cut off.
        content = CardContent("modelcard", problems=(extent,))
        return Found(content, detached=detached, models=models or ())
    memory = wanted.options.memory
    runtime, problems = read_runtime(status)
    content = memory.recall_object(spec, lambda: read_spec(spec, memory.scan))
    if status is not None and content.card is not None:
        content = replace(content, extent=content.extent + extent)
    return Found(content, runtime, problems, detached=detached, models=models or ())


def _annotated(stored: dict[str, Any], name: str) -> tuple[str, ...] | None:
    """The signatures in an annotation; None where there is no such."""
    annotations = metadata(stored).get("annotations")
    if not isinstance(annotations, dict) or name not in annotations:
        return None
    return signature_texts(annotations[name])
