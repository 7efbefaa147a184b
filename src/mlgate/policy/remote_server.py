"""One server that bundles are fetched from: bounded answers, and redirects that stay on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp

from mlgate.errors import PolicyError

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Answer:
    """An answer and its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Asker:
    """Asks the server of one address."""

    session: aiohttp.ClientSession
    url: str
    """The address a setting names."""

    async def get(self, url: str, headers: Mapping[str, str], most: int) -> Answer:
        """The answer, after redirects that stay on the server: what is asked carries a token.

        Raises:
            PolicyError: it leads elsewhere, or has a body of more than `most` bytes.
        """
        home = origin(url)
        for _ in range(1 + MOST_REDIRECTS):
            async with self.session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return Answer(response.status, response.headers, await _body(response, most))
                target = _joined(url, response.headers.get("Location", ""))
                if target is None or origin(target) != home:
                    raise PolicyError("it redirects to another server; name that one")
                url = target
        raise PolicyError(f"it redirects more than {MOST_REDIRECTS} times")


async def _body(response: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > most:
            raise PolicyError(f"it is larger than {most >> 20} MiB")
    return bytes(content)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address; of what is none, that of nobody."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ("", None, None)
    return parts.scheme, parts.hostname, port or _PORTS.get(parts.scheme)


def _joined(url: str, location: str) -> str | None:
    """The address that a redirect leads to; null where it is none."""
    try:
        return urljoin(url, location)
    except ValueError:
        return None
