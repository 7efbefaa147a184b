"""The OCI distribution API, as far as evidence needs it: manifests and blobs by digest, and referrers.

Specification: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md; the token that many
registries ask for: https://distribution.github.io/distribution/spec/auth/token/.
"""

from __future__ import annotations

import base64
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from mlgate.domain.base import Json
from mlgate.domain.deadline import Deadline
from mlgate.domain.digests import digest_of
from mlgate.errors import EvidenceUnavailable, ManifestError, OtherContent
from mlgate.evidence.registries.credentials import DockerConfig
from mlgate.evidence.registries.reference import RepositoryName
from mlgate.evidence.registries.store import DigestStore
from mlgate.evidence.registries.transport import Answer, Caller, address_of, place_of
from mlgate.parsing.json_text import parse_json
from mlgate.parsing.limits import CARD_LIMITS

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
MOST_TOKENS = 256
"""Tokens that are kept. Manifests name the repositories, and many a registry gives one for any name."""
_MOST_TOKEN = 64 * 1024
_TOKEN_SECONDS = 60
"""How long a token holds that does not say so: the specification's own default."""
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_OK, _UNAUTHORIZED, _NOT_FOUND = 200, 401, 404
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Referrers:
    """What refers to a manifest, as a registry says. Nothing vouches for it: it may lack some."""

    descriptors: tuple[dict[str, Any], ...] = ()
    typed: bool = True
    """Whether the registry itself says of what type each is; else whoever pushed it does, or nobody."""
    more: bool = False
    """Whether there are further pages, which nobody reads."""


