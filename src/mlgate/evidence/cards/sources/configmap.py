"""`configmap/<name>/<key>`: text in a ConfigMap of the workload's own namespace."""

from __future__ import annotations

from mlgate.evidence.cards.formats.modelcard import invalid
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when there is no such ConfigMap or key. Raises EvidenceUnavailable."""
    name, key = wanted.name.split("/", 1)
    if wanted.namespace is None:
        return None
    stored = await wanted.cluster.get("v1", "ConfigMap", wanted.namespace, name, deadline=wanted.deadline)
    text = ((stored or {}).get("data") or {}).get(key)
    if text is None:
        return None
    if not isinstance(text, str):
        return Found(invalid("is not text"))
    return Found(read_text(text.encode(errors="surrogatepass"), wanted.options.memory))
