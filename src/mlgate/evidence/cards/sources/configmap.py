"""`configmap/<name>/<key>`: text in a ConfigMap of the workload's own namespace."""

from __future__ import annotations

from mlgate.evidence.cards.detached import MODEL_SUFFIX, Detached, signature_texts
from mlgate.evidence.cards.detached import SUFFIX as SIGNATURE
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import invalid
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.cards.statements import SUFFIX, lines_of
from mlgate.evidence.signatures.card import file_digests


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when there is no such ConfigMap or key. Raises EvidenceUnavailable."""
    name, key = wanted.name.split("/", 1)
    if wanted.namespace is None:
        return None
    stored = await wanted.cluster.get("v1", "ConfigMap", wanted.namespace, name, deadline=wanted.deadline)
    data = (stored or {}).get("data") or {}
    text, beside = data.get(key), data.get(key + SUFFIX)
    if text is None:
        return None
    if not isinstance(text, str):
        return Found(invalid("is not text"))
    raw = text.encode(errors="surrogatepass")
    content = read_text(raw, wanted.options.memory, wanted.origin)
    signed = (
        Detached(signature_texts(data[key + SIGNATURE]), file_digests(raw))
        if key + SIGNATURE in data
        else None
    )
    models = signature_texts(data[key + MODEL_SUFFIX]) if key + MODEL_SUFFIX in data else ()
    if content.format in (None, OWN) or not isinstance(beside, str):
        return Found(content, detached=signed, models=models)
    return Found(content, detached=signed, statements=lines_of(beside), models=models)