@dataclass
class RegistryClient:
    """Reads what has a digest, from registries the operator allows."""

    caller: Caller
    config: DockerConfig
    store: DigestStore = field(default_factory=DigestStore)
    _tokens: OrderedDict[tuple[str, str], tuple[float, str]] = field(default_factory=OrderedDict, init=False)

    async def manifest(self, at: RepositoryName, digest: str, deadline: Deadline) -> dict[str, Any] | None:
        """The manifest with that digest; None when there is none.

        Raises:
            EvidenceUnavailable: the registry did not answer, or is not allowed.
            OtherContent: it sent something else.
        """
        path = f"manifests/{digest}"
        found = await self._content(at, path, digest, CARD_LIMITS.max_bytes, deadline, accept=MANIFEST)
        if found is None:
            return None
        document = _parsed(found)
        if not isinstance(document, dict):
            raise OtherContent("is no manifest")
        return document

    async def tagged(self, at: RepositoryName, tag: str, deadline: Deadline) -> dict[str, Any] | None:
        """The manifest that a tag names now; None when there is none. Nothing vouches for it.

        Raises:
            EvidenceUnavailable: the registry did not answer, or is not allowed.
            OtherContent: it sent something else.
        """
        answer = await self._get(at, f"manifests/{tag}", CARD_LIMITS.max_bytes, deadline, accept=MANIFEST)
        if answer is None:
            return None
        document = _parsed(answer.body)
        if not isinstance(document, dict):
            raise OtherContent("is no manifest")
        return document

    async def blob(self, at: RepositoryName, digest: str, most: int, deadline: Deadline) -> bytes | None:
        """The blob with that digest; None when there is none.

        Raises:
            EvidenceUnavailable: the registry did not answer, is not allowed, or sends more than `most` bytes.
            OtherContent: it sent something else.
        """
        return await self._content(at, f"blobs/{digest}", digest, most, deadline, accept="*/*")

    async def referrers(self, at: RepositoryName, digest: str, deadline: Deadline) -> Referrers:
        """What refers to a manifest.

        Where a registry cannot tell, it is what clients wrote under the tag that the specification has for
        such registries, ghcr.io among them.

        Raises:
            EvidenceUnavailable: the registry did not answer, or is not allowed.
        """
        for path, typed in ((f"referrers/{digest}", True), (f"manifests/{referrers_tag(digest)}", False)):
            answer = await self._get(at, path, CARD_LIMITS.max_bytes, deadline, accept=INDEX)
            if answer is not None:
                more = "next" in answer.headers.get("Link", "").lower()
                return Referrers(_descriptors(answer, at.registry), typed, more)
        return Referrers()

    async def _content(
        self, at: RepositoryName, path: str, digest: str, most: int, deadline: Deadline, *, accept: str
    ) -> bytes | None:
        if at.registry not in self.caller.places.hosts:
            raise EvidenceUnavailable(f"{at.registry} is none of the registries this installation may ask")
        kept = self.store.get(digest)
        if kept is not None:
            return kept
        answer = await self._get(at, path, most, deadline, accept=accept)
        if answer is None:
            return None
        actual = digest_of(answer.body)
        if actual != digest:
            raise OtherContent(f"{at.registry} sent what has the digest {actual}")
        self.store.keep(digest, answer.body)
        return answer.body

    async def _get(
        self, at: RepositoryName, path: str, most: int, deadline: Deadline, *, accept: str
    ) -> Answer | None:
        """The answer; asked for once more with a token, if the registry wants one."""
        url = f"{at.origin}/v2/{at.repository}/{path}"
        headers = {"Accept": accept} | self._authorization(at)
        answer = await self.caller.get(url, headers, most, deadline)
        if answer.status == _UNAUTHORIZED:
            headers |= await self._authorized(at, answer.headers.get("WWW-Authenticate", ""), deadline)
            answer = await self.caller.get(url, headers, most, deadline)
        if answer.status in _MOVED and path.startswith("blobs/"):
            answer = await self._elsewhere(at, url, answer, most, deadline)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _OK:
            raise EvidenceUnavailable(f"{at.registry} answered with {answer.status}")
        return answer

    async def _elsewhere(
        self, at: RepositoryName, url: str, answer: Answer, most: int, deadline: Deadline
    ) -> Answer:
        """The answer of the one other host a registry sends on to, which gets no credentials.

        Raises:
            EvidenceUnavailable: nobody allows it for this registry, or it did not answer.
        """
        target = address_of(answer.headers.get("Location", ""), named_at=url)
        hosts = self.caller.places.blobs.get(at.registry, frozenset())
        place = place_of(target)
        if place not in hosts:
            raise EvidenceUnavailable(
                f"{at.registry} keeps its blobs at {place}, which evidence.oci.blobHosts does not name for it"
            )
        moved = await self.caller.get(str(target), {"Accept": "*/*"}, most, deadline, hosts)
        if moved.status not in (_OK, _NOT_FOUND):
            raise EvidenceUnavailable(f"{place} answered with {moved.status}, where {at.registry} sent on to")
        return moved

    def _authorization(self, at: RepositoryName) -> dict[str, str]:
        """The token that still holds, if there is one."""
        expires, header = self._tokens.get((at.registry, at.repository), (0.0, ""))
        return {"Authorization": header} if time.monotonic() < expires else {}

    async def _authorized(self, at: RepositoryName, challenge: str, deadline: Deadline) -> dict[str, str]:
        """The header that answers a challenge.

        Raises:
            EvidenceUnavailable: there are no credentials, or nobody gives a token for them.
        """
        scheme, _, rest = challenge.partition(" ")
        login = self.config.credentials(at.registry)
        basic = {"Authorization": _basic(login)} if login else {}
        if scheme.lower() == "basic" and basic:
            return basic
        if scheme.lower() != "bearer":
            raise EvidenceUnavailable(f"{at.registry} asks for credentials, and there are none for it")
        asked = dict(_CHALLENGE.findall(rest))
        scope = asked.get("scope") or f"repository:{at.repository}:pull"
        query = urlencode({"service": asked.get("service", ""), "scope": scope})
        answer = await self.caller.get(f"{asked.get('realm', '')}?{query}", basic, _MOST_TOKEN, deadline)
        token = _token(answer)
        if token is None:
            raise EvidenceUnavailable(f"{at.registry} gives no token for {at.repository} ({answer.status})")
        seconds, text = token
        header = f"Bearer {text}"
        self._tokens[at.registry, at.repository] = (time.monotonic() + seconds, header)
        while len(self._tokens) > MOST_TOKENS:
            self._tokens.popitem(last=False)
        return {"Authorization": header}


def referrers_tag(digest: str) -> str:
    """The tag that lists what refers to a manifest, where a registry does not itself."""
    return digest.replace(":", "-")


def _descriptors(answer: Answer, registry: str) -> tuple[dict[str, Any], ...]:
    """The descriptors of an index. Raises EvidenceUnavailable where it is none."""
    try:
        document = _parsed(answer.body)
    except OtherContent as error:
        raise EvidenceUnavailable(f"{registry} sent no list of referrers") from error
    entries = document.get("manifests") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise EvidenceUnavailable(f"{registry} sent no list of referrers")
    return tuple(entry for entry in entries if isinstance(entry, dict))


def _token(answer: Answer) -> tuple[float, str] | None:
    """A token and the seconds it holds."""
    try:
        document = _parsed(answer.body) if answer.status == _OK else None
    except OtherContent:
        return None
    found = document if isinstance(document, dict) else {}
    text = found.get("token") or found.get("access_token")
    seconds = found.get("expires_in")
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        return None
    return (seconds if isinstance(seconds, int) and seconds > 0 else _TOKEN_SECONDS), text


def _basic(login: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def _parsed(data: bytes) -> Json:
    try:
        return parse_json(data, CARD_LIMITS)
    except ManifestError as error:
        raise OtherContent(f"cannot be parsed: {error.message}") from error
