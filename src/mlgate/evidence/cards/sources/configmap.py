"""`configmap/<name>/<key>`: text in a ConfigMap of the workload's own namespace."""

from __future__ import annotations

from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.evidence.cards.formats.modelcard import invalid
from mlgate.evidence.cards.sources import Found
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions


async def find(
    reference: CardReference,
    namespace: str | None,
    cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
) -> Found | None:
    """The card, or None when there is no such ConfigMap or key. Raises EvidenceUnavailable."""
    _, name, key = reference.source.reference.split("/", 2)
    if namespace is None:
        return None
    stored = await cluster.get("v1", "ConfigMap", namespace, name, deadline=deadline)
    text = ((stored or {}).get("data") or {}).get(key)
    if text is None:
        return None
    if not isinstance(text, str):
        return Found(invalid("is not text"))
    return Found(read_text(text.encode(errors="surrogatepass"), options.memory))
