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

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""What DNS64 answers for a host that has an address of IPv4 alone (RFC 6052)."""
_OF_CLOUDS = tuple(
    map(
        ipaddress.ip_network,
        ("fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    )
)
"""Where clouds tell a machine its credentials and the address is not link-local."""

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
    """Never where clouds tell credentials, multicast, reserved or unspecified; else public, or allowed."""
    try:
        parsed = _meant(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        return False
    if any(parsed in network for network in _OF_CLOUDS if network.version == parsed.version):
        return False
    if parsed.is_reserved and not parsed.is_loopback:
        return False
    return private or parsed.is_global


def _meant(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for, if a translator or the kernel makes it that again."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
