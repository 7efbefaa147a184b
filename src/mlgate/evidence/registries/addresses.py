"""To which addresses a connection may be made: only public ones, unless the operator says otherwise.

A name is resolved once, and the connection goes to the address that was looked at, so that a second answer
of the name server cannot lead elsewhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

from mlgate.errors import EvidenceUnavailable

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Addresses of a host, in the order in which they are to be tried. Raises OSError."""


async def resolve(host: str, port: int) -> list[str]:
    """As the system resolves names. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def allowed_address(host: str, port: int, *, private: bool, lookup: Resolve = resolve) -> str:
    """The first address of a host, if all of them may be connected to.

    Raises:
        EvidenceUnavailable: the name does not resolve, or to an address nobody may be sent to.
    """
    try:
        addresses = await lookup(host, port)
    except (OSError, UnicodeError) as error:
        raise EvidenceUnavailable(f"the name {host} does not resolve") from error
    refused = [address for address in addresses if not _may_connect(address, private=private)]
    if refused:
        raise EvidenceUnavailable(f"{host} is at {refused[0]}, and may only be at a public address")
    if not addresses:
        raise EvidenceUnavailable(f"the name {host} does not resolve")
    return addresses[0]


def _may_connect(address: str, *, private: bool) -> bool:
    """Never link-local (metadata services of clouds), multicast or unspecified; else public, or allowed."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    parsed = mapped or parsed
    if parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        return False
    return private or parsed.is_global
