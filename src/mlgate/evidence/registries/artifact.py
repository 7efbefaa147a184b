"""Artifacts of one repository whose only layer is what counts: a card, a statement, a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.domain.deadline import Deadline
from mlgate.errors import OtherContent
from mlgate.evidence.registries.reference import DIGEST, RepositoryName

if TYPE_CHECKING:
    from mlgate.evidence.registries.client import RegistryClient


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

    async def listed(self, digest: str) -> list[tuple[str, str]]:
        """Type and digest of the artifacts that refer to a manifest. Raises EvidenceUnavailable."""
        listed = await self.registries.referrers(self.at, digest, self.deadline)
        return [
            (entry["artifactType"], entry["digest"])
            for entry in listed
            if isinstance(entry.get("artifactType"), str) and _is_digest(entry.get("digest"))
        ]

    async def referrers(self, digest: str, kind: str) -> list[str]:
        """Digests of the artifacts of a type that refer to a manifest. Raises EvidenceUnavailable."""
        return [found for named, found in await self.listed(digest) if named == kind]


def _only_layer(manifest: dict[str, Any]) -> str:
    layers = manifest.get("layers")
    if isinstance(layers, list) and len(layers) == 1 and isinstance(layers[0], dict):
        digest = layers[0].get("digest")
        if isinstance(digest, str) and _is_digest(digest):
            return digest
    raise OtherContent("the artifact must have one layer, which is what is meant")


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None
