"""`oci://<registry>/<repository>@sha256:<digest>`: an artifact in a registry whose one layer is the card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlgate.domain.base import Json
from mlgate.domain.deadline import Deadline
from mlgate.domain.evidence import CardReference
from mlgate.errors import OtherContent
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid
from mlgate.evidence.cards.sources import Found
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.cluster_port import Cluster
from mlgate.evidence.options import EvidenceOptions
from mlgate.evidence.registries.reference import repository_of
from mlgate.parsing.limits import CARD_LIMITS


async def find(
    reference: CardReference,
    _namespace: str | None,
    _cluster: Cluster,
    options: EvidenceOptions,
    deadline: Deadline,
) -> Found | None:
    """The card, or None when the registry has no such artifact. Raises EvidenceUnavailable."""
    digest = reference.pinned_digest
    if options.registries is None or digest is None:
        return None
    at = repository_of(reference.source.reference)
    try:
        manifest = await options.registries.manifest(at, digest, deadline)
        if manifest is None:
            return None
        layer = _layer(manifest)
        if layer is None:
            return Found(invalid("the artifact must have one layer, which is the card"))
        data = await options.registries.blob(at, layer, CARD_LIMITS.max_bytes, deadline)
    except OtherContent as error:
        return Found(invalid(str(error)))
    return None if data is None else Found(_of_artifact(read_text(data, options.memory), digest))


def _of_artifact(content: CardContent, digest: str) -> CardContent:
    """The content; a card of another format has the digest of its artifact."""
    return content if content.format in (None, OWN) else replace(content, digest=digest)


def _layer(manifest: dict[str, Any]) -> str | None:
    """Digest of the only layer."""
    layers: Json = manifest.get("layers")
    if not isinstance(layers, list) or len(layers) != 1 or not isinstance(layers[0], dict):
        return None
    digest = layers[0].get("digest")
    return digest if isinstance(digest, str) and digest.startswith("sha256:") else None
