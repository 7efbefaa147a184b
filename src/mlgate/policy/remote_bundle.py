"""Fetches a signed bundle from a server or a registry, again and again, into a file that is loaded like any.

Whoever answers is not trusted: size, time and redirects are bounded here, and signature and sequence are
checked where the file is loaded. What cannot be fetched changes no file, and is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from mlgate import __version__
from mlgate.errors import MlgateError, PolicyError, SettingsError
from mlgate.policy.address import is_loopback
from mlgate.policy.archive import MAX_PACKED
from mlgate.policy.authorities import tls_context
from mlgate.policy.loading import write_whole
from mlgate.policy.remote_artifact import Fetched, check_artifact, fetch_artifact, is_artifact
from mlgate.policy.remote_server import Asker
from mlgate.policy.tokens import read_token
from mlgate.settings import PolicySettings

SECONDS = 20.0
"""Longest time one fetch may take, from the connection to the last byte."""
_OK, _NOT_MODIFIED = 200, 304
_LONGEST_TAG = 256


@dataclass
class RemoteBundle:
    """The bundle at one address, and the file that holds what was fetched of it last."""

    url: str
    file: Path
    every: float
    """Seconds between two fetches."""
    token_file: Path | None = None
    ca: Path | None = None
    clock: Callable[[], float] = time.monotonic
    answered_at: datetime | None = None
    """When the server last gave the bundle, or said that it is the one we have."""
    problem: str | None = None
    """Why the newest could not be fetched."""
    _tag: str | None = field(default=None, repr=False)
    _due: float = field(default=float("-inf"), repr=False)

    async def refresh(self, *, at_once: bool = False) -> None:
        """Fetch it, where it is time to; what fails is kept as the problem.

        Args:
            at_once: also before it is time.
        """
        if not at_once and self.clock() < self._due:
            return
        self._due = self.clock() + self.every
        try:
            async with asyncio.timeout(SECONDS):
                await self._fetch()
        except TimeoutError:
            self.problem = f"it did not come within {SECONDS:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self.problem = f"it cannot be fetched ({type(error).__name__})"
        except MlgateError as error:
            self.problem = str(error)
        else:
            self.problem, self.answered_at = None, datetime.now(UTC)

    def demand(self) -> None:
        """Go on only where the file is what the server has.

        Raises:
            PolicyError: the newest could not be fetched.
        """
        if self.problem is not None:
            raise PolicyError(
                f"setting policy.url: {self.url}: {self.problem}; look after the server, or name another"
            )

    async def _fetch(self) -> None:
        headers = {"Accept-Encoding": "identity", "User-Agent": f"mlgate/{__version__}"}
        token = read_token(self.token_file, "policy.url_token_file") if self.token_file else None
        connector = aiohttp.TCPConnector(ssl=tls_context(self.ca, "setting policy.url_ca:"))
        async with aiohttp.ClientSession(
            connector=connector, headers=headers, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:
            known = self._tag if self.file.is_file() else None
            if is_artifact(self.url):
                found = await fetch_artifact(Asker(session, self.url), token, known)
            else:
                found = await _fetch_file(Asker(session, self.url), token, known)
        if found is not None:
            await asyncio.to_thread(self._store, found.content)
            self._tag = found.tag

    def _store(self, content: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, content, 0o600)


def remote_bundle(chosen: PolicySettings, cache: Path) -> RemoteBundle | None:
    """The bundle that the settings name by its address; null where they name none.

    Raises:
        SettingsError: the address is not valid, no key says whom to trust, or other rules stand beside it.
    """
    if chosen.url is None:
        return None
    check_url(chosen.url)
    for name, beside in (
        ("bundle", chosen.bundle),
        ("packages", chosen.packages),
        ("settings", chosen.settings),
    ):
        if beside:
            raise SettingsError(
                f"setting policy.{name}: it is part of the bundle at policy.url; leave it out"
            )
    if chosen.verification_key is None:
        raise SettingsError(
            "setting policy.verification_key: a bundle that is fetched must be signed; name the key"
        )
    digest = hashlib.sha256(chosen.url.encode()).hexdigest()
    file = cache / f"fetched-{digest[:16]}.tar.gz"
    return RemoteBundle(
        chosen.url, file, chosen.url_seconds, token_file=chosen.url_token_file, ca=chosen.url_ca
    )


def check_url(url: str) -> None:
    """Go on only with an address that a bundle may be fetched from.

    Raises:
        SettingsError: it is none.
    """
    if is_artifact(url):
        check_artifact(url)
        return
    fix = "write https://HOST/PATH (http on loopback only), without a user or a fragment"
    try:
        parts = urlsplit(url)
        hostname, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"setting policy.url is no address; {fix}") from error
    plain = parts.scheme == "http" and hostname is not None and is_loopback(hostname)
    if not hostname or not (parts.scheme == "https" or plain) or parts.fragment or "@" in parts.netloc:
        raise SettingsError(f"setting policy.url: bundles are not fetched from there; {fix}")


async def _fetch_file(asker: Asker, token: str | None, known: str | None) -> Fetched | None:
    """The file at the address; None where it is the one that is known."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if known is not None:
        headers["If-None-Match"] = known
    answer = await asker.get(asker.url, headers, MAX_PACKED)
    if answer.status == _NOT_MODIFIED and known is not None:
        return None
    if answer.status != _OK:
        raise PolicyError(f"the server answered HTTP {answer.status}")
    tag = answer.headers.get("ETag", "")
    return Fetched(answer.body, tag if tag.isprintable() and 0 < len(tag) <= _LONGEST_TAG else None)
