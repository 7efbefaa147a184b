"""`oci://<registry>/<repository>@sha256:<digest>`: an artifact in a registry whose one layer is the card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlgate.domain.base import Json
from mlgate.errors import OtherContent
from mlgate.evidence.cards.formats import OWN
from mlgate.evidence.cards.formats.modelcard import CardContent, invalid
from mlgate.evidence.cards.sources import Found, Wanted
from mlgate.evidence.cards.sources.text import read_text
from mlgate.evidence.registries.reference import repository_of
from mlgate.parsing.limits import CARD_LIMITS


async def find(wanted: Wanted) -> Found | None:
    """The card, or None when the registry has no such artifact. Raises EvidenceUnavailable."""
    digest, registries = wanted.reference.pinned_digest, wanted.options.registries
    if registries is None or digest is None:
        return None
    at = repository_of(wanted.reference.source.reference)
    try:
        manifest = await registries.manifest(at, digest, wanted.deadline)
        if manifest is None:
            return None
        layer = _layer(manifest)
        if layer is None:
            return Found(invalid("the artifact must have one layer, which is the card"))
        data = await registries.blob(at, layer, CARD_LIMITS.max_bytes, wanted.deadline)
    except OtherContent as error:
        return Found(invalid(str(error)))
    return None if data is None else Found(_of_artifact(read_text(data, wanted.options.memory), digest))


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
