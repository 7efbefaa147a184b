"""`file/<path>`: a card the caller of a check named. Nothing else on the machine is ever read.

A manifest may come from anyone, so its annotation must not choose which file is opened.
"""

from __future__ import annotations

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.evidence.cards.sources import Found
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions


async def find(
    reference: CardReference,
    _namespace: str | None,
    _cluster: Cluster,
    options: EvidenceOptions,
    _deadline: Deadline,
) -> Found | None:
    """The card, or None when no card of that path was named."""
    data = options.card_files.get(reference.source.reference.removeprefix("file/"))
    return None if data is None else Found(read_text(data, options.memory))
