"""Artifacts of one repository whose only layer is what counts: a card, a statement, a bundle."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceTooLarge, OtherContent
from mlgate.evidence.registries.reference import DIGEST, RepositoryName

if TYPE_CHECKING:
    from mlgate.evidence.registries.client import RegistryClient


MOST_UNCLEAR = 32
"""Artifacts whose type only their manifest tells that are asked for it, where a registry cannot say."""
_BEYOND = "has more than {} artifacts of {} beside it, and the others are not looked at"
_PAGES = "has more artifacts beside it than the registry lists on one page, and the others are not looked at"


@dataclass(frozen=True)
class Listed:
    """Artifacts that refer to a manifest."""

    found: tuple[tuple[str, str], ...] = ()
    """Type and digest of each, in the order of the registry."""
    beyond: str | None = None
    """That there are more than are looked at: whoever can push many could hide one among them."""


@dataclass(frozen=True)
class Artifact:
    """What one request reads of one repository."""

    registries: RegistryClient
    at: RepositoryName
    deadline: Deadline

    async def layer(self, digest: str, most: int) -> bytes | None:
        """The only layer of the artifact with that digest; None when it is not there.

        Raises:
            EvidenceUnavailable: the registry did not answer, is not allowed, or sends more than `most` bytes.
            OtherContent: the artifact has none or several layers, or something else was sent.
        """
        manifest = await self.registries.manifest(self.at, digest, self.deadline)
        if manifest is None:
            return None
        return await self.registries.blob(self.at, _only_layer(manifest), most, self.deadline)

    async def tagged_layers(self, tag: str) -> list[tuple[str, dict[str, Any]]]:
        """Digest and annotations of each layer of what a tag names now; none where it names nothing.

        Raises:
            EvidenceUnavailable: the registry did not answer, or is not allowed.
            OtherContent: it sent something else.
        """
        manifest = await self.registries.tagged(self.at, tag, self.deadline)
        layers = (manifest or {}).get("layers")
        found = [entry for entry in layers if isinstance(entry, dict)] if isinstance(layers, list) else []
        return [
            (entry["digest"], entry["annotations"])
            for entry in found
            if _is_digest(entry.get("digest")) and isinstance(entry.get("annotations"), dict)
        ]

    async def blob(self, digest: str, most: int) -> bytes | None:
        """The blob with that digest; None when it is not there.

        Raises:
            EvidenceUnavailable: the registry did not answer, is not allowed, or sends more than `most` bytes.
            OtherContent: something else was sent.
        """
        return await self.registries.blob(self.at, digest, most, self.deadline)

    async def listed(self, digest: str, wanted: Collection[str], most: int) -> Listed:
        """The artifacts of some types that refer to a manifest.

        Args:
            digest: of the manifest.
            wanted: the types.
            most: how many of each are given.

        Raises:
            EvidenceUnavailable: the registry did not answer, or is not allowed.
        """
        try:
            listed = await self.registries.referrers(self.at, digest, self.deadline)
        except EvidenceTooLarge as error:
            return Listed(beyond=f"has a longer list of artifacts beside it than is read: {error}")
        told = {
            entry["digest"]: kind if isinstance(kind := entry.get("artifactType"), str) else None
            for entry in listed.descriptors
            if _is_digest(entry.get("digest"))
        }
        unclear = [] if listed.typed else [entry for entry, kind in told.items() if kind not in wanted]
        read = await asyncio.gather(*(self._type_of(entry) for entry in unclear[:MOST_UNCLEAR]))
        told |= dict(zip(unclear, read, strict=False))
        beyond = _PAGES if listed.more else None
        if len(unclear) > MOST_UNCLEAR:
            beyond = _BEYOND.format(MOST_UNCLEAR, "no known type")
        return _first(told, wanted, most, beyond)

    async def _type_of(self, digest: str) -> str | None:
        """The type an artifact itself says it is of. Raises EvidenceUnavailable."""
        try:
            manifest = await self.registries.manifest(self.at, digest, self.deadline) or {}
        except (EvidenceTooLarge, OtherContent):
            return None
        config = manifest.get("config")
        kind = manifest.get("artifactType") or (config.get("mediaType") if isinstance(config, dict) else None)
        return kind if isinstance(kind, str) else None


def _first(told: dict[str, Any], wanted: Collection[str], most: int, beyond: str | None) -> Listed:
    """Of each wanted type the first few, in their order."""
    seen: Counter[str] = Counter()
    found = []
    for digest, kind in told.items():
        if kind in wanted:
            seen[kind] += 1
            if seen[kind] <= most:
                found.append((kind, digest))
            else:
                beyond = _BEYOND.format(most, f"type {kind}")
    return Listed(tuple(found), beyond)


def _only_layer(manifest: dict[str, Any]) -> str:
    layers = manifest.get("layers")
    if isinstance(layers, list) and len(layers) == 1 and isinstance(layers[0], dict):
        digest = layers[0].get("digest")
        if isinstance(digest, str) and _is_digest(digest):
            return digest
    raise OtherContent("the artifact must have one layer, which is what is meant")


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None
