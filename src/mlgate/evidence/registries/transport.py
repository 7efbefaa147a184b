"""HTTPS to the registries an operator named, and to nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from mlgate.domain.deadline import Deadline
from mlgate.errors import EvidenceTooLarge, EvidenceUnavailable, SettingsError
from mlgate.evidence.registries.addresses import Resolve, allowed_address, resolve

HTTPS = 443
_LONGEST_NAME = 253
"""Characters of a name of a host; a server may claim to be at a longer one."""


@dataclass(frozen=True)
class Places:
    """Whom the operator allows mlgate to ask."""

    hosts: frozenset[str] = frozenset()
    """Hosts, each with its port where it is not 443."""
    private: frozenset[str] = frozenset()
    """Those of them, and of the following, that may be at private addresses."""
    blobs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Registry -> hosts it may send on to for the content of a blob."""


@dataclass(frozen=True)
class Answer:
    """An answer with as much of its body as was asked for."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass
class Clients:
    """A client for each host, made when it is first asked.

    Connections are kept by address. With one client for all, a connection on which one host has shown its
    certificate would be used for another that is said to be at the same address, password and all.
    """

    context: ssl.SSLContext
    _made: dict[str, httpx.AsyncClient] = field(default_factory=dict, init=False)

    def to(self, place: str) -> httpx.AsyncClient:
        """The client of a host."""
        if place not in self._made:
            limits = httpx.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=60)
            self._made[place] = httpx.AsyncClient(
                verify=self.context, follow_redirects=False, trust_env=False, limits=limits
            )
        return self._made[place]

    async def close(self) -> None:
        """Close all connections."""
        for client in self._made.values():
            await client.aclose()


@dataclass
class _Handshake:
    """Closes a connection whose handshake ends before its time.

    The client lets go of it unclosed where its task is cancelled meanwhile, as every deadline does
    (`AnyIOStream.start_tls` of httpcore 1.0.9). A host that never answers would keep one descriptor for each
    look-up until garbage is collected. The events are those of httpcore's documented `trace` extension.
    """

    _close: Callable[[], Awaitable[None]] | None = field(default=None, init=False)

    async def follow(self, event: str, told: dict[str, Any]) -> None:
        """Take note of an event of the connection."""
        if event == "connection.connect_tcp.complete":
            self._close = told["return_value"].aclose
        elif event == "connection.start_tls.complete":
            self._close = None

    async def __aenter__(self) -> None:
        """Nothing is under way yet."""

    async def __aexit__(self, *_raised: object) -> None:
        """Close what did not come to its end."""
        if self._close is not None:
            await self._close()


@dataclass
class Caller:
    """Asks hosts that are allowed, at addresses that are; follows no redirect, reads no more than it must."""

    places: Places
    clients: Clients
    lookup: Resolve = field(default=resolve)

    async def get(
        self,
        url: str,
        headers: dict[str, str],
        most: int,
        deadline: Deadline,
        hosts: frozenset[str] | None = None,
    ) -> Answer:
        """The answer to a GET, whatever it is: where it sends on to another place, nobody goes there.

        Args:
            url: an absolute address.
            headers: of the request.
            most: largest body in bytes.
            deadline: of the request that needs the answer.
            hosts: the only ones that may be asked this, where they are not those of all questions.

        Raises:
            EvidenceUnavailable: the host is not allowed, does not answer in time or sends more than `most`.
        """
        target = address_of(url)
        place = place_of(target)
        if target.scheme != "https" or place not in (self.places.hosts if hosts is None else hosts):
            raise EvidenceUnavailable(f"{place} is none of the hosts this installation may ask")
        port = target.port or HTTPS
        is_private = place in self.places.private
        name = _name_of(target)
        address = await allowed_address(name, port, private=is_private, lookup=self.lookup)
        client = self.clients.to(place)
        handshake = _Handshake()
        request = client.build_request(
            "GET",
            target.copy_with(host=address),
            headers={"Accept-Encoding": "identity", **headers, "Host": target.netloc.decode()},
            extensions={"sni_hostname": name, "trace": handshake.follow},
            timeout=deadline.remaining,
        )
        try:
            # The client's own timeouts are between two parts of an answer; a body may come byte by byte.
            async with asyncio.timeout(deadline.remaining), handshake:
                return await self._sent(client, request, most)
        except TimeoutError as error:
            raise EvidenceUnavailable(f"{place} did not answer in time") from error
        except (httpx.HTTPError, ssl.SSLError, UnicodeError) as error:  # httpx reads Location itself
            raise EvidenceUnavailable(f"{place} did not answer ({type(error).__name__})") from error

    @staticmethod
    async def _sent(client: httpx.AsyncClient, request: httpx.Request, most: int) -> Answer:
        response = await client.send(request, stream=True)
        try:
            body = bytearray()
            async for part in response.aiter_raw():
                body += part
                if len(body) > most:
                    raise EvidenceTooLarge(f"the answer has more than {most} bytes")
            return Answer(response.status_code, response.headers, bytes(body))
        finally:
            await response.aclose()

    async def close(self) -> None:
        """Close all connections."""
        await self.clients.close()


def https_clients(authority: Path | None = None) -> Clients:
    """Clients that follow nothing, take nothing from the environment and verify certificates.

    Args:
        authority: PEM file of a private authority that is trusted beside the system's.

    Raises:
        SettingsError: the file cannot be read.
    """
    context = ssl.create_default_context()
    if authority is not None:
        try:
            context.load_verify_locations(cafile=authority)
        except OSError as error:  # ssl.SSLError is one, too
            raise SettingsError(f"{authority} cannot be read as certificates of an authority") from error
    return Clients(context)


def address_of(url: str, *, named_at: str = "") -> httpx.URL:
    """An address that a server may have named, without what would be sent as user and password.

    Args:
        url: the address; relative to `named_at`, where that is given.
        named_at: address of the answer that names it.

    Raises:
        EvidenceUnavailable: it is none.
    """
    try:
        found = (httpx.URL(named_at).join(url) if named_at else httpx.URL(url)).copy_with(userinfo=b"")
        _ = found.host  # a name that is none in IDNA is told only when it is read
    except (httpx.InvalidURL, ValueError) as error:
        raise EvidenceUnavailable("an address it names cannot be read") from error
    return found


def place_of(url: httpx.URL) -> str:
    """Host and port as an operator writes them."""
    host = _name_of(url)[:_LONGEST_NAME]
    return host if url.port in (None, HTTPS) else f"{host}:{url.port}"


def _name_of(url: httpx.URL) -> str:
    """The host as name servers and certificates know it; `url.host` makes `bücher` of `xn--bcher-kva`."""
    return url.raw_host.decode("ascii")
